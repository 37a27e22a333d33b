-- municipality --
-- Who publishes, and the state of the registry.
SELECT m.*, r.revision AS registry FROM api.municipality m LEFT JOIN api.registry_revision r ON true;

-- data_revision --
-- Grows whenever a published number moves.
SELECT revision FROM api.data_revision;

-- alive --
-- The shortest question there is.
SELECT 1 AS alive;

-- sites --
-- Sites with their channels and the periods of their equipment; one site, or all of them.
SELECT s.site, s.name, d.name AS district, s.longitude, s.latitude, s.illustrative, s.note,
       coalesce(jsonb_agg(jsonb_build_object('channel', c.channel, 'mode', c.mode, 'direction', c.direction, 'seconds', c.seconds, 'origin', c.origin,
           'method', c.method, 'valid_from', c.valid_from, 'valid_until', c.valid_until, 'data_source', t.data_source,
           'holder', coalesce(t.holder, m.publisher), 'licence', coalesce(t.licence, m.licence), 'licence_url', t.licence_url,
           'attribution', t.attribution) ORDER BY c.channel, c.valid_from)
           FILTER (WHERE c.datastream IS NOT NULL), '[]') AS channels
FROM api.site s JOIN api.district d USING (district) CROSS JOIN api.municipality m
LEFT JOIN api.channel c USING (site) LEFT JOIN api.datastream_terms t USING (datastream)
WHERE %(site)s::text IS NULL OR s.site = %(site)s
GROUP BY s.site, s.name, d.name, s.longitude, s.latitude, s.illustrative, s.note
ORDER BY s.site;

-- stations --
-- Stations with what they measure; one station, or all of them.
SELECT s.station, s.name, d.name AS district, s.longitude, s.latitude, s.kind, s.environment, s.illustrative, s.note,
       coalesce(jsonb_agg(jsonb_build_object('quantity', q.quantity, 'origins', q.origins,
           'terms', (SELECT jsonb_agg(to_jsonb(t)) FROM api.terms('station', s.station, q.quantity, NULL, NULL, NULL) t)) ORDER BY q.quantity)
           FILTER (WHERE q.quantity IS NOT NULL), '[]') AS series
FROM api.station s JOIN api.district d USING (district)
LEFT JOIN (SELECT station, quantity, array_agg(DISTINCT origin) AS origins FROM api.station_quantity GROUP BY station, quantity) q USING (station)
WHERE %(station)s::text IS NULL OR s.station = %(station)s
GROUP BY s.station, s.name, d.name, s.longitude, s.latitude, s.kind, s.environment, s.illustrative, s.note
ORDER BY s.station;

-- routes --
-- Routes with their links in order; one route, or all of them.
SELECT r.route, r.name, r.illustrative, r.note, sum(l.length_km) AS length_km,
       coalesce(sum(l.length_km) FILTER (WHERE l.site IS NOT NULL), 0) AS measured_km,
       jsonb_agg(to_jsonb(l) - 'geometry' ORDER BY rl.position) AS links
FROM api.route r JOIN api.route_link rl USING (route) JOIN api.link l USING (link)
WHERE %(route)s::text IS NULL OR r.route = %(route)s
GROUP BY r.route, r.name, r.illustrative, r.note
ORDER BY r.route;

-- screenlines --
-- Screenlines with their sites and the denominators counted there; one screenline, or all of them.
SELECT s.screenline, s.name, s.illustrative, s.note,
       coalesce((SELECT jsonb_agg(x.site ORDER BY x.site) FROM api.screenline_site x WHERE x.screenline = s.screenline), '[]') AS sites,
       coalesce((SELECT jsonb_agg(jsonb_build_object('site', x.site, 'name', p.name) ORDER BY p.name)
           FROM api.screenline_site x JOIN api.site p USING (site) WHERE x.screenline = s.screenline), '[]') AS named_sites,
       coalesce((SELECT jsonb_agg(jsonb_build_object('variant', v.variant, 'modes', v.modes, 'origins', v.origins) ORDER BY v.variant DESC)
           FROM api.screenline_variant v WHERE v.screenline = s.screenline), '[]') AS variants,
       coalesce((SELECT jsonb_agg(jsonb_build_object('site', x.site, 'mode', x.mode, 'method', x.method) ORDER BY x.site, x.mode, x.valid_from)
           FROM api.screenline_method x WHERE x.screenline = s.screenline), '[]') AS methods
FROM api.screenline s
WHERE %(screenline)s::text IS NULL OR s.screenline = %(screenline)s
ORDER BY s.screenline;

-- links --
-- Links with what makes them green, safe and fast; one link, or all of them.
SELECT * FROM api.link WHERE %(link)s::text IS NULL OR link = %(link)s ORDER BY link;

-- connections --
-- Connections with their links; one connection, or all of them.
SELECT c.connection, c.kind, c.one_place, c.other_place, sum(l.length_km) AS length_km,
       coalesce(sum(l.length_km) FILTER (WHERE l.site IS NOT NULL), 0) AS measured_km,
       coalesce(sum(l.length_km) FILTER (WHERE l.green), 0) AS green_km, jsonb_agg(to_jsonb(l) - 'geometry' ORDER BY l.link) AS links
FROM api.connection c JOIN api.link l USING (link)
WHERE %(connection)s::text IS NULL OR c.connection = %(connection)s
GROUP BY c.connection, c.kind, c.one_place, c.other_place
ORDER BY c.connection;

-- districts --
-- Districts with what counts and measures in them; one district, or all of them.
SELECT d.district, d.name, d.geometry,
       coalesce((SELECT array_agg(s.site ORDER BY s.site) FROM api.site s WHERE s.district = d.district), '{}') AS sites,
       coalesce((SELECT array_agg(s.station ORDER BY s.station) FROM api.station s WHERE s.district = d.district), '{}') AS stations
FROM api.district d
WHERE %(district)s::text IS NULL OR d.district = %(district)s
ORDER BY d.district;
