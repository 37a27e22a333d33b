-- connections --
-- Connections with their links; one connection, or all of them.
SELECT c.connection, c.owner, c.kind, c.one_place, c.other_place, c.one_district, c.other_district, sum(l.length_km) AS length_km,
       coalesce(sum(l.length_km) FILTER (WHERE l.site IS NOT NULL), 0) AS measured_km,
       coalesce(sum(l.length_km) FILTER (WHERE l.green), 0) AS green_km,
       jsonb_agg(to_jsonb(l) - 'geometry' ORDER BY l.link) AS links
FROM api.connection c JOIN api.link l USING (link)
WHERE %(connection)s::text IS NULL OR c.connection = %(connection)s
GROUP BY c.connection, c.owner, c.kind, c.one_place, c.other_place, c.one_district, c.other_district
ORDER BY c.connection;
