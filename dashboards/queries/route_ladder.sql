-- The links of a route in their order, averaged over the days that have an indicator.
SELECT api.name_with_owner(r.name, r.owner) AS "doorfietsroute",
       p.position AS "nr",
       k.name AS "wegvak",
       concat_ws(' – ', CASE k.start_place WHEN 'region' THEN 'de regio' ELSE k.start_place END,
           CASE k.end_place WHEN 'region' THEN 'de regio' ELSE k.end_place END) AS "van – naar",
       k.length_km AS "lengte (km)",
       CASE WHEN k.green THEN 'groen' ELSE 'niet groen' END AS "groen",
       avg(d.cyclists)::float8 AS "fietsers per dag",
       CASE WHEN k.site IS NOT NULL THEN 'gemeten' WHEN k.assumed_from IS NOT NULL THEN 'verondersteld' ELSE 'geen meting' END AS "aard",
       avg(coalesce(d.coverage, 0)) AS "dekking",
       count(d.cyclists) AS "dagen met cijfer",
       count(l.day) AS "dagen in periode",
       CASE WHEN k.illustrative THEN 'voorbeeld' ELSE '' END AS "opmerking"
FROM api.route r
JOIN api.route_link p USING (route)
JOIN api.link k USING (link)
JOIN api.owner o ON o.owner = r.owner
LEFT JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l ON true
LEFT JOIN api.link_day d ON d.link = k.link AND d.day = l.day
WHERE r.route IN (${route:sqlstring})
GROUP BY r.route, r.name, r.owner, p.position, k.name, k.start_place, k.end_place, k.length_km, k.green, k.site, k.assumed_from, k.illustrative
ORDER BY 1, r.route, p.position
