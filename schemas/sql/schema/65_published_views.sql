-- What is seen of all published tables together. Made from `schemas/published.py`.
-- Versions: what stands now (replaced at infinity) and what stood before. A row holds for [computed_at, replaced_at).
SET ROLE owner;

CREATE VIEW api.site_hour_version WITH (security_barrier) AS
SELECT
    site, mode, hour, rows, paired, expected, total, maximum, quality_flags, quarters, quarter_flags, revision,
    computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.site_hour
UNION ALL
SELECT
    site, mode, hour, rows, paired, expected, total, maximum, quality_flags, quarters, quarter_flags, revision,
    computed_at, rule,
    replaced_at
FROM doorfiets.site_hour_past;

CREATE VIEW api.site_day_version WITH (security_barrier) AS
SELECT
    site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, quality_flags, flagged, revision,
    computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.site_day
UNION ALL
SELECT
    site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, quality_flags, flagged, revision,
    computed_at, rule,
    replaced_at
FROM doorfiets.site_day_past;

CREATE VIEW api.share_hour_version WITH (security_barrier) AS
SELECT
    screenline, variant, hour, numerator, denominator, paired, expected, quality_flags, revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.share_hour
UNION ALL
SELECT
    screenline, variant, hour, numerator, denominator, paired, expected, quality_flags, revision, computed_at, rule,
    replaced_at
FROM doorfiets.share_hour_past;

CREATE VIEW api.share_day_version WITH (security_barrier) AS
SELECT
    screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, quality_flags, flagged,
    revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.share_day
UNION ALL
SELECT
    screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, quality_flags, flagged,
    revision, computed_at, rule,
    replaced_at
FROM doorfiets.share_day_past;

CREATE VIEW api.link_day_version WITH (security_barrier) AS
SELECT
    link, day, started_at, ended_at, counted_on, measured, cyclists, paired, expected, quality_flags, revision,
    computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.link_day
UNION ALL
SELECT
    link, day, started_at, ended_at, counted_on, measured, cyclists, paired, expected, quality_flags, revision,
    computed_at, rule,
    replaced_at
FROM doorfiets.link_day_past;

CREATE VIEW api.route_day_version WITH (security_barrier) AS
SELECT
    route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km,
    mean_cyclists, through_ratio, uniformity, green_share, paired, expected, withheld, quality_flags, revision,
    computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.route_day
UNION ALL
SELECT
    route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km,
    mean_cyclists, through_ratio, uniformity, green_share, paired, expected, withheld, quality_flags, revision,
    computed_at, rule,
    replaced_at
FROM doorfiets.route_day_past;

CREATE VIEW api.air_layer_hour_version WITH (security_barrier) AS
SELECT
    station, quantity, layer, hour, mean, withheld, valid, expected, basis, quality_flags, revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.air_hour
UNION ALL
SELECT
    station, quantity, layer, hour, mean, withheld, valid, expected, basis, quality_flags, revision, computed_at, rule,
    replaced_at
FROM doorfiets.air_hour_past;

CREATE VIEW api.air_index_hour_version WITH (security_barrier) AS
SELECT
    station, scheme, hour, value, level, basis, withheld, valid, expected, quality_flags, revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.air_index_hour
UNION ALL
SELECT
    station, scheme, hour, value, level, basis, withheld, valid, expected, quality_flags, revision, computed_at, rule,
    replaced_at
FROM doorfiets.air_index_hour_past;

CREATE VIEW api.indicator_value_version WITH (security_barrier) AS
SELECT
    kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld,
    basis, valid, expected, quality_flags, revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.indicator_value
UNION ALL
SELECT
    kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld,
    basis, valid, expected, quality_flags, revision, computed_at, rule,
    replaced_at
FROM doorfiets.indicator_value_past;

