-- The state of the platform as readers see it: feeds, what was refused, how far everything has come, what waits, and whether anything changed.
SET ROLE owner;

-- A feed is judged as of when what was published is stored: a platform that lags calls no sensor silent. Where nothing was marked: as of now.
CREATE VIEW api.feed WITH (security_barrier) AS
SELECT d.datastream, coalesce(c.site, d.station) AS place, coalesce(s.name, t.name) AS place_name, d.channel, d.quantity, d.origin, d.seconds,
       f.last_started_at, f.last_ended_at, f.last_valid_ended_at, f.last_received_at, coalesce(f.stored, 0) AS stored, coalesce(f.duplicates, 0) AS duplicates,
       coalesce(f.corrections, 0) AS corrections, extract(epoch FROM i.reference_at - f.last_ended_at) / d.seconds AS missed_intervals,
       api.feed_status(f.last_ended_at, f.last_valid_ended_at, d.seconds, d.valid_until, i.reference_at) AS status, d.valid_from, d.valid_until,
       coalesce(f.overtaken, 0) AS overtaken
FROM doorfiets.datastream d
CROSS JOIN (SELECT least(now(), stored_until) AS reference_at FROM doorfiets.intake) i
LEFT JOIN doorfiets.channel c USING (channel)
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = d.station
LEFT JOIN doorfiets.feed f USING (datastream);

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
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT concat_ws('-', count(*), sum(o.revision), extract(epoch FROM max(o.revised_at)))
    FROM observation o
    WHERE o.datastream = ANY (ARRAY(
              SELECT s.datastream FROM subject_stream s
              WHERE s.kind = wanted_kind AND s.subject = wanted_subject AND (wanted_facet IS NULL OR s.facet = wanted_facet)
                AND (wanted_direction IS NULL OR s.direction = wanted_direction)))
      AND o.started_at >= range_start - interval '2 hours' AND o.started_at < range_end + interval '1 hour'
$$;

-- The hours of a range in which something of a subject waits to be added up, as ranges: marked by `store`, set aside, or in days that are computed again;
-- null where nothing waits.
CREATE FUNCTION api.waiting(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS tstzmultirange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    WITH stream AS (
        SELECT DISTINCT s.datastream FROM subject_stream s
        WHERE s.kind = wanted_kind AND s.subject = wanted_subject AND (wanted_facet IS NULL OR s.facet = wanted_facet)
          AND (wanted_direction IS NULL OR s.direction = wanted_direction)),
    bound AS (SELECT greatest(range_start, '-infinity') - interval '1 hour' AS after, least(range_end, 'infinity') AS before)
    SELECT range_agg(waits) FROM (
        SELECT tstzrange(d.hour, d.hour + interval '1 hour') AS waits
        FROM bound b JOIN dirty_hour d ON d.hour > b.after AND d.hour < b.before WHERE d.datastream IN (SELECT datastream FROM stream)
        UNION ALL
        SELECT tstzrange(d.hour, d.hour + interval '1 hour')
        FROM bound b JOIN failed_hour d ON d.hour > b.after AND d.hour < b.before WHERE d.datastream IN (SELECT datastream FROM stream)
        UNION ALL
        SELECT tstzrange(api.midnight(r.first_day, m.timezone), api.midnight(r.next_day, m.timezone))
        FROM bound b
        CROSS JOIN (SELECT DISTINCT owner, timezone FROM datastream_owner WHERE datastream IN (SELECT datastream FROM stream)) m
        JOIN rebuild r ON r.owner = m.owner AND r.next_day > r.first_day AND api.midnight(r.first_day, m.timezone) < b.before
            AND api.midnight(r.next_day, m.timezone) > b.after) waiting
$$;

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

-- `revision` grows whenever a published number moves: open pages compare it. `registry` differs after every change of what stands where, `raw`
-- after every change of what was seen; caches compare all three.
CREATE VIEW api.data_revision WITH (security_barrier) AS
SELECT (SELECT changed_in::text FROM doorfiets.newest_write) AS revision,
       (SELECT md5(string_agg(version, ',' ORDER BY version)) FROM (
            SELECT tableoid || '.' || xmin AS version FROM doorfiets.owner UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.district
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.quantity UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.denominator
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.site UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.channel
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.station UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.datastream
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.link UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.route
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.route_link UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.screenline
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.screenline_channel
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.calendar_entry) existing) AS registry,
       (SELECT extract(epoch FROM max(last_received_at)) || '.' || sum(stored + corrections) FROM doorfiets.feed) AS received;

-- Differs after every change of what stands where; a row that is written again unchanged counts as a change.
CREATE VIEW api.registry_revision WITH (security_barrier) AS
SELECT md5(concat(r.registry, (SELECT string_agg(t.xmin::text, ',' ORDER BY t.data_source) FROM doorfiets.data_source t))) AS revision FROM api.data_revision r;

RESET ROLE;
