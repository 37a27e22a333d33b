-- planning --
-- Rounds differ too much in size for one plan, and none is large enough to be compiled. No merging: it sorts both sides, and what is written is sorted once
-- more.
SET plan_cache_mode = force_custom_plan; SET jit = off; SET enable_mergejoin = off; SET temp_buffers = '64MB';

-- workplace --
-- What one round is about; nothing of it outlives the round. An aggregate key is a set of datastreams that must speak together: for a mode at a site,
-- or for a variant of a screenline's share. What the same datastreams speak for is one aggregate key, in several rows. In an expectation the same
-- channels are expected, on the same grid. What has a measuring window is `open` in these stretches of the days that the round is about; null is always.
CREATE TEMP TABLE IF NOT EXISTS mark (place tid, writer xid) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS claimed (datastream int4, hour timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS day (day date, started_at timestamptz, ended_at timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS day_hour (hour timestamptz, day date, started_at timestamptz, ended_at timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS aggregate_key (aggregate_key int4, kind text, place text, facet text) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS member_stream (
    aggregate_key int4, datastream int4, seconds int4, bicycles boolean, valid_from timestamptz, valid_until timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS stream_window (datastream int4, open tstzmultirange) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS expectation (
    aggregate_key int4, valid_from timestamptz, valid_until timestamptz, seconds int4, streams int4, open tstzmultirange) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS aggregate_key_hour (aggregate_key int4, hour timestamptz, seconds int4, streams int4, expected int4) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS aggregate_key_day (
    aggregate_key int4, day date, started_at timestamptz, ended_at timestamptz, expected int4) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS need (datastream int4, hour timestamptz) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS seen (
    datastream int4, hour timestamptz, started_at timestamptz, spans int4, value float8, part numeric, quality_flags int4) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS summed (
    datastream int4, hour timestamptz, rows int4, counted int4, valid int4, total numeric, minimum float8, maximum float8, busiest float8,
    quality_flags int4, quarters float8[], quarter_rows int4[], quarter_marks int8[]) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS flagged (aggregate_key int4, hour timestamptz, quality_flags int4, quarter_flags int4[]) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS paired (
    aggregate_key int4, hour timestamptz, rows int4, paired int4, total numeric, bicycles numeric, maximum float8, quarters float8[], quarter_rows int4[])
    ON COMMIT DELETE ROWS;

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

-- put_stream_windows --
-- When the streams can measure that have a window: those that were claimed, and all of stations of which one was.
INSERT INTO stream_window
SELECT d.datastream, api.measuring_time(ARRAY[doorfiets.placed_window(d.datastream)], w.first, w.until)
FROM doorfiets.datastream d CROSS JOIN (SELECT min(started_at) AS first, max(ended_at) AS until FROM day) w
WHERE d.measuring_window <> 'always' AND (d.datastream IN (SELECT datastream FROM claimed)
    OR d.station IN (SELECT s.station FROM claimed JOIN doorfiets.datastream s USING (datastream)));

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
SELECT v.aggregate_key, e.valid_from, e.valid_until, e.seconds, e.streams,
       CASE WHEN e.placed_windows <> '{}' THEN (SELECT api.measuring_time(e.placed_windows, min(started_at), max(ended_at)) FROM day) END
FROM (SELECT DISTINCT ON (aggregate_key) aggregate_key, kind, place, facet FROM aggregate_key ORDER BY aggregate_key, kind, place, facet) v
JOIN doorfiets.expectation e USING (kind, place, facet)
WHERE e.direction = '';

-- put_aggregate_key_hours --
-- The claimed hours of each aggregate key, with the grid, the streams and the bins that are expected then; where none are, none.
INSERT INTO aggregate_key_hour
SELECT t.aggregate_key, t.hour, p.seconds, coalesce(p.streams, 0),
       coalesce(CASE WHEN p.open IS NULL THEN 3600 / p.seconds
                     ELSE api.whole_bins(p.open * tstzmultirange(tstzrange(t.hour, t.hour + interval '1 hour')), p.seconds) END, 0)
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
SELECT n.datastream, o.hour, o.started_at, o.spans, o.value, o.part, o.quality_flags
FROM (
    SELECT datastream, min(hour) AS first, max(hour) + interval '1 hour' AS until
    FROM (SELECT datastream, hour, hour - row_number() OVER (PARTITION BY datastream ORDER BY hour) * interval '1 hour' AS run FROM need) h
    GROUP BY datastream, run) n
CROSS JOIN LATERAL (
    SELECT hour, started_at, spans, value, part, quality_flags FROM doorfiets.reading r
    WHERE r.datastream = n.datastream AND r.started_at >= n.first AND r.started_at < n.until
          AND r.started_at >= %(from)s AND r.started_at < %(until)s
    OFFSET 0) o;

-- put_sums --
-- What was observed, added up by datastream and hour: rows, intervals, and the least, largest and busiest of them; flags of what does not count as well; and
-- by the quarter in which it begins the sum, added up as the whole is (whole numbers need no decimal for it), and the number of what counts; with the quarter
-- of each row that has flags (`doorfiets.quarter_mark`). OFFSET 0 works the quarter of a row out once, and not for every sum.
INSERT INTO summed
SELECT datastream, hour, count(*), count(spans), coalesce(sum(spans), 0),
       CASE WHEN count(spans) > 0 THEN coalesce(sum(value) FILTER (WHERE part IS NULL)::int8, 0) + coalesce(sum(part) FILTER (WHERE part IS NOT NULL), 0) END,
       min(value), max(value), max(value / spans), bit_or(quality_flags),
       CASE WHEN count(part) = 0 THEN ARRAY[
           coalesce(sum(value) FILTER (WHERE quarter = 0 AND part IS NULL), 0),
           coalesce(sum(value) FILTER (WHERE quarter = 1 AND part IS NULL), 0),
           coalesce(sum(value) FILTER (WHERE quarter = 2 AND part IS NULL), 0),
           coalesce(sum(value) FILTER (WHERE quarter = 3 AND part IS NULL), 0)]
       ELSE ARRAY[
           coalesce(sum(value) FILTER (WHERE quarter = 0 AND part IS NULL), 0)::int8 + coalesce(sum(part) FILTER (WHERE quarter = 0 AND part IS NOT NULL), 0),
           coalesce(sum(value) FILTER (WHERE quarter = 1 AND part IS NULL), 0)::int8 + coalesce(sum(part) FILTER (WHERE quarter = 1 AND part IS NOT NULL), 0),
           coalesce(sum(value) FILTER (WHERE quarter = 2 AND part IS NULL), 0)::int8 + coalesce(sum(part) FILTER (WHERE quarter = 2 AND part IS NOT NULL), 0),
           coalesce(sum(value) FILTER (WHERE quarter = 3 AND part IS NULL), 0)::int8 + coalesce(sum(part) FILTER (WHERE quarter = 3 AND part IS NOT NULL), 0)]::float8[] END,
       ARRAY[count(spans) FILTER (WHERE quarter = 0), count(spans) FILTER (WHERE quarter = 1),
             count(spans) FILTER (WHERE quarter = 2), count(spans) FILTER (WHERE quarter = 3)]::int4[],
       array_agg(doorfiets.quarter_mark(quarter, quality_flags)) FILTER (WHERE quality_flags <> 0)
FROM (SELECT *, date_part('epoch', started_at)::int8 / 900 % 4 AS quarter FROM seen OFFSET 0) s
GROUP BY datastream, hour;
