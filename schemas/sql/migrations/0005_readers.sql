-- What readers see: views and functions in `api`, each number with its coverage, revision and origin. Nothing else is granted to them.
SET ROLE owner;

CREATE FUNCTION api.coverage(valid int4, expected int4) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN least(1.0, valid::float8 / nullif(expected, 0));

-- Shares and means under 75 % coverage are withheld.
CREATE FUNCTION api.enough(valid int4, expected int4) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN expected > 0 AND valid * 4 >= expected * 3;

-- Wilson interval of x out of n, z = 1.959964 (domain handbook, cycling share): sampling error only, not the bias of the counters.
-- Null where nothing was counted.
CREATE FUNCTION api.wilson_low(x float8, n float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(0, (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n))
    FROM (SELECT x / n AS p, 1.959964::float8 AS z WHERE n > 0) counted
$$;

CREATE FUNCTION api.wilson_high(x float8, n float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(1, (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n))
    FROM (SELECT x / n AS p, 1.959964::float8 AS z WHERE n > 0) counted
$$;

CREATE VIEW api.municipality WITH (security_barrier) AS SELECT * FROM doorfiets.municipality;
CREATE VIEW api.district WITH (security_barrier) AS SELECT * FROM doorfiets.district;
CREATE VIEW api.quantity WITH (security_barrier) AS SELECT * FROM doorfiets.quantity;
CREATE VIEW api.denominator WITH (security_barrier) AS SELECT * FROM doorfiets.denominator;
CREATE VIEW api.site WITH (security_barrier) AS SELECT * FROM doorfiets.site;
CREATE VIEW api.station WITH (security_barrier) AS SELECT * FROM doorfiets.station;
CREATE VIEW api.link WITH (security_barrier) AS SELECT * FROM doorfiets.link;
CREATE VIEW api.route WITH (security_barrier) AS SELECT * FROM doorfiets.route;
CREATE VIEW api.route_link WITH (security_barrier) AS SELECT * FROM doorfiets.route_link;
CREATE VIEW api.screenline WITH (security_barrier) AS SELECT * FROM doorfiets.screenline;

-- A channel and the periods of its equipment; the sensor's own name stays inside.
CREATE VIEW api.channel WITH (security_barrier) AS
SELECT c.channel, c.site, c.mode, c.direction, d.datastream, d.seconds, d.origin, d.method, d.valid_from, d.valid_until
FROM doorfiets.channel c LEFT JOIN doorfiets.datastream d USING (channel);

CREATE VIEW api.screenline_site WITH (security_barrier) AS
SELECT DISTINCT sc.screenline, c.site FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel);

-- The variants of a screenline, with the modes that are really counted there.
CREATE VIEW api.screenline_variant WITH (security_barrier) AS
SELECT s.screenline, s.variant, array_agg(DISTINCT s.mode ORDER BY s.mode) AS modes, max(s.seconds) AS seconds,
       array_agg(DISTINCT d.origin) AS origins, min(s.valid_from) AS valid_from, max(s.valid_until) AS valid_until
FROM doorfiets.screenline_stream s JOIN doorfiets.datastream d USING (datastream) GROUP BY s.screenline, s.variant;

CREATE VIEW api.station_quantity WITH (security_barrier) AS
SELECT station, quantity, datastream, seconds, origin, method, valid_from, valid_until
FROM doorfiets.datastream WHERE station IS NOT NULL;

-- Counts of one mode at a site per interval of pairing (the coarsest interval of its channels, at least 15 minutes), every interval of
-- the range, in one direction or in all (null). `value` is null where a channel is missing: a gap, never a zero.
CREATE FUNCTION api.site_quarters(wanted_site text, wanted_mode text, range_start timestamptz, range_end timestamptz, wanted_direction text DEFAULT NULL)
RETURNS TABLE (started_at timestamptz, ended_at timestamptz, value numeric, heard int4, streams int4, doubts int4, origins text[], revision int4, revised_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp
ROWS 3000 AS $$
    WITH stream AS (
        SELECT d.datastream, d.seconds, d.origin, d.valid_from, d.valid_until
        FROM channel c JOIN datastream d USING (channel)
        WHERE c.site = wanted_site AND c.mode = wanted_mode AND (wanted_direction IS NULL OR c.direction = wanted_direction)),
    width AS (SELECT greatest(900, max(seconds)) * interval '1 second' AS width FROM stream),
    bin AS (
        SELECT g AS bin, width FROM width, generate_series(date_bin(width, range_start, 'epoch'), range_end - interval '1 microsecond', width) g
        WHERE g >= range_start),
    need AS (
        SELECT b.bin, b.width, count(*)::int4 AS streams, array_agg(DISTINCT s.origin) AS origins
        FROM bin b JOIN stream s ON s.valid_from <= b.bin AND b.bin < s.valid_until GROUP BY b.bin, b.width),
    part AS (
        SELECT date_bin(w.width, o.started_at, 'epoch') AS bin, o.datastream,
               sum(o.value::numeric) AS value, sum(s.seconds) * interval '1 second' >= min(w.width) AS whole, bool_or(spans(o.doubts) = 2) AS merged,
               bit_or(o.doubts) AS doubts, max(o.revision) AS revision, max(o.revised_at) AS revised_at
        FROM width w, stream s JOIN observation o USING (datastream)
        WHERE o.started_at >= range_start AND o.started_at < range_end AND s.valid_from <= o.started_at AND o.started_at < s.valid_until
          AND counts(o.value, o.uptime, o.doubts)
        GROUP BY 1, 2),
    whole AS (
        SELECT bin, sum(value) AS value, count(*)::int4 AS heard, count(DISTINCT merged) = 1 AS alike, bit_or(doubts) AS doubts,
               max(revision) AS revision, max(revised_at) AS revised_at
        FROM part WHERE whole GROUP BY bin)
    SELECT n.bin, n.bin + n.width, CASE WHEN w.heard = n.streams AND w.alike THEN w.value END,
           coalesce(w.heard, 0), n.streams, coalesce(w.doubts, 0), n.origins, coalesce(w.revision, 0), w.revised_at
    FROM need n LEFT JOIN whole w USING (bin)
    ORDER BY n.bin
$$;

CREATE VIEW api.site_hour WITH (security_barrier) AS
SELECT site, mode, hour, total, rows, paired, expected, api.coverage(paired, expected) AS coverage, maximum, revision, computed_at, rule
FROM doorfiets.site_hour;

CREATE VIEW api.site_day WITH (security_barrier) AS
SELECT site, mode, day, started_at, ended_at, total, rows, paired, expected, api.coverage(paired, expected) AS coverage, maximum, revision, computed_at, rule
FROM doorfiets.site_day;

CREATE VIEW api.share_hour WITH (security_barrier) AS
SELECT screenline, variant, hour, numerator, denominator, paired, expected, api.coverage(paired, expected) AS coverage,
       CASE WHEN api.enough(paired, expected) THEN (numerator / nullif(denominator, 0))::float8 END AS share,
       CASE WHEN api.enough(paired, expected) THEN api.wilson_low(numerator::float8, nullif(denominator, 0)::float8) END AS low,
       CASE WHEN api.enough(paired, expected) THEN api.wilson_high(numerator::float8, nullif(denominator, 0)::float8) END AS high,
       CASE WHEN NOT api.enough(paired, expected) THEN 'dekking onder 75 %' WHEN denominator = 0 THEN 'niemand geteld' END AS withheld,
       revision, computed_at, rule
FROM doorfiets.share_hour;

CREATE VIEW api.share_day WITH (security_barrier) AS
SELECT screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, api.coverage(paired, expected) AS coverage,
       CASE WHEN api.enough(paired, expected) THEN (numerator / nullif(denominator, 0))::float8 END AS share,
       CASE WHEN api.enough(paired, expected) THEN api.wilson_low(numerator::float8, nullif(denominator, 0)::float8) END AS low,
       CASE WHEN api.enough(paired, expected) THEN api.wilson_high(numerator::float8, nullif(denominator, 0)::float8) END AS high,
       CASE WHEN NOT api.enough(paired, expected) THEN 'dekking onder 75 %' WHEN denominator = 0 THEN 'niemand geteld' END AS withheld,
       revision, computed_at, rule
FROM doorfiets.share_day;

CREATE VIEW api.link_day WITH (security_barrier) AS
SELECT link, day, counted_on, measured, CASE WHEN api.enough(paired, expected) THEN cyclists END AS cyclists,
       CASE WHEN NOT api.enough(paired, expected) THEN 'dekking onder 75 %' END AS withheld,
       paired, expected, api.coverage(paired, expected) AS coverage, revision, computed_at, rule
FROM doorfiets.link_day;

CREATE VIEW api.route_day WITH (security_barrier) AS
SELECT route, day, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km, mean_cyclists, through_ratio, uniformity, green_share,
       withheld, paired, expected, api.coverage(paired, expected) AS coverage, revision, computed_at, rule
FROM doorfiets.route_day;

CREATE VIEW api.air_hour WITH (security_barrier) AS
SELECT station, quantity, hour, mean, CASE WHEN mean IS NULL THEN 'dekking onder 75 %' END AS withheld,
       valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule
FROM doorfiets.air_hour;

-- The one status of a feed, for page, console, dashboard and alert: by its own interval, worst word wins.
CREATE FUNCTION api.feed_status(last_ended_at timestamptz, seconds int4, valid_until timestamptz, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN valid_until <= at THEN 'afgesloten'
    WHEN last_ended_at IS NULL THEN 'nooit gehoord'
    WHEN extract(epoch FROM at - last_ended_at) >= 3 * seconds THEN 'stil'
    WHEN extract(epoch FROM at - last_ended_at) >= 1.5 * seconds THEN 'laat'
    ELSE 'goed'
END;

CREATE VIEW api.feed WITH (security_barrier) AS
SELECT d.datastream, coalesce(c.site, d.station) AS place, coalesce(s.name, t.name) AS place_name, d.channel, d.quantity, d.origin, d.seconds,
       f.last_started_at, f.last_ended_at, f.last_heard_at, coalesce(f.stored, 0) AS stored, coalesce(f.duplicates, 0) AS duplicates,
       coalesce(f.corrections, 0) AS corrections, extract(epoch FROM now() - f.last_ended_at) / d.seconds AS missed_intervals,
       api.feed_status(f.last_ended_at, d.seconds, d.valid_until, now()) AS status, d.valid_from, d.valid_until
FROM doorfiets.datastream d
LEFT JOIN doorfiets.channel c USING (channel)
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = d.station
LEFT JOIN doorfiets.feed f USING (datastream);

-- Refused messages by reason, without their content.
CREATE VIEW api.rejection_reason WITH (security_barrier) AS
SELECT reason, count(*) AS messages, sum(hearings) AS hearings, min(first_heard_at) AS first_heard_at, max(last_heard_at) AS last_heard_at
FROM doorfiets.rejection GROUP BY reason;

-- Grows whenever a published number moves: pages and caches compare it.
CREATE VIEW api.data_revision WITH (security_barrier) AS
SELECT max(changed_in)::text AS revision FROM (
    SELECT max(changed_in) AS changed_in FROM doorfiets.tally_hour UNION ALL SELECT max(changed_in) FROM doorfiets.site_hour
    UNION ALL SELECT max(changed_in) FROM doorfiets.share_hour UNION ALL SELECT max(changed_in) FROM doorfiets.route_day
    UNION ALL SELECT max(changed_in) FROM doorfiets.air_hour) newest;

RESET ROLE;
