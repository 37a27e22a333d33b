-- How much of each hour was measured, by station and quantity; null where nothing was expected.
SELECT $__timeGroupAlias(a.hour,'1h',NULL), api.name_with_owner(t.name, t.owner) || ', '
       || CASE a.quantity WHEN 'pm25' THEN #{substance.pm25} WHEN 'pm10' THEN #{substance.pm10} WHEN 'no2' THEN #{substance.no2}
          WHEN 'o3' THEN #{substance.o3} WHEN 'so2' THEN #{substance.so2} ELSE upper(a.quantity) END AS metric, a.coverage AS coverage
FROM api.air_hour a
JOIN api.station t USING (station)
JOIN api.quantity q USING (quantity)
WHERE $__timeFilter(a.hour) AND q.unit = 'ug/m3' AND a.station IN (${station:sqlstring})
ORDER BY 1, 2
