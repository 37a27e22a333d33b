-- All stations that measure the air.
SELECT api.name_with_owner(t.name, t.owner) || CASE WHEN t.illustrative THEN #{example} ELSE '' END AS __text, t.station AS __value
FROM api.station t
ORDER BY 1
