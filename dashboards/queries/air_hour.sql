-- Hourly means; null where less than 75 % of the hour was measured.
SELECT $__timeGroupAlias(a.hour,'1h',NULL),
       api.name_with_owner(t.name, t.owner) || ', ' || q.label || CASE t.kind WHEN 'citizen' THEN ' (burgermeting)' ELSE '' END AS metric,
       a.mean AS concentratie
FROM api.air_hour a
JOIN api.station t USING (station)
JOIN api.quantity q USING (quantity)
WHERE $__timeFilter(a.hour) AND q.unit = 'ug/m3'
ORDER BY 1, 2
