-- The state of the platform as readers see it: feeds, what was refused, how far everything has come, what waits, and whether anything changed.
SET ROLE owner;

-- In how many seconds since a moment a datastream with a measuring window could measure, of a week at most: at night a sensor that needs daylight misses
-- nothing.
CREATE FUNCTION doorfiets.measurable_seconds(wanted int4, since timestamptz, until timestamptz) RETURNS float8
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r))), 0)::float8
    FROM unnest(api.measuring_time(ARRAY[placed_window(wanted)], greatest(since, until - interval '7 days'), until)) AS u(r)
$$;

-- When a datastream with a measuring window could have measured for so many seconds since a moment; null where that is not within a month.
CREATE FUNCTION doorfiets.measured_after(wanted int4, since timestamptz, seconds float8) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT t.opens_at + (seconds - t.before) * interval '1 second'
    FROM (SELECT lower(r) AS opens_at, extract(epoch FROM upper(r) - lower(r))::float8 AS lasts,
                 coalesce(sum(extract(epoch FROM upper(r) - lower(r))) OVER (ORDER BY r ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::float8 AS before
          FROM unnest(api.measuring_time(ARRAY[placed_window(wanted)], since, since + interval '31 days')) AS u(r)) t
    WHERE t.before + t.lasts >= seconds ORDER BY t.opens_at LIMIT 1
$$;

-- What is measured about every feed. It is judged as of when what was published is stored: a platform that lags calls no sensor silent; where nothing was
-- marked, as of now. Its rhythm (`every`) is how often its device speaks, else its interval. Of findings those count that stand and reach the newest readings
-- (`stuck`, `dead`, a wrong clock) or the last day. While somebody was at work a feed missed nothing: so say the entries themselves, whether or not findings
-- follow from them yet. The delay of what others publish is theirs.
CREATE VIEW doorfiets.measured_feed AS
WITH found AS (
    SELECT n.datastream,
           min(n.started_at) FILTER (WHERE n.flag = 'clock_skew' AND reaches) AS clock_since,
           min(n.started_at) FILTER (WHERE n.flag = 'stuck' AND reaches) AS stuck_since,
           min(n.started_at) FILTER (WHERE n.flag IN ('dead', 'blind') AND reaches) AS dead_since,
           min(n.flag) FILTER (WHERE n.flag IN ('dead', 'blind') AND reaches) AS dead_flag,
           min(n.started_at) FILTER (WHERE suspect) AS suspect_since,
           (array_agg(n.flag ORDER BY n.ended_at DESC, n.finding DESC) FILTER (WHERE suspect))[1] AS suspect_flag
    FROM doorfiets.finding n
    JOIN doorfiets.datastream d USING (datastream)
    LEFT JOIN doorfiets.feed f USING (datastream)
    CROSS JOIN LATERAL (SELECT
        n.ended_at > f.last_ended_at - greatest(3 * greatest(d.seconds, d.every_seconds), 3600) * interval '1 second' AS reaches,
        n.flag IN ('spike', 'saturated', 'sentinel', 'unlike_neighbours', 'by_hand') AND n.ended_at > now() - interval '1 day' AS suspect) reach
    WHERE n.withdrawn_at IS NULL AND n.ended_at > now() - interval '8 days'
    GROUP BY n.datastream),
maintained AS (
    SELECT datastream, min(started_at) FILTER (WHERE started_at <= now() AND ended_at > now()) AS maintenance_since,
           max(ended_at) FILTER (WHERE started_at <= now() AND ended_at > now()) AS maintenance_until,
           max(ended_at) FILTER (WHERE ended_at <= now()) AS maintained_until
    FROM doorfiets.entry_run WHERE kind = 'maintenance' AND ended_at > now() - interval '8 days'
    GROUP BY datastream)
SELECT d.datastream, d.sensor, d.channel, d.station, d.quantity, d.origin, d.seconds, d.valid_from, d.valid_until, i.reference_at, r.every,
       d.origin <> 'recorded' AS live, d.measuring_window = 'always' AS always, greatest(f.last_ended_at, a.maintained_until) AS missed_since,
       CASE WHEN d.measuring_window = 'always' OR w.waited < r.every THEN w.waited
            ELSE doorfiets.measurable_seconds(d.datastream, greatest(f.last_ended_at, a.maintained_until), i.reference_at) END / r.every AS missed,
       CASE WHEN f.last_valid_ended_at IS NULL THEN 'Infinity' ELSE extract(epoch FROM f.last_ended_at - f.last_valid_ended_at)::float8 / r.every END AS unmeasured,
       CASE WHEN d.data_source IS NULL THEN f.delay END AS delay,
       a.maintenance_since, a.maintenance_until, n.clock_since, n.stuck_since, n.dead_since, n.dead_flag, n.suspect_since, n.suspect_flag,
       1 - m.valid::float8 / nullif(m.rows, 0) AS excluded, api.coverage(m.valid, m.expected) AS completeness, m.ended_at AS complete_until,
       b.voltage AS battery, b.measured_at AS battery_measured_at,
       CASE WHEN b.voltage IS NOT NULL THEN (
           SELECT nullif((v.profile_content->>'battery_low')::float8, 0) FROM doorfiets.device v WHERE v.device = d.sensor) END AS battery_low,
       f.last_started_at, f.last_ended_at, f.last_valid_ended_at, f.last_received_at, f.stored, f.duplicates, f.corrections, f.overtaken
FROM doorfiets.datastream d
CROSS JOIN (SELECT least(now(), stored_until) AS reference_at FROM doorfiets.intake) i
LEFT JOIN doorfiets.feed f USING (datastream)
CROSS JOIN LATERAL (SELECT CASE WHEN f.off_grid AND d.every_seconds > 0 THEN d.every_seconds ELSE greatest(d.seconds, d.every_seconds) END AS every) r
LEFT JOIN found n USING (datastream)
LEFT JOIN maintained a USING (datastream)
CROSS JOIN LATERAL (SELECT extract(epoch FROM i.reference_at - greatest(f.last_ended_at, a.maintained_until))::float8 AS waited) w
LEFT JOIN doorfiets.feed_completeness m ON m.datastream = d.datastream AND m.ended_at > i.reference_at - interval '3 hours'
LEFT JOIN doorfiets.battery b ON b.device = d.sensor AND b.measured_at > i.reference_at - interval '30 days';

-- Every feed with its status, why, and since when: a reason is a code of schemas.feed_states with what was measured, null where all is well. Since when is
-- what `watch` has kept, and until it has seen a status, what follows from what is measured. Its device and owner are there for operators. OFFSET 0 keeps a
-- status from being worked out again in each place that asks for it.
CREATE VIEW doorfiets.device_feed AS
SELECT m.datastream, coalesce(c.site, m.station) AS place, coalesce(s.name, t.name) AS place_name, m.channel, m.quantity, m.origin, m.seconds,
       m.last_started_at, m.last_ended_at, m.last_valid_ended_at, m.last_received_at, coalesce(m.stored, 0) AS stored, coalesce(m.duplicates, 0) AS duplicates,
       coalesce(m.corrections, 0) AS corrections, m.missed AS missed_intervals, j.status, m.valid_from, m.valid_until, coalesce(m.overtaken, 0) AS overtaken,
       api.feed_rank(j.status) AS rank,
       CASE j.status
           WHEN 'closed' THEN api.feed_reason('closed', jsonb_build_object('at', m.valid_until))
           WHEN 'maintenance' THEN api.feed_reason('in_maintenance', jsonb_build_object('until', nullif(m.maintenance_until, 'infinity')))
           WHEN 'never_received' THEN api.feed_reason('nothing_yet', jsonb_build_object('from', m.valid_from))
           WHEN 'silent' THEN api.feed_reason('nothing_received', jsonb_build_object('missed', round(m.missed::numeric, 1), 'every', m.every, 'last', m.last_ended_at))
           WHEN 'late' THEN api.feed_reason('overdue', jsonb_build_object('missed', round(m.missed::numeric, 1), 'every', m.every, 'last', m.last_ended_at))
           WHEN 'clock' THEN CASE
               WHEN m.delay < -60 THEN api.feed_reason('clock_ahead', jsonb_build_object('seconds', round(-m.delay::numeric)))
               WHEN m.delay > 120 THEN api.feed_reason('clock_behind', jsonb_build_object('seconds', round(m.delay::numeric)))
               ELSE api.feed_reason('found', jsonb_build_object('flag', 'clock_skew', 'from', m.clock_since)) END
           WHEN 'stuck' THEN api.feed_reason('found', jsonb_build_object('flag', 'stuck', 'from', m.stuck_since))
           WHEN 'dead' THEN api.feed_reason('found', jsonb_build_object('flag', m.dead_flag, 'from', m.dead_since))
           WHEN 'suspect' THEN CASE
               WHEN m.suspect_flag IS NOT NULL THEN api.feed_reason('found', jsonb_build_object('flag', m.suspect_flag, 'from', m.suspect_since))
               WHEN m.unmeasured >= 3 THEN api.feed_reason('nothing_counts', jsonb_build_object('last', m.last_valid_ended_at))
               ELSE api.feed_reason('many_excluded', jsonb_build_object('excluded', round(100 * m.excluded::numeric), 'most', 10)) END
           WHEN 'battery' THEN api.feed_reason('battery_low', jsonb_build_object('voltage', m.battery, 'lowest', m.battery_low))
           WHEN 'partial' THEN api.feed_reason('incomplete', jsonb_build_object('valid', floor(100 * m.completeness::numeric), 'needed', 95)) END AS reason,
       CASE WHEN k.status = j.status THEN k.since ELSE least(m.reference_at, CASE j.status
           WHEN 'closed' THEN m.valid_until
           WHEN 'maintenance' THEN m.maintenance_since
           WHEN 'never_received' THEN m.valid_from
           WHEN 'silent' THEN CASE WHEN m.always THEN m.missed_since + 3 * m.every * interval '1 second'
                                ELSE doorfiets.measured_after(m.datastream, m.missed_since, 3 * m.every) END
           WHEN 'late' THEN CASE WHEN m.always THEN m.missed_since + 1.5 * m.every * interval '1 second'
                              ELSE doorfiets.measured_after(m.datastream, m.missed_since, 1.5 * m.every) END
           WHEN 'stuck' THEN m.stuck_since
           WHEN 'dead' THEN m.dead_since
           WHEN 'clock' THEN coalesce(m.clock_since, m.last_ended_at)
           WHEN 'suspect' THEN coalesce(m.suspect_since, m.last_valid_ended_at, m.last_ended_at)
           WHEN 'battery' THEN m.battery_measured_at
           WHEN 'partial' THEN m.complete_until
           ELSE m.last_ended_at END) END AS since,
       m.every, m.delay, m.completeness, m.excluded, m.battery, m.battery_low, m.reference_at, m.sensor, o.owner, o.timezone
FROM doorfiets.measured_feed m
CROSS JOIN LATERAL (SELECT api.feed_status(
    m.valid_until <= m.reference_at, m.maintenance_until IS NOT NULL, m.last_ended_at IS NOT NULL, m.live, m.missed, m.delay, m.clock_since IS NOT NULL,
    m.stuck_since IS NOT NULL, m.dead_since IS NOT NULL, m.suspect_since IS NOT NULL, m.unmeasured, m.excluded, m.battery, m.battery_low, m.completeness)
    AS status OFFSET 0) j
LEFT JOIN doorfiets.feed_state k ON k.datastream = m.datastream AND k.until = 'infinity'
LEFT JOIN doorfiets.channel c ON c.channel = m.channel
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = m.station
JOIN doorfiets.owner o ON o.owner = coalesce(s.owner, t.owner);

-- The same, without the device, for everybody.
CREATE VIEW api.feed WITH (security_barrier) AS
SELECT datastream, place, place_name, channel, quantity, origin, seconds, last_started_at, last_ended_at, last_valid_ended_at, last_received_at, stored, duplicates,
       corrections, missed_intervals, status, valid_from, valid_until, overtaken, rank, reason, since, every, delay, completeness, excluded, battery, battery_low,
       reference_at
FROM doorfiets.device_feed;

-- The states that feeds were in, as `watch` saw them; the present one has no end.
CREATE VIEW api.feed_history WITH (security_barrier) AS
SELECT datastream, status, since, nullif(until, 'infinity') AS until, reason FROM doorfiets.feed_state;

-- What was found out about runs of datastreams, and what was withdrawn of it: where, when, with which flag, by which rule and why. Of an entry the reason
-- that was given, and not who gave it. An end of 'infinity' is a run that goes on; one that stands has no `withdrawn_at`.
CREATE VIEW api.finding WITH (security_barrier) AS
SELECT f.finding, f.datastream, CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END AS kind, coalesce(c.site, d.station) AS place,
       coalesce(s.name, t.name) AS place_name, d.channel, c.direction, d.quantity, f.flag, f.bit, f.started_at, f.ended_at, f.rule, f.evidence, e.reason,
       f.found_at, f.withdrawn_at
FROM doorfiets.finding f
JOIN doorfiets.datastream d USING (datastream)
LEFT JOIN doorfiets.channel c USING (channel)
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = d.station
LEFT JOIN doorfiets.exclusion e USING (entry);

-- Refused messages by reason, without their content.
CREATE VIEW api.rejection_reason WITH (security_barrier) AS
SELECT reason, count(*) AS messages, sum(receptions) AS receptions, min(first_received_at) AS first_received_at,
       max(last_received_at) AS last_received_at
FROM doorfiets.rejection GROUP BY reason;

-- How many messages were refused from a moment on, by reason, and since when: at least so many, as one that was refused before as well counts once. For the
-- platform's alerts and Grafana's.
CREATE FUNCTION api.rejections_since(from_moment timestamptz) RETURNS TABLE (reason text, messages int8, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT r.reason, sum(CASE WHEN r.first_received_at >= from_moment THEN r.receptions ELSE 1 END)::int8, min(greatest(r.first_received_at, from_moment))
    FROM rejection r WHERE r.last_received_at >= from_moment GROUP BY r.reason
$$;

-- The one row that says how the platform is; all null where nothing was ever marked, and then nothing may be judged by it. Published until when is ...
--   received_until    in the log, as far as `store` has seen it
--   stored_until      in the database
--   aggregated_until  in the sums of hours and days; hours of the past that wait do not hold it up: they are in `aggregate_backlog`
-- The backlogs are null where they are not known: messages that wait before the log by the newest mark of each bridge, records of the log, hours. A
-- worker counts as long as it measures. One that measures nothing stands still, whatever waits: so there are the moments in which each last measured.
CREATE VIEW api.watermark WITH (security_barrier) AS
SELECT i.received_until, i.stored_until, s.aggregated_until, w.receive_backlog, s.store_backlog, s.aggregate_backlog, s.measured_at,
       s.store_measured_at, s.aggregate_measured_at
FROM doorfiets.intake i
LEFT JOIN (
    SELECT max(processed_until) FILTER (WHERE stage = 'aggregate') AS aggregated_until,
           sum(backlog) FILTER (WHERE stage = 'store')::int8 AS store_backlog,
           sum(backlog) FILTER (WHERE stage = 'aggregate')::int8 AS aggregate_backlog,
           max(measured_at) AS measured_at,
           max(measured_at) FILTER (WHERE stage = 'store') AS store_measured_at,
           max(measured_at) FILTER (WHERE stage = 'aggregate') AS aggregate_measured_at
    FROM (SELECT *, max(measured_at) OVER (PARTITION BY stage) AS newest FROM doorfiets.stage) measured
    WHERE measured_at > newest - interval '10 seconds') s ON i.received_until IS NOT NULL
CROSS JOIN (
    SELECT sum(waiting)::int8 AS receive_backlog
    FROM (SELECT DISTINCT ON (bridge) published_until, waiting, max(published_until) OVER () AS newest
          FROM doorfiets.watermark ORDER BY bridge, published_until DESC) newest_marks
    WHERE published_until >= newest - interval '1 day') w;

-- Until when all that was published is in the numbers; null where that is not known.
CREATE FUNCTION api.processed_until() RETURNS timestamptz
LANGUAGE sql STABLE RETURN (SELECT aggregated_until FROM api.watermark);

-- The state of the observations of a subject in a range: another one after every observation that comes or is corrected, as its revision only grows.
-- An hour more on both sides, since one row may tell of the next hour.
CREATE FUNCTION api.observed_state(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN (
    SELECT concat_ws('-', count(*), sum(o.revision), extract(epoch FROM max(o.revised_at)))
    FROM observation o
    WHERE o.datastream = ANY (ARRAY(
              SELECT s.datastream FROM subject_stream s
              WHERE s.kind = wanted_kind AND s.subject = wanted_subject AND (wanted_facet IS NULL OR s.facet = wanted_facet)
                AND (wanted_direction IS NULL OR s.direction = wanted_direction)))
      AND o.started_at >= range_start - interval '2 hours' AND o.started_at < range_end + interval '1 hour');
END $$;

-- The hours of a range in which something of a subject waits to be added up, as ranges: marked by `store`, set aside, or in days that are computed again;
-- no row where nothing waits.
CREATE FUNCTION api.waiting_of_subjects(wanted_kind text, wanted_subjects text[], wanted_facet text, wanted_direction text, range_start timestamptz,
    range_end timestamptz) RETURNS TABLE (subject text, waiting tstzmultirange)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH stream AS (
        SELECT DISTINCT s.subject, s.datastream FROM subject_stream s
        WHERE s.kind = wanted_kind AND s.subject = ANY (wanted_subjects) AND (wanted_facet IS NULL OR s.facet = wanted_facet)
          AND (wanted_direction IS NULL OR s.direction = wanted_direction)),
    bound AS (SELECT greatest(range_start, '-infinity') - interval '1 hour' AS after, least(range_end, 'infinity') AS before)
    SELECT subject, range_agg(waits) FROM (
        SELECT s.subject, tstzrange(d.hour, d.hour + interval '1 hour') AS waits
        FROM bound b JOIN dirty_hour d ON d.hour > b.after AND d.hour < b.before JOIN stream s USING (datastream)
        UNION ALL
        SELECT s.subject, tstzrange(d.hour, d.hour + interval '1 hour')
        FROM bound b JOIN failed_hour d ON d.hour > b.after AND d.hour < b.before JOIN stream s USING (datastream)
        UNION ALL
        SELECT m.subject, tstzrange(api.midnight(r.first_day, m.timezone), api.midnight(r.next_day, m.timezone))
        FROM bound b
        CROSS JOIN (SELECT DISTINCT s.subject, o.owner, o.timezone FROM stream s JOIN datastream_owner o USING (datastream)) m
        JOIN rebuild r ON r.owner = m.owner AND r.next_day > r.first_day AND api.midnight(r.first_day, m.timezone) < b.before
            AND api.midnight(r.next_day, m.timezone) > b.after) waiting
    GROUP BY subject;
END $$;

-- The same of one subject; null where nothing waits.
CREATE FUNCTION api.waiting(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS tstzmultirange
LANGUAGE sql STABLE
RETURN (SELECT waiting FROM api.waiting_of_subjects(wanted_kind, ARRAY[wanted_subject], wanted_facet, wanted_direction, range_start, range_end));

-- The years of which indicators of a subject have to be computed again, as ranges; null where there are none.
CREATE FUNCTION api.waiting_years(wanted_kind text, wanted_subject text) RETURNS tstzmultirange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT range_agg(tstzrange(api.midnight(make_date(w.year, 1, 1), m.timezone), api.midnight(make_date(w.year + 1, 1, 1), m.timezone)))
    FROM indicator_due w
    JOIN subject_owner m ON m.kind = w.kind AND m.subject = w.subject
    WHERE EXISTS (
        SELECT FROM subject_stream s JOIN datastream d USING (datastream) LEFT JOIN channel c USING (channel)
        WHERE s.kind = wanted_kind AND s.subject = wanted_subject
          AND (w.kind, w.subject) = (CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END, coalesce(d.station, c.site)))
$$;

-- `revision` grows whenever a published number moves: open pages compare it. `registry` differs after every change of what stands where; a row that is written
-- again unchanged counts as a change.
CREATE VIEW api.data_revision WITH (security_barrier) AS
SELECT (SELECT changed_in::text FROM doorfiets.newest_write) AS revision,
       (SELECT md5(concat_ws('-', count(*), max(changed_in))) FROM doorfiets.registry_write) AS registry;

RESET ROLE;
