-- lock --
-- One `aggregate` works, others stand by; the locks go with their sessions. Nobody begins while a second session of another still works. No other
-- role can take these: the functions are granted to `aggregate` alone.
SELECT CASE WHEN NOT pg_try_advisory_lock(7364202) THEN false
            WHEN pg_try_advisory_lock(7364203) THEN pg_advisory_unlock(7364203)
            ELSE NOT pg_advisory_unlock(7364202) END;

-- workplace --
-- What one round is about; nothing of it outlives the round. An aggregate key is a set of datastreams that must speak together: for a mode at a site,
-- or for a variant of a screenline's share. What the same datastreams speak for is one aggregate key, in several rows. In an expectation the same
-- channels are expected, on the same grid.
CREATE TEMP TABLE IF NOT EXISTS mark (place tid, writer xid) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS claimed (datastream int4, hour timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS day (day date, started_at timestamptz, ended_at timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS day_hour (hour timestamptz, day date, started_at timestamptz, ended_at timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS aggregate_key (aggregate_key int4, kind text, place text, facet text) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS member_stream (
    aggregate_key int4, datastream int4, seconds int4, bicycles boolean, valid_from timestamptz, valid_until timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS expectation (aggregate_key int4, valid_from timestamptz, valid_until timestamptz, seconds int4, streams int4)
    ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS aggregate_key_hour (aggregate_key int4, hour timestamptz, seconds int4, streams int4) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS aggregate_key_day (
    aggregate_key int4, day date, started_at timestamptz, ended_at timestamptz, expected int4) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS need (datastream int4, hour timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS seen (
    datastream int4, hour timestamptz, started_at timestamptz, spans int4, value float8, part numeric) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS summed (
    datastream int4, hour timestamptz, rows int4, counted int4, valid int4, total numeric, minimum float8, maximum float8, busiest float8)
    ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS paired (
    aggregate_key int4, hour timestamptz, rows int4, paired int4, total numeric, bicycles numeric, maximum float8) ON COMMIT DELETE ROWS;

-- share_aggregates --
-- A round begins: all owners with their time zones, and whether it may work on their places until it ends. Who changes an owner's registry waits for
-- that, and nobody waits for who does: see `15_owner_locks.sql`.
SELECT owner, timezone, free FROM doorfiets.share_aggregates();

-- newest --
-- The newest mark, but for those of owners that are not held; and, of the same moment, what is stored and from when on hours are live. Who is not held is
-- looked up anew in each statement: an owner that was applied since the round began is not. Where all are held, nothing else is looked up, here and below.
SELECT (SELECT max(hour) FROM doorfiets.dirty_hour WHERE NOT EXISTS (SELECT FROM doorfiets.owner WHERE owner <> ALL (%(held)s::text[]))
            OR datastream NOT IN (SELECT datastream FROM doorfiets.datastream_owner WHERE owner <> ALL (%(held)s::text[]))),
       stored_until, least(now(), stored_until) - interval '2 days'
FROM doorfiets.intake;

-- late --
-- The next stretch of the past: the newest mark below the one before, else the newest of all; and whether marks lie so close there, one for
-- every twenty-four hours of a datastream, that it is less work to read whole days.
WITH elsewhere AS MATERIALIZED (
    SELECT datastream FROM doorfiets.datastream_owner WHERE owner <> ALL (%(held)s::text[])),
due AS NOT MATERIALIZED (
    SELECT hour FROM doorfiets.dirty_hour WHERE NOT EXISTS (SELECT FROM doorfiets.owner WHERE owner <> ALL (%(held)s::text[])) OR datastream NOT IN (SELECT datastream FROM elsewhere))
SELECT n.hour,
       (SELECT count(*) FROM (SELECT FROM due d WHERE d.hour > n.hour - interval '28 days' AND d.hour <= n.hour LIMIT 28 * k.streams + 1) near)
       > 28 * k.streams
FROM (SELECT coalesce((SELECT max(hour) FROM due WHERE hour <= %(below)s), (SELECT max(hour) FROM due)) AS hour) n
CROSS JOIN (
    SELECT count(*) AS streams FROM doorfiets.datastream
    WHERE NOT EXISTS (SELECT FROM doorfiets.owner WHERE owner <> ALL (%(held)s::text[])) OR datastream NOT IN (SELECT datastream FROM elsewhere)) k
WHERE n.hour IS NOT NULL;

-- claim --
-- Of four weeks at most, so that a round reads one stretch of the past; the newest first. The marks stay until all is written, so `store` need
-- not wait. Everything that follows is a later statement: it sees all that was committed with these marks.
WITH taken AS (
    SELECT datastream, hour, ctid, xmin FROM doorfiets.dirty_hour WHERE hour > %(until)s - interval '28 days' AND hour <= %(until)s
        AND (NOT EXISTS (SELECT FROM doorfiets.owner WHERE owner <> ALL (%(held)s::text[]))
            OR datastream NOT IN (SELECT datastream FROM doorfiets.datastream_owner WHERE owner <> ALL (%(held)s::text[])))
    ORDER BY hour DESC, datastream DESC LIMIT %(buckets)s),
marks AS (
    INSERT INTO mark SELECT ctid, xmin FROM taken)
INSERT INTO claimed SELECT datastream, hour FROM taken;

-- unmark --
-- Only marks that are still what they were: one that `store` wrote again, or is writing, stands for rows that may not have been seen. By ctid: a
-- planner that believes the table empty compares every mark with every other.
DELETE FROM doorfiets.dirty_hour WHERE ctid = ANY (ARRAY(
    SELECT d.ctid FROM mark m
    CROSS JOIN LATERAL (
        SELECT ctid FROM doorfiets.dirty_hour WHERE ctid = m.place AND xmin = m.writer OFFSET 0 FOR UPDATE SKIP LOCKED) d));

-- claimed_hours --
-- The hours of which anything was claimed: the days of a round are made of them.
SELECT array_agg(DISTINCT hour) FROM claimed;

-- claimed --
-- Every hour that was claimed, by datastream.
SELECT datastream, hour FROM claimed;

-- oldest_claimed --
-- The oldest hour that was claimed: whether a round came as far as live hours begin.
SELECT min(hour) FROM claimed;

-- put_days --
-- The local days that a round is about, each with its bounds; which these are depends on a time zone.
INSERT INTO day SELECT * FROM unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]);

-- put_day_hours --
-- The hours that begin in each day: an hour finds its day by being equal, not by lying between. A day may begin at half past.
INSERT INTO day_hour
SELECT h.hour, y.*
FROM day y CROSS JOIN LATERAL generate_series(date_bin('1 hour', y.started_at, 'epoch'), y.ended_at, interval '1 hour') AS h(hour)
WHERE y.started_at <= h.hour AND h.hour < y.ended_at;

-- without_loops --
-- How large a registry is that was applied a moment ago the planner cannot know: no loops over it. Sorting stays: what counts distinct channels cannot do
-- without, and where it is switched off the planner loops over all sites for each of them instead, because that comes sorted.
SELECT set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true);

-- put_aggregate_keys --
-- The aggregate keys in which a claimed datastream takes part, and everybody who must speak for them.
WITH named AS (
    INSERT INTO aggregate_key
    SELECT dense_rank() OVER (ORDER BY said_by), kind, place, facet
    FROM (
        SELECT kind, place, facet, array_agg(datastream ORDER BY datastream) AS said_by
        FROM doorfiets.member_stream WHERE direction = '' GROUP BY kind, place, facet
        HAVING bool_or(datastream IN (SELECT datastream FROM claimed))) touched
    RETURNING *)
INSERT INTO member_stream
SELECT DISTINCT n.aggregate_key, m.datastream, m.seconds, m.mode = 'bicycles', m.valid_from, m.valid_until
FROM doorfiets.member_stream m JOIN named n USING (kind, place, facet)
WHERE m.direction = '';

-- put_expectations --
-- When which streams are expected, and on which grid: what the same datastreams speak for is expected alike.
INSERT INTO expectation
SELECT v.aggregate_key, e.valid_from, e.valid_until, e.seconds, e.streams
FROM (SELECT DISTINCT ON (aggregate_key) aggregate_key, kind, place, facet FROM aggregate_key ORDER BY aggregate_key, kind, place, facet) v
JOIN doorfiets.expectation e USING (kind, place, facet)
WHERE e.direction = '';

-- put_aggregate_key_hours --
-- The claimed hours of each aggregate key, with the grid and the streams that are expected then; where none are, none.
INSERT INTO aggregate_key_hour
SELECT t.aggregate_key, t.hour, p.seconds, coalesce(p.streams, 0)
FROM (
    SELECT DISTINCT s.aggregate_key, c.hour
    FROM claimed c JOIN (SELECT DISTINCT aggregate_key, datastream FROM member_stream) s USING (datastream)) t
LEFT JOIN expectation p ON p.aggregate_key = t.aggregate_key AND p.valid_from <= t.hour AND t.hour < p.valid_until;

-- put_need --
-- All hours that the claimed ones are computed from: their own, and those of everybody who speaks with them.
INSERT INTO need
SELECT datastream, hour FROM claimed
UNION
SELECT s.datastream, v.hour FROM aggregate_key_hour v JOIN member_stream s USING (aggregate_key) WHERE s.valid_from <= v.hour
       AND v.hour < s.valid_until;

-- needed --
-- The stretch in which all needed hours lie.
SELECT min(hour), max(hour) + interval '1 hour' FROM need;

-- put_seen --
-- All observations that the round needs, in one reading for hours of a datastream that follow each other: live ones mostly do, late ones lie scattered
-- over four weeks. OFFSET 0 keeps it so; a planner that knows nothing of `need` would rather read all that these datastreams said in that time.
INSERT INTO seen
SELECT n.datastream, o.hour, o.started_at, o.spans, o.value, o.part
FROM (
    SELECT datastream, min(hour) AS first, max(hour) + interval '1 hour' AS until
    FROM (SELECT datastream, hour, hour - row_number() OVER (PARTITION BY datastream ORDER BY hour) * interval '1 hour' AS run FROM need) h
    GROUP BY datastream, run) n
CROSS JOIN LATERAL (
    SELECT hour, started_at, spans, value, part FROM doorfiets.reading r
    WHERE r.datastream = n.datastream AND r.started_at >= n.first AND r.started_at < n.until
          AND r.started_at >= %(from)s AND r.started_at < %(until)s
    OFFSET 0) o;

-- put_sums --
-- What was observed, added up by datastream and hour: rows, intervals, and the least, largest and busiest of them.
INSERT INTO summed
SELECT datastream, hour, count(*), count(spans), coalesce(sum(spans), 0),
       CASE WHEN count(spans) > 0 THEN coalesce(sum(value) FILTER (WHERE part IS NULL)::int8, 0) + coalesce(sum(part) FILTER (WHERE part IS NOT NULL), 0) END,
       min(value), max(value), max(value / spans)
FROM seen
GROUP BY datastream, hour;

-- datastream_hour --
-- An hour of a datastream: also where nothing was observed, since it was claimed.
SELECT c.datastream, c.hour, coalesce(s.rows, 0) AS rows, coalesce(s.valid, 0) AS valid, 3600 / d.seconds AS expected,
       s.total, s.minimum, s.maximum, %(rule)s AS rule
FROM claimed c
JOIN doorfiets.datastream d USING (datastream)
LEFT JOIN summed s ON s.datastream = c.datastream AND s.hour = c.hour
ORDER BY c.datastream, c.hour;

-- put_alone --
-- What one stream speaks for alone is paired with nobody: its bins are its intervals, and what they hold was added up already.
INSERT INTO paired
SELECT v.aggregate_key, v.hour, s.counted, s.valid, s.total, CASE WHEN p.bicycles THEN s.total ELSE 0 END, s.busiest
FROM aggregate_key_hour v
JOIN member_stream p ON p.aggregate_key = v.aggregate_key AND p.valid_from <= v.hour AND v.hour < p.valid_until
JOIN summed s ON s.datastream = p.datastream AND s.hour = v.hour
WHERE v.streams = 1 AND v.seconds > 0 AND s.valid > 0;

-- by_hash --
-- How long the arrays are that are paired, and how large a registry is that was applied a moment ago, the planner cannot know: no loops over them, and no
-- sorting.
SELECT set_config('enable_nestloop', 'off', true), set_config('enable_sort', 'off', true), set_config('work_mem', '64MB', true);

-- put_paired --
-- Every bin of every aggregate key of several streams that is whole (`paired_bins`), added up by the hour. The busiest interval of a merged row is taken as half of
-- its two. Sums of numerics cost as much where all are null, so nulls are filtered out.
INSERT INTO paired
SELECT b.aggregate, date_bin('1 hour', b.bin, 'epoch'), count(*), sum(b.spans),
       coalesce(sum(b.whole)::int8, 0) + coalesce(sum(b.part) FILTER (WHERE b.part IS NOT NULL), 0),
       coalesce(sum(b.bicycles)::int8, 0) + coalesce(sum(b.bicycles_part) FILTER (WHERE b.bicycles_part IS NOT NULL), 0),
       max(CASE WHEN b.part IS NULL THEN b.whole / b.spans ELSE ((coalesce(b.whole, 0)::int8 + b.part) / b.spans)::float8 END)
FROM (
    SELECT ARRAY(SELECT ROW(aggregate_key, datastream, seconds, bicycles, valid_from,
           valid_until)::doorfiets.pairing_member FROM member_stream) AS members,
           ARRAY(SELECT ROW(aggregate_key, hour, seconds, streams)::doorfiets.pairing_hour FROM aggregate_key_hour WHERE seconds > 0
           AND streams > 1) AS hours,
           ARRAY(SELECT ROW(datastream, hour, started_at, spans, CASE WHEN part IS NULL THEN value END, part)::doorfiets.pairing_reading
                 FROM seen
                 WHERE spans > 0 AND datastream IN (SELECT datastream FROM member_stream JOIN aggregate_key_hour USING (aggregate_key) WHERE streams > 1)) AS readings
    OFFSET 0) known
CROSS JOIN LATERAL doorfiets.paired_bins(known.members, known.hours, known.readings) b
GROUP BY 1, 2;

-- by_any_means --
-- The planner may choose again.
SELECT set_config('enable_nestloop', 'on', true), set_config('enable_sort', 'on', true);

-- site_hour --
-- An hour of a mode at a site: the bins in which all of its channels are whole.
SELECT v.place AS site, v.facet AS mode, h.hour, coalesce(b.rows, 0) AS rows, coalesce(b.paired, 0) AS paired,
       coalesce(3600 / h.seconds, 0) AS expected, b.total, b.maximum, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_hour h USING (aggregate_key)
LEFT JOIN paired b ON b.aggregate_key = h.aggregate_key AND b.hour = h.hour
WHERE v.kind = 'site'
ORDER BY v.place, v.facet, h.hour;

-- share_hour --
-- An hour of a share on a screenline: its bicycles beside all that it counts, of the same bins.
SELECT v.place AS screenline, v.facet AS variant, h.hour, coalesce(b.bicycles, 0) AS numerator,
       coalesce(b.total, 0) AS denominator, coalesce(b.paired, 0) AS paired, coalesce(3600 / h.seconds, 0) AS expected, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_hour h USING (aggregate_key)
LEFT JOIN paired b ON b.aggregate_key = h.aggregate_key AND b.hour = h.hour
WHERE v.kind = 'share'
ORDER BY v.place, v.facet, h.hour;

-- datastream_day --
-- Expected are the intervals of the real local day in which the datastream is valid, whether rows exist or not.
SELECT w.datastream, w.day, w.started_at, w.ended_at, h.rows, h.valid,
       greatest(0, extract(epoch FROM least(w.ended_at, d.valid_until) - greatest(w.started_at, d.valid_from)))::int4 / d.seconds AS expected,
       h.total, h.minimum, h.maximum, %(rule)s AS rule
FROM (
    SELECT DISTINCT c.datastream, y.day, y.started_at, y.ended_at
    FROM claimed c JOIN day_hour y USING (hour)) w
JOIN doorfiets.datastream d USING (datastream)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.rows), 0) AS rows, coalesce(sum(t.valid), 0) AS valid, sum(t.total) AS total,
           min(t.minimum) AS minimum, max(t.maximum) AS maximum
    FROM doorfiets.datastream_hour t
    WHERE t.datastream = w.datastream AND t.hour >= w.started_at AND t.hour < w.ended_at) h;

