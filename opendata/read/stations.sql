-- stations --
-- Stations with what they measure; one station, or all of them.
SELECT s.station, s.owner, s.name, d.name AS district, s.longitude, s.latitude, s.kind, s.environment, s.illustrative, s.note,
       coalesce(jsonb_agg(jsonb_build_object('quantity', q.quantity, 'origins', q.origins,
           'terms', (SELECT jsonb_agg(to_jsonb(t)) FROM api.terms('station', s.station, q.quantity, NULL, NULL, NULL) t)) ORDER BY q.quantity)
           FILTER (WHERE q.quantity IS NOT NULL), '[]') AS series
FROM api.station s JOIN api.district d USING (district)
LEFT JOIN (SELECT station, quantity, array_agg(DISTINCT origin) AS origins FROM api.station_quantity GROUP BY station, quantity) q USING (station)
WHERE %(station)s::text IS NULL OR s.station = %(station)s
GROUP BY s.station, s.owner, s.name, d.name, s.longitude, s.latitude, s.kind, s.environment, s.illustrative, s.note
ORDER BY s.station;

-- station_equipment --
-- With what each quantity of a station is measured, and from when until when.
SELECT quantity, method, instrument, seconds, origin, layer, valid_from, valid_until
FROM api.station_quantity WHERE station = %(station)s
ORDER BY quantity, valid_from, layer;
