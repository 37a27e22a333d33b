-- When sensors can measure at all: measuring windows as stretches of time, and how many bins lie wholly in one (record 32). The same in Python:
-- streams.domain.measuring_window and streams.domain.sun.
SET ROLE owner;

-- The measuring window of a datastream where it is, null for `always`: `daylight` with longitude and latitude of its place (to a decimetre), local hours with the time
-- zone of its owner. Two windows that are the same text are the same time.
CREATE FUNCTION doorfiets.placed_window(wanted int4) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT CASE d.measuring_window WHEN 'always' THEN NULL
           WHEN 'daylight' THEN concat_ws(' ', d.measuring_window, round(coalesce(s.longitude, t.longitude)::numeric, 6)::float8,
                                      round(coalesce(s.latitude, t.latitude)::numeric, 6)::float8)
           ELSE concat_ws(' ', d.measuring_window, o.timezone) END
    FROM datastream d
    LEFT JOIN channel c USING (channel)
    LEFT JOIN site s USING (site)
    LEFT JOIN station t ON t.station = d.station
    JOIN owner o ON o.owner = coalesce(s.owner, t.owner)
    WHERE d.datastream = wanted
$$;

-- Where the sun stands at so many days after noon of 1 January 2000 (UTC): its declination in radians, and the equation of time in minutes. NOAA's solar
-- calculator (gml.noaa.gov/grad/solcalc/calcdetails.html), after J. Meeus, Astronomical Algorithms, chapters 25 and 28.
CREATE FUNCTION api.sun(days float8) RETURNS TABLE (declination float8, equation float8)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT asin(sin(o.obliquity) * sin(radians(a.longitude))),
           4 * degrees(o.y * sin(2 * a.mean_longitude) - 2 * a.eccentricity * sin(a.anomaly)
               + 4 * a.eccentricity * o.y * sin(a.anomaly) * cos(2 * a.mean_longitude)
               - 0.5 * o.y * o.y * sin(4 * a.mean_longitude) - 1.25 * a.eccentricity * a.eccentricity * sin(2 * a.anomaly))
    FROM (SELECT days / 36525 AS t) c
    CROSS JOIN LATERAL (
        SELECT radians(280.46646 + t * (36000.76983 + t * 0.0003032)) AS mean_longitude, radians(357.52911 + t * (35999.05029 - 0.0001537 * t)) AS anomaly,
               0.016708634 - t * (0.000042037 + 0.0000001267 * t) AS eccentricity, radians(125.04 - 1934.136 * t) AS node
        OFFSET 0) e
    CROSS JOIN LATERAL (
        SELECT e.*, degrees(e.mean_longitude) + sin(e.anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t))
               + sin(2 * e.anomaly) * (0.019993 - 0.000101 * t) + sin(3 * e.anomaly) * 0.000289 - 0.00569 - 0.00478 * sin(e.node) AS longitude
        OFFSET 0) a
    CROSS JOIN LATERAL (
        SELECT obliquity, tan(obliquity / 2) * tan(obliquity / 2) AS y
        FROM (SELECT radians(23 + (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60 + 0.00256 * cos(a.node)) AS obliquity OFFSET 0) b
        OFFSET 0) o
$$;

-- In how many minutes the sun is from its rise to noon where it has that declination (radians): its upper edge is seen, lifted by the air, at 90.833 degrees
-- from overhead. Where it never sets thirteen hours, so that days overlap and none is cut; where it never rises none.
CREATE FUNCTION api.half_day(latitude float8, declination float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN x >= 1 THEN 0 WHEN x <= -1 THEN 780 ELSE 4 * degrees(acos(x)) END
    FROM (SELECT cos(radians(90.833)) / (cos(radians(latitude)) * cos(declination)) - tan(radians(latitude)) * tan(declination) AS x OFFSET 0) h
$$;

-- Sunrise and sunset of a day, to the minute, where its noon is nearest to that of the clock of UTC: first with the sun as it stands at noon, then as it stands at each.
CREATE FUNCTION api.sun_hours(day date, longitude float8, latitude float8) RETURNS TABLE (rises_at timestamptz, sets_at timestamptz)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT g.midnight + round(720 - 4 * longitude - r.equation - api.half_day(latitude, r.declination)) * interval '1 minute',
           g.midnight + round(720 - 4 * longitude - s.equation + api.half_day(latitude, s.declination)) * interval '1 minute'
    FROM (SELECT day - date '2000-01-01' AS days, day::timestamp AT TIME ZONE 'UTC' AS midnight) d
    CROSS JOIN LATERAL api.sun(d.days - longitude / 360) n
    CROSS JOIN LATERAL (
        SELECT d.days, d.midnight, 720 - 4 * longitude - n.equation AS noon, api.half_day(latitude, n.declination) AS half OFFSET 0) g
    CROSS JOIN LATERAL api.sun(g.days - 0.5 + (g.noon - g.half) / 1440) r
    CROSS JOIN LATERAL api.sun(g.days - 0.5 + (g.noon + g.half) / 1440) s
$$;

-- When the hour of a local day begins (24 is the next day's first): where clocks are put back, the first of two; where they are put on, what follows it.
CREATE FUNCTION api.local_hour(day date, hour int4, zone text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN least(
    (day::timestamp + hour * interval '1 hour') AT TIME ZONE zone,
    (day::timestamp + (hour - 1) * interval '1 hour') AT TIME ZONE zone + interval '1 hour');

-- The time of a range that lies in all of these placed windows; the whole range where there are none.
CREATE FUNCTION api.measuring_time(placed_windows text[], range_start timestamptz, range_end timestamptz) RETURNS tstzmultirange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(range_intersect_agg(w.open), tstzmultirange(tstzrange(range_start, range_end))) * tstzmultirange(tstzrange(range_start, range_end))
    FROM unnest(placed_windows) AS p(placed)
    CROSS JOIN LATERAL (SELECT string_to_array(p.placed, ' ') AS word OFFSET 0) q
    CROSS JOIN LATERAL (
        SELECT coalesce(range_agg(tstzrange(b.opens_at, b.closes_at)) FILTER (WHERE b.opens_at < b.closes_at), '{}') AS open
        FROM generate_series((range_start AT TIME ZONE 'UTC')::date - date '2000-01-01' - 2, (range_end AT TIME ZONE 'UTC')::date - date '2000-01-01' + 1) AS n(days)
        CROSS JOIN LATERAL (SELECT date '2000-01-01' + n.days AS day OFFSET 0) y
        CROSS JOIN LATERAL (
            SELECT rises_at AS opens_at, sets_at AS closes_at FROM api.sun_hours(y.day, q.word[2]::float8, q.word[3]::float8) WHERE q.word[1] = 'daylight'
            UNION ALL
            SELECT api.local_hour(y.day, split_part(q.word[1], '-', 1)::int4, q.word[2]),
                   api.local_hour(CASE WHEN split_part(q.word[1], '-', 1)::int4 < split_part(q.word[1], '-', 2)::int4 THEN y.day ELSE y.day + 1 END,
                                  split_part(q.word[1], '-', 2)::int4, q.word[2])
            WHERE q.word[1] <> 'daylight') b) w
$$;

-- How many whole bins of a grid lie in stretches of time; null where there is no grid.
CREATE FUNCTION api.whole_bins(open tstzmultirange, seconds int4) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN seconds > 0 THEN coalesce(sum(greatest(0, floor(extract(epoch FROM upper(r)) / seconds) - ceil(extract(epoch FROM lower(r)) / seconds))), 0)::int4 END
    FROM unnest(open) AS u(r)
$$;

-- Judges again what these datastreams said: what does not lie in their windows of now has the quality flag (outside_window, bit 2097152), the rest has
-- not. Who asks holds the marks of their owners, and marks the hours.
CREATE FUNCTION doorfiets.judge_windows(wanted int4[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    UPDATE observation o SET quality_flags = o.quality_flags # 2097152, revision = o.revision + 1, revised_at = greatest(o.revised_at, now())
    FROM (
        SELECT w.datastream, w.first, w.last, CASE WHEN w.placed IS NOT NULL THEN api.measuring_time(ARRAY[w.placed], w.first, w.last + interval '1 hour') END AS open
        FROM (SELECT d.datastream, placed_window(d.datastream) AS placed, x.first, x.last
              FROM unnest(wanted) AS d(datastream)
              CROSS JOIN LATERAL (SELECT min(started_at) AS first, max(started_at) AS last FROM observation WHERE datastream = d.datastream) x) w
        WHERE w.first IS NOT NULL) n
    WHERE o.datastream = n.datastream
      AND (o.quality_flags & 2097152 <> 0) = coalesce(n.open @> tstzrange(o.started_at, o.ended_at), true)
$$;
REVOKE EXECUTE ON FUNCTION doorfiets.judge_windows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.judge_windows TO registrar;

RESET ROLE;
