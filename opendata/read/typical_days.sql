-- typical_sites --
-- How many cyclists pass each site on a typical working day of a range: the mean over the working days (Monday to Friday, but public and school holidays) that
-- were measured for three quarters or more and that the calendar does not exclude; `days` of the `expected` on which the site could count. With fewer than
-- `needed` there is no mean. Of working days with 100, 120, no measurement and 140 there are 3 of 4, with a mean of 120.
WITH working AS MATERIALIZED (
    SELECT o.owner, d::date AS day
    FROM api.owner o CROSS JOIN generate_series(%(first)s::date::timestamp, %(last)s::date::timestamp, '1 day') d
    WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (SELECT FROM api.holiday h WHERE h.owner = o.owner AND h.day = d::date)),
excluded AS MATERIALIZED (
    SELECT site, day FROM api.excluded_day WHERE day >= %(first)s AND day <= %(last)s),
counted AS MATERIALIZED (
    SELECT c.site, min(c.valid_from AT TIME ZONE o.timezone)::date AS first_day, max(c.valid_until AT TIME ZONE o.timezone) AS until,
           array_agg(DISTINCT c.origin) FILTER (
               WHERE c.valid_from < api.midnight(%(last)s::date + 1, o.timezone) AND c.valid_until > api.midnight(%(first)s::date, o.timezone)) AS origins
    FROM api.channel c JOIN api.site s USING (site) JOIN api.owner o USING (owner)
    WHERE c.mode = 'bicycles' AND c.datastream IS NOT NULL GROUP BY c.site)
SELECT s.site, s.owner, CASE WHEN count(n.day) >= %(needed)s THEN avg(n.total)::float8 END AS cyclists, count(n.day)::int4 AS days,
       count(w.day)::int4 AS expected, coalesce(k.origins, '{}') AS origins
FROM counted k
JOIN api.site s USING (site)
LEFT JOIN working w ON w.owner = s.owner AND w.day >= k.first_day AND w.day < k.until
    AND NOT EXISTS (SELECT FROM excluded x WHERE x.site = s.site AND x.day = w.day)
LEFT JOIN api.site_day n ON n.site = s.site AND n.mode = 'bicycles' AND n.day = w.day AND n.total IS NOT NULL AND api.enough(n.paired, n.expected)
GROUP BY s.site, s.owner, k.origins
ORDER BY s.site;

-- typical_links --
-- How many cyclists use each link on a typical working day likewise, in both directions; `measured` where it was counted on the link itself on all of
-- these days, else assumed from another link. Expected are the working days since it had its first day with a number.
WITH working AS MATERIALIZED (
    SELECT o.owner, d::date AS day
    FROM api.owner o CROSS JOIN generate_series(%(first)s::date::timestamp, %(last)s::date::timestamp, '1 day') d
    WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (SELECT FROM api.holiday h WHERE h.owner = o.owner AND h.day = d::date)),
excluded AS MATERIALIZED (
    SELECT site, day FROM api.excluded_day WHERE day >= %(first)s AND day <= %(last)s),
used AS MATERIALIZED (
    SELECT n.link, n.day, n.cyclists, n.measured, n.counted_on FROM api.link_day n
    WHERE n.day >= %(first)s AND n.day <= %(last)s),
began AS MATERIALIZED (SELECT link, min(day) AS day FROM used GROUP BY link)
SELECT l.link, CASE WHEN count(n.day) >= %(needed)s THEN avg(n.cyclists)::float8 END AS cyclists, count(n.day)::int4 AS days, count(w.day)::int4 AS expected,
       coalesce(bool_and(n.measured), l.site IS NOT NULL) AS measured
FROM api.link l
LEFT JOIN api.link f ON f.link = l.assumed_from
LEFT JOIN began b ON b.link = l.link
LEFT JOIN working w ON w.owner = l.owner AND w.day >= b.day
    AND NOT EXISTS (SELECT FROM excluded x WHERE x.site = coalesce(l.site, f.site) AND x.day = w.day)
LEFT JOIN used n ON n.link = l.link AND n.day = w.day AND n.cyclists IS NOT NULL
GROUP BY l.link, l.site
ORDER BY l.link;

-- typical_change --
-- All sites of an owner on the working days of a range beside the same weekdays 52 weeks before, which are working days too: only site-days that were valid both
-- times, on which the same channels counted. `others` is the number of sites with such days of other channels.
WITH working AS MATERIALIZED (
    SELECT d::date AS day FROM generate_series(%(first)s::date::timestamp - interval '364 days', %(last)s::date::timestamp, '1 day') d
    WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (SELECT FROM api.holiday h WHERE h.owner = %(owner)s AND h.day = d::date)),
valid AS MATERIALIZED (
    SELECT n.site, n.day, n.total, p.channels
    FROM api.site_day n
    JOIN api.site s USING (site)
    JOIN working w ON w.day = n.day
    LEFT JOIN api.site_channels p ON p.site = n.site AND p.mode = n.mode AND p.valid_from <= n.started_at AND n.ended_at <= p.valid_until
    WHERE s.owner = %(owner)s AND n.mode = 'bicycles' AND n.total IS NOT NULL AND api.enough(n.paired, n.expected)
      AND NOT EXISTS (SELECT FROM api.excluded_day x WHERE x.site = n.site AND x.day = n.day)),
pair AS (
    SELECT n.site, n.total AS now, b.total AS before, coalesce(n.channels = b.channels, false) AS same
    FROM valid n JOIN valid b ON b.site = n.site AND b.day = n.day - 364
    WHERE n.day >= %(first)s)
SELECT sum(now) FILTER (WHERE same) AS now, sum(before) FILTER (WHERE same) AS before, (count(*) FILTER (WHERE same))::int4 AS site_days,
       (count(DISTINCT site) FILTER (WHERE same))::int4 AS sites, (count(DISTINCT site) FILTER (WHERE NOT same))::int4 AS others
FROM pair;
