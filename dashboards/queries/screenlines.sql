-- Only screenlines that count what the share's usual denominator needs.
SELECT api.name_with_owner(s.name, s.owner) || CASE WHEN s.illustrative THEN ' (voorbeeld)' ELSE '' END AS __text, s.screenline AS __value
FROM api.screenline s
WHERE EXISTS (SELECT FROM api.screenline_variant v WHERE v.screenline = s.screenline AND v.variant = 'motor')
ORDER BY 1
