-- places --
-- Every place with how many of its feeds owe something, those at which somebody is at work, and those of which not all is well, worst first. What is
-- recorded elsewhere owes nothing, and what nothing came of yet cannot fall silent.
SELECT f.place, min(f.place_name) AS name, min(f.owner) AS owner,
       count(*) FILTER (WHERE f.status <> 'maintenance')::int4 AS feeds,
       coalesce(array_agg(f.datastream) FILTER (WHERE f.status = 'maintenance'), '{}') AS muted,
       coalesce(jsonb_agg(jsonb_build_object('datastream', f.datastream, 'sensor', f.sensor, 'what', coalesce(f.channel, f.quantity), 'status', f.status,
           'since', coalesce(f.since, now()), 'missed', f.missed_intervals, 'reason', f.reason) ORDER BY f.rank, f.sensor, f.datastream)
           FILTER (WHERE f.status NOT IN ('ok', 'maintenance')), '[]') AS parts
FROM doorfiets.device_feed f
WHERE f.status NOT IN ('closed', 'never_received') AND f.origin <> 'recorded'
GROUP BY f.place;

-- refused --
-- Refused messages of the last so many seconds, by reason.
SELECT reason, messages, since FROM api.rejections_since(now() - %(seconds)s * interval '1 second');

-- stages --
-- How far each stage has come, and when those that measure last did; all null where nothing was ever marked.
SELECT now() AS queried_at, received_until, stored_until, aggregated_until, store_measured_at, aggregate_measured_at FROM api.watermark;

-- lock --
-- One process at a time raises alerts: a second one waits here, and then sees what the first one has raised.
LOCK TABLE doorfiets.alert IN SHARE ROW EXCLUSIVE MODE;

-- open_alerts --
-- The alerts that have not ended.
SELECT alert, rule, subject, name, owner, severity, state, since, seen_at, fired_at, last_sent_at, clearing_at, content
FROM doorfiets.alert WHERE state <> 'ended';

-- new_alert --
-- A rule holds that did not, and has the number of its row.
INSERT INTO doorfiets.alert (rule, subject, name, owner, severity, state, since, seen_at, fired_at, last_sent_at, content)
VALUES (%(rule)s, %(subject)s, %(name)s, %(owner)s, %(severity)s, %(state)s, %(since)s, %(seen_at)s, %(fired_at)s, %(last_sent_at)s, %(content)s)
RETURNING alert;

-- change_alert --
-- What is different about an alert that goes on.
UPDATE doorfiets.alert
SET name = %(name)s, owner = %(owner)s, severity = %(severity)s, state = %(state)s, fired_at = %(fired_at)s, last_sent_at = %(last_sent_at)s,
    clearing_at = %(clearing_at)s, content = %(content)s
WHERE alert = %(alert)s;

-- end_alert --
-- An alert that was said and has ended stays, as history.
UPDATE doorfiets.alert SET state = 'ended', ended_at = %(ended_at)s, ended = %(ended)s, last_sent_at = %(last_sent_at)s WHERE alert = %(alert)s;

-- drop_alert --
-- One that was never said leaves nothing.
DELETE FROM doorfiets.alert WHERE alert = %(alert)s AND state = 'pending';

-- supersede --
-- What waits to be sent and says only what a newer message says anew is not sent any more.
DELETE FROM doorfiets.alert_message
WHERE receiver = %(receiver)s AND sent_at IS NULL AND given_up_at IS NULL AND alerts <@ %(alerts)s::int8[];

-- put_message --
-- A message to one receiver, to be sent at once.
INSERT INTO doorfiets.alert_message (receiver, alerts, content, made_at, next_attempt_at)
VALUES (%(receiver)s, %(alerts)s, %(content)s, %(at)s, now());

-- claim --
-- The oldest message to a receiver that is due, which nobody else has for two minutes. One that says something newer about an alert waits for what was said of
-- it before: "over" does not come before "firing".
UPDATE doorfiets.alert_message
SET attempts = attempts + 1, next_attempt_at = now() + interval '2 minutes'
WHERE message = (
    SELECT message FROM doorfiets.alert_message m
    WHERE receiver = %(receiver)s AND sent_at IS NULL AND given_up_at IS NULL AND next_attempt_at <= now()
      AND NOT EXISTS (
          SELECT FROM doorfiets.alert_message o
          WHERE o.receiver = m.receiver AND o.message < m.message AND o.alerts && m.alerts AND o.sent_at IS NULL AND o.given_up_at IS NULL)
    ORDER BY message LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING message, attempts, content, made_at;

-- sent --
-- A message has arrived.
UPDATE doorfiets.alert_message SET sent_at = now(), problem = NULL WHERE message = %(message)s RETURNING message;

-- failed --
-- A message did not arrive: tried again after so many seconds, or given up a day after it was made.
UPDATE doorfiets.alert_message
SET problem = %(problem)s, next_attempt_at = now() + %(wait)s * interval '1 second',
    given_up_at = CASE WHEN made_at < now() - interval '1 day' THEN now() END
WHERE message = %(message)s
RETURNING given_up_at IS NOT NULL AS given_up;

-- forget_alerts --
-- Deletes alerts that ended more than 400 days ago.
DELETE FROM doorfiets.alert WHERE state = 'ended' AND ended_at < now() - interval '400 days';

-- forget_messages --
-- Deletes messages that were made more than 400 days ago.
DELETE FROM doorfiets.alert_message WHERE made_at < now() - interval '400 days';
