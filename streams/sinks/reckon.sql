-- mark_sites --
-- The years of the places whose tallies this round has moved. `due_at` stays that of the first mark: a busy day is reckoned once in a while,
-- not with every reading. Only the one tally marks and takes here, and the registrar, who waits for it.
INSERT INTO doorfiets.stale (kind, subject, facet, year, due_at)
SELECT DISTINCT 'site', moved.site, moved.mode, extract(year FROM moved.day)::int4, now() + %(settle)s
FROM (
    SELECT site, mode, day FROM doorfiets.site_day WHERE changed_in = pg_current_xact_id()
    UNION
    SELECT h.site, h.mode, (h.hour AT TIME ZONE m.timezone)::date
    FROM doorfiets.site_hour h CROSS JOIN doorfiets.municipality m WHERE h.changed_in = pg_current_xact_id()
    UNION
    SELECT c.site, c.mode, t.day
    FROM doorfiets.tally_day t JOIN doorfiets.datastream USING (datastream) JOIN doorfiets.channel c USING (channel)
    WHERE t.changed_in = pg_current_xact_id()) moved
ON CONFLICT (kind, subject, facet, year) DO UPDATE SET due_at = least(doorfiets.stale.due_at, excluded.due_at);

-- mark_stations --
INSERT INTO doorfiets.stale (kind, subject, facet, year, due_at)
SELECT DISTINCT 'station', h.station, h.quantity, extract(year FROM h.hour AT TIME ZONE m.timezone)::int4, now() + %(settle)s
FROM doorfiets.air_hour h CROSS JOIN doorfiets.municipality m WHERE h.changed_in = pg_current_xact_id()
ON CONFLICT (kind, subject, facet, year) DO UPDATE SET due_at = least(doorfiets.stale.due_at, excluded.due_at);

-- claim --
-- Some places that are due, each with all its marked years; not while anything that they rest on is still to be recomputed.
WITH due AS (
    SELECT s.kind, s.subject, s.facet FROM doorfiets.stale s
    WHERE NOT EXISTS (SELECT FROM doorfiets.rebuild r WHERE r.next_day > r.first_day)
      AND NOT EXISTS (
        SELECT FROM doorfiets.datastream d LEFT JOIN doorfiets.channel c USING (channel) JOIN doorfiets.dirty x USING (datastream)
        WHERE CASE s.kind WHEN 'site' THEN c.site = s.subject AND c.mode = s.facet ELSE d.station = s.subject AND d.quantity = s.facet END
          AND x.hour < now() - interval '1 day')
    GROUP BY s.kind, s.subject, s.facet HAVING min(s.due_at) <= now()
    ORDER BY min(s.due_at), s.kind, s.subject, s.facet LIMIT %(places)s),
gone AS (DELETE FROM doorfiets.stale s USING due d WHERE (s.kind, s.subject, s.facet) = (d.kind, d.subject, d.facet) RETURNING s.*)
SELECT kind, subject, facet, array_agg(year ORDER BY year) FROM gone GROUP BY kind, subject, facet ORDER BY kind, subject, facet;

-- put_back --
-- What could not be reckoned is tried again after an hour; others do not wait for it.
INSERT INTO doorfiets.stale (kind, subject, facet, year, due_at)
SELECT %(kind)s, %(subject)s, %(facet)s, year, now() + interval '1 hour' FROM unnest(%(years)s::int4[]) AS year
ON CONFLICT (kind, subject, facet, year) DO NOTHING;

-- at_midnight --
-- A day that is not over is in no figure: a place that has one is reckoned again when it is.
INSERT INTO doorfiets.stale (kind, subject, facet, year, due_at)
SELECT 'site', site, mode, extract(year FROM day)::int4, ended_at + interval '1 minute' FROM doorfiets.site_day
WHERE site = %(site)s AND mode = %(mode)s AND ended_at > now() ORDER BY day LIMIT 1
ON CONFLICT (kind, subject, facet, year) DO NOTHING;

