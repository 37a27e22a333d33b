-- The links of a route in their order, averaged over the days that have a number: those counted on the link itself apart from those assumed from another one.
SELECT p.position AS position,
       k.name || CASE WHEN k.illustrative THEN #{example} ELSE '' END AS link,
       concat_ws(' – ', CASE k.start_place WHEN 'region' THEN #{region} ELSE k.start_place END,
           CASE k.end_place WHEN 'region' THEN #{region} ELSE k.end_place END) AS from_to,
       k.length_km AS length_km,
       k.green::text AS green,
       CASE WHEN k.site IS NOT NULL THEN 'measured' WHEN k.assumed_from IS NOT NULL THEN 'assumed' ELSE 'not_measured' END AS kind,
       avg(d.cyclists) FILTER (WHERE d.measured)::float8 AS cyclists_measured,
       avg(d.cyclists) FILTER (WHERE NOT d.measured)::float8 AS cyclists_assumed,
       avg(CASE WHEN l.ended_at <= now() THEN coalesce(d.coverage, 0) ELSE d.coverage END) AS coverage,
       count(d.cyclists) AS days_known,
       count(l.day) AS days,
       g.value AS growth
FROM api.route r
JOIN api.route_link p USING (route)
JOIN api.link k USING (link)
JOIN api.owner o ON o.owner = r.owner
LEFT JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l ON true
LEFT JOIN api.link_day d ON d.link = k.link AND d.day = l.day
LEFT JOIN LATERAL (
    SELECT v.value FROM api.indicator_value v
    WHERE v.kind = 'link' AND v.subject = k.link AND v.indicator = 'growth_since_opening' ORDER BY v.last_day DESC LIMIT 1) g ON true
WHERE r.route IN (${route:sqlstring})
GROUP BY r.route, p.position, k.name, k.start_place, k.end_place, k.length_km, k.green, k.site, k.assumed_from, k.illustrative, g.value
ORDER BY r.route, p.position
