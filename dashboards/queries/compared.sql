-- What changed, like for like: days of a site beside the same weekday 52 weeks before, on which the same channels counted. Working days of which three quarters
-- were measured both times, as the start page of the site has it; days measured whole since New Year, and of the last 52 weeks. Fewer than seven
-- pairs make no comparison. `others` are sites with pairs of other channels.
WITH span AS MATERIALIZED (
    SELECT o.owner, (least($__timeTo()::timestamptz, now()) AT TIME ZONE o.timezone)::date - 1 AS last_day FROM api.owner o),
valid AS MATERIALIZED (
    SELECT n.site, n.day, n.total, n.paired >= n.expected AS whole, p.channels, y.last_day,
           extract(isodow FROM n.day) < 6 AND NOT EXISTS (SELECT FROM api.holiday h WHERE h.owner = s.owner AND h.day = n.day)
           AND NOT EXISTS (SELECT FROM api.excluded_day x WHERE x.site = n.site AND x.day = n.day) AS working
    FROM api.site_day n
    JOIN api.site s USING (site)
    JOIN span y USING (owner)
    LEFT JOIN api.site_channels p ON p.site = n.site AND p.mode = n.mode AND p.valid_from <= n.started_at AND n.ended_at <= p.valid_until
    WHERE n.mode = 'bicycles' AND n.site IN (${site:sqlstring}) AND n.total IS NOT NULL AND api.enough(n.paired, n.expected)
      AND n.day > y.last_day - 728 AND n.day <= y.last_day),
pair AS (
    SELECT n.site, n.total AS now, b.total AS before, coalesce(n.channels = b.channels, false) AS same, n.whole AND b.whole AS whole,
           n.working AND b.working AS working, extract(year FROM n.day) = extract(year FROM n.last_day) AS this_year
    FROM valid n JOIN valid b ON b.site = n.site AND b.day = n.day - 364
    WHERE n.day > n.last_day - 364),
added AS (
    SELECT c.place, c.comparison, sum(p.now) FILTER (WHERE p.same) AS now, sum(p.before) FILTER (WHERE p.same) AS before,
           count(*) FILTER (WHERE p.same) AS site_days, count(DISTINCT p.site) FILTER (WHERE p.same) AS sites,
           count(DISTINCT p.site) FILTER (WHERE NOT p.same) AS others
    FROM (VALUES (1, 'typical'), (2, 'year_to_date'), (3, 'rolling_year')) c (place, comparison)
    LEFT JOIN pair p ON CASE c.comparison WHEN 'typical' THEN p.working WHEN 'year_to_date' THEN p.whole AND p.this_year ELSE p.whole END
    GROUP BY c.place, c.comparison)
SELECT comparison,
       CASE WHEN site_days >= 7 THEN now::float8 / nullif(before, 0)::float8 - 1 END AS change,
       now::float8 AS cyclists_now,
       before::float8 AS cyclists_before,
       site_days,
       sites,
       others
FROM added
WHERE EXISTS (SELECT FROM api.site s WHERE s.site IN (${site:sqlstring}))
ORDER BY place