-- site_days --
-- Every tallied day of a mode at some sites that is over, with what the statistics need of its hours: 07-09 and 11-13 local time where they are whole, and
-- the busiest whole hour with its busiest quarter.
SELECT t.site, t.day, t.total::float8, t.paired, t.expected, x.site IS NOT NULL AS excluded, h.morning, h.midday, h.busiest, h.quarter
FROM doorfiets.site_day t
LEFT JOIN (SELECT DISTINCT site, day FROM doorfiets.excluded_day WHERE day >= %(first)s AND day <= %(last)s) x ON x.site = t.site AND x.day = t.day
LEFT JOIN LATERAL (
    SELECT CASE WHEN count(*) FILTER (WHERE o.local IN (7, 8) AND o.whole) = 2
                THEN sum(o.total) FILTER (WHERE o.local IN (7, 8))::float8 END AS morning,
           CASE WHEN count(*) FILTER (WHERE o.local IN (11, 12) AND o.whole) = 2
                THEN sum(o.total) FILTER (WHERE o.local IN (11, 12))::float8 END AS midday,
           (max(ARRAY[o.total::float8, o.maximum]) FILTER (WHERE o.paired = 4 AND o.rows = 4 AND o.expected = 4))[1] AS busiest,
           (max(ARRAY[o.total::float8, o.maximum]) FILTER (WHERE o.paired = 4 AND o.rows = 4 AND o.expected = 4))[2] AS quarter
    FROM (SELECT s.*, extract(hour FROM s.hour AT TIME ZONE %(zone)s) AS local, s.expected > 0 AND s.paired >= s.expected AS whole FROM doorfiets.site_hour s
          WHERE s.site = t.site AND s.mode = t.mode AND s.hour >= t.started_at AND s.hour < t.ended_at) o) h ON %(hours)s
WHERE t.site = ANY (%(sites)s) AND t.mode = %(mode)s AND t.day >= %(first)s AND t.day <= %(last)s AND t.ended_at <= now()
ORDER BY t.site, t.day;

-- direction_days --
-- What each direction of a mode counted, at a site or over a whole screenline, on days on which every channel that it then had counted three
-- quarters; without days that the calendar excludes at any of the sites.
WITH span AS (
    SELECT c.channel, c.site, c.direction, min(d.valid_from) AS valid_from, max(d.valid_until) AS valid_until
    FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel)
    WHERE c.mode = %(mode)s AND (c.site = %(site)s
        OR c.channel IN (SELECT channel FROM doorfiets.screenline_channel WHERE screenline = %(screenline)s)) GROUP BY c.channel),
told AS (
    SELECT t.day, t.started_at, t.ended_at, d.channel, sum(t.total) AS total, sum(t.valid) * 4 >= sum(t.expected) * 3 AS enough
    FROM doorfiets.tally_day t JOIN doorfiets.datastream d USING (datastream) JOIN span USING (channel)
    WHERE t.day >= %(first)s AND t.day <= %(last)s AND t.ended_at <= now() AND t.expected > 0
    GROUP BY t.day, t.started_at, t.ended_at, d.channel)
SELECT t.day, s.direction, sum(t.total)::float8
FROM told t JOIN span s USING (channel)
WHERE NOT EXISTS (SELECT FROM doorfiets.excluded_day x JOIN span y USING (site) WHERE x.day = t.day)
GROUP BY t.day, t.started_at, t.ended_at, s.direction
HAVING bool_and(t.enough) AND count(*) = (
    SELECT count(*) FROM span x WHERE x.direction = s.direction AND x.valid_from < t.ended_at AND t.started_at < x.valid_until)
ORDER BY t.day, s.direction;

-- holidays --
SELECT DISTINCT day FROM doorfiets.holiday WHERE day >= %(first)s AND day <= %(last)s;

-- neighbours --
-- The nearest sites that count the same mode, straight across the map.
SELECT n.site FROM doorfiets.site s JOIN doorfiets.site n ON n.site <> s.site
WHERE s.site = %(site)s AND EXISTS (SELECT FROM doorfiets.site_stream x WHERE x.site = n.site AND x.mode = %(mode)s)
ORDER BY ((n.longitude - s.longitude) * cos(radians(s.latitude))) ^ 2 + (n.latitude - s.latitude) ^ 2, n.site LIMIT %(most)s;

-- links_of_site --
-- Links that this site counts, and links that assume such a link's count.
SELECT l.link, l.length_km, l.site IS NOT NULL AS measured, l.opened, c.link AS counted_on
FROM doorfiets.link c JOIN doorfiets.link l ON l.link = c.link OR l.assumed_from = c.link
WHERE c.site = %(site)s ORDER BY l.link;

