-- districts --
-- Districts with what counts and measures in them; one district, or all of them.
SELECT d.district, d.owner, d.name,
       coalesce((SELECT array_agg(s.site ORDER BY s.site) FROM api.site s WHERE s.district = d.district), '{}') AS sites,
       coalesce((SELECT array_agg(s.station ORDER BY s.station) FROM api.station s WHERE s.district = d.district), '{}') AS stations
FROM api.district d
WHERE %(district)s::text IS NULL OR d.district = %(district)s
ORDER BY d.district;
