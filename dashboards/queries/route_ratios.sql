-- Of each local day the green part of the kilometres, and at most which part of the cyclists rode the whole route: counters do not know who passes twice.
SELECT l.started_at AS time, api.name_with_owner(r.name, r.owner) || ', ' || part.name AS metric, part.value AS ratio
FROM api.route r
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.route_day d ON d.route = r.route AND d.day = l.day
CROSS JOIN LATERAL (VALUES (#{green_share}, d.green_share), (#{through_ratio}, d.through_ratio)) AS part (name, value)
WHERE r.route IN (${route:sqlstring})
ORDER BY 1, 2
