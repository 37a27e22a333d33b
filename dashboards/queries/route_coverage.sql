-- How much of each local day of a route was measured on its links; a day without a row was not.
SELECT l.started_at AS time, api.name_with_owner(r.name, r.owner) AS metric, CASE WHEN d.day IS NULL THEN 0 ELSE d.coverage END AS coverage
FROM api.route r
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.route_day d ON d.route = r.route AND d.day = l.day
WHERE r.route IN (${route:sqlstring}) AND l.ended_at <= now()
ORDER BY 1, 2
