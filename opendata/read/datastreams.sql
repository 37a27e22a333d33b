-- datastreams --
-- Every datastream of a site or a station with the period in which it counts or measures, and its terms: of one place, or of all. Neither its number nor its
-- sensor is told.
SELECT 'site' AS kind, s.site AS place, s.name, s.owner, c.channel, c.direction, c.mode AS quantity, 'measured' AS layer, c.seconds, c.origin, c.method,
       c.measuring_window, c.valid_from, c.valid_until, t.data_source, coalesce(t.holder, o.publisher) AS holder, coalesce(t.licence, o.licence) AS licence,
       t.licence_url, t.attribution
FROM api.channel c JOIN api.site s USING (site) JOIN api.owner o USING (owner) LEFT JOIN api.datastream_terms t USING (datastream)
WHERE c.datastream IS NOT NULL AND (%(site)s::text IS NULL OR s.site = %(site)s) AND %(station)s::text IS NULL
UNION ALL
SELECT 'station', s.station, s.name, s.owner, NULL, NULL, q.quantity, q.layer, q.seconds, q.origin, q.method, q.measuring_window, q.valid_from, q.valid_until,
       t.data_source, coalesce(t.holder, o.publisher), coalesce(t.licence, o.licence), t.licence_url, t.attribution
FROM api.station_quantity q JOIN api.station s USING (station) JOIN api.owner o USING (owner) LEFT JOIN api.datastream_terms t USING (datastream)
WHERE %(site)s::text IS NULL AND (%(station)s::text IS NULL OR s.station = %(station)s)
ORDER BY kind, place, quantity, direction, channel, layer, valid_from, method;
