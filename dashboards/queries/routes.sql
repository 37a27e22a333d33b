-- All doorfietsroutes.
SELECT api.name_with_owner(name, owner) || CASE WHEN illustrative THEN ' (voorbeeld)' ELSE '' END AS __text, route AS __value
FROM api.route
ORDER BY 1
