-- Hourly means at the stations of a district, as measured; null where less than 75 % of the hour was.
SELECT $__timeGroupAlias(a.hour,'1h',NULL),
       api.name_with_owner(t.name, t.owner) || ', '
       || CASE a.quantity WHEN 'pm25' THEN #{substance.pm25} WHEN 'pm10' THEN #{substance.pm10} WHEN 'no2' THEN #{substance.no2}
          WHEN 'o3' THEN #{substance.o3} WHEN 'so2' THEN #{substance.so2} ELSE upper(a.quantity) END
       || CASE t.kind WHEN 'citizen' THEN #{citizen} ELSE '' END AS metric,
       a.mean AS concentration
FROM api.air_hour a
JOIN api.station t USING (station)
JOIN api.quantity q USING (quantity)
WHERE $__timeFilter(a.hour) AND q.unit = 'ug/m3' AND t.district IN (${district:sqlstring})
ORDER BY 1, 2
