-- The newest hour of the range at each station for which an index was to be computed: its values and levels, and why there is none.
SELECT api.name_with_owner(t.name, t.owner) || CASE WHEN t.illustrative THEN #{example} ELSE '' END AS station,
       t.kind AS station_kind,
       n.hour AS hour,
       n.lki AS lki,
       n.lki_level AS lki_level,
       n.eaqi_level AS eaqi_level,
       n.reason AS reason
FROM api.station t
JOIN LATERAL (
    SELECT i.hour, max(i.value) FILTER (WHERE i.scheme = 'lki-2014') AS lki, max(i.level) FILTER (WHERE i.scheme = 'lki-2014') AS lki_level,
           max(i.level) FILTER (WHERE i.scheme = 'eaqi-2024') AS eaqi_level, max(i.withheld ->> 'code') AS reason
    FROM api.air_index_hour i
    WHERE i.station = t.station AND i.scheme IN ('lki-2014', 'eaqi-2024') AND $__timeFilter(i.hour)
    GROUP BY i.hour ORDER BY i.hour DESC LIMIT 1) n ON true
WHERE t.station IN (${station:sqlstring})
ORDER BY 1
