-- refused --
-- The number of observations of an import that `store` refused, by reason, the most frequent first: of its sensors, received between its first and
-- last reception. A repeated import updates the same rows.
SELECT reason, sum(json_array_length(convert_from(payload, 'UTF8')::json))::int8
FROM doorfiets.rejection
WHERE dialect = 'observation' AND sensor = ANY (%(sensors)s::text[])
  AND last_received_at >= %(received_from)s::timestamptz AND first_received_at <= %(received_to)s::timestamptz
GROUP BY reason
ORDER BY 2 DESC, reason;

-- unregistered --
-- Which of these sources of registered sensors no datastream names: what they sent is noted once, and not stored.
SELECT n.sensor, n.source
FROM unnest(%(sensors)s::text[], %(sources)s::text[]) AS n(sensor, source)
WHERE EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = n.sensor)
  AND NOT EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = n.sensor AND d.source = n.source);