-- parallel_links --
-- The measured links of every screenline on which a link of this site lies, where there is more than one.
WITH lying AS (
    SELECT DISTINCT sc.screenline, l.link, l.site
    FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel) JOIN doorfiets.link l ON l.site = c.site)
SELECT screenline, array_agg(link ORDER BY link), array_agg(site ORDER BY link) FROM lying
GROUP BY screenline HAVING count(*) > 1 AND bool_or(site = %(site)s) ORDER BY screenline;

-- chains --
-- The routes and connections in which a link counted at this site takes part, whole and in order.
WITH touched AS (
    SELECT l.link FROM doorfiets.link c JOIN doorfiets.link l ON l.link = c.link OR l.assumed_from = c.link WHERE c.site = %(site)s),
chain AS (
    SELECT 'route' AS kind, route AS subject, position, link FROM doorfiets.route_link
    UNION ALL
    SELECT 'connection', connection, row_number() OVER (PARTITION BY connection ORDER BY link), link FROM doorfiets.connection_link)
SELECT h.kind, h.subject, l.link, l.name, l.length_km, l.green, l.site IS NOT NULL AS measured, c.site
FROM chain h JOIN doorfiets.link l USING (link) LEFT JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
WHERE (h.kind, h.subject) IN (SELECT kind, subject FROM chain JOIN touched USING (link))
ORDER BY h.kind, h.subject, h.position;

-- screenlines_of_site --
SELECT DISTINCT sc.screenline FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel) WHERE c.site = %(site)s ORDER BY 1;

-- city_pairs --
-- Per local day, over all sites together: what was counted then and now, where the day and the day %(back)s before were both valid.
SELECT n.day, sum(b.total)::float8, sum(n.total)::float8, array_agg(n.site ORDER BY n.site)
FROM doorfiets.site_day n
JOIN doorfiets.site_day b ON b.site = n.site AND b.mode = n.mode AND b.day = (n.day - %(back)s::interval)::date
WHERE n.mode = %(mode)s AND n.day >= %(first)s AND n.day <= %(last)s
  AND n.ended_at <= now() AND n.expected > 0 AND n.paired * 4 >= n.expected * 3 AND b.expected > 0 AND b.paired * 4 >= b.expected * 3
  AND NOT (%(back)s = '1 year' AND to_char(n.day, 'MM-DD') = '02-29')
  AND NOT EXISTS (SELECT FROM doorfiets.excluded_day x WHERE x.site = n.site AND x.day IN (n.day, b.day))
GROUP BY n.day ORDER BY n.day;

-- station_hours --
SELECT hour, mean FROM doorfiets.told_air_hour
WHERE station = %(station)s AND quantity = %(quantity)s AND hour >= %(from)s AND hour < %(until)s
ORDER BY hour;

-- district_of_station --
SELECT district FROM doorfiets.station WHERE station = %(station)s;

-- district_hours --
-- The middle of all stations of a district, hour by hour, added up by local month.
WITH middle AS (
    SELECT hour, percentile_cont(0.5) WITHIN GROUP (ORDER BY mean) AS value FROM doorfiets.told_air_hour
    WHERE station IN (SELECT station FROM doorfiets.station WHERE district = %(district)s) AND quantity = %(quantity)s
      AND hour >= %(from)s AND hour < %(until)s AND mean IS NOT NULL
    GROUP BY hour)
SELECT date_trunc('month', hour AT TIME ZONE %(zone)s)::date AS month, sum(value::numeric)::float8, count(*)::int FROM middle GROUP BY 1 ORDER BY 1;

-- district_stations --
SELECT array_agg(DISTINCT d.station ORDER BY d.station) FROM doorfiets.datastream d JOIN doorfiets.station s USING (station)
WHERE s.district = %(district)s AND d.quantity = %(quantity)s;

-- exposures --
-- Cyclists on every link of the routes that a place touches, with the air of the districts at its ends; where neither end has any, the middle of
-- all districts stands in, and `near` is false. A link that nobody counts has a row without cyclists.
WITH touched AS (
    SELECT r.route FROM doorfiets.route_link r JOIN doorfiets.link l USING (link) LEFT JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
    WHERE %(kind)s <> 'site' OR c.site = %(place)s),
ridden AS (
    SELECT subject AS link, period, first_day, last_day, value, valid, expected FROM doorfiets.figure
    WHERE kind = 'link' AND facet = '' AND indicator = 'cyclists_per_day' AND period IN ('month', 'year')
      AND extract(year FROM first_day) = ANY (%(years)s)),