-- put_aggregate_key_days --
-- What the calendar and the expectations expect of a local day, whether rows exist or not: of every hour that begins in an expectation.
INSERT INTO aggregate_key_day
SELECT w.aggregate_key, w.day, w.started_at, w.ended_at,
       coalesce(sum(api.bins_expected(p.seconds, p.valid_from, p.valid_until, w.started_at, w.ended_at)), 0)
FROM (
    SELECT DISTINCT v.aggregate_key, y.day, y.started_at, y.ended_at
    FROM aggregate_key_hour v JOIN day_hour y USING (hour)) w
LEFT JOIN expectation p ON p.aggregate_key = w.aggregate_key AND p.seconds > 0 AND p.valid_from < w.ended_at AND w.started_at < p.valid_until
GROUP BY w.aggregate_key, w.day, w.started_at, w.ended_at;

-- site_day --
-- A local day of a mode at a site: the sum of its hours, beside what was expected of the whole day.
SELECT v.place AS site, v.facet AS mode, w.day, w.started_at, w.ended_at, h.rows, h.paired, w.expected, h.total, h.maximum, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_day w USING (aggregate_key)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.rows), 0) AS rows, coalesce(sum(t.paired), 0) AS paired, sum(t.total) AS total,
           max(t.maximum) AS maximum
    FROM doorfiets.site_hour t
    WHERE t.site = v.place AND t.mode = v.facet AND t.hour >= w.started_at AND t.hour < w.ended_at) h
