-- What the indicators of each route rest on: kilometres measured, assumed and missing on the newest day, and the days with indicators.
SELECT api.name_with_owner(r.name, r.owner) AS "doorfietsroute",
       avg(d.bicycle_km) AS "fietskm per dag",
       avg(d.mean_cyclists) AS "fietsers per dag",
       count(d.bicycle_km) AS "dagen met cijfer",
       count(l.day) AS "dagen in periode",
       avg(coalesce(d.coverage, 0)) AS "dekking",
       (array_agg(d.measured_km ORDER BY l.day DESC) FILTER (WHERE d.day IS NOT NULL))[1] AS "gemeten (km)",
       (array_agg(d.assumed_km ORDER BY l.day DESC) FILTER (WHERE d.day IS NOT NULL))[1] AS "verondersteld (km)",
       (array_agg(d.missing_km ORDER BY l.day DESC) FILTER (WHERE d.day IS NOT NULL))[1] AS "ontbreekt (km)",
       coalesce((array_agg(CASE d.withheld ->> 'code'
                               WHEN 'no_valid_day_on_links' THEN
                                   'geen geldige dag op ' || (SELECT string_agg(x, ', ') FROM jsonb_array_elements_text(d.withheld #> '{parameters,links}') x)
                               ELSE d.withheld ->> 'code' END ORDER BY l.day DESC) FILTER (WHERE d.withheld IS NOT NULL))[1], '') AS "laatste reden zonder cijfer"
FROM api.route r
JOIN api.owner o ON o.owner = r.owner
LEFT JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l ON true
LEFT JOIN api.route_day d ON d.route = r.route AND d.day = l.day
WHERE r.route IN (${route:sqlstring})
GROUP BY r.route, r.name, r.owner
ORDER BY 1, r.route