-- Everything that is or was published, as one list. The aggregator writes one transaction after the other and names all rows of one by the moment it
-- began, so whoever has read the changes up to a moment has missed nothing before it; what a row replaced has its moment as `replaced_at`.
CREATE VIEW api.published WITH (security_barrier) AS
SELECT
    'site' AS kind, site AS subject, 'count' AS indicator, mode AS facet, 'hour' AS period, hour AS started_at,
    total::float8 AS value, NULL::jsonb AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.site_hour_version
UNION ALL
SELECT
    'site' AS kind, site AS subject, 'count' AS indicator, mode AS facet, 'day' AS period, started_at AS started_at,
    total::float8 AS value, NULL::jsonb AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.site_day_version
UNION ALL
SELECT
    'screenline' AS kind, screenline AS subject, 'cycling_share' AS indicator, variant AS facet, 'hour' AS period,
    hour AS started_at,
    CASE WHEN api.enough(paired, expected) THEN numerator::float8 / nullif(denominator, 0)::float8 END AS value,
    CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.share_hour_version
UNION ALL
SELECT
    'screenline' AS kind, screenline AS subject, 'cycling_share' AS indicator, variant AS facet, 'day' AS period,
    started_at AS started_at,
    CASE WHEN api.enough(paired, expected) THEN numerator::float8 / nullif(denominator, 0)::float8 END AS value,
    CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.share_day_version
UNION ALL
SELECT
    'link' AS kind, link AS subject, 'cyclists_per_day' AS indicator, '' AS facet, 'day' AS period,
    started_at AS started_at, CASE WHEN api.enough(paired, expected) THEN cyclists::float8 END AS value,
    CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.link_day_version
UNION ALL
SELECT
    'route' AS kind, route AS subject, 'bicycle_km' AS indicator, '' AS facet, 'day' AS period, started_at AS started_at,
    bicycle_km AS value, withheld AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.route_day_version
UNION ALL
SELECT
    'station' AS kind, station AS subject, 'air_hour_mean' AS indicator,
    CASE layer WHEN 'measured' THEN quantity ELSE quantity || '/' || layer END AS facet, 'hour' AS period,
    hour AS started_at, mean AS value, withheld AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.air_layer_hour_version
UNION ALL
SELECT
    'station' AS kind, station AS subject, split_part(scheme, '-', 1) AS indicator, scheme AS facet, 'hour' AS period,
    hour AS started_at, value::float8 AS value, withheld AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.air_index_hour_version
UNION ALL
SELECT
    kind AS kind, subject AS subject, indicator AS indicator, facet AS facet, period AS period, started_at AS started_at,
    value AS value, withheld AS withheld, part AS part,
    revision, rule, computed_at, replaced_at
FROM api.indicator_value_version;

