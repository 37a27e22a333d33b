-- The links that begin or end in a district, averaged over the days of the range that have a number: measured apart from assumed, the busiest first.
SELECT k.name || CASE WHEN k.illustrative THEN #{example} ELSE '' END AS link,
       concat_ws(' – ', CASE k.start_place WHEN 'region' THEN #{region} ELSE k.start_place END,
           CASE k.end_place WHEN 'region' THEN #{region} ELSE k.end_place END) AS from_to,
       k.length_km AS length_km,
       k.green::text AS green,
       CASE WHEN k.site IS NOT NULL THEN 'measured' WHEN k.assumed_from IS NOT NULL THEN 'assumed' ELSE 'not_measured' END AS kind,
       avg(d.cyclists) FILTER (WHERE d.measured)::float8 AS cyclists_measured,
       avg(d.cyclists) FILTER (WHERE NOT d.measured)::float8 AS cyclists_assumed,
       count(d.cyclists) AS days_known,
       (SELECT v.value FROM api.indicator_value v
        WHERE v.kind = 'link' AND v.subject = k.link AND v.indicator = 'growth_since_opening' ORDER BY v.last_day DESC LIMIT 1) AS growth
FROM api.link k
LEFT JOIN api.link_day d ON d.link = k.link AND d.started_at >= $__timeFrom() AND d.started_at <= $__timeTo()
WHERE EXISTS (SELECT FROM api.connection n JOIN api.district a ON a.district IN (n.one_district, n.other_district)
              WHERE n.link = k.link AND a.district IN (${district:sqlstring}))
GROUP BY k.link, k.name, k.illustrative, k.start_place, k.end_place, k.length_km, k.green, k.site, k.assumed_from
ORDER BY avg(d.cyclists) DESC NULLS LAST, k.name, k.link
