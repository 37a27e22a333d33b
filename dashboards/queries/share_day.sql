-- The stored local days, with their coverage as a series of its own; a day without a row is a gap.
SELECT l.started_at AS time, api.name_with_owner(s.name, s.owner) || part.suffix AS metric, part.value AS aandeel
FROM api.screenline s
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.share_day d ON d.screenline = s.screenline AND d.day = l.day AND d.variant = 'motor'
CROSS JOIN LATERAL (VALUES ('', d.share), (' (dekking)', d.coverage)) AS part (suffix, value)
WHERE s.screenline IN (${screenline:sqlstring})
ORDER BY 1, 2
