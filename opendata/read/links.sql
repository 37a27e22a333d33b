-- links --
-- Links with what makes them green, safe and fast; one link, or all of them.
SELECT l.link, l.owner, l.name, l.start_place, l.end_place, l.length_km, l.green, l.greenery, l.width_m, l.priority, l.asphalt, l.site,
       l.assumed_from, l.detour, l.opened, l.illustrative
FROM api.link l
WHERE %(link)s::text IS NULL OR l.link = %(link)s
ORDER BY l.link;

-- link_counters --
-- By which site the cyclists of each link of a route are counted: its own, or that of the link that it is assumed from.
SELECT l.link, s.name AS site_name, f.name AS assumed_name
FROM api.route_link rl JOIN api.link l USING (link)
LEFT JOIN api.link f ON f.link = l.assumed_from
LEFT JOIN api.site s ON s.site = coalesce(l.site, f.site)
WHERE rl.route = %(route)s;
