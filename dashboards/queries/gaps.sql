-- Whole days since a site's first one of which less than 75 % was measured; a day without a row was not measured at all.
WITH known AS (SELECT site, min(started_at) AS since FROM api.site_day WHERE mode = 'bicycles' GROUP BY site)
SELECT l.started_at AS time, l.ended_at AS timeend,
       api.name_with_owner(s.name, s.owner) || CASE WHEN coalesce(d.paired, 0) = 0 THEN ': geen meting' ELSE ': onvolledig (' || round(d.coverage * 100) || ' %)' END AS text,
       'onvolledig' AS tags
FROM api.site s
JOIN known k USING (site)
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.site_day d ON d.site = s.site AND d.day = l.day AND d.mode = 'bicycles'
WHERE k.since <= l.started_at AND l.ended_at <= now() AND s.site IN (${site:sqlstring})
  AND NOT coalesce(api.enough(d.paired, d.expected), false)
ORDER BY 1, 3
