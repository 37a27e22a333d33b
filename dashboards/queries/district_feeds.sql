-- The feeds of a district, worst first.
SELECT f.status, f.place_name, f.quantity, f.origin, f.last_ended_at, f.completeness
FROM api.feed f
JOIN (SELECT site AS place, district FROM api.site UNION ALL SELECT station, district FROM api.station) p USING (place)
WHERE p.district IN (${district:sqlstring})
ORDER BY f.rank, f.missed_intervals DESC NULLS LAST, f.place_name, f.datastream
