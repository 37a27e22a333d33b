-- Only screenlines that count what the share's usual denominator needs, the first of them first.
SELECT api.name_with_owner(s.name, s.owner) || CASE WHEN s.illustrative THEN #{example} ELSE '' END AS __text, s.screenline AS __value
FROM api.screenline s
WHERE EXISTS (SELECT FROM api.screenline_variant v WHERE v.screenline = s.screenline AND v.variant = 'motor')
ORDER BY s.screenline
