-- districts --
-- Districts with what counts and measures in them, and the links that begin or end there; one district, or all of them.
SELECT d.district, d.owner, d.name,
       coalesce((SELECT array_agg(s.site ORDER BY s.site) FROM api.site s WHERE s.district = d.district), '{}') AS sites,
       coalesce((SELECT array_agg(s.station ORDER BY s.station) FROM api.station s WHERE s.district = d.district), '{}') AS stations,
       coalesce((SELECT array_agg(DISTINCT c.link ORDER BY c.link) FROM api.connection c WHERE d.district IN (c.one_district, c.other_district)), '{}') AS links
FROM api.district d
WHERE %(district)s::text IS NULL OR d.district = %(district)s
ORDER BY d.district;
