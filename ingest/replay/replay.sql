-- clock --
-- The database's clock: what `store` refuses later than this was refused after it.
SELECT clock_timestamp();

-- selected --
-- Refused messages that fit a selection, in the order in which they were received, after the last one of the page before. What was published as often as
-- this is left out where `most` is given.
SELECT encode(digest, 'hex') AS id, reason, topic, dialect, sensor, payload, first_received_at, last_received_at, receptions
FROM doorfiets.rejection
WHERE (%(closed)s OR doorfiets.is_open(outcome, replayed_at, refused_at))
  AND (%(ids)s::text[] = '{}' OR EXISTS (SELECT FROM unnest(%(ids)s::text[]) AS n(id) WHERE starts_with(encode(digest, 'hex'), n.id)))
  AND (%(reasons)s::text[] = '{}' OR reason = ANY (%(reasons)s::text[]))
  AND (%(sensors)s::text[] = '{}' OR sensor = ANY (%(sensors)s::text[]))
  AND (%(topics)s::text[] = '{}' OR topic = ANY (%(topics)s::text[]))
  AND (%(since)s::timestamptz IS NULL OR first_received_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR first_received_at < %(until)s)
  AND (first_received_at, digest) > (%(after_at)s::timestamptz, decode(%(after_id)s, 'hex'))
ORDER BY first_received_at, digest
LIMIT %(page)s;

-- registered_now --
-- Refused messages of unknown sensors that have a datastream of that time now, in the order in which they were received: `untried` ones are those that were
-- not decoded again since they were refused last. A message tells of 400 days before its reception at most.
SELECT encode(digest, 'hex') AS id, reason, topic, dialect, sensor, payload, first_received_at, last_received_at, receptions
FROM doorfiets.rejection r
WHERE reason = 'unknown_sensor' AND doorfiets.is_open(outcome, replayed_at, refused_at) AND replays < %(most)s
  AND (NOT %(untried)s OR replayed_at IS NULL OR refused_at > replayed_at)
  AND EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = r.sensor AND d.valid_from <= r.last_received_at + interval '1 hour'
              AND d.valid_until > r.first_received_at - interval '401 days')
  AND (first_received_at, digest) > (%(after_at)s::timestamptz, decode(%(after_id)s, 'hex'))
ORDER BY first_received_at, digest
LIMIT %(page)s;

-- mark --
-- What became of refused messages that were decoded again at a moment; `published` of them were published.
UPDATE doorfiets.rejection r SET replayed_at = %(at)s, replays = r.replays + n.published::int, outcome = n.outcome
FROM unnest(%(ids)s::text[], %(outcomes)s::text[], %(published)s::bool[]) AS n(id, outcome, published)
WHERE r.digest = decode(n.id, 'hex');

-- registered_sources --
-- Sources that were noted as nobody's and have a datastream now, of which nothing was replayed yet, by sensor; and since when the sensor speaks, as far as
-- it is known: they are noted once only that the sensor itself is registered.
SELECT u.sensor, array_agg(u.source ORDER BY u.source), least(min(u.first_received_at), (
    SELECT min(r.first_received_at) FROM doorfiets.rejection r WHERE r.sensor = u.sensor AND r.reason = 'unknown_sensor'))
FROM doorfiets.unregistered_source u
WHERE replayed_at IS NULL AND EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = u.sensor AND d.source = u.source)
GROUP BY u.sensor ORDER BY u.sensor
LIMIT %(page)s;

-- mark_sources --
-- What these sources said was published.
UPDATE doorfiets.unregistered_source SET replayed_at = %(at)s WHERE sensor = %(sensor)s AND source = ANY (%(sources)s::text[]);

-- forget_sources --
-- A source that is nobody's again will be replayed when it is somebody's the next time.
UPDATE doorfiets.unregistered_source u SET replayed_at = NULL
WHERE replayed_at IS NOT NULL AND NOT EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = u.sensor AND d.source = u.source);

-- next_request --
-- The oldest request that waits, or that a process began and did not end.
SELECT request, kind, selection::text, dry_run, anyway, attempts, requested_at FROM doorfiets.replay_request
WHERE state IN ('waiting', 'running') ORDER BY request LIMIT 1;

-- begin_request --
-- A process carries it out from now on.
UPDATE doorfiets.replay_request SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now())
WHERE request = %(request)s;

-- put_back --
-- It waits again, as if it had not been begun: what it needs is away.
UPDATE doorfiets.replay_request SET state = 'waiting', attempts = attempts - 1 WHERE request = %(request)s AND state = 'running';

-- progress --
-- How many messages it has looked at.
UPDATE doorfiets.replay_request SET done = %(done)s WHERE request = %(request)s;

-- end_request --
-- What became of it.
UPDATE doorfiets.replay_request SET state = %(state)s, finished_at = now(), done = %(done)s, results = %(results)s::jsonb, summary = %(summary)s::jsonb,
    problem = %(problem)s
WHERE request = %(request)s;

-- standing --
-- What stands of these receptions of these sensors, in a time in which it can lie: on the grid, or beside it. What is empty is left out.
SELECT d.sensor, d.source, o.started_at, o.ended_at, o.value, o.received_at, o.run, o.number
FROM doorfiets.datastream d
LEFT JOIN doorfiets.feed f USING (datastream)
CROSS JOIN LATERAL (
    SELECT started_at, ended_at, value, uptime, received_at, run, number FROM doorfiets.observation s
    WHERE s.datastream = d.datastream AND s.started_at BETWEEN %(low)s AND %(high)s AND f.off_grid IS NOT TRUE
    UNION ALL
    SELECT started_at, ended_at, value, uptime, received_at, nullif(run, 0), nullif(number, -1) FROM doorfiets.measurement s
    WHERE s.datastream = d.datastream AND s.ended_at BETWEEN %(low)s AND %(high)s AND f.off_grid) o
WHERE d.sensor = ANY (%(sensors)s::text[]) AND o.received_at = ANY (%(received)s::timestamptz[]) AND (o.value IS NOT NULL OR o.uptime > 0);
