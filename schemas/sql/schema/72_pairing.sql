-- Pairing, once: which streams must be whole, in bins of which length, and what whole bins hold. Hours and days, quarters, shares and what is
-- expected of them all come from here; the rule, with numbers, is in docs/why/aggregating.md.
SET ROLE owner;

-- The length of the bins in which streams of these intervals can be compared, in seconds: their least common multiple. Intervals divide an hour, so
-- the grid does.
CREATE AGGREGATE doorfiets.grid(int4) (SFUNC = pg_catalog.lcm, STYPE = int4, COMBINEFUNC = pg_catalog.lcm, PARALLEL = SAFE);

-- Which datastreams are members of an aggregate: of a site in one mode, in all directions ('') and in each, and of a variant of a screenline's share.
CREATE VIEW doorfiets.member_stream AS
SELECT 'site' AS kind, c.site AS place, c.mode AS facet, w.direction, d.channel, c.mode, d.datastream, d.seconds, d.origin, d.valid_from, d.valid_until,
       CASE WHEN d.measuring_window <> 'always' THEN doorfiets.placed_window(d.datastream) END AS placed_window
FROM doorfiets.channel c
JOIN doorfiets.datastream d USING (channel)
CROSS JOIN LATERAL (VALUES (''), (c.direction)) AS w(direction)
UNION ALL
SELECT 'share', s.screenline, s.variant, '', d.channel, s.mode, d.datastream, s.seconds, d.origin, s.valid_from, s.valid_until,
       CASE WHEN d.measuring_window <> 'always' THEN doorfiets.placed_window(d.datastream) END
FROM doorfiets.screenline_stream s
JOIN doorfiets.datastream d USING (datastream);

-- In which periods the same channels of an aggregate are expected, which, how many, and on which grid (`seconds`). A channel is expected from its first device to
-- its last, gaps included: between two devices it cannot count, and there is no total. The grid is that of the streams that are valid, else of those
-- that were; null while one of the modes of a share is not counted: then nothing is expected. Nor is it outside of any of the measuring windows
-- (`placed_windows`, empty where all streams always measure), which are of the same streams as the grid.
CREATE VIEW doorfiets.registered_expectation AS
WITH channel_period AS NOT MATERIALIZED (
    SELECT kind, place, facet, direction, channel, mode, doorfiets.grid(seconds) AS seconds, min(valid_from) AS valid_from, max(valid_until) AS valid_until
    FROM doorfiets.member_stream GROUP BY kind, place, facet, direction, channel, mode),
edge AS (
    SELECT DISTINCT m.kind, m.place, m.facet, m.direction, e.at
    FROM doorfiets.member_stream m CROSS JOIN LATERAL (VALUES (m.valid_from), (m.valid_until)) AS e(at)),
stretch AS (
    SELECT kind, place, facet, direction, at AS valid_from, lead(at) OVER (PARTITION BY kind, place, facet, direction ORDER BY at) AS valid_until FROM edge)
SELECT t.kind, t.place, t.facet, t.direction, t.valid_from, t.valid_until,
       CASE WHEN count(DISTINCT p.mode) = k.modes THEN coalesce(doorfiets.grid(m.seconds), doorfiets.grid(p.seconds)) END AS seconds,
       count(DISTINCT p.channel)::int4 AS streams, array_agg(DISTINCT p.channel ORDER BY p.channel) AS channels,
       CASE WHEN count(m.datastream) > 0 THEN coalesce(array_agg(DISTINCT m.placed_window) FILTER (WHERE m.placed_window IS NOT NULL), '{}')
            ELSE ARRAY(SELECT DISTINCT e.placed_window FROM doorfiets.member_stream e
                       WHERE e.kind = t.kind AND e.place = t.place AND e.facet = t.facet AND e.direction = t.direction
                             AND e.channel = ANY (array_agg(p.channel)) AND e.placed_window IS NOT NULL ORDER BY 1) END AS placed_windows
FROM stretch t
JOIN (SELECT kind, place, facet, direction, count(DISTINCT mode) AS modes FROM channel_period GROUP BY kind, place, facet, direction) k
    USING (kind, place, facet, direction)
JOIN channel_period p ON p.kind = t.kind AND p.place = t.place AND p.facet = t.facet AND p.direction = t.direction
    AND p.valid_from <= t.valid_from AND t.valid_from < p.valid_until
