-- Whether a feed gives nothing but zeros where there is traffic, or is blinded: 1, else 0.
SELECT place AS site, place_name AS name, coalesce(channel, quantity) AS feed, datastream::text AS datastream,
       CASE WHEN status = 'dead' THEN 1 ELSE 0 END::float8 AS value
FROM api.feed
WHERE status NOT IN ('closed', 'maintenance', 'never_received') AND origin <> 'recorded'
ORDER BY 4
