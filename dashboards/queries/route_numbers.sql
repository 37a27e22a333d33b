-- The main numbers of a route: means over the local days of the range that have them, on how many of these days, and how much of all of them was measured.
SELECT avg(d.bicycle_km) AS bicycle_km,
       avg(d.mean_cyclists) AS mean_cyclists,
       avg(d.green_share) AS green_share,
       avg(d.through_ratio) AS through_ratio,
       avg(d.measured_km / nullif(d.length_km, 0)) AS measured_length,
       count(d.bicycle_km) AS days_known,
       count(l.day) AS days,
       avg(CASE WHEN l.ended_at <= now() THEN coalesce(d.coverage, 0) ELSE d.coverage END) AS coverage
FROM api.route r
JOIN api.owner o USING (owner)
LEFT JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l ON true
LEFT JOIN api.route_day d ON d.route = r.route AND d.day = l.day
WHERE r.route IN (${route:sqlstring})
HAVING count(*) > 0
