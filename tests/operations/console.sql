-- A day of a city, for the pages of the console: every registered feed has measured for 24 hours until the present quarter, but for five, by number: one fell
-- silent, one was never received, one sent zeros, one has a gap, and one is in maintenance. And what was refused.
CREATE TEMP TABLE numbered AS
SELECT d.datastream, d.sensor, d.seconds * interval '1 second' AS step, d.quantity, row_number() OVER (ORDER BY d.origin = 'recorded', d.quantity = 'bicycles' DESC, d.datastream) AS number
FROM doorfiets.datastream d WHERE d.valid_until > now() AND d.quantity IN ('bicycles', 'cars', 'pm25');

CREATE TEMP TABLE said AS
SELECT n.*, g.started_at
FROM numbered n, generate_series(date_bin(n.step, now() - interval '26 hours', 'epoch'), now() - n.step, n.step) AS g(started_at)
WHERE number <> 2 AND NOT (number = 1 AND g.started_at > now() - interval '5 hours')
  AND NOT (number = 4 AND g.started_at BETWEEN now() - interval '9 hours' AND now() - interval '7 hours');

INSERT INTO doorfiets.observation (datastream, started_at, ended_at, value, uptime, quality_flags, received_at, revised_at, revision)
SELECT datastream, started_at, started_at + step, CASE WHEN number = 3 THEN 0 ELSE (number * 7 + extract(hour FROM started_at) * 3)::int % 60 + 1 END, 1, 0,
       started_at + step + interval '2 seconds', started_at + step + interval '2 seconds', 1
FROM said;

INSERT INTO doorfiets.feed (datastream, last_started_at, last_ended_at, last_received_at, stored, duplicates, corrections, last_valid_ended_at, delay)
SELECT datastream, max(started_at), max(started_at) + step, max(started_at) + step + interval '2 seconds', count(*), 1, 2, max(started_at) + step, 2
FROM said GROUP BY datastream, step;

INSERT INTO doorfiets.finding (datastream, flag, bit, started_at, ended_at, rule, evidence)
SELECT datastream, 'dead', 1024, date_bin(step, now() - interval '20 hours', 'epoch'), 'infinity', 'silence-1', '{"expected": 312.4, "zeros": 76}'
FROM numbered WHERE number = 3;
UPDATE doorfiets.observation o SET found_flags = 1024, revision = 2
FROM numbered n WHERE n.number = 3 AND o.datastream = n.datastream AND o.started_at >= date_bin(n.step, now() - interval '20 hours', 'epoch');

INSERT INTO doorfiets.exclusion (kind, device, started_at, ended_at, reason, entered_by)
SELECT 'maintenance', sensor, date_trunc('hour', now() - interval '2 hours'), 'infinity', 'nieuwe batterij', 'j.jansen' FROM numbered WHERE number = 5;
INSERT INTO doorfiets.finding (datastream, flag, bit, started_at, ended_at, rule, evidence, entry)
SELECT datastream, flag, bit, started_at, ended_at, 'entry', '{}', entry FROM doorfiets.entry_run;

INSERT INTO doorfiets.feed_state (datastream, status, since, until, reason)
SELECT datastream, 'ok', now() - interval '9 days', now() - interval '3 days', NULL::jsonb FROM numbered WHERE number < 7
UNION ALL
SELECT datastream, 'late', now() - interval '3 days', now() - interval '70 hours', '{"code": "overdue", "parameters": {"missed": 1.6, "every": 900, "last": "2026-05-12T10:00:00Z"}}'
FROM numbered WHERE number < 7
UNION ALL
SELECT datastream, 'ok', now() - interval '70 hours', now() - interval '6 hours', NULL FROM numbered WHERE number < 7;

INSERT INTO doorfiets.datastream_day (datastream, day, started_at, ended_at, rows, valid, expected, total, rule, changed_in)
SELECT datastream, g::date, g, g + interval '1 day', 96, CASE WHEN extract(day FROM g)::int IN (3, 4) THEN 0 WHEN extract(day FROM g)::int % 9 = 0 THEN 74 WHEN extract(day FROM g)::int % 7 = 0 THEN 92 ELSE 96 END, 96, 2000, 'test-1', '1'
FROM numbered, generate_series(current_date - 80, current_date - 1, interval '1 day') AS g;

INSERT INTO doorfiets.rejection (digest, reason, detail, topic, dialect, sensor, payload, first_received_at, last_received_at, receptions)
SELECT sha256(convert_to(n::text, 'UTF8')), CASE n % 3 WHEN 0 THEN 'unknown_sensor' WHEN 1 THEN 'range' ELSE 'malformed' END,
       CASE n % 3 WHEN 0 THEN 'no device is called fiets-nieuw-7' WHEN 1 THEN 'value 99999 of bicycles is above 8,000' ELSE 'the document ends in the middle' END,
       'sensors/' || CASE n % 3 WHEN 0 THEN 'fiets-nieuw-7' ELSE (SELECT sensor FROM numbered WHERE number = 1) END || '/data', 'doorfiets',
       CASE n % 3 WHEN 0 THEN 'fiets-nieuw-7' ELSE (SELECT sensor FROM numbered WHERE number = 1) END,
       CASE n % 3 WHEN 2 THEN convert_to('sealed 2026-11-29 ' || repeat('x', 40), 'UTF8') ELSE convert_to('{"seq": ' || n || ', "readings": [{"source": "bicycles/in", "value": 99999, "note": "<img src=x onerror=alert(1)>"}]}', 'UTF8') END,
       now() - n * interval '10 minutes', now() - n * interval '9 minutes', 1 + n % 2
FROM generate_series(1, 20) AS n;
DROP TABLE numbered, said;
