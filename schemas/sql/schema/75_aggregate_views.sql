-- Aggregates as readers see them: each number with its coverage, revision and rule.
SET ROLE owner;

-- What stands now of each published table; what stood before is in the `_version` of each.
CREATE VIEW api.site_hour WITH (security_barrier) AS
SELECT site, mode, hour, total, rows, paired, expected, api.coverage(paired, expected) AS coverage, maximum, revision, computed_at, rule
FROM doorfiets.site_hour;

CREATE VIEW api.site_day WITH (security_barrier) AS
SELECT site, mode, day, started_at, ended_at, total, rows, paired, expected, api.coverage(paired, expected) AS coverage, maximum, revision, computed_at, rule
FROM doorfiets.site_day;

CREATE VIEW api.share_hour WITH (security_barrier) AS
SELECT t.screenline, t.variant, t.hour, t.numerator, t.denominator, t.paired, t.expected, api.coverage(t.paired, t.expected) AS coverage,
       j.share, j.low, j.high, j.withheld, t.revision, t.computed_at, t.rule
FROM doorfiets.share_hour t CROSS JOIN LATERAL api.judged_share(t.numerator, t.denominator, t.paired, t.expected) j;

CREATE VIEW api.share_day WITH (security_barrier) AS
SELECT t.screenline, t.variant, t.day, t.started_at, t.ended_at, t.numerator, t.denominator, t.paired, t.expected,
       api.coverage(t.paired, t.expected) AS coverage, j.share, j.low, j.high, j.withheld, t.revision, t.computed_at, t.rule
FROM doorfiets.share_day t CROSS JOIN LATERAL api.judged_share(t.numerator, t.denominator, t.paired, t.expected) j;

CREATE VIEW api.link_day WITH (security_barrier) AS
SELECT link, day, counted_on, measured, CASE WHEN api.enough(paired, expected) THEN cyclists END AS cyclists,
       CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END AS withheld,
       paired, expected, api.coverage(paired, expected) AS coverage, revision, computed_at, rule
FROM doorfiets.link_day;

CREATE VIEW api.route_day WITH (security_barrier) AS
SELECT route, day, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km, mean_cyclists, through_ratio, uniformity, green_share,
       withheld, paired, expected, api.coverage(paired, expected) AS coverage, revision, computed_at, rule
FROM doorfiets.route_day;

-- What stations say themselves; the other layers are asked for by name.
CREATE VIEW api.air_hour WITH (security_barrier) AS
SELECT station, quantity, hour, mean, withheld, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule, layer
FROM doorfiets.air_hour WHERE layer = 'measured';

CREATE VIEW api.air_layer_hour WITH (security_barrier) AS
SELECT station, quantity, layer, hour, mean, withheld, basis, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule
FROM doorfiets.air_hour;

CREATE VIEW api.air_index_hour WITH (security_barrier) AS
SELECT station, scheme, hour, value, level, withheld, basis, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule
FROM doorfiets.air_index_hour;

CREATE VIEW api.figure WITH (security_barrier) AS
SELECT kind, subject, facet, indicator, period, first_day, last_day, part, value, low, high, withheld, basis, valid, expected, revision, computed_at, rule
FROM doorfiets.figure;

