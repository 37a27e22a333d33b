-- site_days --
-- Every aggregated day of a mode at some sites that is over, with what the statistics need of its hours: 07-09 and 11-13 local time where they are whole, and
-- the busiest whole hour with its busiest quarter; and the channels that were expected all day.
SELECT t.site, t.day, t.total::float8, t.paired, t.expected, x.site IS NOT NULL AS excluded, h.morning, h.midday, h.busiest, h.quarter,
       p.channels
FROM doorfiets.site_day t
LEFT JOIN (SELECT * FROM doorfiets.site_channels WHERE site = ANY (%(sites)s) AND mode = %(mode)s OFFSET 0) p
    ON p.site = t.site AND p.valid_from <= t.started_at AND t.ended_at <= p.valid_until
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
WITH channel_period AS (
    SELECT c.channel, c.site, c.direction, min(d.valid_from) AS valid_from, max(d.valid_until) AS valid_until
    FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel)
    WHERE c.mode = %(mode)s AND (c.site = %(site)s
        OR c.channel IN (SELECT channel FROM doorfiets.screenline_channel WHERE screenline = %(screenline)s)) GROUP BY c.channel),
available AS (
    SELECT t.day, t.started_at, t.ended_at, d.channel, sum(t.total) AS total, sum(t.valid) * 4 >= sum(t.expected) * 3 AS enough
    FROM doorfiets.datastream_day t JOIN doorfiets.datastream d USING (datastream) JOIN channel_period USING (channel)
    WHERE t.day >= %(first)s AND t.day <= %(last)s AND t.ended_at <= now() AND t.expected > 0
    GROUP BY t.day, t.started_at, t.ended_at, d.channel)
SELECT t.day, s.direction, sum(t.total)::float8
FROM available t JOIN channel_period s USING (channel)
WHERE NOT EXISTS (SELECT FROM doorfiets.excluded_day x JOIN channel_period y USING (site) WHERE x.day = t.day)
GROUP BY t.day, t.started_at, t.ended_at, s.direction
HAVING bool_and(t.enough) AND count(*) = (
    SELECT count(*) FROM channel_period x WHERE x.direction = s.direction AND x.valid_from < t.ended_at AND t.started_at < x.valid_until)
ORDER BY t.day, s.direction;

-- holidays --
-- The local days of a range on which not everybody works or goes to school, at an owner's.
SELECT DISTINCT day FROM doorfiets.holiday WHERE owner = %(owner)s AND day >= %(first)s AND day <= %(last)s;

-- neighbours --
-- The nearest sites of the same owner that count the same mode, straight across the map.
SELECT n.site FROM doorfiets.site s JOIN doorfiets.site n ON n.site <> s.site AND n.owner = s.owner
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
-- The screenlines that a site lies on.
SELECT DISTINCT sc.screenline FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel) WHERE c.site = %(site)s ORDER BY 1;

-- joint_days --
-- Per local day, over all sites of an owner together: what was counted then and now, where the day and the day %(back)s before were both valid and the
-- same channels were expected on both.
WITH period AS MATERIALIZED (
    SELECT p.* FROM doorfiets.site_channels p JOIN doorfiets.site s USING (site) WHERE s.owner = %(owner)s AND p.mode = %(mode)s)
SELECT n.day, sum(b.total)::float8, sum(n.total)::float8, array_agg(n.site ORDER BY n.site)
FROM doorfiets.site_day n
JOIN doorfiets.site s ON s.site = n.site AND s.owner = %(owner)s
JOIN doorfiets.site_day b ON b.site = n.site AND b.mode = n.mode AND b.day = (n.day - %(back)s::interval)::date
JOIN period p ON p.site = n.site AND p.valid_from <= n.started_at AND n.ended_at <= p.valid_until
JOIN period q ON q.site = b.site AND q.valid_from <= b.started_at AND b.ended_at <= q.valid_until AND q.channels = p.channels
WHERE n.mode = %(mode)s AND n.day >= %(first)s AND n.day <= %(last)s
  AND n.ended_at <= now() AND n.expected > 0 AND n.paired * 4 >= n.expected * 3 AND b.expected > 0 AND b.paired * 4 >= b.expected * 3
  AND NOT (%(back)s = '1 year' AND to_char(n.day, 'MM-DD') = '02-29')
  AND NOT EXISTS (SELECT FROM doorfiets.excluded_day x WHERE x.site = n.site AND x.day IN (n.day, b.day))
GROUP BY n.day ORDER BY n.day;

-- station_hours --
-- The hourly means of a quantity at a station, of the layer that is available; null where an hour was withheld.
SELECT hour, mean FROM doorfiets.available_air_hour
WHERE station = %(station)s AND quantity = %(quantity)s AND hour >= %(from)s AND hour < %(until)s
ORDER BY hour;