WHERE v.kind = 'site';

-- share_day --
-- A local day of a share on a screenline: the sums of its hours, beside what was expected of the whole day.
SELECT v.place AS screenline, v.facet AS variant, w.day, w.started_at, w.ended_at, h.numerator, h.denominator, h.paired,
       w.expected, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_day w USING (aggregate_key)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.numerator), 0) AS numerator, coalesce(sum(t.denominator), 0) AS denominator,
           coalesce(sum(t.paired), 0) AS paired
    FROM doorfiets.share_hour t
    WHERE t.screenline = v.place AND t.variant = v.facet AND t.hour >= w.started_at AND t.hour < w.ended_at) h
WHERE v.kind = 'share';

-- link_day --
-- The cyclists of the site that counts a link, or of the link whose count it assumes.
SELECT l.link, w.day, w.started_at, w.ended_at, c.link AS counted_on, l.site IS NOT NULL AS measured, s.total AS cyclists, s.paired, s.expected, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_day w USING (aggregate_key)
JOIN doorfiets.link c ON c.site = v.place
JOIN doorfiets.link l ON l.link = c.link OR l.assumed_from = c.link
JOIN doorfiets.site_day s ON s.site = v.place AND s.mode = v.facet AND s.day = w.day
WHERE v.kind = 'site' AND v.facet = 'bicycles';

