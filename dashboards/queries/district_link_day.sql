-- Cyclists per local day on the links of a district that are counted on the link itself; what too little was measured of is a gap.
SELECT l.started_at AS time, api.name_with_owner(k.name, k.owner) AS metric, d.cyclists::float8 AS cyclists
FROM api.link k
JOIN api.owner o ON o.owner = k.owner
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.link_day d ON d.link = k.link AND d.day = l.day
WHERE k.site IS NOT NULL
  AND EXISTS (SELECT FROM api.connection n JOIN api.district a ON a.district IN (n.one_district, n.other_district)
              WHERE n.link = k.link AND a.district IN (${district:sqlstring}))
ORDER BY 1, 2
