-- All routes, the longest first.
SELECT api.name_with_owner(r.name, r.owner) || CASE WHEN r.illustrative THEN #{example} ELSE '' END AS __text, r.route AS __value
FROM api.route r
ORDER BY (SELECT sum(k.length_km) FROM api.route_link p JOIN api.link k USING (link) WHERE p.route = r.route) DESC, r.route