-- route_links --
-- Every link of every route that a touched day concerns, in the order of the route; cyclists only where three quarters were counted.
-- Of a link that nobody counted the day has its intervals too, on the grid of its counter, else quarters.
SELECT r.route, w.day, w.started_at, w.ended_at, l.name, l.length_km, l.green, l.site IS NOT NULL AS measured,
       CASE WHEN d.expected > 0 AND d.paired * 4 >= d.expected * 3 THEN d.cyclists::float8 END AS cyclists,
       coalesce(d.paired, 0) AS paired,
       coalesce(nullif(d.expected, 0), extract(epoch FROM w.ended_at - w.started_at)::int4 / coalesce(n.seconds, 900)) AS expected
FROM (
    SELECT DISTINCT rl.route, d.day, d.started_at, d.ended_at FROM aggregate_key v
    JOIN aggregate_key_day d USING (aggregate_key)
    JOIN doorfiets.link c ON c.site = v.place
    JOIN doorfiets.link l ON l.link = c.link OR l.assumed_from = c.link
    JOIN doorfiets.route_link rl ON rl.link = l.link
    WHERE v.kind = 'site' AND v.facet = 'bicycles') w
JOIN doorfiets.route_link r USING (route)
JOIN doorfiets.link l USING (link)
LEFT JOIN doorfiets.link_day d ON d.link = l.link AND d.day = w.day
LEFT JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
LEFT JOIN LATERAL (
    SELECT doorfiets.grid(s.seconds) AS seconds FROM doorfiets.site_stream s WHERE s.site = c.site AND s.mode = 'bicycles') n ON true
