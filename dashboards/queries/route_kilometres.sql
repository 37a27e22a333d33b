-- Bicycle-kilometres per local day, and the part of them that rests on counters of the link itself.
SELECT l.started_at AS time, api.name_with_owner(r.name, r.owner) || part.suffix AS metric, part.value AS bicycle_km
FROM api.route r
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.route_day d ON d.route = r.route AND d.day = l.day
CROSS JOIN LATERAL (VALUES ('', d.bicycle_km), (#{measured_part}, d.measured_bicycle_km)) AS part (suffix, value)
WHERE r.route IN (${route:sqlstring})
ORDER BY 1, 2
