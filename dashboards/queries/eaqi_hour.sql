-- The index of each hour at each station, by the table eaqi-2024; null where it was withheld.
SELECT $__timeGroupAlias(i.hour,'1h',NULL), api.name_with_owner(t.name, t.owner) AS metric, i.value::float8 AS index
FROM api.air_index_hour i JOIN api.station t USING (station)
WHERE $__timeFilter(i.hour) AND i.scheme = 'eaqi-2024' AND i.station IN (${station:sqlstring})
ORDER BY 1, 2