LEFT JOIN doorfiets.member_stream m ON m.kind = t.kind AND m.place = t.place AND m.facet = t.facet AND m.direction = t.direction
    AND m.channel = p.channel AND m.valid_from <= t.valid_from AND t.valid_from < m.valid_until
WHERE t.valid_until IS NOT NULL
GROUP BY t.kind, t.place, t.facet, t.direction, t.valid_from, t.valid_until, k.modes;

-- The same, kept (`refresh_expectations`): it changes with the registry only, and every round of `aggregate` and every question about quarters needs it.
CREATE TABLE doorfiets.expectation (
    kind text NOT NULL,
    place text NOT NULL,
    facet text NOT NULL,
    direction text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    seconds int4,
    streams int4 NOT NULL,
    channels text[] NOT NULL,
    placed_windows text[] NOT NULL,
    PRIMARY KEY (kind, place, facet, direction, valid_from)
);

-- Whoever changes the registry calls this in the same transaction. Only what differs is written: rows of other owners' places stay as they are, and are
-- not locked.
CREATE FUNCTION doorfiets.refresh_expectations() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET jit = off AS $$
    DELETE FROM expectation e WHERE NOT EXISTS (
        SELECT FROM registered_expectation r
        WHERE r.kind = e.kind AND r.place = e.place AND r.facet = e.facet AND r.direction = e.direction AND r.valid_from = e.valid_from);
    INSERT INTO expectation
    SELECT r.*
    FROM registered_expectation r
    LEFT JOIN expectation e USING (kind, place, facet, direction, valid_from)
    WHERE (r.valid_until, r.seconds, r.streams, r.channels, r.placed_windows)
          IS DISTINCT FROM (e.valid_until, e.seconds, e.streams, e.channels, e.placed_windows)
    ORDER BY kind, place, facet, direction, valid_from
    ON CONFLICT (kind, place, facet, direction, valid_from) DO UPDATE SET
        valid_until = excluded.valid_until, seconds = excluded.seconds, streams = excluded.streams, channels = excluded.channels,
        placed_windows = excluded.placed_windows
$$;
REVOKE EXECUTE ON FUNCTION doorfiets.refresh_expectations FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.refresh_expectations TO registrar;

-- Which channels of a mode are expected at a site, and from when until when they are the same ones: a device that is replaced leaves its channel what it
-- is. Days with other channels cannot be compared: where one of two directions is closed, half the traffic is no decline.
CREATE VIEW doorfiets.site_channels AS
SELECT place AS site, facet AS mode, channels, min(valid_from) AS valid_from, max(valid_until) AS valid_until
FROM (SELECT place, facet, channels, valid_from, valid_until, count(*) FILTER (WHERE other) OVER (PARTITION BY place, facet ORDER BY valid_from) AS number
      FROM (SELECT place, facet, channels, valid_from, valid_until,
                   (lag(channels) OVER w, lag(valid_until) OVER w) IS DISTINCT FROM (channels, valid_from) AS other
            FROM doorfiets.expectation WHERE kind = 'site' AND direction = ''
            WINDOW w AS (PARTITION BY place, facet ORDER BY valid_from)) piece) numbered
GROUP BY place, facet, channels, number;

-- How many bins of a grid a period of expectation has in a range: those of every hour that begins in both; none where there is no grid.
CREATE FUNCTION api.bins_of_hours(seconds int4, valid_from timestamptz, valid_until timestamptz, range_start timestamptz, range_end timestamptz) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(greatest(0, ceil(extract(epoch FROM least(range_end, valid_until)) / 3600) - ceil(extract(epoch FROM greatest(range_start, valid_from)) / 3600))
    * (3600 / seconds), 0)::int4;

-- How many of them lie wholly in its measuring windows: what is expected of it.
CREATE FUNCTION api.bins_expected(seconds int4, valid_from timestamptz, valid_until timestamptz, range_start timestamptz, range_end timestamptz,
    placed_windows text[]) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN placed_windows = '{}' THEN api.bins_of_hours(seconds, valid_from, valid_until, range_start, range_end)
            WHEN greatest(range_start, valid_from) < least(range_end, valid_until)
            THEN coalesce(api.whole_bins(api.measuring_time(placed_windows, greatest(range_start, valid_from), least(range_end, valid_until)), seconds), 0)
            ELSE 0 END;

