-- lag --
SELECT now() AS asked_at, w.received_until, w.stored_until, w.aggregated_until, w.receive_backlog, w.store_backlog, w.aggregate_backlog, w.measured_at,
       (SELECT count(*) FROM doorfiets.stuck) AS stuck_hours
FROM api.watermark w;

-- hours --
-- Hours of a span that wait to be aggregated, and began to before `stored_at`; all that wait; and those of the span that cannot be computed.
SELECT now(), count(*) FILTER (WHERE hour >= date_trunc('hour', %(first)s::timestamptz, 'UTC') AND hour <= %(last)s::timestamptz
                                     AND marked_at <= coalesce(%(stored_at)s::timestamptz, 'infinity')),
       count(*), (SELECT count(*) FROM doorfiets.stuck WHERE hour >= date_trunc('hour', %(first)s::timestamptz, 'UTC') AND hour <= %(last)s::timestamptz)
FROM doorfiets.dirty;

-- refused --
-- How many observations of an import were refused behind the door, by reason, the most first: of its sensors, and received while its own were. Sent
-- again they are the same rows, received later.
SELECT reason, sum(json_array_length(convert_from(payload, 'UTF8')::json))::int8
FROM doorfiets.rejection
WHERE dialect = 'observation' AND sensor = ANY (%(sensors)s::text[])
  AND last_heard_at >= %(received_from)s::timestamptz AND first_heard_at <= %(received_to)s::timestamptz
GROUP BY reason
ORDER BY 2 DESC, reason;
