-- today_sites --
-- Cyclists since local midnight at every site that counts bicycles now, with how long it was really measured.
SELECT s.site, s.name, s.illustrative, b.origins, sum(t.total) AS total, coalesce(sum(3600.0 * t.paired / nullif(t.expected, 0)), 0)::float8 AS measured_seconds,
       (SELECT max(f.last_ended_at) FROM api.feed f WHERE f.place = s.site AND f.quantity = 'bicycles') AS last_ended_at
FROM api.site s
JOIN (SELECT site, array_agg(DISTINCT origin) AS origins FROM api.channel
      WHERE mode = 'bicycles' AND valid_from <= %(now)s AND %(now)s < valid_until GROUP BY site) b USING (site)
LEFT JOIN api.site_hour t ON t.site = s.site AND t.mode = 'bicycles' AND t.hour >= %(midnight)s AND t.hour < %(now)s
GROUP BY s.site, s.name, s.illustrative, b.origins
ORDER BY total DESC NULLS LAST, s.name;

-- today_hours --
-- Cyclists per local hour of a day, all sites together.
WITH site AS (
    SELECT DISTINCT site FROM api.channel WHERE mode = 'bicycles' AND valid_from <= %(now)s AND %(now)s < valid_until)
SELECT h AS started_at, h + interval '1 hour' AS ended_at, sum(t.total) AS value, coalesce(sum(3600.0 * t.paired / nullif(t.expected, 0)), 0)::float8 AS measured_seconds,
       count(*) AS sites
FROM generate_series(%(midnight)s::timestamptz, %(now)s::timestamptz - interval '1 second', '1 hour') h
CROSS JOIN site s
LEFT JOIN LATERAL (SELECT * FROM api.site_hour x WHERE x.site = s.site AND x.mode = 'bicycles' AND x.hour = h OFFSET 0) t ON true
GROUP BY h ORDER BY h;

-- today_compared --
-- The same quarters of the same weekday a week before, only where a site was measured both times; the doubled autumn hour is left out. An hour of today
-- that waits to be added up is left out as well: what stands beside the total of today must be in it.
WITH site AS (
    SELECT DISTINCT c.site FROM api.channel c WHERE c.mode = 'bicycles' AND c.valid_from <= %(now)s AND %(now)s < c.valid_until),
today AS (
    SELECT s.site, q.started_at AT TIME ZONE %(zone)s AS local, max(q.value) AS value, max(q.ended_at) AS ended_at
    FROM site s
    CROSS JOIN LATERAL (SELECT coalesce(api.waiting('site', s.site, 'bicycles', NULL, %(midnight)s, %(now)s), '{}') AS hours) w
    CROSS JOIN LATERAL api.site_quarters(s.site, 'bicycles', %(midnight)s, %(now)s) q
    WHERE q.ended_at <= %(now)s AND NOT q.started_at <@ w.hours GROUP BY 1, 2 HAVING count(*) = 1 AND max(q.value) IS NOT NULL),
before AS (
    SELECT s.site, q.started_at AT TIME ZONE %(zone)s + interval '7 days' AS local, max(q.value) AS value
    FROM site s CROSS JOIN LATERAL api.site_quarters(s.site, 'bicycles', %(midnight_before)s, %(now_before)s) q
    GROUP BY 1, 2 HAVING count(*) = 1 AND max(q.value) IS NOT NULL)
SELECT sum(today.value) AS today, sum(before.value) AS before, count(DISTINCT today.site) AS sites, max(today.ended_at) AS until
FROM today JOIN before USING (site, local);

-- year_so_far --
-- All cyclists counted from one day up to another, and how much of that time was measured; a day without a row counts as not measured.
WITH day AS MATERIALIZED (SELECT * FROM api.site_days('bicycles', %(first)s::date, %(last)s::date + 1))
SELECT sum(total) AS total, coalesce(avg(least(1.0, paired::float8 / nullif(expected, 0))), 0) AS coverage, count(DISTINCT site) AS sites,
       (SELECT array_agg(DISTINCT origin) FROM day, unnest(origins) origin) AS origins
FROM day;

