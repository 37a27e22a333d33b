-- How much of each local day of a screenline was measured with all its modes; a day without a row was not, and where nothing is expected it is null.
SELECT l.started_at AS time, api.name_with_owner(s.name, s.owner) AS metric,
       CASE WHEN d.day IS NOT NULL THEN d.coverage
            WHEN api.share_expected(s.screenline, 'motor', l.started_at, l.ended_at) > 0 THEN 0 END AS coverage
FROM api.screenline s
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.share_day d ON d.screenline = s.screenline AND d.day = l.day AND d.variant = 'motor'
WHERE s.screenline IN (${screenline:sqlstring}) AND l.started_at <= now()
ORDER BY 1, 2
