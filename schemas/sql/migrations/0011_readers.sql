-- What readers see of figures, of the past, and of what changed; shares by the quarter, over any days, and against one other mode.
SET ROLE owner;

-- A variant exists where bicycles are counted and another mode of it is; the one of all traffic exists where pedestrians are.
CREATE OR REPLACE VIEW doorfiets.screenline_stream AS
WITH crossing AS (
    SELECT sc.screenline, sc.channel, c.site, c.mode FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel)),
counted AS (  -- at every site of the line: lorries of one street beside the cyclists of two would be no share
    SELECT c.screenline, c.mode FROM crossing c GROUP BY c.screenline, c.mode
    HAVING count(DISTINCT c.site) = (SELECT count(DISTINCT a.site) FROM crossing a WHERE a.screenline = c.screenline)),
variant AS (
    SELECT DISTINCT c.screenline, d.variant FROM counted c JOIN doorfiets.denominator d USING (mode)
    WHERE c.mode <> 'bicycles' AND (d.variant <> 'all' OR c.mode = 'pedestrians'))
SELECT c.screenline, d.variant, c.mode, s.datastream, s.seconds, s.valid_from, s.valid_until
FROM crossing c
JOIN counted USING (screenline, mode)
JOIN variant v USING (screenline)
JOIN doorfiets.denominator d ON d.variant = v.variant AND d.mode = c.mode
JOIN doorfiets.datastream s USING (channel)
WHERE EXISTS (SELECT FROM counted b WHERE b.screenline = c.screenline AND b.mode = 'bicycles');

-- With what the channels of a screenline are counted, and when: devices need not agree, so readers see them beside the share.
CREATE VIEW api.screenline_method WITH (security_barrier) AS
SELECT sc.screenline, c.site, c.mode, d.method, min(d.valid_from) AS valid_from, max(d.valid_until) AS valid_until
FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel) JOIN doorfiets.datastream d USING (channel)
GROUP BY sc.screenline, c.site, c.mode, d.method;

