-- refused_observations --
-- What `store` refused because no datastream is registered for it, the newest first: observations as JSON, as they were decoded.
SELECT payload FROM doorfiets.rejection
WHERE reason = 'unknown_sensor' AND dialect = 'observation' AND payload IS NOT NULL
ORDER BY last_received_at DESC, digest
LIMIT 1000;
