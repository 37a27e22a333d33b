-- refused_observations --
-- What `store` refused because no datastream is registered for it, the newest first: observations as JSON, as they were decoded.
SELECT payload FROM doorfiets.rejection
WHERE reason = 'unknown_sensor' AND dialect = 'observation' AND payload IS NOT NULL
ORDER BY last_received_at DESC, digest
LIMIT 1000;

-- unregistered_sources --
-- What registered devices send that no datastream of them names; how often is not known.
SELECT sensor, source, first_received_at AS first, first_received_at AS last, (last_value IS NOT NULL)::int4 AS values, last_value AS first_value, last_value
FROM doorfiets.unregistered_source u
WHERE NOT EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = u.sensor AND d.source = u.source);
