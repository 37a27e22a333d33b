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

-- Every local day of its owner on which a site should count, now or as of a moment: one site, those of a list, those of one owner, or all (nulls); a day without a row is a gap, of
-- which is expected what the channels could have counted. `merged` days hold more intervals than rows: both autumn hours came in one.
CREATE FUNCTION api.site_days(wanted_mode text, from_day date, until_day date, wanted_site text DEFAULT NULL, at timestamptz DEFAULT NULL,
    wanted_owner text DEFAULT NULL, wanted_sites text[] DEFAULT NULL)
RETURNS TABLE (site text, day date, started_at timestamptz, ended_at timestamptz, total numeric, paired int4, expected int4, origins text[],
               revision int4, computed_at timestamptz, merged boolean, quality_flags int4, flagged int4[])
LANGUAGE sql STABLE ROWS 400 AS $$
    WITH clock AS MATERIALIZED (
        SELECT y.*, o.timezone
        FROM (SELECT DISTINCT timezone FROM api.owner WHERE wanted_owner IS NULL OR owner = wanted_owner) o
        CROSS JOIN LATERAL api.calendar(from_day, until_day, o.timezone) y),
    place AS MATERIALIZED (  -- with what is expected of each and who spoke for it: some rows a site, and each day looks through those of its own
        SELECT s.site, o.timezone, e.expected, c.spoken
        FROM api.site s
        JOIN api.owner o USING (owner)
        JOIN (SELECT e.place, array_agg(e) AS expected FROM api.expectation e
              WHERE e.kind = 'site' AND e.direction = '' AND e.facet = wanted_mode AND (wanted_site IS NULL OR e.place = wanted_site)
              GROUP BY e.place) e ON e.place = s.site
        LEFT JOIN (SELECT c.site, array_agg(c) AS spoken FROM api.channel c
                   WHERE c.mode = wanted_mode AND (wanted_site IS NULL OR c.site = wanted_site) GROUP BY c.site) c ON c.site = s.site
        WHERE (wanted_site IS NULL OR s.site = wanted_site) AND (wanted_owner IS NULL OR s.owner = wanted_owner)
          AND (wanted_sites IS NULL OR s.site = ANY (wanted_sites))),
    need AS MATERIALIZED (
        SELECT p.site, y.day, y.started_at, y.ended_at, p.expected, p.spoken
        FROM place p JOIN clock y USING (timezone)
        WHERE EXISTS (SELECT FROM unnest(p.expected) e WHERE e.valid_from < y.ended_at AND y.started_at < e.valid_until)),
    stored AS MATERIALIZED (  -- both sides apart, so that they are hashed by place and day: merged by place alone, each day would meet all others
        SELECT t.site, t.day, t.total, t.paired, t.rows, t.expected, t.revision, t.computed_at, t.quality_flags, t.flagged
        FROM api.site_day_version t
        WHERE t.mode = wanted_mode AND t.day >= from_day AND t.day < until_day AND (wanted_site IS NULL OR t.site = wanted_site)
              AND (wanted_sites IS NULL OR t.site = ANY (wanted_sites))
              AND api.held_at(t.computed_at, t.replaced_at, at))
    SELECT n.site, n.day, n.started_at, n.ended_at, t.total, coalesce(t.paired, 0),
           coalesce(t.expected, (  -- what is stored says it already; only of days without a row it is computed
               SELECT sum(api.bins_expected(e.seconds, e.valid_from, e.valid_until, n.started_at, n.ended_at, e.placed_windows))::int4
               FROM unnest(n.expected) e WHERE e.valid_from < n.ended_at AND n.started_at < e.valid_until)),
           (SELECT array_agg(DISTINCT o.origin) FROM unnest(n.spoken) o WHERE o.valid_from < n.ended_at AND n.started_at < o.valid_until),
           coalesce(t.revision, 0), t.computed_at, coalesce(t.paired > t.rows, false), coalesce(t.quality_flags, 0), t.flagged
    FROM need n
    LEFT JOIN stored t ON t.site = n.site AND t.day = n.day
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

-- The hours of modes at sites with what their quarters hold (`doorfiets.whole_quarters`), by time and site. Where one of them is not whole, `members` has the quarters of each channel, none where nothing was received of it, null where windows, merged rows or rows that do not count say more.
CREATE FUNCTION api.quarter_hours(wanted_sites text[], wanted_mode text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (site text, hour timestamptz, quarters float8[], quarter_flags int4[], members jsonb, revision int4, computed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off ROWS 3000 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT t.site, t.hour, t.quarters, t.quarter_flags,
           CASE WHEN t.paired < t.expected AND t.quarters IS NOT NULL THEN (
               SELECT coalesce(jsonb_object_agg(d.channel, CASE WHEN h.datastream IS NULL THEN '[]' ELSE to_jsonb(h.quarters) END), '{}')
               FROM channel c JOIN datastream d USING (channel) LEFT JOIN datastream_hour h ON h.datastream = d.datastream AND h.hour = t.hour
               WHERE c.site = t.site AND c.mode = wanted_mode AND d.valid_from <= t.hour AND t.hour < d.valid_until) END,
           t.revision, t.computed_at
    FROM site_hour t
    WHERE t.site = ANY (wanted_sites) AND t.mode = wanted_mode AND t.hour >= range_start AND t.hour < range_end
    ORDER BY t.hour, t.site;
END $$;

-- The stored days of one mode at sites, by time and site.
CREATE FUNCTION api.stored_days(wanted_sites text[], wanted_mode text, from_day date, until_day date)
RETURNS TABLE (site text, day date, started_at timestamptz, ended_at timestamptz, value float8, paired int4, expected int4, quality_flags int4,
               revision int4, computed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off ROWS 1000 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT t.site, t.day, t.started_at, t.ended_at, t.total::float8, t.paired, t.expected, t.quality_flags, t.revision, t.computed_at
    FROM site_day t
    WHERE t.site = ANY (wanted_sites) AND t.mode = wanted_mode AND t.day >= from_day AND t.day < until_day
    ORDER BY t.started_at, t.site;
END $$;

-- Which channels of one mode at sites were whole on a day, and of which all was received; each datastream is read in its own order.
CREATE FUNCTION api.channel_days(wanted_sites text[], wanted_mode text, from_day date, until_day date)
RETURNS TABLE (site text, day date, whole text[], received text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off ROWS 1000 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT e.site, e.day, array_agg(e.channel) FILTER (WHERE e.whole), array_agg(e.channel) FILTER (WHERE e.received)
    FROM (
        SELECT c.site, t.day, c.channel, sum(t.valid) >= sum(t.expected) AS whole, sum(t.rows) >= sum(t.expected) AS received
        FROM (SELECT c.site, c.channel, d.datastream FROM channel c JOIN datastream d USING (channel)
              WHERE c.site = ANY (wanted_sites) AND c.mode = wanted_mode OFFSET 0) c
        CROSS JOIN LATERAL (
            SELECT x.day, x.valid, x.expected, x.rows FROM datastream_day x
            WHERE x.datastream = c.datastream AND x.day >= from_day AND x.day < until_day OFFSET 0) t
        GROUP BY c.site, t.day, c.channel) e
    GROUP BY e.site, e.day;
END $$;

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
