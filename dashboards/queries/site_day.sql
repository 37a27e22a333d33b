-- The stored local days of 23, 24 or 25 hours; a day that was not measured whole is a series of its own, a day without a row is a gap.
SELECT l.started_at AS time,
       api.name_with_owner(s.name, s.owner) || CASE WHEN d.paired < d.expected THEN #{partly} ELSE '' END AS metric,
       CASE WHEN d.paired > 0 THEN d.total::float8 END AS cyclists
FROM api.site s
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.site_day d ON d.site = s.site AND d.day = l.day AND d.mode = 'bicycles'
WHERE s.site IN (${site:sqlstring})
ORDER BY 1, 2