CREATE VIEW api.expectation WITH (security_barrier) AS SELECT * FROM doorfiets.expectation;
CREATE VIEW api.site_channels WITH (security_barrier) AS SELECT * FROM doorfiets.site_channels;

-- What pairing is given: a stream that must be whole in the bins of an aggregate, which is a number here; an hour of the aggregate, with the length of its
-- bins in seconds and the number of streams that there must be; and a reading that counts, in the hour in which it lies: whole numbers as `value`, which
-- adds up as a float, others as `part`, as a decimal.
CREATE TYPE doorfiets.pairing_member AS (
    aggregate int4, datastream int4, seconds int4, bicycles boolean, valid_from timestamptz, valid_until timestamptz);
CREATE TYPE doorfiets.pairing_hour AS (aggregate int4, hour timestamptz, width int4, streams int4);
CREATE TYPE doorfiets.pairing_reading AS (datastream int4, hour timestamptz, started_at timestamptz, spans int4, value float8, part numeric);

-- The pairing: which bins are whole, and what they hold. Rows of a datastream start on its own grid and never overlap, so a bin is covered by every stream
-- exactly when the lengths of all that lies in it add up to streams x width: one pass, whatever the intervals are. `spans` is 2 where all rows hold both
-- autumn hours, else 1; a bin in which only some do has a sum that no whole number of them makes, and is not paired. It becomes part of the statement that
-- asks, as a plan of hash joins and one hash table where that has switched off the others: nobody knows how long an array is.
CREATE FUNCTION doorfiets.paired_bins(members doorfiets.pairing_member[], hours doorfiets.pairing_hour[], readings doorfiets.pairing_reading[])
RETURNS TABLE (aggregate int4, bin timestamptz, spans int4, whole float8, part numeric, bicycles float8, bicycles_part numeric)
LANGUAGE sql STABLE ROWS 10000 AS $$
    SELECT m.aggregate, date_bin(m.width, r.started_at, 'epoch'), (sum(r.spans) / count(*))::int4, sum(r.value), sum(r.part) FILTER (WHERE r.part IS NOT NULL),
           sum(r.value) FILTER (WHERE m.bicycles), sum(r.part) FILTER (WHERE m.bicycles AND r.part IS NOT NULL)
    FROM (SELECT s.aggregate, s.datastream, h.hour, s.bicycles, s.seconds, make_interval(secs => s.seconds) AS length, make_interval(secs => h.width) AS width,
                 h.streams * h.width AS wanted
          FROM unnest(members) s JOIN unnest(hours) h ON h.aggregate = s.aggregate AND s.valid_from <= h.hour AND h.hour < s.valid_until
          OFFSET 0) m
    JOIN unnest(readings) r ON r.datastream = m.datastream AND r.hour = m.hour
    WHERE r.started_at = date_bin(m.length, r.started_at, 'epoch')
    GROUP BY 1, 2
    HAVING sum(m.seconds) = min(m.wanted) AND sum(r.spans) % count(*) = 0
$$;

