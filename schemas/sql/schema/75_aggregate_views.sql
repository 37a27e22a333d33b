-- Aggregates as readers see them: each number with its coverage, revision and rule.
SET ROLE owner;

-- Why nothing is expected of a share in a range: its sensors cannot measure then, or not every mode is counted.
CREATE FUNCTION api.share_not_expected(wanted_screenline text, wanted_variant text, range_start timestamptz, range_end timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT api.reason(CASE WHEN EXISTS (
        SELECT FROM expectation
        WHERE kind = 'share' AND place = wanted_screenline AND facet = wanted_variant AND direction = '' AND seconds > 0 AND placed_windows <> '{}'
          AND valid_from < range_end AND range_start < valid_until) THEN 'outside_window' ELSE 'modes_missing' END)
$$;

-- What stands now of each published table; what stood before is in the `_version` of each.
CREATE VIEW api.site_hour WITH (security_barrier) AS
SELECT site, mode, hour, total, rows, paired, expected, api.coverage(paired, expected) AS coverage, maximum, revision, computed_at, rule, quality_flags
FROM doorfiets.site_hour;

CREATE VIEW api.site_day WITH (security_barrier) AS
SELECT site, mode, day, started_at, ended_at, total, rows, paired, expected, api.coverage(paired, expected) AS coverage, maximum, revision, computed_at, rule,
       quality_flags
FROM doorfiets.site_day;

CREATE VIEW api.share_hour WITH (security_barrier) AS
SELECT t.screenline, t.variant, t.hour, t.numerator, t.denominator, t.paired, t.expected, api.coverage(t.paired, t.expected) AS coverage,
       j.share, j.low, j.high,
       CASE WHEN t.expected = 0 THEN api.share_not_expected(t.screenline, t.variant, t.hour, t.hour + interval '1 hour') ELSE j.withheld END AS withheld, t.revision, t.computed_at, t.rule, t.quality_flags
FROM doorfiets.share_hour t CROSS JOIN LATERAL api.share_if_covered(t.numerator, t.denominator, t.paired, t.expected) j;

CREATE VIEW api.share_day WITH (security_barrier) AS
SELECT t.screenline, t.variant, t.day, t.started_at, t.ended_at, t.numerator, t.denominator, t.paired, t.expected,
       api.coverage(t.paired, t.expected) AS coverage, j.share, j.low, j.high,
       CASE WHEN t.expected = 0 THEN api.share_not_expected(t.screenline, t.variant, t.started_at, t.ended_at) ELSE j.withheld END AS withheld, t.revision, t.computed_at, t.rule, t.quality_flags
FROM doorfiets.share_day t CROSS JOIN LATERAL api.share_if_covered(t.numerator, t.denominator, t.paired, t.expected) j;

CREATE VIEW api.link_day WITH (security_barrier) AS
SELECT link, day, started_at, ended_at, counted_on, measured, CASE WHEN api.enough(paired, expected) THEN cyclists END AS cyclists,
       CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END AS withheld,
       paired, expected, api.coverage(paired, expected) AS coverage, revision, computed_at, rule, quality_flags
FROM doorfiets.link_day;

CREATE VIEW api.route_day WITH (security_barrier) AS
SELECT route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km, mean_cyclists, through_ratio,
       uniformity, green_share, withheld, paired, expected, api.coverage(paired, expected) AS coverage, revision, computed_at, rule,
       quality_flags
FROM doorfiets.route_day;

-- What stations say themselves; the other layers are asked for by name.
CREATE VIEW api.air_hour WITH (security_barrier) AS
SELECT station, quantity, hour, mean, withheld, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule, layer, quality_flags
FROM doorfiets.air_hour WHERE layer = 'measured';

CREATE VIEW api.air_layer_hour WITH (security_barrier) AS
SELECT station, quantity, layer, hour, mean, withheld, basis, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule,
       quality_flags
FROM doorfiets.air_hour;

CREATE VIEW api.air_index_hour WITH (security_barrier) AS
SELECT station, scheme, hour, value, level, withheld, basis, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule,
       quality_flags
FROM doorfiets.air_index_hour;

CREATE VIEW api.indicator_value WITH (security_barrier) AS
SELECT kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld, basis, valid, expected,
       revision, computed_at, rule, quality_flags
FROM doorfiets.indicator_value;

-- Every local day of its owner on which a site should count, now or as of a moment: one site, those of one owner, or all (nulls); a day without a row is a gap, of
-- which is expected what the channels could have counted. `merged` days hold more intervals than rows: both autumn hours came in one.
CREATE FUNCTION api.site_days(wanted_mode text, from_day date, until_day date, wanted_site text DEFAULT NULL, at timestamptz DEFAULT NULL,
    wanted_owner text DEFAULT NULL)
RETURNS TABLE (site text, day date, started_at timestamptz, ended_at timestamptz, total numeric, paired int4, expected int4, origins text[],
               revision int4, computed_at timestamptz, merged boolean, quality_flags int4)
LANGUAGE sql STABLE ROWS 400 AS $$
    WITH clock AS (
        SELECT y.*, o.timezone
        FROM (SELECT DISTINCT timezone FROM api.owner WHERE wanted_owner IS NULL OR owner = wanted_owner) o
        CROSS JOIN LATERAL api.calendar(from_day, until_day, o.timezone) y),
    local AS (
        SELECT s.site, o.timezone FROM api.site s JOIN api.owner o USING (owner)
        WHERE (wanted_site IS NULL OR s.site = wanted_site) AND (wanted_owner IS NULL OR s.owner = wanted_owner)),
    need AS (
        SELECT e.place AS site, y.day, y.started_at, y.ended_at,
               sum(api.bins_expected(e.seconds, e.valid_from, e.valid_until, y.started_at, y.ended_at, e.placed_windows))::int4 AS expected
        FROM clock y
        JOIN local z USING (timezone)
        JOIN api.expectation e ON e.place = z.site AND e.valid_from < y.ended_at AND y.started_at < e.valid_until
        WHERE e.kind = 'site' AND e.direction = '' AND e.facet = wanted_mode AND (wanted_site IS NULL OR e.place = wanted_site)
        GROUP BY e.place, y.day, y.started_at, y.ended_at),
    spoken AS MATERIALIZED (  -- some rows a site: looked through for each day, they cost less than a join that a planner without statistics may turn into a square
        SELECT c.site, c.origin, c.valid_from, c.valid_until FROM api.channel c JOIN local z USING (site)
        WHERE c.mode = wanted_mode AND (wanted_site IS NULL OR c.site = wanted_site))
    SELECT n.site, n.day, n.started_at, n.ended_at, t.total, coalesce(t.paired, 0), coalesce(t.expected, n.expected),
           (SELECT array_agg(DISTINCT o.origin) FROM spoken o WHERE o.site = n.site AND o.valid_from < n.ended_at AND n.started_at < o.valid_until),
           coalesce(t.revision, 0), t.computed_at, coalesce(t.paired > t.rows, false), coalesce(t.quality_flags, 0)
    FROM need n
    LEFT JOIN api.site_day_version t ON t.site = n.site AND t.mode = wanted_mode AND t.day = n.day AND t.day >= from_day AND t.day < until_day
        AND (wanted_site IS NULL OR t.site = wanted_site) AND api.held_at(t.computed_at, t.replaced_at, at)
$$;

-- What a screenline can pair in a range of whole hours.
CREATE FUNCTION api.share_expected(wanted_screenline text, wanted_variant text, range_start timestamptz, range_end timestamptz) RETURNS int4
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT coalesce(sum(api.bins_expected(seconds, valid_from, valid_until, range_start, range_end, placed_windows)), 0)::int4
    FROM expectation
    WHERE kind = 'share' AND place = wanted_screenline AND facet = wanted_variant AND direction = '' AND valid_from < range_end AND range_start < valid_until
$$;

-- A share pooled over its owner's local days of [from_day, until_day), now or as of a moment: numerators and denominators are added, then divided. A day
-- without a row was not measured; a day on which not every mode is counted, or none can be, expects nothing. `flagged` are the flags of each day that has any. For the site,
-- the API and the dashboards.
CREATE FUNCTION api.share_period(wanted_screenline text, wanted_variant text, from_day date, until_day date, at timestamptz DEFAULT NULL)
RETURNS TABLE (numerator numeric, denominator numeric, paired int4, expected int4, coverage float8, share float8, low float8, high float8, withheld jsonb,
               days int4, days_with_share int4, revision int4, computed_at timestamptz, quality_flags int4, flagged int4[])
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT p.numerator, p.denominator, p.paired, p.expected, api.coverage(p.paired, p.expected), j.share, j.low, j.high,
           CASE WHEN p.expected = 0 THEN api.share_not_expected(wanted_screenline, wanted_variant, p.started_at, p.ended_at) ELSE j.withheld END,
           p.days, p.days_with_share, p.revision, p.computed_at, p.quality_flags, p.flagged
    FROM (SELECT min(y.started_at) AS started_at, max(y.ended_at) AS ended_at,
                 sum(t.numerator) AS numerator, sum(t.denominator) AS denominator, coalesce(sum(t.paired), 0)::int4 AS paired,
                 coalesce(sum(coalesce(t.expected, api.share_expected(wanted_screenline, wanted_variant, y.started_at, y.ended_at))), 0)::int4 AS expected,
                 count(*)::int4 AS days, (count(*) FILTER (WHERE t.denominator > 0 AND api.enough(t.paired, t.expected)))::int4 AS days_with_share,
                 coalesce(sum(t.revision), 0)::int4 AS revision, max(t.computed_at) AS computed_at, coalesce(bit_or(t.quality_flags), 0) AS quality_flags,
                 array_agg(t.quality_flags) FILTER (WHERE t.quality_flags <> 0) AS flagged
          FROM api.calendar(from_day, until_day, (
              SELECT timezone FROM api.subject_owner WHERE kind = 'screenline' AND subject = wanted_screenline)) y
          LEFT JOIN api.share_day_version t ON t.screenline = wanted_screenline AND t.variant = wanted_variant AND t.day = y.day
              AND t.day >= from_day AND t.day < until_day AND api.held_at(t.computed_at, t.replaced_at, at)) p
    CROSS JOIN LATERAL api.share_if_covered(p.numerator, p.denominator, p.paired, p.expected) j
$$;

-- Counts of one mode at a site; in one direction, on the grid of its own streams, or in all (null). `value` is null where a channel is missing, also between
-- two devices, and outside of the measuring windows, where nothing is expected: a gap, never a zero.
CREATE FUNCTION api.site_quarters(wanted_site text, wanted_mode text, range_start timestamptz, range_end timestamptz,
    wanted_direction text DEFAULT NULL)
RETURNS TABLE (started_at timestamptz, ended_at timestamptz, value numeric, received int4, streams int4, spans int4, counted_before boolean,
    quality_flags int4,
               origins text[], revision int4, revised_at timestamptz, missing jsonb, outside_window boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp
ROWS 3000 AS $$
    SELECT started_at, ended_at, total, received, streams, greatest(1, spans), counted_before, quality_flags, origins, revision, revised_at, missing, outside_window
    FROM quarters('site', wanted_site, wanted_mode, coalesce(wanted_direction, ''), range_start, range_end)
    WHERE streams > 0
    ORDER BY started_at
$$;

-- A share: numerator and denominator are null where a stream is missing; nothing is expected while a mode of the variant is not counted.
CREATE FUNCTION api.share_quarters(wanted_screenline text, wanted_variant text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (started_at timestamptz, ended_at timestamptz, numerator numeric, denominator numeric, paired int4, expected int4, received int4, streams int4,
               counted_before boolean, quality_flags int4, origins text[], revision int4, revised_at timestamptz, missing jsonb, outside_window boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp
ROWS 3000 AS $$
    SELECT started_at, ended_at, bicycles, total, spans, expected, received, streams, counted_before, quality_flags, origins, revision, revised_at,
           missing, outside_window
    FROM quarters('share', wanted_screenline, wanted_variant, '', range_start, range_end)
    ORDER BY started_at
$$;

RESET ROLE;
