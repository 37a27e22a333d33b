-- All doorfietsroutes.
SELECT name || CASE WHEN illustrative THEN ' (voorbeeld)' ELSE '' END AS __text, route AS __value
FROM api.route
ORDER BY 1
