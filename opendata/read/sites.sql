-- sites_of_others --
-- Which others than an owner count bicycles: each with the number of its sites and at most so many of them, by name.
SELECT o.owner, o.name, count(*) AS sites, to_jsonb((array_agg(jsonb_build_object('site', s.site, 'name', s.name) ORDER BY s.name, s.site))[1:%(most)s::int]) AS shown
FROM api.site s JOIN api.owner o USING (owner)
WHERE s.owner <> %(owner)s AND EXISTS (SELECT FROM api.channel c WHERE c.site = s.site AND c.mode = 'bicycles' AND c.datastream IS NOT NULL)
GROUP BY o.owner, o.name
ORDER BY o.name, o.owner;

-- sites --
-- Sites with their channels and the periods of their equipment; one site, or all of them.
SELECT s.site, s.owner, s.name, d.name AS district, s.longitude, s.latitude, s.illustrative, s.note,
       coalesce(jsonb_agg(jsonb_build_object('channel', c.channel, 'mode', c.mode, 'direction', c.direction, 'seconds', c.seconds, 'origin', c.origin,
           'method', c.method, 'measuring_window', c.measuring_window, 'valid_from', c.valid_from, 'valid_until', c.valid_until, 'data_source', t.data_source,
           'holder', coalesce(t.holder, m.publisher), 'licence', coalesce(t.licence, m.licence), 'licence_url', t.licence_url,
           'attribution', t.attribution) ORDER BY c.channel, c.valid_from)
           FILTER (WHERE c.datastream IS NOT NULL), '[]') AS channels
FROM api.site s JOIN api.district d USING (district) JOIN api.owner m ON m.owner = s.owner
LEFT JOIN api.channel c USING (site) LEFT JOIN api.datastream_terms t USING (datastream)
WHERE %(site)s::text IS NULL OR s.site = %(site)s
GROUP BY s.site, s.owner, s.name, d.name, s.longitude, s.latitude, s.illustrative, s.note
ORDER BY s.site;

-- counted_years --
-- The years, from the first to the last, in which any site has counted a mode on a local day, and whether one has.
WITH bounds AS (
    SELECT min(f.day) AS first, max(l.day) AS last
    FROM api.site s
    CROSS JOIN LATERAL (SELECT day FROM api.site_day_version WHERE site = s.site AND mode = %(mode)s AND replaced_at = 'infinity' AND paired > 0
                        ORDER BY day LIMIT 1) f
    CROSS JOIN LATERAL (SELECT day FROM api.site_day_version WHERE site = s.site AND mode = %(mode)s AND replaced_at = 'infinity' AND paired > 0
                        ORDER BY day DESC LIMIT 1) l)
SELECT y AS year, EXISTS (
           SELECT FROM api.site s CROSS JOIN LATERAL (
               SELECT FROM api.site_day_version
               WHERE site = s.site AND mode = %(mode)s AND replaced_at = 'infinity' AND paired > 0 AND day >= make_date(y, 1, 1) AND day < make_date(y + 1, 1, 1)
               LIMIT 1) f) AS counted
FROM bounds b CROSS JOIN generate_series(extract(year FROM b.first)::int4, extract(year FROM b.last)::int4) AS y
ORDER BY y DESC;