-- Every local day on which a site should count, one site or all (null), now or as of a moment, with what is expected of its valid part; a day
-- without a row is a gap. `merged` days hold more intervals than rows: both autumn hours came in one.
CREATE FUNCTION api.site_days(wanted_mode text, from_day date, until_day date, wanted_site text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS TABLE (site text, day date, started_at timestamptz, ended_at timestamptz, total numeric, paired int4, expected int4, origins text[],
               revision int4, computed_at timestamptz, merged boolean)
LANGUAGE sql STABLE ROWS 400 AS $$
    WITH need AS (
        SELECT p.site, y.day, y.started_at, y.ended_at, array_agg(DISTINCT c.origin) FILTER (WHERE c.origin IS NOT NULL) AS origins,
               extract(epoch FROM least(y.ended_at, max(p.valid_until)) - greatest(y.started_at, min(p.valid_from)))::int4
               / coalesce(max(c.seconds), max(p.seconds)) AS expected
        FROM api.calendar(from_day, until_day) y
        JOIN api.channel_span p ON p.valid_from < y.ended_at AND y.started_at < p.valid_until
        LEFT JOIN api.channel c ON c.channel = p.channel AND c.valid_from < y.ended_at AND y.started_at < c.valid_until
        WHERE p.mode = wanted_mode AND (wanted_site IS NULL OR p.site = wanted_site)
        GROUP BY p.site, y.day, y.started_at, y.ended_at)
    SELECT n.site, n.day, n.started_at, n.ended_at, t.total, coalesce(t.paired, 0), coalesce(t.expected, n.expected), n.origins,
           coalesce(t.revision, 0), t.computed_at, coalesce(t.paired > t.rows, false)
    FROM need n
    LEFT JOIN api.site_day_version t ON t.site = n.site AND t.mode = wanted_mode AND t.day = n.day AND t.day >= from_day AND t.day < until_day
        AND (wanted_site IS NULL OR t.site = wanted_site) AND api.stood(t.computed_at, t.replaced_at, at)
$$;

-- What a screenline can pair in a range: the intervals of the whole hours in which every mode of the variant is counted.
CREATE FUNCTION api.share_expected(wanted_screenline text, wanted_variant text, range_start timestamptz, range_end timestamptz) RETURNS int4
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    WITH stream AS MATERIALIZED (
        SELECT d.channel, s.mode, s.seconds, s.valid_from, s.valid_until
        FROM screenline_stream s JOIN datastream d USING (datastream) WHERE s.screenline = wanted_screenline AND s.variant = wanted_variant),
    span AS MATERIALIZED (
        SELECT channel, mode, max(seconds) AS seconds, min(valid_from) AS valid_from, max(valid_until) AS valid_until FROM stream GROUP BY channel, mode),
    hour AS (
        SELECT 3600 / coalesce(max(s.seconds), max(p.seconds)) AS expected
        FROM generate_series(range_start, range_end - interval '1 hour', interval '1 hour') h
        JOIN span p ON p.valid_from <= h AND h < p.valid_until
        LEFT JOIN stream s ON s.channel = p.channel AND s.valid_from <= h AND h < s.valid_until
        GROUP BY h HAVING count(DISTINCT p.mode) = (SELECT count(DISTINCT mode) FROM span))
    SELECT coalesce(sum(expected), 0)::int4 FROM hour
$$;

-- A share pooled over the local days of [from_day, until_day), now or as of a moment: numerators and denominators are added, then divided. A day
-- without a row was not measured; a day on which not every mode is counted expects nothing. For the site, the API and the dashboards.
CREATE FUNCTION api.share_period(wanted_screenline text, wanted_variant text, from_day date, until_day date, at timestamptz DEFAULT NULL)
RETURNS TABLE (numerator numeric, denominator numeric, paired int4, expected int4, coverage float8, share float8, low float8, high float8, withheld jsonb,
               days int4, days_with_share int4, revision int4, computed_at timestamptz)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT p.numerator, p.denominator, p.paired, p.expected, api.coverage(p.paired, p.expected), j.share, j.low, j.high, j.withheld,
           p.days, p.days_with_share, p.revision, p.computed_at
    FROM (SELECT sum(t.numerator) AS numerator, sum(t.denominator) AS denominator, coalesce(sum(t.paired), 0)::int4 AS paired,
                 coalesce(sum(coalesce(t.expected, api.share_expected(wanted_screenline, wanted_variant, y.started_at, y.ended_at))), 0)::int4 AS expected,
                 count(*)::int4 AS days, (count(*) FILTER (WHERE t.denominator > 0 AND api.enough(t.paired, t.expected)))::int4 AS days_with_share,
                 coalesce(sum(t.revision), 0)::int4 AS revision, max(t.computed_at) AS computed_at
          FROM api.calendar(from_day, until_day) y
          LEFT JOIN api.share_day_version t ON t.screenline = wanted_screenline AND t.variant = wanted_variant AND t.day = y.day
              AND t.day >= from_day AND t.day < until_day AND api.stood(t.computed_at, t.replaced_at, at)) p
    CROSS JOIN LATERAL api.judged_share(p.numerator, p.denominator, p.paired, p.expected) j
$$;

-- Counts of one mode at a site per quarter, or per the coarser interval of the streams of that hour; in one direction or in all (null).
-- `value` is null where a channel is missing, also between two devices: a gap, never a zero. A row with both autumn hours has `spans` 2, and
-- the gaps of the second hour are `told_before`. `revision` and `doubts` are of whatever was heard, counted or not: they say why a value went.
CREATE FUNCTION api.site_quarters(wanted_site text, wanted_mode text, range_start timestamptz, range_end timestamptz, wanted_direction text DEFAULT NULL)
RETURNS TABLE (started_at timestamptz, ended_at timestamptz, value numeric, heard int4, streams int4, spans int4, told_before boolean, doubts int4,
               origins text[], revision int4, revised_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp
ROWS 3000 AS $$
    WITH stream AS (
        SELECT c.channel, d.datastream, d.seconds, d.origin, d.valid_from, d.valid_until
        FROM channel c JOIN datastream d USING (channel)
        WHERE c.site = wanted_site AND c.mode = wanted_mode AND (wanted_direction IS NULL OR c.direction = wanted_direction)),
    span AS (SELECT channel, min(valid_from) AS valid_from, max(valid_until) AS valid_until FROM stream GROUP BY channel),
    hour AS (  -- one more than asked: it may tell of the next
        SELECT h AS hour, interval '1 second' * (
                   SELECT min(w) FROM unnest(ARRAY[900, 1200, 1800, 3600]) w WHERE 0 = ALL (SELECT w % unnest(lengths))) AS width
        FROM generate_series(date_trunc('hour', range_start, 'UTC') - interval '1 hour', range_end - interval '1 microsecond', interval '1 hour') h
        CROSS JOIN LATERAL (
            SELECT coalesce((SELECT array_agg(DISTINCT s.seconds) FROM stream s WHERE s.valid_from < h + interval '1 hour' AND h < s.valid_until),
                            (SELECT array_agg(DISTINCT s.seconds) FROM stream s)) AS lengths) known),
    need AS (
        SELECT b AS bin, h.width, count(DISTINCT p.channel)::int4 AS streams,
               coalesce(array_agg(DISTINCT s.origin) FILTER (WHERE s.origin IS NOT NULL), '{}') AS origins
        FROM hour h
        CROSS JOIN LATERAL generate_series(h.hour, h.hour + interval '1 hour' - h.width, h.width) b
        JOIN span p ON p.valid_from <= b AND b < p.valid_until
        LEFT JOIN stream s ON s.channel = p.channel AND s.valid_from <= b AND b < s.valid_until
        GROUP BY b, h.width),
    part AS (
        SELECT date_bin(h.width, o.started_at, 'epoch') AS bin, sum(o.value::numeric) FILTER (WHERE counted) AS value,
               coalesce(sum(s.seconds) FILTER (WHERE counted), 0) * interval '1 second' >= min(h.width) AS whole,
               coalesce(bool_or(spans(o.doubts) = 2) FILTER (WHERE counted), false) AS merged, bit_or(o.doubts) AS doubts,
               sum(o.revision) AS revision, max(o.revised_at) AS revised_at
        FROM stream s
        JOIN observation o USING (datastream)
        JOIN hour h ON h.hour = date_trunc('hour', o.started_at, 'UTC')
        CROSS JOIN LATERAL (SELECT counts(o.value, o.uptime, o.doubts) AS counted) c
        WHERE o.started_at >= range_start - interval '2 hours' AND o.started_at < range_end + interval '1 hour'
          AND s.valid_from <= o.started_at AND o.started_at < s.valid_until
        GROUP BY 1, o.datastream),
    told AS (
        SELECT bin, sum(value) FILTER (WHERE whole) AS value, (count(*) FILTER (WHERE whole))::int4 AS heard,
               count(DISTINCT merged) FILTER (WHERE whole) = 1 AS alike, bool_or(merged) AS merged, bit_or(doubts) AS doubts,
               sum(revision)::int4 AS revision, max(revised_at) AS revised_at
        FROM part GROUP BY bin)
    SELECT n.bin, n.bin + n.width, CASE WHEN t.heard = n.streams AND t.alike THEN t.value END, coalesce(t.heard, 0), n.streams,
           CASE WHEN t.merged THEN 2 ELSE 1 END, coalesce(t.heard, 0) = 0 AND n.bin - interval '1 hour' IN (SELECT bin FROM told WHERE merged),
           coalesce(t.doubts, 0), n.origins, coalesce(t.revision, 0), t.revised_at
    FROM need n LEFT JOIN told t USING (bin)
    WHERE n.bin >= range_start AND n.bin < range_end
    ORDER BY n.bin
$$;

-- A share by the quarter, or by the coarser interval of the streams of that hour: paired from what was heard, as the hours are (put_bins of the tally).
-- Numerator and denominator are null where a stream is missing; nothing is expected while a mode of the variant is not counted. A row with both
-- autumn hours has `paired` 2, and the gaps of the second hour are `told_before`.
CREATE FUNCTION api.share_quarters(wanted_screenline text, wanted_variant text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (started_at timestamptz, ended_at timestamptz, numerator numeric, denominator numeric, paired int4, expected int4, heard int4, streams int4,
               told_before boolean, doubts int4, origins text[], revision int4, revised_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp
ROWS 3000 AS $$
    WITH stream AS MATERIALIZED (
        SELECT d.channel, s.mode, s.datastream, s.seconds, d.origin, s.valid_from, s.valid_until
        FROM screenline_stream s JOIN datastream d USING (datastream) WHERE s.screenline = wanted_screenline AND s.variant = wanted_variant),
    span AS MATERIALIZED (
        SELECT channel, mode, max(seconds) AS seconds, min(valid_from) AS valid_from, max(valid_until) AS valid_until FROM stream GROUP BY channel, mode),
    hour AS MATERIALIZED (  -- one more than asked: it may tell of the next
        SELECT h AS hour, CASE WHEN count(DISTINCT p.mode) = (SELECT count(DISTINCT mode) FROM span) THEN coalesce(max(s.seconds), max(p.seconds)) END AS seconds,
               count(DISTINCT p.channel)::int4 AS streams, coalesce(array_agg(DISTINCT s.origin) FILTER (WHERE s.origin IS NOT NULL), '{}') AS origins
        FROM generate_series(date_trunc('hour', range_start, 'UTC') - interval '1 hour', range_end - interval '1 microsecond', interval '1 hour') h
        LEFT JOIN span p ON p.valid_from <= h AND h < p.valid_until
        LEFT JOIN stream s ON s.channel = p.channel AND s.valid_from <= h AND h < s.valid_until
        GROUP BY h),
    need AS (
        SELECT b AS bin, w.width, h.seconds IS NOT NULL AS counted, h.streams, h.origins
        FROM hour h
        CROSS JOIN LATERAL (SELECT coalesce(h.seconds, 900) * interval '1 second' AS width) w
        CROSS JOIN LATERAL generate_series(h.hour, h.hour + interval '1 hour' - w.width, w.width) b),
    part AS (
        SELECT date_bin(h.seconds * interval '1 second', o.started_at, 'epoch') AS bin, s.mode, sum(o.value::numeric) FILTER (WHERE c.said) AS amount,
               count(*) FILTER (WHERE c.said) * s.seconds >= h.seconds AS whole, coalesce(bool_or(spans(o.doubts) = 2) FILTER (WHERE c.said), false) AS merged,
               bit_or(o.doubts) AS doubts, sum(o.revision) AS revision, max(o.revised_at) AS revised_at
        FROM hour h
        JOIN stream s ON s.valid_from <= h.hour AND h.hour < s.valid_until
        JOIN observation o ON o.datastream = s.datastream AND o.started_at >= h.hour AND o.started_at < h.hour + interval '1 hour'
        CROSS JOIN LATERAL (
            SELECT counts(o.value, o.uptime, o.doubts)
                   AND (s.seconds < h.seconds OR o.started_at = date_bin(h.seconds * interval '1 second', o.started_at, 'epoch')) AS said) c
        WHERE h.seconds IS NOT NULL
          AND o.started_at >= range_start - interval '2 hours' AND o.started_at < range_end + interval '1 hour'
        GROUP BY 1, s.mode, s.datastream, s.seconds, h.seconds),
    told AS (
        SELECT bin, sum(amount) FILTER (WHERE whole) AS total, coalesce(sum(amount) FILTER (WHERE whole AND mode = 'bicycles'), 0) AS bicycles,
               (count(*) FILTER (WHERE whole))::int4 AS heard, count(DISTINCT merged) FILTER (WHERE whole) = 1 AS alike, bool_or(merged) AS merged,
               bit_or(doubts) AS doubts, sum(revision)::int4 AS revision, max(revised_at) AS revised_at
        FROM part GROUP BY bin)
    SELECT n.bin, n.bin + n.width, CASE WHEN p.paired THEN t.bicycles END, CASE WHEN p.paired THEN t.total END,
           CASE WHEN NOT p.paired THEN 0 WHEN t.merged THEN 2 ELSE 1 END, n.counted::int4, coalesce(t.heard, 0), n.streams,
           coalesce(t.heard, 0) = 0 AND n.bin - interval '1 hour' IN (SELECT bin FROM told WHERE merged), coalesce(t.doubts, 0), n.origins,
           coalesce(t.revision, 0), t.revised_at
    FROM need n
    LEFT JOIN told t USING (bin)
    CROSS JOIN LATERAL (SELECT coalesce(t.heard = n.streams AND t.alike, false) AS paired) p
    WHERE n.bin >= range_start AND n.bin < range_end
    ORDER BY n.bin
$$;

RESET ROLE;
