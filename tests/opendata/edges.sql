-- On top of the invented city, what goes wrong at edges: a site of two origins whose equipment changed, an autumn hour told twice in one row,
-- a mode that is counted from its second week on, and route days that are withheld.

INSERT INTO doorfiets.site VALUES ('brug', 'GM0000', 'De Brug', 'noord', 6.56, 53.01, true, '');
INSERT INTO doorfiets.channel VALUES ('brug-in', 'brug', 'bicycles', 'in'), ('brug-uit', 'brug', 'bicycles', 'uit'), ('brug-auto', 'brug', 'cars', 'beide');

INSERT INTO doorfiets.device (device, owner) VALUES ('brug-1', 'GM0000'), ('brug-2', 'GM0000'), ('brug-3', 'GM0000'), ('brug-4', 'GM0000');

-- Quarters until the end of 2024, then hours, then quarters again; cars from 13 October 2026 on.
INSERT INTO doorfiets.datastream (datastream, sensor, source, quantity, channel, seconds, origin, method, valid_from, valid_until)
OVERRIDING SYSTEM VALUE VALUES
    (21, 'brug-1', 'bicycles/in', 'bicycles', 'brug-in', 900, 'recorded', 'lus in het wegdek', '2024-10-15 10:00Z', '2025-01-01Z'),
    (22, 'brug-1', 'bicycles/uit', 'bicycles', 'brug-uit', 900, 'recorded', 'lus in het wegdek', '2024-10-15 10:00Z', '2025-01-01Z'),
    (23, 'brug-2', 'bicycles/in', 'bicycles', 'brug-in', 3600, 'recorded', 'slang', '2025-01-01Z', '2026-10-01Z'),
    (24, 'brug-2', 'bicycles/uit', 'bicycles', 'brug-uit', 3600, 'recorded', 'slang', '2025-01-01Z', '2026-10-01Z'),
    (25, 'brug-3', 'bicycles/in', 'bicycles', 'brug-in', 900, 'measured', 'radar', '2026-10-01Z', '2100-01-01Z'),
    (26, 'brug-4', 'bicycles/uit', 'bicycles', 'brug-uit', 900, 'simulated', 'radar', '2026-10-01Z', '2100-01-01Z'),
    (27, 'brug-3', 'cars', 'cars', 'brug-auto', 900, 'measured', 'radar', '2026-10-12 22:00Z', '2100-01-01Z');

-- The night of 27 October 2024 as a counter without a zone writes it: four rows hold both hours from 02:00 to 03:00.
INSERT INTO doorfiets.observation
SELECT s, t, t + interval '15 minutes', CASE WHEN merged THEN 10 ELSE 5 END, 1, CASE WHEN merged THEN 4 ELSE 0 END, t, t, 1
FROM generate_series(21, 22) s, generate_series('2024-10-26 22:00Z'::timestamptz, '2024-10-27 22:45Z', '15 minutes') t,
     LATERAL (SELECT t >= '2024-10-27 00:00Z' AND t < '2024-10-27 01:00Z' AS merged) doubled
WHERE NOT (t >= '2024-10-27 01:00Z' AND t < '2024-10-27 02:00Z');
INSERT INTO doorfiets.site_hour (site, mode, hour, rows, paired, expected, total, maximum, rule)
SELECT 'brug', 'bicycles', h, 4, CASE WHEN h = '2024-10-27 00:00Z' THEN 8 ELSE 4 END, 4, CASE WHEN h = '2024-10-27 00:00Z' THEN 80 ELSE 40 END, 10, 'pair-1'
FROM generate_series('2024-10-26 22:00Z'::timestamptz, '2024-10-27 22:00Z', '1 hour') h WHERE h <> '2024-10-27 01:00Z';

UPDATE doorfiets.site_hour SET quality_flags = 4 WHERE site = 'brug' AND hour = '2024-10-27 00:00Z';

-- Two days beside each other, of which the second was revised more often; and an hour and a day of which nothing was expected.
INSERT INTO doorfiets.site_day (site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, revision, rule) VALUES
    ('brug', 'bicycles', '2024-10-27', '2024-10-26 22:00Z', '2024-10-27 23:00Z', 96, 100, 100, 1000, 10, 1, 'pair-1'),
    ('brug', 'bicycles', '2026-10-05', '2026-10-04 22:00Z', '2026-10-05 22:00Z', 96, 96, 96, 500, 10, 1, 'pair-1'),
    ('brug', 'bicycles', '2026-10-06', '2026-10-05 22:00Z', '2026-10-06 22:00Z', 96, 96, 96, 700, 10, 7, 'pair-1'),
    ('brug', 'bicycles', '2026-10-07', '2026-10-06 22:00Z', '2026-10-07 22:00Z', 0, 0, 0, NULL, NULL, 1, 'pair-1');
INSERT INTO doorfiets.site_hour (site, mode, hour, rows, paired, expected, total, maximum, rule)
VALUES ('brug', 'bicycles', '2026-10-27 06:00Z', 0, 0, 0, NULL, NULL, 'pair-1');
UPDATE doorfiets.site_day SET quality_flags = 4, flagged = '{4}' WHERE site = 'brug' AND day = '2024-10-27';

-- A quarter of every vehicle is a bicycle, once the cars are counted.
INSERT INTO doorfiets.screenline VALUES ('brug', 'GM0000', 'Bruglijn', true, '', ARRAY['brug']);
INSERT INTO doorfiets.screenline_channel VALUES ('brug', 'brug-in'), ('brug', 'brug-uit'), ('brug', 'brug-auto');
SELECT doorfiets.refresh_expectations();
INSERT INTO doorfiets.share_day (screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, revision, rule)
SELECT 'brug', 'motor', d::date, d AT TIME ZONE 'Europe/Amsterdam', (d + interval '1 day') AT TIME ZONE 'Europe/Amsterdam',
       CASE WHEN counted THEN 100 ELSE 0 END, CASE WHEN counted THEN 400 ELSE 0 END, n, n, 2, 'pair-1'
FROM generate_series('2026-10-10'::timestamp, '2026-10-26', '1 day') d,
     LATERAL (SELECT d >= '2026-10-13' AS counted) c,
     LATERAL (SELECT CASE WHEN NOT counted THEN 0 WHEN d = '2026-10-25' THEN 100 ELSE 96 END AS n) expected;
INSERT INTO doorfiets.share_hour (screenline, variant, hour, numerator, denominator, paired, expected, rule)
VALUES ('brug', 'motor', '2026-10-12 12:00Z', 0, 0, 0, 0, 'pair-1');

-- The newest day of the route is withheld although all of it was measured; the day with an indicator is older.
UPDATE doorfiets.route_day SET bicycle_km = NULL, withheld = '{"code": "no_valid_day_on_links", "parameters": {"links": ["Kanaal tot Haren"]}}' WHERE day = '2026-10-26';
INSERT INTO doorfiets.route_day (route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km, mean_cyclists, through_ratio,
    uniformity, green_share, paired, expected, withheld, rule) VALUES
    ('doorfietsroute', '2026-10-24', '2026-10-23 22:00Z', '2026-10-24 22:00Z', 27000, 20000, 27, 12.5, 14.5, 0, 1000, 0.4, 0.2, 0.3, 480, 480, NULL, 'usage-1'),
    ('doorfietsroute', '2026-10-23', '2026-10-22 22:00Z', '2026-10-23 22:00Z', 27000, 27000, 27, 27, 0, 0, 1000, 0.4, 0.2, 0.3, 480, 480, NULL, 'usage-1');