-- rolling_year --
-- The last 52 weeks beside the 52 before: only site-days measured whole in both, the same weekday.
SELECT sum(n.total) AS now, sum(b.total) AS before, count(*) AS site_days, count(DISTINCT n.site) AS sites
FROM api.site_day n JOIN api.site_day b ON b.site = n.site AND b.mode = n.mode AND b.day = n.day - 364
WHERE n.mode = 'bicycles' AND n.day > %(last)s::date - 364 AND n.day <= %(last)s AND n.paired >= n.expected AND b.paired >= b.expected;

-- months --
-- Cyclists per local month of a period, all sites together; a day without a row counts as not measured.
SELECT date_trunc('month', day)::date AS month, sum(total) AS value, sum(paired)::int AS valid, sum(expected)::int AS expected
FROM api.site_days('bicycles', %(first)s::date, %(last)s::date + 1)
GROUP BY 1 ORDER BY 1;

-- share_recent --
-- Every denominator of the screenlines: the last day, and the pooled days of a period.
SELECT v.screenline, s.name, s.illustrative, v.variant, v.modes, v.origins, p.first, p.last, x.numerator::float8, x.denominator::float8,
       x.paired AS valid, x.expected, x.coverage, x.share, x.low, x.high, x.withheld AS reason
FROM api.screenline_variant v
JOIN api.screenline s USING (screenline)
CROSS JOIN (VALUES (%(first)s::date, %(last)s::date), (%(last)s, %(last)s)) p(first, last)
CROSS JOIN LATERAL api.share_period(v.screenline, v.variant, p.first, p.last + 1) x
WHERE (%(screenline)s::text IS NULL OR v.screenline = %(screenline)s)
  AND EXISTS (SELECT FROM api.calendar(p.first, p.last + 1) y WHERE v.valid_from < y.ended_at AND y.started_at < v.valid_until)
ORDER BY s.name, v.variant DESC, p.first;

-- ladder_days --
-- The newest day of every route that has an indicator, before today; of a route without any, the newest day with its reason.
SELECT DISTINCT ON (r.route) r.route, r.name, r.illustrative, r.note, t.day, t.bicycle_km, t.measured_bicycle_km, t.length_km, t.measured_km, t.assumed_km,
       t.missing_km, t.mean_cyclists, t.through_ratio, t.uniformity, t.green_share, t.withheld, t.coverage,
       (SELECT array_agg(DISTINCT h.origin) FROM api.route_link rl JOIN api.link l USING (link) JOIN api.channel h USING (site)
        CROSS JOIN api.calendar(t.day, t.day + 1) y
        WHERE rl.route = r.route AND h.mode = 'bicycles' AND h.valid_from < y.ended_at AND y.started_at < h.valid_until) AS origins
FROM api.route r LEFT JOIN api.route_day t ON t.route = r.route AND t.day < %(today)s
WHERE %(route)s::text IS NULL OR r.route = %(route)s
ORDER BY r.route, t.bicycle_km IS NULL, t.day DESC;

-- ladder_links --
-- The links of a route in order, with what was counted on a day, and the site that counted it: their own, or that of the link it is assumed from.
SELECT l.link, l.name, l.start_place, l.end_place, l.length_km, l.green, l.width_m, l.priority, l.asphalt, l.site, s.name AS site_name, f.name AS assumed_name, x.cyclists,
       x.measured, x.withheld, x.coverage
FROM api.route_link rl JOIN api.link l USING (link)
LEFT JOIN api.link f ON f.link = l.assumed_from
LEFT JOIN api.site s ON s.site = coalesce(l.site, f.site)
LEFT JOIN api.link_day x ON x.link = l.link AND x.day = %(day)s::date
WHERE rl.route = %(route)s ORDER BY rl.position;

-- feed_summary --
-- How many feeds are in which state now.
SELECT status, count(*) AS feeds FROM api.feed WHERE valid_from <= %(now)s AND %(now)s < valid_until GROUP BY status;

-- feeds_in_trouble --
-- Feeds that do not speak as they should, worst first.
SELECT f.place_name, f.quantity, f.status, f.last_ended_at, f.seconds
FROM api.feed f
WHERE f.valid_from <= %(now)s AND %(now)s < f.valid_until AND f.status <> 'good'
ORDER BY f.last_ended_at NULLS FIRST, f.place_name LIMIT 12;
