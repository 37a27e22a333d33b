-- What cyclists breathe in along each route: the newest month of the range, or the one before, with how much of the cyclists, and of the air beside them, it rests on.
SELECT api.name_with_owner(r.name, r.owner) || CASE WHEN r.illustrative THEN #{example} ELSE '' END AS route,
       to_char(v.first_day, 'YYYY-MM') AS month,
       v.value AS exposure,
       api.coverage(v.valid, v.expected) AS coverage,
       v.withheld ->> 'code' AS reason
FROM api.route r
JOIN LATERAL (
    SELECT i.first_day, i.value, i.valid, i.expected, i.withheld FROM api.indicator_value i
    WHERE i.kind = 'route' AND i.subject = r.route AND i.indicator = 'exposure_pm25' AND i.period = 'month' AND i.started_at <= $__timeTo()
    ORDER BY i.first_day DESC LIMIT 1) v ON true
ORDER BY 1, r.route
