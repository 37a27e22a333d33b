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

-- What may be published of x out of n: the share with its interval, or why it is withheld. The one judgement for hours, days and periods.
CREATE FUNCTION api.judged_share(numerator numeric, denominator numeric, paired int4, expected int4)
RETURNS TABLE (share float8, low float8, high float8, withheld text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT x / n, api.wilson_low(x, n), api.wilson_high(x, n),
           CASE WHEN coalesce(expected, 0) = 0 THEN 'niet alle vervoerwijzen werden geteld'
                WHEN NOT api.enough(paired, expected) THEN 'dekking onder 75 %'
                WHEN denominator = 0 THEN 'niemand geteld' END
    FROM (SELECT numerator::float8 AS x, CASE WHEN api.enough(paired, expected) THEN nullif(denominator, 0)::float8 END AS n) shown
$$;

CREATE VIEW api.municipality WITH (security_barrier) AS SELECT * FROM doorfiets.municipality;
CREATE VIEW api.district WITH (security_barrier) AS SELECT * FROM doorfiets.district;
CREATE VIEW api.quantity WITH (security_barrier) AS SELECT * FROM doorfiets.quantity;
CREATE VIEW api.denominator WITH (security_barrier) AS SELECT * FROM doorfiets.denominator;
CREATE VIEW api.site WITH (security_barrier) AS SELECT * FROM doorfiets.site;
CREATE VIEW api.station WITH (security_barrier) AS SELECT * FROM doorfiets.station;
CREATE VIEW api.route WITH (security_barrier) AS SELECT * FROM doorfiets.route;
CREATE VIEW api.route_link WITH (security_barrier) AS SELECT * FROM doorfiets.route_link;
CREATE VIEW api.screenline WITH (security_barrier) AS SELECT * FROM doorfiets.screenline;

-- What readers call an end of a link: its district without a number, or the region; another word is a name already.
CREATE FUNCTION api.place_name(place text, district text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN place = 'region' THEN 'de regio' ELSE coalesce(regexp_replace(district, '^Wijk [0-9]+ ', ''), place) END;

CREATE VIEW api.link WITH (security_barrier) AS
SELECT l.link, l.name, api.place_name(l.start_place, f.name) AS start_place, api.place_name(l.end_place, t.name) AS end_place, l.length_km, l.green,
       l.greenery, l.priority, l.width_m, l.asphalt, l.site, l.assumed_from, l.illustrative, l.geometry
FROM doorfiets.link l
LEFT JOIN doorfiets.district f ON f.district = l.start_place
LEFT JOIN doorfiets.district t ON t.district = l.end_place;

-- A channel and the periods of its equipment; the sensor's own name stays inside.
CREATE VIEW api.channel WITH (security_barrier) AS
SELECT c.channel, c.site, c.mode, c.direction, d.datastream, d.seconds, d.origin, d.method, d.valid_from, d.valid_until
FROM doorfiets.channel c LEFT JOIN doorfiets.datastream d USING (channel);

-- A channel from its first equipment to its last: between the two it is expected to count.
CREATE VIEW api.channel_span WITH (security_barrier) AS
SELECT c.channel, c.site, c.mode, max(d.seconds) AS seconds, min(d.valid_from) AS valid_from, max(d.valid_until) AS valid_until
FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel) GROUP BY c.channel;

CREATE VIEW api.screenline_site WITH (security_barrier) AS
SELECT DISTINCT sc.screenline, c.site FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel);

-- The variants of a screenline, with the modes that are really counted there.
CREATE VIEW api.screenline_variant WITH (security_barrier) AS
SELECT s.screenline, s.variant, array_agg(DISTINCT s.mode ORDER BY s.mode) AS modes,
       array_agg(DISTINCT d.origin) AS origins, min(s.valid_from) AS valid_from, max(s.valid_until) AS valid_until
FROM doorfiets.screenline_stream s JOIN doorfiets.datastream d USING (datastream) GROUP BY s.screenline, s.variant;

CREATE VIEW api.station_quantity WITH (security_barrier) AS
SELECT station, quantity, datastream, seconds, origin, method, valid_from, valid_until
FROM doorfiets.datastream WHERE station IS NOT NULL;