-- The share if the bicycles were really this factor times what was counted, and the rest were right (domain handbook, cycling share).
CREATE FUNCTION api.calibrated_share(share float8, factor float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN factor * share / (factor * share + 1 - share);

-- Where a local day begins.
CREATE FUNCTION api.midnight(day date) RETURNS timestamptz
LANGUAGE sql STABLE RETURN day::timestamp AT TIME ZONE (SELECT timezone FROM api.municipality);

-- The pieces of a range that rows are told of: local days, weeks, months or years that begin in it; for each month in it the twelve months that
-- end with it ('rolling_year'); or the range itself ('whole').
CREATE FUNCTION api.buckets(unit text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (first_day date, until_day date, started_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE ROWS 50 AS $$
    SELECT b.first::date, b.until::date, b.first AT TIME ZONE m.timezone, b.until AT TIME ZONE m.timezone
    FROM api.municipality m
    CROSS JOIN LATERAL (SELECT CASE WHEN unit = 'rolling_year' THEN 'month' ELSE unit END AS step WHERE unit <> 'whole') s
    CROSS JOIN LATERAL generate_series(date_trunc(s.step, range_start AT TIME ZONE m.timezone), range_end AT TIME ZONE m.timezone, ('1 ' || s.step)::interval) d
    CROSS JOIN LATERAL (
        SELECT CASE WHEN unit = 'rolling_year' THEN d - interval '11 months' ELSE d END AS first, d + ('1 ' || s.step)::interval AS until) b
    WHERE d AT TIME ZONE m.timezone >= range_start AND d AT TIME ZONE m.timezone < range_end
    UNION ALL
    SELECT (range_start AT TIME ZONE m.timezone)::date, (range_end AT TIME ZONE m.timezone)::date, range_start, range_end
    FROM api.municipality m WHERE unit = 'whole' AND range_start < range_end
$$;

-- What stood at a moment; null is now, and then the planner leaves the past out by these constraints.
CREATE FUNCTION api.stood(computed_at timestamptz, replaced_at timestamptz, at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (at IS NULL AND replaced_at = 'infinity'::timestamptz) OR (computed_at <= at AND at < replaced_at);

ALTER TABLE doorfiets.site_hour_past ADD CHECK (replaced_at < 'infinity');
ALTER TABLE doorfiets.site_day_past ADD CHECK (replaced_at < 'infinity');
ALTER TABLE doorfiets.share_hour_past ADD CHECK (replaced_at < 'infinity');
ALTER TABLE doorfiets.share_day_past ADD CHECK (replaced_at < 'infinity');
ALTER TABLE doorfiets.link_day_past ADD CHECK (replaced_at < 'infinity');
ALTER TABLE doorfiets.route_day_past ADD CHECK (replaced_at < 'infinity');
ALTER TABLE doorfiets.air_hour_past ADD CHECK (replaced_at < 'infinity');
ALTER TABLE doorfiets.air_index_hour_past ADD CHECK (replaced_at < 'infinity');
ALTER TABLE doorfiets.figure_past ADD CHECK (replaced_at < 'infinity');
CREATE INDEX ON doorfiets.site_hour_past (replaced_at);
CREATE INDEX ON doorfiets.site_day_past (replaced_at);
CREATE INDEX ON doorfiets.share_hour_past (replaced_at);
CREATE INDEX ON doorfiets.share_day_past (replaced_at);
CREATE INDEX ON doorfiets.link_day_past (replaced_at);
CREATE INDEX ON doorfiets.route_day_past (replaced_at);
CREATE INDEX ON doorfiets.air_hour_past (replaced_at);
CREATE INDEX ON doorfiets.air_index_hour_past (replaced_at);
CREATE INDEX ON doorfiets.figure_past (replaced_at);

-- Versions: what stands now (replaced at infinity) and what stood before. A row holds for [computed_at, replaced_at).
CREATE VIEW api.site_hour_version WITH (security_barrier) AS
SELECT site, mode, hour, total, rows, paired, expected, maximum, revision, computed_at, rule, 'infinity'::timestamptz AS replaced_at FROM doorfiets.site_hour
UNION ALL
SELECT site, mode, hour, total, rows, paired, expected, maximum, revision, computed_at, rule, replaced_at FROM doorfiets.site_hour_past;

CREATE VIEW api.site_day_version WITH (security_barrier) AS
SELECT site, mode, day, total, rows, paired, expected, maximum, revision, computed_at, rule, 'infinity'::timestamptz AS replaced_at FROM doorfiets.site_day
UNION ALL
SELECT site, mode, day, total, rows, paired, expected, maximum, revision, computed_at, rule, replaced_at FROM doorfiets.site_day_past;

CREATE VIEW api.share_hour_version WITH (security_barrier) AS
SELECT screenline, variant, hour, numerator, denominator, paired, expected, revision, computed_at, rule, 'infinity'::timestamptz AS replaced_at
FROM doorfiets.share_hour
UNION ALL
SELECT screenline, variant, hour, numerator, denominator, paired, expected, revision, computed_at, rule, replaced_at FROM doorfiets.share_hour_past;

CREATE VIEW api.share_day_version WITH (security_barrier) AS
SELECT screenline, variant, day, numerator, denominator, paired, expected, revision, computed_at, rule, 'infinity'::timestamptz AS replaced_at
FROM doorfiets.share_day
UNION ALL
SELECT screenline, variant, day, numerator, denominator, paired, expected, revision, computed_at, rule, replaced_at FROM doorfiets.share_day_past;

CREATE VIEW api.link_day_version WITH (security_barrier) AS
SELECT link, day, counted_on, measured, cyclists, paired, expected, revision, computed_at, rule, 'infinity'::timestamptz AS replaced_at FROM doorfiets.link_day
UNION ALL
SELECT link, day, counted_on, measured, cyclists, paired, expected, revision, computed_at, rule, replaced_at FROM doorfiets.link_day_past;

CREATE VIEW api.route_day_version WITH (security_barrier) AS
SELECT route, day, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km, mean_cyclists, through_ratio, uniformity, green_share,
       withheld, paired, expected, revision, computed_at, rule, 'infinity'::timestamptz AS replaced_at
FROM doorfiets.route_day
UNION ALL
SELECT route, day, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km, mean_cyclists, through_ratio, uniformity, green_share,
       withheld, paired, expected, revision, computed_at, rule, replaced_at
FROM doorfiets.route_day_past;

CREATE VIEW api.air_layer_hour_version WITH (security_barrier) AS
SELECT station, quantity, layer, hour, mean, withheld, basis, valid, expected, revision, computed_at, rule, 'infinity'::timestamptz AS replaced_at
FROM doorfiets.air_hour
UNION ALL
SELECT station, quantity, layer, hour, mean, withheld, basis, valid, expected, revision, computed_at, rule, replaced_at FROM doorfiets.air_hour_past;

CREATE VIEW api.air_index_hour_version WITH (security_barrier) AS
SELECT station, scheme, hour, value, level, withheld, basis, valid, expected, revision, computed_at, rule, 'infinity'::timestamptz AS replaced_at
FROM doorfiets.air_index_hour
UNION ALL
SELECT station, scheme, hour, value, level, withheld, basis, valid, expected, revision, computed_at, rule, replaced_at FROM doorfiets.air_index_hour_past;

CREATE VIEW api.figure_version WITH (security_barrier) AS
SELECT kind, subject, facet, indicator, period, first_day, last_day, part, value, low, high, withheld, basis, valid, expected, revision, computed_at, rule,
       'infinity'::timestamptz AS replaced_at
FROM doorfiets.figure
UNION ALL
SELECT kind, subject, facet, indicator, period, first_day, last_day, part, value, low, high, withheld, basis, valid, expected, revision, computed_at, rule,
       replaced_at
FROM doorfiets.figure_past;

-- As before, also as of a moment; `merged` days hold more intervals than rows: both autumn hours came in one.
DROP FUNCTION api.site_days(text, date, date, text);
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

DROP FUNCTION api.share_period(text, text, date, date);
CREATE FUNCTION api.share_period(wanted_screenline text, wanted_variant text, from_day date, until_day date, at timestamptz DEFAULT NULL)
RETURNS TABLE (numerator numeric, denominator numeric, paired int4, expected int4, coverage float8, share float8, low float8, high float8, withheld text,
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

-- A connection with its kind: inside a district, between two, to the centre, or to the region, which comes first.
CREATE VIEW api.connection WITH (security_barrier) AS
SELECT c.connection,
       CASE WHEN 'region' IN (c.one_place, c.other_place) THEN 'region' WHEN c.one_place = c.other_place THEN 'inside'
            WHEN m.centre IN (c.one_place, c.other_place) THEN 'centre' ELSE 'between' END AS kind,
       api.place_name(c.one_place, o.name) AS one_place, api.place_name(c.other_place, t.name) AS other_place, c.link
FROM doorfiets.connection_link c
CROSS JOIN doorfiets.municipality m
LEFT JOIN doorfiets.district o ON o.district = c.one_place
LEFT JOIN doorfiets.district t ON t.district = c.other_place;

-- Where the numbers of a subject come from, and when; a null facet is all of them.
CREATE VIEW api.subject_origin WITH (security_barrier) AS
WITH counted AS (
    SELECT c.channel, c.site, c.mode, d.origin, d.valid_from, d.valid_until FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel)),
ridden AS (
    SELECT l.link, c.origin, c.valid_from, c.valid_until
    FROM doorfiets.link l JOIN doorfiets.link f ON f.link = coalesce(l.assumed_from, l.link) JOIN counted c ON c.site = f.site AND c.mode = 'bicycles'),
breathed AS (
    SELECT s.station, s.district, d.quantity, d.origin, d.valid_from, d.valid_until FROM doorfiets.station s JOIN doorfiets.datastream d USING (station))
SELECT 'site' AS kind, site AS subject, mode AS facet, origin, valid_from, valid_until FROM counted
UNION ALL SELECT 'municipality', m.municipality, c.mode, c.origin, c.valid_from, c.valid_until FROM counted c CROSS JOIN doorfiets.municipality m
UNION ALL SELECT 'screenline', s.screenline, NULL, c.origin, c.valid_from, c.valid_until FROM doorfiets.screenline_channel s JOIN counted c USING (channel)
UNION ALL SELECT 'link', link, NULL, origin, valid_from, valid_until FROM ridden
UNION ALL SELECT 'route', r.route, NULL, d.origin, d.valid_from, d.valid_until FROM doorfiets.route_link r JOIN ridden d USING (link)
UNION ALL SELECT 'connection', c.connection, NULL, d.origin, d.valid_from, d.valid_until FROM doorfiets.connection_link c JOIN ridden d USING (link)
UNION ALL SELECT 'station', station, quantity, origin, valid_from, valid_until FROM breathed
UNION ALL SELECT 'district', district, quantity, origin, valid_from, valid_until FROM breathed;

-- Everything that is or was published, as one list. The tally writes one transaction after the other and names all rows of one by the moment it
-- began, so whoever has read the changes up to a moment has missed nothing before it; what a row replaced has its moment as `replaced_at`.
CREATE VIEW api.published WITH (security_barrier) AS
SELECT 'site' AS kind, site AS subject, 'count' AS indicator, mode AS facet, 'hour' AS period, hour AS started_at, 0 AS part, total::float8 AS value,
       NULL AS withheld, revision, rule, computed_at, replaced_at
FROM api.site_hour_version
UNION ALL
SELECT 'site', site, 'count', mode, 'day', day::timestamp AT TIME ZONE (SELECT timezone FROM doorfiets.municipality), 0, total::float8, NULL, revision, rule, computed_at, replaced_at FROM api.site_day_version
UNION ALL
SELECT 'screenline', screenline, 'cycling_share', variant, 'hour', hour, 0,
       CASE WHEN api.enough(paired, expected) THEN numerator::float8 / nullif(denominator, 0)::float8 END,
       CASE WHEN NOT api.enough(paired, expected) THEN 'dekking onder 75 %' END, revision, rule, computed_at, replaced_at
FROM api.share_hour_version
UNION ALL
SELECT 'screenline', screenline, 'cycling_share', variant, 'day', day::timestamp AT TIME ZONE (SELECT timezone FROM doorfiets.municipality), 0,
       CASE WHEN api.enough(paired, expected) THEN numerator::float8 / nullif(denominator, 0)::float8 END,
       CASE WHEN NOT api.enough(paired, expected) THEN 'dekking onder 75 %' END, revision, rule, computed_at, replaced_at
FROM api.share_day_version
UNION ALL
SELECT 'link', link, 'cyclists_per_day', '', 'day', day::timestamp AT TIME ZONE (SELECT timezone FROM doorfiets.municipality), 0, CASE WHEN api.enough(paired, expected) THEN cyclists::float8 END,
       CASE WHEN NOT api.enough(paired, expected) THEN 'dekking onder 75 %' END, revision, rule, computed_at, replaced_at
FROM api.link_day_version
UNION ALL
SELECT 'route', route, 'bicycle_km', '', 'day', day::timestamp AT TIME ZONE (SELECT timezone FROM doorfiets.municipality), 0, bicycle_km, withheld, revision, rule, computed_at, replaced_at FROM api.route_day_version
UNION ALL
SELECT 'station', station, 'air_hour_mean', CASE layer WHEN 'measured' THEN quantity ELSE quantity || '/' || layer END, 'hour', hour, 0, mean, withheld,
       revision, rule, computed_at, replaced_at
FROM api.air_layer_hour_version
UNION ALL
SELECT 'station', station, split_part(scheme, '-', 1), scheme, 'hour', hour, 0, value, withheld, revision, rule, computed_at, replaced_at
FROM api.air_index_hour_version
UNION ALL
SELECT kind, subject, indicator, facet, period, first_day::timestamp AT TIME ZONE (SELECT timezone FROM doorfiets.municipality), part, value, withheld, revision, rule, computed_at, replaced_at
FROM api.figure_version;

-- Up to which moment the changes from a moment on are read for a page of so many: after that moment itself there are as many, or no more. Every table is
-- read in the order of its index, so that a page costs what is on it, and what changed in the same transactions.
CREATE FUNCTION api.changes_until(after timestamptz, up_to timestamptz, wanted_kind text, wanted_indicator text, most int4) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT max(computed_at) FROM (
        (SELECT computed_at FROM site_hour
         WHERE coalesce(wanted_kind, 'site') = 'site' AND coalesce(wanted_indicator, 'count') = 'count' AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM site_day
         WHERE coalesce(wanted_kind, 'site') = 'site' AND coalesce(wanted_indicator, 'count') = 'count' AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM share_hour
         WHERE coalesce(wanted_kind, 'screenline') = 'screenline' AND coalesce(wanted_indicator, 'cycling_share') = 'cycling_share' AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM share_day
         WHERE coalesce(wanted_kind, 'screenline') = 'screenline' AND coalesce(wanted_indicator, 'cycling_share') = 'cycling_share' AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM link_day
         WHERE coalesce(wanted_kind, 'link') = 'link' AND coalesce(wanted_indicator, 'cyclists_per_day') = 'cyclists_per_day' AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM route_day
         WHERE coalesce(wanted_kind, 'route') = 'route' AND coalesce(wanted_indicator, 'bicycle_km') = 'bicycle_km' AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM air_hour
         WHERE coalesce(wanted_kind, 'station') = 'station' AND coalesce(wanted_indicator, 'air_hour_mean') = 'air_hour_mean' AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM air_index_hour
         WHERE coalesce(wanted_kind, 'station') = 'station' AND coalesce(wanted_indicator, split_part(scheme, '-', 1)) = split_part(scheme, '-', 1) AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM figure
         WHERE coalesce(wanted_kind, kind) = kind AND coalesce(wanted_indicator, indicator) = indicator AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        ORDER BY computed_at LIMIT most) first
$$;

-- The newest change there is.
CREATE VIEW api.newest_change WITH (security_barrier) AS
SELECT max(computed_at) AS computed_at FROM (
    SELECT max(computed_at) AS computed_at FROM doorfiets.site_hour UNION ALL SELECT max(computed_at) FROM doorfiets.site_day
    UNION ALL SELECT max(computed_at) FROM doorfiets.share_hour UNION ALL SELECT max(computed_at) FROM doorfiets.share_day
    UNION ALL SELECT max(computed_at) FROM doorfiets.link_day UNION ALL SELECT max(computed_at) FROM doorfiets.route_day
    UNION ALL SELECT max(computed_at) FROM doorfiets.air_hour UNION ALL SELECT max(computed_at) FROM doorfiets.air_index_hour
    UNION ALL SELECT max(computed_at) FROM doorfiets.figure) newest;

-- As before, with the indices of air.
CREATE OR REPLACE VIEW api.data_revision WITH (security_barrier) AS
SELECT (SELECT max(changed_in)::text FROM (
            SELECT max(changed_in) AS changed_in FROM doorfiets.tally_hour UNION ALL SELECT max(changed_in) FROM doorfiets.tally_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.site_hour UNION ALL SELECT max(changed_in) FROM doorfiets.site_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.share_hour UNION ALL SELECT max(changed_in) FROM doorfiets.share_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.link_day UNION ALL SELECT max(changed_in) FROM doorfiets.route_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.air_hour UNION ALL SELECT max(changed_in) FROM doorfiets.air_index_hour
            UNION ALL SELECT max(changed_in) FROM doorfiets.figure) newest) AS revision,
       (SELECT md5(string_agg(version, ',' ORDER BY version)) FROM (
            SELECT tableoid || '.' || xmin AS version FROM doorfiets.municipality UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.district
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.quantity UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.denominator
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.site UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.channel
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.station UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.datastream
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.link UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.route
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.route_link UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.screenline
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.screenline_channel
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.calendar_entry) standing) AS registry,
       (SELECT extract(epoch FROM max(last_heard_at)) || '.' || sum(stored + corrections) FROM doorfiets.feed) AS heard;

GRANT SELECT ON ALL TABLES IN SCHEMA doorfiets TO backup;
GRANT SELECT ON api.screenline_method, api.site_hour_version, api.site_day_version, api.share_hour_version, api.share_day_version, api.link_day_version,
    api.route_day_version, api.air_layer_hour_version, api.air_index_hour_version, api.figure_version, api.connection, api.subject_origin, api.published,
    api.newest_change TO api, grafana_staff, grafana_public, backup;
REVOKE EXECUTE ON FUNCTION api.calibrated_share, api.buckets, api.stood, api.midnight, api.site_days, api.share_period, api.share_quarters, api.changes_until FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.calibrated_share, api.buckets, api.stood, api.midnight, api.site_days, api.share_period, api.share_quarters, api.changes_until
    TO api, grafana_staff, grafana_public, backup;

RESET ROLE;
