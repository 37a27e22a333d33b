-- When the route is used: cyclists in each local hour of each weekday at a counting site of it. First the mean of each site over hours that were measured whole,
-- then that of the sites that have one, so that a site with gaps weighs no less. Of sites with means of 30 and 50 on Monday at eight there are 40.
WITH place AS (
    SELECT DISTINCT k.site, o.timezone
    FROM api.route_link p JOIN api.link k USING (link) JOIN api.site s USING (site) JOIN api.owner o ON o.owner = s.owner
    WHERE p.route IN (${route:sqlstring})),
usual AS (
    SELECT p.site, extract(isodow FROM h.hour AT TIME ZONE p.timezone)::int AS weekday, extract(hour FROM h.hour AT TIME ZONE p.timezone)::int AS hour,
           avg(h.total)::float8 AS cyclists
    FROM place p JOIN api.site_hour h ON h.site = p.site
    WHERE $__timeFilter(h.hour) AND h.mode = 'bicycles' AND h.expected > 0 AND h.paired >= h.expected
    GROUP BY 1, 2, 3)
SELECT weekday::text AS weekday,
       avg(cyclists) FILTER (WHERE hour = 0) AS h00,
       avg(cyclists) FILTER (WHERE hour = 1) AS h01,
       avg(cyclists) FILTER (WHERE hour = 2) AS h02,
       avg(cyclists) FILTER (WHERE hour = 3) AS h03,
       avg(cyclists) FILTER (WHERE hour = 4) AS h04,
       avg(cyclists) FILTER (WHERE hour = 5) AS h05,
       avg(cyclists) FILTER (WHERE hour = 6) AS h06,
       avg(cyclists) FILTER (WHERE hour = 7) AS h07,
       avg(cyclists) FILTER (WHERE hour = 8) AS h08,
       avg(cyclists) FILTER (WHERE hour = 9) AS h09,
       avg(cyclists) FILTER (WHERE hour = 10) AS h10,
       avg(cyclists) FILTER (WHERE hour = 11) AS h11,
       avg(cyclists) FILTER (WHERE hour = 12) AS h12,
       avg(cyclists) FILTER (WHERE hour = 13) AS h13,
       avg(cyclists) FILTER (WHERE hour = 14) AS h14,
       avg(cyclists) FILTER (WHERE hour = 15) AS h15,
       avg(cyclists) FILTER (WHERE hour = 16) AS h16,
       avg(cyclists) FILTER (WHERE hour = 17) AS h17,
       avg(cyclists) FILTER (WHERE hour = 18) AS h18,
       avg(cyclists) FILTER (WHERE hour = 19) AS h19,
       avg(cyclists) FILTER (WHERE hour = 20) AS h20,
       avg(cyclists) FILTER (WHERE hour = 21) AS h21,
       avg(cyclists) FILTER (WHERE hour = 22) AS h22,
       avg(cyclists) FILTER (WHERE hour = 23) AS h23
FROM usual GROUP BY weekday ORDER BY weekday