-- The local days of [from_day, until_day), each with the UTC range that it means.
CREATE FUNCTION api.calendar(from_day date, until_day date) RETURNS TABLE (day date, started_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE ROWS 31 AS $$
    SELECT d::date, d AT TIME ZONE m.timezone, (d + interval '1 day') AT TIME ZONE m.timezone
    FROM api.municipality m, generate_series(from_day::timestamp, until_day - interval '1 day', interval '1 day') d
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

-- Every local day on which a site should count, one site or all (null), with what is expected of its valid part; a day without a row is a gap.
CREATE FUNCTION api.site_days(wanted_mode text, from_day date, until_day date, wanted_site text DEFAULT NULL)
RETURNS TABLE (site text, day date, started_at timestamptz, ended_at timestamptz, total numeric, paired int4, expected int4, origins text[],
               revision int4, computed_at timestamptz)
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
           coalesce(t.revision, 0), t.computed_at
    FROM need n LEFT JOIN api.site_day t ON t.site = n.site AND t.mode = wanted_mode AND t.day = n.day
$$;

-- A share pooled over the local days of [from_day, until_day): numerators and denominators are added, then divided. A day without a row was
-- not measured; a day on which not every mode is counted expects nothing. For the site, the API and the dashboards.
CREATE FUNCTION api.share_period(wanted_screenline text, wanted_variant text, from_day date, until_day date)
RETURNS TABLE (numerator numeric, denominator numeric, paired int4, expected int4, coverage float8, share float8, low float8, high float8, withheld text,
               days int4, days_with_share int4, revision int4, computed_at timestamptz)
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT p.numerator, p.denominator, p.paired, p.expected, api.coverage(p.paired, p.expected), j.share, j.low, j.high, j.withheld,
           p.days, p.days_with_share, p.revision, p.computed_at
    FROM (SELECT sum(t.numerator) AS numerator, sum(t.denominator) AS denominator, coalesce(sum(t.paired), 0)::int4 AS paired,
                 coalesce(sum(coalesce(t.expected, api.share_expected(wanted_screenline, wanted_variant, y.started_at, y.ended_at))), 0)::int4 AS expected,
                 count(*)::int4 AS days, count(t.share)::int4 AS days_with_share, coalesce(sum(t.revision), 0)::int4 AS revision,
                 max(t.computed_at) AS computed_at
          FROM api.calendar(from_day, until_day) y
          LEFT JOIN api.share_day t ON t.screenline = wanted_screenline AND t.variant = wanted_variant AND t.day = y.day) p
    CROSS JOIN LATERAL api.judged_share(p.numerator, p.denominator, p.paired, p.expected) j
$$;

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

-- The one status of a feed, for page, console, dashboard and alert: by its own interval, worst word wins. From bad to good: 'stil' for
-- three intervals, 'zonder waarde' when it speaks but the last three intervals hold nothing that counts, 'laat', 'goed'.
CREATE FUNCTION api.feed_status(last_ended_at timestamptz, last_valid_ended_at timestamptz, seconds int4, valid_until timestamptz, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN valid_until <= at THEN 'afgesloten'
    WHEN last_ended_at IS NULL THEN 'nooit gehoord'
    WHEN extract(epoch FROM at - last_ended_at) >= 3 * seconds THEN 'stil'
    WHEN last_valid_ended_at IS NULL OR extract(epoch FROM last_ended_at - last_valid_ended_at) >= 3 * seconds THEN 'zonder waarde'
    WHEN extract(epoch FROM at - last_ended_at) >= 1.5 * seconds THEN 'laat'
    ELSE 'goed'
END;

CREATE VIEW api.feed WITH (security_barrier) AS
SELECT d.datastream, coalesce(c.site, d.station) AS place, coalesce(s.name, t.name) AS place_name, d.channel, d.quantity, d.origin, d.seconds,
       f.last_started_at, f.last_ended_at, f.last_valid_ended_at, f.last_heard_at, coalesce(f.stored, 0) AS stored, coalesce(f.duplicates, 0) AS duplicates,
       coalesce(f.corrections, 0) AS corrections, extract(epoch FROM now() - f.last_ended_at) / d.seconds AS missed_intervals,
       api.feed_status(f.last_ended_at, f.last_valid_ended_at, d.seconds, d.valid_until, now()) AS status, d.valid_from, d.valid_until
FROM doorfiets.datastream d
LEFT JOIN doorfiets.channel c USING (channel)
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = d.station
LEFT JOIN doorfiets.feed f USING (datastream);

-- Refused messages by reason, without their content.
CREATE VIEW api.rejection_reason WITH (security_barrier) AS
SELECT reason, count(*) AS messages, sum(hearings) AS hearings, min(first_heard_at) AS first_heard_at, max(last_heard_at) AS last_heard_at
FROM doorfiets.rejection GROUP BY reason;

-- `revision` grows whenever a published number moves: open pages compare it. `registry` differs after every change of what stands where, `heard`
-- after every change of what was seen; caches compare all three.
CREATE VIEW api.data_revision WITH (security_barrier) AS
SELECT (SELECT max(changed_in)::text FROM (
            SELECT max(changed_in) AS changed_in FROM doorfiets.tally_hour UNION ALL SELECT max(changed_in) FROM doorfiets.tally_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.site_hour UNION ALL SELECT max(changed_in) FROM doorfiets.site_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.share_hour UNION ALL SELECT max(changed_in) FROM doorfiets.share_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.link_day UNION ALL SELECT max(changed_in) FROM doorfiets.route_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.air_hour) newest) AS revision,
       (SELECT md5(string_agg(version, ',' ORDER BY version)) FROM (
            SELECT tableoid || '.' || xmin AS version FROM doorfiets.municipality UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.district
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.quantity UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.denominator
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.site UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.channel
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.station UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.datastream
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.link UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.route
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.route_link UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.screenline
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.screenline_channel) standing) AS registry,
       (SELECT extract(epoch FROM max(last_heard_at)) || '.' || sum(stored + corrections) FROM doorfiets.feed) AS heard;

RESET ROLE;
