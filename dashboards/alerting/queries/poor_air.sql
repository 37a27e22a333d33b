-- The air quality index of each station in the newest hour of the range that has one.
SELECT t.station AS site, t.name, i.value::float8 AS value
FROM api.station t
CROSS JOIN LATERAL (
    SELECT h.value FROM api.air_index_hour h
    WHERE h.station = t.station AND h.scheme = :scheme AND h.value IS NOT NULL AND $__timeFilter(h.hour)
    ORDER BY h.hour DESC LIMIT 1) i
ORDER BY t.station
