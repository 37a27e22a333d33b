-- refused --
-- How many observations of an import were refused behind the door, by reason, the most first: of its sensors, and received while its own were. Sent
-- again they are the same rows, received later.
SELECT reason, sum(json_array_length(convert_from(payload, 'UTF8')::json))::int8
FROM doorfiets.rejection
WHERE dialect = 'observation' AND sensor = ANY (%(sensors)s::text[])
  AND last_received_at >= %(received_from)s::timestamptz AND first_received_at <= %(received_to)s::timestamptz
GROUP BY reason
ORDER BY 2 DESC, reason;
