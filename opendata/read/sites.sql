-- sites --
-- Sites with their channels and the periods of their equipment; one site, or all of them.
SELECT s.site, m.municipality AS owner, s.name, d.name AS district, s.longitude, s.latitude, s.illustrative, s.note,
       coalesce(jsonb_agg(jsonb_build_object('channel', c.channel, 'mode', c.mode, 'direction', c.direction, 'seconds', c.seconds, 'origin', c.origin,
           'method', c.method, 'valid_from', c.valid_from, 'valid_until', c.valid_until, 'data_source', t.data_source,
           'holder', coalesce(t.holder, m.publisher), 'licence', coalesce(t.licence, m.licence), 'licence_url', t.licence_url,
           'attribution', t.attribution) ORDER BY c.channel, c.valid_from)
           FILTER (WHERE c.datastream IS NOT NULL), '[]') AS channels
FROM api.site s JOIN api.district d USING (district) CROSS JOIN api.municipality m
LEFT JOIN api.channel c USING (site) LEFT JOIN api.datastream_terms t USING (datastream)
WHERE %(site)s::text IS NULL OR s.site = %(site)s
GROUP BY s.site, m.municipality, s.name, d.name, s.longitude, s.latitude, s.illustrative, s.note
ORDER BY s.site;
