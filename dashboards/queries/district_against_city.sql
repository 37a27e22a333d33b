-- A district beside all of its owner over the range: its links (those that begin or end there), cyclists per day on an average kilometre of those with a number,
-- means of the air at its stations as measured, and its feeds.
WITH chosen AS MATERIALIZED (
    SELECT d.district, d.owner, d.name, o.name AS city, o.timezone
    FROM api.district d JOIN api.owner o USING (owner) WHERE d.district IN (${district:sqlstring})),
link AS MATERIALIZED (
    SELECT k.link, k.owner, k.length_km, k.green, u.cyclists,
           EXISTS (SELECT FROM api.connection n WHERE n.link = k.link AND c.district IN (n.one_district, n.other_district)) AS inside
    FROM chosen c
    JOIN api.link k ON k.owner = c.owner
    LEFT JOIN LATERAL (
        SELECT avg(d.cyclists)::float8 AS cyclists FROM api.link_day d
        WHERE d.link = k.link AND d.started_at >= $__timeFrom() AND d.started_at <= $__timeTo()) u ON true),
air AS MATERIALIZED (
    SELECT t.district, a.quantity, avg(a.mean) AS mean
    FROM chosen c JOIN api.station t ON t.owner = c.owner JOIN api.air_hour a ON a.station = t.station
    WHERE $__timeFilter(a.hour) AND a.quantity IN ('pm25', 'no2')
    GROUP BY t.district, t.station, a.quantity),
feed AS MATERIALIZED (
    SELECT s.district, f.status
    FROM chosen c
    JOIN (SELECT site AS place, district, owner FROM api.site UNION ALL SELECT station, district, owner FROM api.station) s USING (owner)
    JOIN api.feed f ON f.place = s.place
    WHERE f.status <> 'closed')
SELECT x.scope,
       CASE x.scope WHEN 'district' THEN c.name ELSE c.city END AS name,
       k.links, k.length_km, k.green_length, k.mean_cyclists, k.known_length, a.pm25, a.no2, f.feeds, f.feeds_ok
FROM chosen c
CROSS JOIN (VALUES (1, 'district'), (2, 'city')) x (place, scope)
CROSS JOIN LATERAL (
    SELECT count(*) AS links, sum(l.length_km) AS length_km, sum(l.length_km) FILTER (WHERE l.green) / sum(l.length_km) AS green_length,
           sum(l.length_km * l.cyclists) / sum(l.length_km) FILTER (WHERE l.cyclists IS NOT NULL) AS mean_cyclists,
           coalesce(sum(l.length_km) FILTER (WHERE l.cyclists IS NOT NULL), 0) / sum(l.length_km) AS known_length
    FROM link l WHERE x.scope = 'city' OR l.inside) k
CROSS JOIN LATERAL (
    SELECT avg(i.mean) FILTER (WHERE i.quantity = 'pm25') AS pm25, avg(i.mean) FILTER (WHERE i.quantity = 'no2') AS no2
    FROM air i WHERE x.scope = 'city' OR i.district = c.district) a
CROSS JOIN LATERAL (
    SELECT count(*) AS feeds, count(*) FILTER (WHERE e.status = 'ok') AS feeds_ok
    FROM feed e WHERE x.scope = 'city' OR e.district = c.district) f
ORDER BY x.place