ORDER BY r.route, w.day, r.position;

-- route_day --
-- One day of one route, as streams.domain.usage computes it from its links.
SELECT %(route)s AS route, %(day)s::date AS day, %(started_at)s::timestamptz AS started_at, %(ended_at)s::timestamptz AS ended_at,
       %(bicycle_km)s::float8 AS bicycle_km, %(measured_bicycle_km)s::float8 AS measured_bicycle_km,
       %(length_km)s::float8 AS length_km, %(measured_km)s::float8 AS measured_km, %(assumed_km)s::float8 AS assumed_km,
       %(missing_km)s::float8 AS missing_km, %(mean_cyclists)s::float8 AS mean_cyclists, %(through_ratio)s::float8 AS through_ratio,
       %(uniformity)s::float8 AS uniformity, %(green_share)s::float8 AS green_share, %(withheld)s::jsonb AS withheld, %(paired)s::int4 AS paired,
       %(expected)s::int4 AS expected, %(rule)s AS rule;

-- planning --
-- Rounds differ too much in size for one plan, and none is large enough to be compiled. No merging: it sorts both sides, and what is written is sorted once
-- more.
SET plan_cache_mode = force_custom_plan; SET jit = off; SET enable_mergejoin = off; SET temp_buffers = '64MB';

-- in_turn --
-- Two sessions that mark the same years wait for each other here, not crosswise.
SELECT pg_advisory_xact_lock(7364205);

-- set_aside --
-- What the database refuses holds up nothing else. A newer mark of the hour goes with it: nobody could follow that one either.
WITH gone AS (DELETE FROM doorfiets.dirty_hour WHERE datastream = %(datastream)s AND hour = %(hour)s)
INSERT INTO doorfiets.failed_hour (datastream, hour, problem) VALUES (%(datastream)s, %(hour)s, %(problem)s)
ON CONFLICT (hour, datastream) DO UPDATE SET problem = excluded.problem;

-- clear_failed --
-- An hour that was set aside and is computed now has failed no more.
DELETE FROM doorfiets.failed_hour s USING claimed c WHERE s.hour = c.hour AND s.datastream = c.datastream;

-- retry --
-- What was set aside is marked again.
INSERT INTO doorfiets.dirty_hour (datastream, hour) SELECT datastream, hour FROM doorfiets.failed_hour ORDER BY hour, datastream
ON CONFLICT (hour, datastream) DO NOTHING;