period AS (
    SELECT DISTINCT r.route, f.period, f.first_day, f.last_day, f.expected
    FROM doorfiets.route_link r JOIN ridden f USING (link) WHERE r.route IN (SELECT route FROM touched)),
air AS (
    SELECT subject AS district, period, first_day, value FROM doorfiets.figure
    WHERE kind = 'district' AND facet = 'pm25' AND indicator IN ('month_mean', 'year_mean') AND value IS NOT NULL)
SELECT p.route, p.period, p.first_day, p.last_day, l.name, l.length_km, l.green, l.site IS NOT NULL AS measured, f.value, coalesce(f.valid, 0),
       coalesce(f.expected, max(p.expected)) AS expected,
       coalesce(a.value, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v.value) FROM air v WHERE (v.period, v.first_day) = (p.period, p.first_day))) AS air,
       a.value IS NOT NULL AS near
FROM period p
JOIN doorfiets.route_link r USING (route)
JOIN doorfiets.link l USING (link)
LEFT JOIN ridden f ON f.link = l.link AND (f.period, f.first_day) = (p.period, p.first_day)
LEFT JOIN LATERAL (
    SELECT avg(v.value) AS value FROM air v WHERE v.district IN (l.start_place, l.end_place) AND (v.period, v.first_day) = (p.period, p.first_day)) a ON true
GROUP BY p.route, p.period, p.first_day, p.last_day, r.position, l.link, f.value, f.valid, f.expected, a.value
ORDER BY p.route, p.period, p.first_day, r.position;

-- municipality --
SELECT municipality, timezone FROM doorfiets.municipality;

-- looking_at --
-- The sites that have this one among their nearest: their estimates rest on it.
SELECT s.site FROM doorfiets.site s
CROSS JOIN LATERAL (
    SELECT n.site FROM doorfiets.site n
    WHERE n.site <> s.site AND EXISTS (SELECT FROM doorfiets.site_stream x WHERE x.site = n.site AND x.mode = %(mode)s)
    ORDER BY ((n.longitude - s.longitude) * cos(radians(s.latitude))) ^ 2 + (n.latitude - s.latitude) ^ 2, n.site LIMIT %(most)s) near
WHERE near.site = %(site)s AND EXISTS (SELECT FROM doorfiets.site_stream x WHERE x.site = s.site AND x.mode = %(mode)s)
ORDER BY s.site;

-- withdraw_figures --
-- Of what was reckoned again, the figures that are no more: their past stays.
DELETE FROM doorfiets.figure t
USING jsonb_to_recordset(%(scopes)s::jsonb) AS s(kind text, subject text, facet text, indicators text[], years int4[])
WHERE (t.kind, t.subject, t.facet) = (s.kind, s.subject, s.facet) AND t.indicator = ANY (s.indicators)
  AND (t.period = 'opening' OR extract(year FROM t.last_day) = ANY (s.years))
  AND NOT EXISTS (
    SELECT FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(kind text, subject text, facet text, indicator text, period text, first_day date, part int4)
    WHERE (r.kind, r.subject, r.facet, r.indicator, r.period, r.first_day, r.part)
        = (t.kind, t.subject, t.facet, t.indicator, t.period, t.first_day, t.part));

-- put_figures --
INSERT INTO doorfiets.figure AS t
    (kind, subject, facet, indicator, period, first_day, last_day, part, value, low, high, withheld, basis, valid, expected, rule)
SELECT kind, subject, facet, indicator, period, first_day, last_day, part, value, low, high, withheld, basis, valid, expected, rule
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
    kind text, subject text, facet text, indicator text, period text, first_day date, last_day date, part int4, value float8, low float8,
    high float8, withheld text, basis jsonb, valid int4, expected int4, rule text)
ON CONFLICT (kind, subject, facet, indicator, period, first_day, part) DO UPDATE SET
    last_day = excluded.last_day, value = excluded.value, low = excluded.low, high = excluded.high, withheld = excluded.withheld,
    basis = excluded.basis, valid = excluded.valid, expected = excluded.expected, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (t.last_day, t.value, t.low, t.high, t.withheld, t.basis, t.valid, t.expected, t.rule) IS DISTINCT FROM
    (excluded.last_day, excluded.value, excluded.low, excluded.high, excluded.withheld, excluded.basis, excluded.valid, excluded.expected,
     excluded.rule);
