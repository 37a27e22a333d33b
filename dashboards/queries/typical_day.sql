-- How many cyclists pass the chosen sites on a typical working day of the 52 weeks that end with the range, as the start page of the site has it: of each site
-- the mean over working days (Monday to Friday, but holidays) of which three quarters were measured and that the calendar does not exclude; ten days or more.
WITH span AS MATERIALIZED (
    SELECT o.owner, (least($__timeTo()::timestamptz, now()) AT TIME ZONE o.timezone)::date - 1 AS last_day FROM api.owner o),
working AS MATERIALIZED (
    SELECT p.owner, d::date AS day
    FROM span p CROSS JOIN generate_series((p.last_day - 363)::timestamp, p.last_day::timestamp, '1 day') d
    WHERE extract(isodow FROM d) < 6 AND NOT EXISTS (SELECT FROM api.holiday h WHERE h.owner = p.owner AND h.day = d::date)),
counted AS MATERIALIZED (
    SELECT c.site, s.owner, min(c.valid_from AT TIME ZONE o.timezone)::date AS first_day, max(c.valid_until AT TIME ZONE o.timezone) AS until
    FROM api.channel c JOIN api.site s USING (site) JOIN api.owner o USING (owner)
    WHERE c.mode = 'bicycles' AND c.datastream IS NOT NULL AND c.site IN (${site:sqlstring})
    GROUP BY c.site, s.owner),
each AS (
    SELECT k.site, count(w.day) AS expected, count(n.day) AS days, CASE WHEN count(n.day) >= 10 THEN avg(n.total)::float8 END AS cyclists
    FROM counted k
    LEFT JOIN working w ON w.owner = k.owner AND w.day >= k.first_day AND w.day < k.until
        AND NOT EXISTS (SELECT FROM api.excluded_day x WHERE x.site = k.site AND x.day = w.day)
    LEFT JOIN api.site_day n ON n.site = k.site AND n.mode = 'bicycles' AND n.day = w.day AND n.total IS NOT NULL AND api.enough(n.paired, n.expected)
    GROUP BY k.site)
SELECT sum(cyclists) AS cyclists,
       count(cyclists) AS sites,
       count(*) - count(cyclists) AS sites_without,
       (sum(days) FILTER (WHERE cyclists IS NOT NULL) / nullif(sum(expected) FILTER (WHERE cyclists IS NOT NULL), 0))::float8 AS coverage
FROM each HAVING count(*) > 0
