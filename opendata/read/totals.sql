-- today_sites --
-- Cyclists since local midnight at every site of an owner that counts bicycles now, with how long it was really measured, and how long it could not be
-- (`closed_seconds`), because its measuring windows were closed.
SELECT s.site, s.name, s.illustrative, b.origins, sum(t.total) AS total, coalesce(sum(3600.0 * t.paired / nullif(t.expected, 0)), 0)::float8 AS measured_seconds,
       (SELECT max(f.last_ended_at) FROM api.feed f WHERE f.place = s.site AND f.quantity = 'bicycles') AS last_ended_at,
       coalesce((SELECT extract(epoch FROM %(now)s - %(midnight)s) - 60 * api.whole_bins(api.measuring_time(e.placed_windows, %(midnight)s, %(now)s), 60)
                 FROM api.expectation e
                 WHERE e.kind = 'site' AND e.place = s.site AND e.facet = 'bicycles' AND e.direction = '' AND e.placed_windows <> '{}'
                   AND e.valid_from <= %(now)s AND %(now)s < e.valid_until), 0)::float8 AS closed_seconds
FROM api.site s
JOIN (SELECT site, array_agg(DISTINCT origin) AS origins FROM api.channel
      WHERE mode = 'bicycles' AND valid_from <= %(now)s AND %(now)s < valid_until GROUP BY site) b USING (site)
LEFT JOIN api.site_hour t ON t.site = s.site AND t.mode = 'bicycles' AND t.hour >= %(midnight)s AND t.hour < %(now)s
WHERE s.owner = %(owner)s
GROUP BY s.site, s.name, s.illustrative, b.origins
ORDER BY total DESC NULLS LAST, s.name;

-- today_hours --
-- Cyclists per local hour of a day, all sites of an owner together; `sites` are those that could measure then.
WITH site AS (
    SELECT DISTINCT c.site FROM api.channel c JOIN api.site s USING (site)
    WHERE s.owner = %(owner)s AND c.mode = 'bicycles' AND c.valid_from <= %(now)s AND %(now)s < c.valid_until)
SELECT h AS started_at, h + interval '1 hour' AS ended_at, sum(t.total) AS value, coalesce(sum(3600.0 * t.paired / nullif(t.expected, 0)), 0)::float8 AS measured_seconds,
       count(*) FILTER (WHERE t.expected IS DISTINCT FROM 0) AS sites, coalesce(bit_or(t.quality_flags), 0) AS quality_flags
FROM generate_series(%(midnight)s::timestamptz, %(now)s::timestamptz - interval '1 second', '1 hour') h
CROSS JOIN site s
LEFT JOIN LATERAL (SELECT * FROM api.site_hour x WHERE x.site = s.site AND x.mode = 'bicycles' AND x.hour = h OFFSET 0) t ON true
GROUP BY h ORDER BY h;

-- today_compared --
-- The same quarters of the same weekday a week before, only where a site was measured both times and the same channels counted; the doubled autumn hour is
-- left out. An hour of today that waits to be added up is left out as well: what stands beside the total of today must be in it. `others` is the number of
-- sites that were measured both times, of other channels.
WITH site AS (
    SELECT DISTINCT c.site FROM api.channel c JOIN api.site s USING (site)
    WHERE s.owner = %(owner)s AND c.mode = 'bicycles' AND c.valid_from <= %(now)s AND %(now)s < c.valid_until),
period AS MATERIALIZED (SELECT p.* FROM api.site_channels p JOIN site USING (site) WHERE p.mode = 'bicycles'),
today AS (
    SELECT s.site, q.started_at AT TIME ZONE %(zone)s AS local, max(q.value) AS value, max(q.ended_at) AS ended_at, max(p.channels) AS channels
    FROM site s
    CROSS JOIN LATERAL (SELECT coalesce(api.waiting('site', s.site, 'bicycles', NULL, %(midnight)s, %(now)s), '{}') AS hours) w
    CROSS JOIN LATERAL api.site_quarters(s.site, 'bicycles', %(midnight)s, %(now)s) q
    JOIN period p ON p.site = s.site AND p.valid_from <= q.started_at AND q.started_at < p.valid_until
    WHERE q.ended_at <= %(now)s AND NOT q.started_at <@ w.hours GROUP BY 1, 2 HAVING count(*) = 1 AND max(q.value) IS NOT NULL),