-- What the quarters of an hour hold in bins of so many seconds, from the sums and numbers of what begins in each: null where one is not whole. An hour itself,
-- where that is the bin; no array where bins lie in no quarter, or where nothing is expected.
CREATE FUNCTION doorfiets.whole_quarters(sums float8[], bins int4[], seconds int4) RETURNS float8[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN 900 % seconds = 0 THEN ARRAY[CASE WHEN bins[1] * seconds = 900 THEN sums[1] END, CASE WHEN bins[2] * seconds = 900 THEN sums[2] END,
                                      CASE WHEN bins[3] * seconds = 900 THEN sums[3] END, CASE WHEN bins[4] * seconds = 900 THEN sums[4] END]
    WHEN seconds = 3600 THEN ARRAY[CASE WHEN bins[1] = 1 THEN sums[1] END] END;
REVOKE EXECUTE ON FUNCTION doorfiets.whole_quarters FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.whole_quarters TO aggregate;

-- The flags of a row with the quarter of the hour in which it begins, 0 to 3, as one number: few rows have any, so that these are added up apart.
CREATE FUNCTION doorfiets.quarter_mark(quarter int8, quality_flags int4) RETURNS int8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (quarter << 32) | quality_flags;
CREATE FUNCTION doorfiets.flags_by_quarter(marks int8[]) RETURNS int4[]
LANGUAGE sql STRICT IMMUTABLE PARALLEL SAFE RETURN (
    SELECT array_agg(coalesce(flags, 0) ORDER BY q) FROM (
        SELECT q, (SELECT bit_or((m & 2147483647)::int4) FROM unnest(marks) AS m WHERE m >> 32 = q) AS flags FROM generate_series(0, 3) AS q) quarter);
REVOKE EXECUTE ON FUNCTION doorfiets.quarter_mark, doorfiets.flags_by_quarter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.quarter_mark, doorfiets.flags_by_quarter TO aggregate;

-- What is published of a site or a share in a range, by the quarter: in rows of a whole number of bins that last a quarter or longer, and of which an hour
-- holds a whole number. A row is paired where every stream is whole in it. `raw` of `streams` were; `spans` is 0 where it is not paired, and 2 where it holds
-- both autumn hours; the gaps of the second one are `counted_before`. `expected` is 0 while a mode is not counted, and where the row
-- does not lie wholly in the measuring windows: nothing is paired there. `revision` and `quality_flags` are of whatever was received, counted or not: they say why a value went, and `missing` which channels are not whole (`api.missing_channel`).
CREATE FUNCTION doorfiets.quarters(wanted_kind text, wanted_place text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (started_at timestamptz, ended_at timestamptz, total numeric, bicycles numeric, spans int4, expected int4, received int4, streams int4,
               counted_before boolean, quality_flags int4, origins text[], revision int4, revised_at timestamptz, missing jsonb,
               outside_window boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET enable_nestloop = off SET enable_mergejoin = off SET jit = off SET work_mem = '32MB' SET plan_cache_mode = force_generic_plan
ROWS 3000 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH member AS MATERIALIZED (
        SELECT * FROM member_stream WHERE kind = wanted_kind AND place = wanted_place AND facet = wanted_facet AND direction = wanted_direction),
    period AS MATERIALIZED (
        SELECT valid_from, valid_until, seconds, streams, channels, CASE WHEN placed_windows <> '{}'
               THEN api.measuring_time(placed_windows, range_start - interval '2 hours', range_end + interval '1 hour') END AS open
        FROM expectation WHERE kind = wanted_kind AND place = wanted_place AND facet = wanted_facet AND direction = wanted_direction),
    hour AS MATERIALIZED (  -- one more than asked: it may tell of the next
        SELECT h AS hour, p.seconds IS NOT NULL AS counted, coalesce(p.streams, 0) AS streams, p.channels, p.open,
               coalesce((SELECT min(w) FROM unnest(ARRAY[900, 1200, 1800, 3600]) w WHERE w % p.seconds = 0), 900) AS width
        FROM generate_series(date_trunc('hour', range_start, 'UTC') - interval '1 hour', range_end - interval '1 microsecond', interval '1 hour') h
        LEFT JOIN period p ON p.valid_from <= h AND h < p.valid_until),
    seen AS MATERIALIZED (
        SELECT r.*, date_bin(h.width * interval '1 second', r.started_at, 'epoch') AS bin, h.width, m.channel, m.seconds, m.origin
        FROM reading r
        JOIN member m ON m.datastream = r.datastream AND m.valid_from <= r.hour AND r.hour < m.valid_until
        JOIN hour h ON h.hour = r.hour AND h.counted
        WHERE r.datastream = ANY (ARRAY(SELECT datastream FROM member)) AND r.started_at >= range_start - interval '2 hours'
          AND r.started_at < range_end + interval '1 hour'),
    each AS MATERIALIZED (
        SELECT bin, channel, coalesce(sum(seconds) FILTER (WHERE spans > 0) >= width, false) AS whole, coalesce(bool_or(spans = 2), false) AS merged,
               sum(seconds) >= width AS received, bit_or(quality_flags) AS quality_flags, sum(revision) AS revision, max(revised_at) AS revised_at
        FROM seen GROUP BY bin, width, channel, datastream),
    available AS MATERIALIZED (
        SELECT bin, (count(*) FILTER (WHERE whole))::int4 AS received, bool_or(merged) AS merged, bit_or(quality_flags) AS quality_flags,
               sum(revision)::int4 AS revision, max(revised_at) AS revised_at
        FROM each GROUP BY bin),
    paired AS MATERIALIZED (
        SELECT b.bin, b.spans, coalesce(b.whole::int8, 0) + coalesce(b.part, 0) AS total, coalesce(b.bicycles::int8, 0) + coalesce(b.bicycles_part, 0) AS bicycles
        FROM (SELECT ARRAY(SELECT ROW(1, datastream, seconds, mode = 'bicycles', valid_from, valid_until)::pairing_member FROM member) AS members,
                     ARRAY(SELECT ROW(1, hour, width, streams)::pairing_hour FROM hour WHERE counted) AS hours,
                     ARRAY(SELECT ROW(datastream, hour, started_at, spans, CASE WHEN part IS NULL THEN value END, part)::pairing_reading
                           FROM seen WHERE spans > 0) AS readings
              OFFSET 0) known
        CROSS JOIN LATERAL paired_bins(known.members, known.hours, known.readings) b),
    bins AS MATERIALIZED (
        SELECT h.*, n.bin, coalesce(t.received, 0) AS received,
               NOT coalesce(h.open @> tstzrange(n.bin, n.bin + h.width * interval '1 second'), true) AS outside
        FROM hour h
        CROSS JOIN LATERAL generate_series(h.hour, h.hour + interval '1 hour' - h.width * interval '1 second', h.width * interval '1 second') AS n(bin)
        LEFT JOIN available t ON t.bin = n.bin),
    lacking AS (
        SELECT b.bin, jsonb_agg(api.missing_channel(CASE WHEN wanted_kind = 'share' THEN s.name END, c.mode, c.direction, e.quality_flags,
                   coalesce(e.received, false), NULL) ORDER BY s.name, c.mode, c.direction) AS missing
        FROM (SELECT bin, unnest(channels) AS channel FROM bins WHERE received < streams AND NOT outside AND bin >= range_start AND bin < range_end) b
        JOIN channel c ON c.channel = b.channel
        JOIN site s ON s.site = c.site
        LEFT JOIN each e ON e.bin = b.bin AND e.channel = b.channel
        WHERE e.whole IS NOT TRUE
        GROUP BY b.bin),
    origin AS (
        SELECT h.hour, array_agg(DISTINCT m.origin) AS origins
        FROM hour h JOIN member m ON m.valid_from <= h.hour AND h.hour < m.valid_until GROUP BY h.hour)
    SELECT n.bin, n.bin + n.width * interval '1 second', p.total, p.bicycles, coalesce(p.spans, 0), (n.counted AND NOT n.outside)::int4, n.received, n.streams,
           n.received = 0 AND n.bin - interval '1 hour' IN (SELECT bin FROM available WHERE merged), coalesce(t.quality_flags, 0), coalesce(o.origins, '{}'),
           coalesce(t.revision, 0), t.revised_at, l.missing, n.counted AND n.outside
    FROM bins n
    LEFT JOIN available t ON t.bin = n.bin
    LEFT JOIN paired p ON p.bin = n.bin
    LEFT JOIN lacking l ON l.bin = n.bin
    LEFT JOIN origin o ON o.hour = n.hour
    WHERE n.bin >= range_start AND n.bin < range_end
    ORDER BY n.bin;
END $$;

REVOKE EXECUTE ON FUNCTION doorfiets.quarters FROM PUBLIC;

-- How many observations of a datastream in a range lie in its measuring window: what it sent outside of it (quality flag 2097152) stands for nothing that
-- it owes within.
CREATE FUNCTION doorfiets.rows_in_window(wanted int4, range_start timestamptz, range_end timestamptz) RETURNS int4
LANGUAGE sql STABLE PARALLEL SAFE RETURN (
    SELECT count(*)::int4 FROM doorfiets.observation
    WHERE datastream = wanted AND started_at >= range_start AND started_at < range_end AND quality_flags & 2097152 = 0);

-- The channels of sites or of shares that are not whole in an hour of a range in which these are not whole, and anything is expected of them: with the flags of all
-- that they sent, and whether they sent all. Few hours are, so each is looked up.
CREATE FUNCTION api.hours_of_places_not_whole(wanted_kind text, wanted_places text[], wanted_facet text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (place text, hour timestamptz, missing jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan ROWS 100 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH member AS MATERIALIZED (
        SELECT place, datastream, channel, valid_from, valid_until FROM member_stream
        WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = ''),
    lacking AS MATERIALIZED (
        SELECT e.place, h AS hour, e.channels
        FROM generate_series(date_trunc('hour', range_start, 'UTC'), range_end - interval '1 microsecond', interval '1 hour') h
        JOIN (SELECT place, valid_from, valid_until, seconds, channels, placed_windows FROM expectation
              WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = '' AND seconds > 0 OFFSET 0) e
            ON e.valid_from <= h AND h < e.valid_until
        WHERE h >= range_start AND api.bins_expected(e.seconds, h, h + interval '1 hour', h, h + interval '1 hour', e.placed_windows) > 0 AND NOT EXISTS (
                  SELECT FROM site_hour t
                  WHERE wanted_kind = 'site' AND t.site = e.place AND t.mode = wanted_facet AND t.hour = h AND t.paired >= t.expected)
          AND NOT EXISTS (
                  SELECT FROM share_hour t
                  WHERE wanted_kind = 'share' AND t.screenline = e.place AND t.variant = wanted_facet AND t.hour = h AND t.paired >= t.expected))
    SELECT w.place, w.hour, jsonb_agg(api.missing_channel(CASE WHEN wanted_kind = 'share' THEN s.name END, c.mode, c.direction, t.quality_flags, t.received, NULL)
                                      ORDER BY s.name, c.mode, c.direction)
    FROM (SELECT place, hour, unnest(channels) AS channel FROM lacking) w
    JOIN channel c USING (channel)
    JOIN site s USING (site)
    CROSS JOIN LATERAL (
        SELECT bit_or(d.quality_flags) AS quality_flags, coalesce(sum(r.received) >= sum(d.expected), false) AS received,
               coalesce(sum(d.valid) >= sum(d.expected), false) AS whole
        FROM member m JOIN datastream_hour d ON d.datastream = m.datastream AND d.hour = w.hour
        CROSS JOIN LATERAL (SELECT CASE WHEN d.quality_flags & 2097152 = 0 THEN d.rows
                                        ELSE rows_in_window(d.datastream, d.hour, d.hour + interval '1 hour') END AS received) r
        WHERE m.place = w.place AND m.channel = w.channel AND m.valid_from <= w.hour AND w.hour < m.valid_until) t
    WHERE NOT t.whole
    GROUP BY w.place, w.hour;
END $$;

-- The same of one site or share.
CREATE FUNCTION api.hours_not_whole(wanted_kind text, wanted_place text, wanted_facet text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (hour timestamptz, missing jsonb)
LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT hour, missing FROM api.hours_of_places_not_whole(wanted_kind, ARRAY[wanted_place], wanted_facet, range_start, range_end)
$$;

-- The same of local days: one row for each channel that is not whole on a day. `site` is that of the channel, where the place is a share.
CREATE FUNCTION api.days_of_places_not_whole(wanted_kind text, wanted_places text[], wanted_facet text, from_day date, until_day date)
RETURNS TABLE (place text, day date, site text, mode text, direction text, quality_flags int4, received boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan ROWS 100 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH member AS MATERIALIZED (
        SELECT place, datastream, channel, valid_from, valid_until FROM member_stream
        WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = ''),
    local AS MATERIALIZED (
        SELECT subject AS place, timezone FROM subject_owner
        WHERE kind = CASE wanted_kind WHEN 'share' THEN 'screenline' ELSE wanted_kind END AND subject = ANY (wanted_places)),
    clock AS (
        SELECT z.timezone, y.* FROM (SELECT DISTINCT timezone FROM local) z
        CROSS JOIN LATERAL (SELECT * FROM api.calendar(from_day, until_day, z.timezone) OFFSET 0) y),
    lacking AS MATERIALIZED (
        SELECT DISTINCT e.place, y.day, unnest(e.channels) AS channel
        FROM clock y
        JOIN local l USING (timezone)
        JOIN (SELECT place, valid_from, valid_until, seconds, channels, placed_windows FROM expectation
              WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = '' AND seconds > 0 OFFSET 0) e
            ON e.place = l.place AND e.valid_from < y.ended_at AND y.started_at < e.valid_until
        WHERE api.bins_expected(e.seconds, e.valid_from, e.valid_until, y.started_at, y.ended_at, e.placed_windows) > 0 AND NOT EXISTS (
                  SELECT FROM site_day t
                  WHERE wanted_kind = 'site' AND t.site = e.place AND t.mode = wanted_facet AND t.day = y.day AND t.paired >= t.expected)
          AND NOT EXISTS (
                  SELECT FROM share_day t
                  WHERE wanted_kind = 'share' AND t.screenline = e.place AND t.variant = wanted_facet AND t.day = y.day AND t.paired >= t.expected))
    SELECT w.place, w.day, CASE WHEN wanted_kind = 'share' THEN s.name END, c.mode, c.direction, t.quality_flags, t.received
    FROM lacking w
    JOIN channel c USING (channel)
    JOIN site s USING (site)
    CROSS JOIN LATERAL (
        SELECT bit_or(d.quality_flags) AS quality_flags, coalesce(sum(r.received) >= sum(d.expected), false) AS received,
               coalesce(sum(d.valid) >= sum(d.expected), false) AS whole
        FROM member m JOIN datastream_day d ON d.datastream = m.datastream AND d.day = w.day
        CROSS JOIN LATERAL (SELECT CASE WHEN d.quality_flags & 2097152 = 0 THEN d.rows
                                        ELSE rows_in_window(d.datastream, d.started_at, d.ended_at) END AS received) r
        WHERE m.place = w.place AND m.channel = w.channel) t
    WHERE NOT t.whole;
END $$;

-- The same of one site or share.
CREATE FUNCTION api.days_not_whole(wanted_kind text, wanted_place text, wanted_facet text, from_day date, until_day date)
RETURNS TABLE (day date, site text, mode text, direction text, quality_flags int4, received boolean)
LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT day, site, mode, direction, quality_flags, received
    FROM api.days_of_places_not_whole(wanted_kind, ARRAY[wanted_place], wanted_facet, from_day, until_day)
$$;

-- The same by longer intervals (`api.buckets`): on how many of its days each channel is not whole, with the flags of those days. Of a single day the number
-- is left out.
CREATE FUNCTION api.buckets_not_whole(wanted_kind text, wanted_place text, wanted_facet text, unit text, range_start timestamptz, range_end timestamptz, zone text)
RETURNS TABLE (started_at timestamptz, missing jsonb)
LANGUAGE sql STABLE ROWS 50 AS $$
    WITH bucket AS MATERIALIZED (SELECT * FROM api.buckets(unit, range_start, range_end, zone)),
    gap AS MATERIALIZED (
        SELECT n.* FROM (SELECT min(first_day) AS first_day, max(until_day) AS until_day FROM bucket) b
        CROSS JOIN LATERAL api.days_not_whole(wanted_kind, wanted_place, wanted_facet, b.first_day, b.until_day) n)
    SELECT e.started_at, jsonb_agg(api.missing_channel(e.site, e.mode, e.direction, e.quality_flags, e.received, CASE WHEN unit <> 'day' THEN e.days END)
                                   ORDER BY e.site, e.mode, e.direction)
    FROM (SELECT b.started_at, g.site, g.mode, g.direction, bit_or(g.quality_flags) AS quality_flags, bool_and(g.received) AS received, count(*)::int4 AS days
          FROM bucket b JOIN gap g ON g.day >= b.first_day AND g.day < b.until_day GROUP BY b.started_at, g.site, g.mode, g.direction) e
    GROUP BY e.started_at
$$;

-- The state of what those are computed from: another text after every change of it.
CREATE FUNCTION api.streams_of_places_state(wanted_kind text, wanted_places text[], wanted_facet text, range_start timestamptz, range_end timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN (
    SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at)))
    FROM datastream_day t
    WHERE t.datastream IN (
            SELECT datastream FROM member_stream
            WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = '')
      AND t.day >= (range_start - interval '1 day')::date AND t.day <= (range_end + interval '1 day')::date);
END $$;
CREATE FUNCTION api.streams_state(wanted_kind text, wanted_place text, wanted_facet text, range_start timestamptz, range_end timestamptz) RETURNS text
LANGUAGE sql STABLE RETURN api.streams_of_places_state(wanted_kind, ARRAY[wanted_place], wanted_facet, range_start, range_end);

RESET ROLE;