-- Up to which moment the changes from a moment on are read for a page of so many: after that moment itself there are as many, or no more. Every
-- table is read in the order of its index, so that a page costs what is on it, and what changed in the same transactions.
CREATE FUNCTION api.changes_until(after timestamptz, up_to timestamptz, wanted_kind text, wanted_indicator text, most int4) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT max(computed_at) FROM (
        (SELECT computed_at FROM site_hour
         WHERE coalesce(wanted_kind, 'site') = 'site' AND coalesce(wanted_indicator, 'count') = 'count'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM site_day
         WHERE coalesce(wanted_kind, 'site') = 'site' AND coalesce(wanted_indicator, 'count') = 'count'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM share_hour
         WHERE coalesce(wanted_kind, 'screenline') = 'screenline' AND coalesce(wanted_indicator, 'cycling_share') = 'cycling_share'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM share_day
         WHERE coalesce(wanted_kind, 'screenline') = 'screenline' AND coalesce(wanted_indicator, 'cycling_share') = 'cycling_share'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM link_day
         WHERE coalesce(wanted_kind, 'link') = 'link' AND coalesce(wanted_indicator, 'cyclists_per_day') = 'cyclists_per_day'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM route_day
         WHERE coalesce(wanted_kind, 'route') = 'route' AND coalesce(wanted_indicator, 'bicycle_km') = 'bicycle_km'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM air_hour
         WHERE coalesce(wanted_kind, 'station') = 'station' AND coalesce(wanted_indicator, 'air_hour_mean') = 'air_hour_mean'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM air_index_hour
         WHERE coalesce(wanted_kind, 'station') = 'station' AND coalesce(wanted_indicator, split_part(scheme, '-', 1)) = split_part(scheme, '-', 1)
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM indicator_value
         WHERE coalesce(wanted_kind, kind) = kind AND coalesce(wanted_indicator, indicator) = indicator
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        ORDER BY computed_at LIMIT most) first
$$;

-- Which published numbers changed that a snapshot did not see, by place and time: an hour or day of a site, of a station, or of what is made of
-- several sites, with the transaction that wrote it. Of more than `most` changes one comes without a name: whatever it was. What stood when the
-- snapshot was made and goes, goes with a change of the registry.
CREATE FUNCTION api.changed_since(seen pg_snapshot, most int4)
RETURNS TABLE (kind text, name text, changed_in xid8, started_at timestamptz, ended_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH bound AS (SELECT pg_snapshot_xmin(seen) AS oldest),
    moved (kind, name, changed_in, started_at, ended_at) AS (
        (SELECT CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END, coalesce(d.station, c.site), t.changed_in,
                t.hour, t.hour + interval '1 hour'
         FROM (SELECT * FROM datastream_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t
         JOIN datastream d USING (datastream) LEFT JOIN channel c USING (channel))
        UNION ALL
        (SELECT CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END, coalesce(d.station, c.site), t.changed_in,
                t.started_at, t.ended_at
         FROM (SELECT * FROM datastream_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t
         JOIN datastream d USING (datastream) LEFT JOIN channel c USING (channel))
        UNION ALL
        (SELECT 'site', site, t.changed_in,
                hour, hour + interval '1 hour'
         FROM (SELECT * FROM site_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'site', site, t.changed_in,
                started_at, ended_at
         FROM (SELECT * FROM site_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'screenline', screenline, t.changed_in,
                hour, hour + interval '1 hour'
         FROM (SELECT * FROM share_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'screenline', screenline, t.changed_in,
                started_at, ended_at
         FROM (SELECT * FROM share_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'link', link, t.changed_in,
                started_at, ended_at
         FROM (SELECT * FROM link_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'route', route, t.changed_in,
                started_at, ended_at
         FROM (SELECT * FROM route_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'station', station, t.changed_in,
                hour, hour + interval '1 hour'
         FROM (SELECT * FROM air_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'station', station, t.changed_in,
                hour, hour + interval '1 hour'
         FROM (SELECT * FROM air_index_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT t.kind, t.subject, t.changed_in,
                '-infinity', 'infinity'
         FROM (SELECT * FROM indicator_value WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)),
    unseen AS (
        SELECT m.kind, m.name, m.changed_in, min(m.started_at) AS started_at, max(m.ended_at) AS ended_at
        FROM moved m WHERE NOT pg_visible_in_snapshot(m.changed_in, seen) GROUP BY m.kind, m.name, m.changed_in)
    SELECT * FROM unseen WHERE (SELECT count(*) FROM moved) < most
    UNION ALL
    SELECT NULL, NULL, pg_snapshot_xmax(pg_current_snapshot()), '-infinity', 'infinity' WHERE (SELECT count(*) FROM moved) >= most;
END $$;

-- The newest change that readers can see.
CREATE VIEW api.newest_change WITH (security_barrier) AS
SELECT max(computed_at) AS computed_at FROM (
    SELECT max(computed_at) AS computed_at FROM doorfiets.site_hour UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.site_day UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.share_hour UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.share_day UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.link_day UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.route_day UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.air_hour UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.air_index_hour UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.indicator_value) newest;

-- The newest transaction that wrote a published row.
CREATE VIEW doorfiets.newest_write AS
SELECT max(changed_in) AS changed_in FROM (
    SELECT max(changed_in) AS changed_in FROM doorfiets.datastream_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.datastream_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.site_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.site_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.share_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.share_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.link_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.route_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.air_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.air_index_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.indicator_value) newest;

RESET ROLE;
