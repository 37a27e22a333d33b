-- Percent of the last 24 whole hours that is missing of each screenline, where it is so much that the share of a day is withheld; else 0. An hour without a
-- row was not measured. No row where nothing is expected.
SELECT l.screenline AS site, api.name_with_owner(l.name, l.owner) AS name,
       CASE WHEN api.enough(s.paired, e.expected) THEN 0 ELSE 100 * (1 - api.coverage(s.paired, e.expected)) END::float8 AS value
FROM api.screenline l
JOIN api.screenline_variant v ON v.screenline = l.screenline AND v.variant = 'motor'
CROSS JOIN (SELECT date_bin('1 hour', $__timeFrom()::timestamptz, 'epoch') AS start_at, date_bin('1 hour', $__timeTo()::timestamptz, 'epoch') AS end_at) r
CROSS JOIN LATERAL (SELECT api.share_expected(l.screenline, 'motor', r.start_at, r.end_at) AS expected) e
CROSS JOIN LATERAL (
    SELECT coalesce(sum(h.paired), 0)::int4 AS paired FROM api.share_hour h
    WHERE h.screenline = l.screenline AND h.variant = 'motor' AND h.hour >= r.start_at AND h.hour < r.end_at) s
WHERE e.expected > 0
ORDER BY l.screenline