-- district_of_station --
-- The district in which a station stands.
SELECT district FROM doorfiets.station WHERE station = %(station)s;

-- district_hours --
-- The middle of all stations of a district, hour by hour, added up by local month.
WITH middle AS (
    SELECT hour, percentile_cont(0.5) WITHIN GROUP (ORDER BY mean) AS value FROM doorfiets.available_air_hour
    WHERE station IN (SELECT station FROM doorfiets.station WHERE district = %(district)s) AND quantity = %(quantity)s
      AND hour >= %(from)s AND hour < %(until)s AND mean IS NOT NULL
    GROUP BY hour)
SELECT date_trunc('month', hour AT TIME ZONE %(zone)s)::date AS month, sum(value::numeric)::float8, count(*)::int FROM middle GROUP BY 1 ORDER BY 1;

-- district_stations --
-- The stations of a district that measure a quantity.
SELECT DISTINCT d.station FROM doorfiets.datastream d JOIN doorfiets.station s USING (station)
WHERE s.district = %(district)s AND d.quantity = %(quantity)s ORDER BY d.station;

-- link_cyclists_links --
-- Cyclists on every link of the routes that a place touches, with the air of the districts at its ends, and the middle of all districts of the owners of
-- the route's links. A link that nobody counts has a row without cyclists. A station touches the routes whose air its district is in.
WITH touched AS (
    SELECT r.route FROM doorfiets.route_link r JOIN doorfiets.link l USING (link) JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
    WHERE %(kind)s = 'site' AND c.site = %(place)s
    UNION
    SELECT r.route
    FROM doorfiets.station s
    JOIN doorfiets.district d USING (district)
    JOIN doorfiets.link l ON l.owner = d.owner OR d.district IN (l.start_place, l.end_place)
    JOIN doorfiets.route_link r USING (link)
    WHERE %(kind)s = 'station' AND s.station = %(place)s),
link_cyclists AS (
    SELECT subject AS link, period, first_day, last_day, value, valid, expected FROM doorfiets.indicator_value
    WHERE kind = 'link' AND facet = '' AND indicator = 'cyclists_per_day' AND period IN ('month', 'year')
      AND extract(year FROM first_day) = ANY (%(years)s)),
period AS (
    SELECT DISTINCT r.route, f.period, f.first_day, f.last_day, f.expected
    FROM doorfiets.route_link r JOIN link_cyclists f USING (link) WHERE r.route IN (SELECT route FROM touched)),
air AS (
    SELECT subject AS district, period, first_day, value FROM doorfiets.indicator_value
    WHERE kind = 'district' AND facet = 'pm25' AND indicator IN ('month_mean', 'year_mean') AND value IS NOT NULL)
SELECT p.route, p.period, p.first_day, p.last_day, l.name, l.length_km, l.green, l.site IS NOT NULL AS measured, f.value, coalesce(f.valid, 0),
       coalesce(f.expected, max(p.expected)) AS expected,
       a.value AS own_air,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v.value) FROM air v JOIN doorfiets.district d USING (district)
        WHERE (v.period, v.first_day) = (p.period, p.first_day)
          AND d.owner IN (SELECT o.owner FROM doorfiets.route_link s JOIN doorfiets.link o USING (link) WHERE s.route = p.route)) AS air_of_all
FROM period p
JOIN doorfiets.route_link r USING (route)
JOIN doorfiets.link l USING (link)
LEFT JOIN link_cyclists f ON f.link = l.link AND (f.period, f.first_day) = (p.period, p.first_day)
LEFT JOIN LATERAL (
    SELECT avg(v.value) AS value FROM air v WHERE v.district IN (l.start_place, l.end_place) AND (v.period, v.first_day) = (p.period, p.first_day)) a ON true
GROUP BY p.route, p.period, p.first_day, p.last_day, r.position, l.link, f.value, f.valid, f.expected, a.value
ORDER BY p.route, p.period, p.first_day, r.position;

-- owner --
-- Who answers for a subject, and in which time zone its days are.
SELECT owner, timezone FROM doorfiets.subject_owner WHERE kind = %(kind)s AND subject = %(subject)s;

-- neighbour_of --
-- The sites that have this one among their nearest: their estimates rest on it.
SELECT s.site FROM doorfiets.site s
CROSS JOIN LATERAL (
    SELECT n.site FROM doorfiets.site n
    WHERE n.site <> s.site AND n.owner = s.owner AND EXISTS (SELECT FROM doorfiets.site_stream x WHERE x.site = n.site AND x.mode = %(mode)s)
    ORDER BY ((n.longitude - s.longitude) * cos(radians(s.latitude))) ^ 2 + (n.latitude - s.latitude) ^ 2, n.site LIMIT %(most)s) near
WHERE near.site = %(site)s AND EXISTS (SELECT FROM doorfiets.site_stream x WHERE x.site = s.site AND x.mode = %(mode)s)
ORDER BY s.site;
