-- geometries --
-- The GeoJSON geometries of all places of a kind, of one, or of every kind (nulls); longitude and latitude of WGS 84. A route and a connection are the lines of their links, a
-- screenline the points of its sites. A place of which nobody has drawn a line has no row.
SELECT kind, subject, geometry FROM (
    SELECT 'site' AS kind, site AS subject, jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(longitude, latitude)) AS geometry FROM api.site
    UNION ALL
    SELECT 'station', station, jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(longitude, latitude)) FROM api.station
    UNION ALL
    SELECT 'district', district, geometry FROM api.district WHERE geometry->'coordinates'->0 IS NOT NULL
    UNION ALL
    SELECT 'link', link, geometry FROM api.link WHERE geometry->'coordinates'->0 IS NOT NULL
    UNION ALL
    SELECT 'route', r.route, jsonb_build_object('type', 'MultiLineString', 'coordinates', jsonb_agg(l.geometry->'coordinates' ORDER BY r.position))
    FROM api.route_link r JOIN api.link l USING (link) WHERE l.geometry->'coordinates'->0 IS NOT NULL GROUP BY r.route
    UNION ALL
    SELECT 'connection', c.connection, jsonb_build_object('type', 'MultiLineString', 'coordinates', jsonb_agg(l.geometry->'coordinates' ORDER BY c.link))
    FROM api.connection c JOIN api.link l USING (link) WHERE l.geometry->'coordinates'->0 IS NOT NULL GROUP BY c.connection
    UNION ALL
    SELECT 'screenline', x.screenline, jsonb_build_object('type', 'MultiPoint', 'coordinates', jsonb_agg(jsonb_build_array(s.longitude, s.latitude) ORDER BY x.site))
    FROM api.screenline_site x JOIN api.site s USING (site) GROUP BY x.screenline) place
WHERE (%(kind)s::text IS NULL OR kind = %(kind)s) AND (%(subject)s::text IS NULL OR subject = %(subject)s);
