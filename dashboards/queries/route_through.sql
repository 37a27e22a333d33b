-- An upper bound, as counters do not tell whether the same cyclist rode the whole route.
SELECT l.started_at AS time, api.name_with_owner(r.name, r.owner) AS metric, d.through_ratio AS doorgaand
FROM api.route r
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.route_day d ON d.route = r.route AND d.day = l.day
WHERE r.route IN (${route:sqlstring})
ORDER BY 1, 2
