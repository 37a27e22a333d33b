-- Only sites that count bicycles.
SELECT api.name_with_owner(s.name, s.owner) || CASE WHEN s.illustrative THEN #{example} ELSE '' END AS __text, s.site AS __value
FROM api.site s
WHERE EXISTS (SELECT FROM api.channel c WHERE c.site = s.site AND c.mode = 'bicycles')
ORDER BY 1
