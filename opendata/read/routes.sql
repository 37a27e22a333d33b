-- routes --
-- Routes with their links in order; one route, or all of them.
SELECT r.route, r.owner, r.name, r.illustrative, r.note, sum(l.length_km) AS length_km,
       coalesce(sum(l.length_km) FILTER (WHERE l.site IS NOT NULL), 0) AS measured_km,
       jsonb_agg(to_jsonb(l) - 'geometry' ORDER BY rl.position) AS links
FROM api.route r JOIN api.route_link rl USING (route) JOIN api.link l USING (link)
WHERE %(route)s::text IS NULL OR r.route = %(route)s
GROUP BY r.route, r.owner, r.name, r.illustrative, r.note
ORDER BY r.route;