before AS (
    SELECT s.site, q.started_at AT TIME ZONE %(zone)s + interval '7 days' AS local, max(q.value) AS value, max(p.channels) AS channels
    FROM site s
    CROSS JOIN LATERAL api.site_quarters(s.site, 'bicycles', %(midnight_before)s, %(now_before)s) q
    JOIN period p ON p.site = s.site AND p.valid_from <= q.started_at AND q.started_at < p.valid_until
    GROUP BY 1, 2 HAVING count(*) = 1 AND max(q.value) IS NOT NULL),
pair AS (
    SELECT t.site, t.value AS today, b.value AS before, t.ended_at, t.channels = b.channels AS same FROM today t JOIN before b USING (site, local))
SELECT sum(today) FILTER (WHERE same) AS today, sum(before) FILTER (WHERE same) AS before, count(DISTINCT site) FILTER (WHERE same) AS sites,
       max(ended_at) FILTER (WHERE same) AS until, count(DISTINCT site) FILTER (WHERE NOT same) AS others
FROM pair;

-- period_total --
-- All cyclists counted from one day up to another, and how much of that time was measured; a day without a row counts as not measured.
WITH day AS MATERIALIZED (
    SELECT * FROM api.site_days('bicycles', %(first)s::date, %(last)s::date + 1, wanted_owner => %(owner)s))
SELECT sum(total) AS total, avg(least(1.0, paired::float8 / nullif(expected, 0))) AS coverage, count(DISTINCT site) AS sites,
       (SELECT array_agg(DISTINCT origin) FROM day, unnest(origins) origin) AS origins,
       coalesce(bit_or(quality_flags), 0) AS quality_flags
FROM day;

-- rolling_total --
-- The last 52 weeks beside the 52 before: only site-days measured whole in both, the same weekday, on which the same channels counted. `others` is the
-- number of sites with days that were measured whole, of other channels.
WITH period AS MATERIALIZED (
    SELECT p.* FROM api.site_channels p JOIN api.site s USING (site) WHERE s.owner = %(owner)s AND p.mode = 'bicycles'),
pair AS (
    SELECT n.site, n.total AS now, b.total AS before, coalesce(p.channels = q.channels, false) AS same
    FROM api.site s
    JOIN api.site_day n ON n.site = s.site
    JOIN api.site_day b ON b.site = n.site AND b.mode = n.mode AND b.day = n.day - 364
    LEFT JOIN period p ON p.site = n.site AND p.valid_from <= n.started_at AND n.ended_at <= p.valid_until
    LEFT JOIN period q ON q.site = b.site AND q.valid_from <= b.started_at AND b.ended_at <= q.valid_until
    WHERE s.owner = %(owner)s AND n.mode = 'bicycles' AND n.day > %(last)s::date - 364 AND n.day <= %(last)s AND n.paired >= n.expected AND b.paired >= b.expected)
SELECT sum(now) FILTER (WHERE same) AS now, sum(before) FILTER (WHERE same) AS before, count(*) FILTER (WHERE same) AS site_days,
       count(DISTINCT site) FILTER (WHERE same) AS sites, count(DISTINCT site) FILTER (WHERE NOT same) AS others
FROM pair;

-- month_totals --
-- Cyclists per local month of a period, all sites of an owner together; a day without a row counts as not measured.
SELECT date_trunc('month', day)::date AS month, sum(total) AS value, sum(paired)::int AS valid, sum(expected)::int AS expected,
       coalesce(bit_or(quality_flags), 0) AS quality_flags, array_agg(quality_flags) FILTER (WHERE quality_flags <> 0) AS flagged
FROM (SELECT day, sum(total) AS total, sum(paired) AS paired, sum(expected) AS expected, bit_or(quality_flags) AS quality_flags
      FROM api.site_days('bicycles', %(first)s::date, %(last)s::date + 1, wanted_owner => %(owner)s) GROUP BY day) each
GROUP BY 1 ORDER BY 1;
