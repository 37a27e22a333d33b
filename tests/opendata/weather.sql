-- On top of the invented city: a station that measures the temperature, which rises half a degree an hour from midnight on: from -6 in the first week, and from
-- -4 in the second one.
INSERT INTO doorfiets.quantity VALUES ('temperature', 'Cel', 'mean', 'Temperatuur', '°C', -40, 60);
INSERT INTO doorfiets.datastream (datastream, sensor, source, quantity, channel, station, seconds, origin, method, valid_from, valid_until)
OVERRIDING SYSTEM VALUE VALUES (91, 'park-1', 'temperature', 'temperature', NULL, 'park', 900, 'simulated', 'thermometer', '2025-01-01Z', '2100-01-01Z');
INSERT INTO doorfiets.air_hour (station, quantity, hour, mean, valid, expected, rule)
SELECT 'park', 'temperature', hour, CASE WHEN local < '2026-10-12' THEN -6 ELSE -4 END + extract(hour FROM local) / 2, 4, 4, 'air-1'
FROM (SELECT hour, hour AT TIME ZONE 'Europe/Amsterdam' AS local FROM generate_series('2026-10-04 22:00Z'::timestamptz, '2026-10-18 21:00Z', '1 hour') hour) hours;
INSERT INTO doorfiets.indicator_value (kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, basis, valid, expected, rule)
SELECT 'station', 'park', 'temperature', 'day_mean', 'day', day::date, day::date, day AT TIME ZONE 'Europe/Amsterdam', (day + interval '1 day') AT TIME ZONE 'Europe/Amsterdam', 0,
       CASE WHEN day < '2026-10-12' THEN -0.25 ELSE 1.75 END, '{}', 24, 24, 'air-period-1'
FROM generate_series('2026-10-05'::timestamp, '2026-10-18', '1 day') day;
