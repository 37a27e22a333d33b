-- An invented city as it stands on Tuesday 27 October 2026, 10:07 local time: two clock changes, a gap day, a missing channel, a withheld
-- share, a true zero, a counter that is silent. Numbers follow a formula of time, so that a test can say what to expect.

INSERT INTO doorfiets.owner (owner, kind, name, timezone, publisher, contact_email, contact_url, licence, attributions, note, host, applied_state, applied_at)
VALUES ('GM0000', 'municipality', 'Voorbeeldstad', 'Europe/Amsterdam', 'Gemeente Voorbeeldstad', 'data@voorbeeldstad.example',
    'https://voorbeeldstad.example/contact', 'CC0-1.0', ARRAY['Wijkgrenzen: Kadaster'], 'Voorbeeld: de telpunten zijn verzonnen.', true, repeat('0', 64),
    '2026-10-01 08:00Z');
INSERT INTO doorfiets.district VALUES ('centrum', 'GM0000', 'Centrum', '{"type":"Polygon","coordinates":[]}'), ('noord', 'GM0000', 'Noord', '{"type":"Polygon","coordinates":[]}');

INSERT INTO doorfiets.quantity VALUES
    ('bicycles', '1', 'sum', 'Fietsers', 'fietsers', 0, 8000), ('cars', '1', 'sum', 'Personenauto''s', 'auto''s', 0, 8000),
    ('mopeds', '1', 'sum', 'Brom- en snorfietsers', 'bromfietsers', 0, 2000), ('vans', '1', 'sum', 'Bestelauto''s', 'bestelauto''s', 0, 4000),
    ('heavy_vehicles', '1', 'sum', 'Vrachtverkeer en bussen', 'vrachtauto''s', 0, 4000),
    ('pedestrians', '1', 'sum', 'Voetgangers', 'voetgangers', 0, 20000),
    ('pm25', 'ug/m3', 'mean', 'Fijnstof PM2,5', 'µg/m³', -20, 1000), ('no2', 'ug/m3', 'mean', 'Stikstofdioxide NO₂', 'µg/m³', -20, 1000);
INSERT INTO doorfiets.denominator VALUES ('motor', 'bicycles'), ('motor', 'mopeds'), ('motor', 'cars'), ('motor', 'vans'), ('motor', 'heavy_vehicles'),
    ('all', 'bicycles'), ('all', 'mopeds'), ('all', 'cars'), ('all', 'vans'), ('all', 'heavy_vehicles'), ('all', 'pedestrians'),
    ('cars', 'bicycles'), ('cars', 'cars'), ('heavy_vehicles', 'bicycles'), ('heavy_vehicles', 'heavy_vehicles'),
    ('pedestrians', 'bicycles'), ('pedestrians', 'pedestrians');

INSERT INTO doorfiets.site VALUES
    ('vaart-noord', 'GM0000', 'Vaart Noord', 'noord', 6.567, 53.004, true, 'Tellingen van Stad Elders, hier als voorbeeld.'),
    ('kolk', 'GM0000', 'De Kolk', 'centrum', 6.561, 52.995, true, ''),
    ('stationsplein', 'GM0000', 'Stationsplein <west>', 'centrum', 6.571, 52.992, true, '');
INSERT INTO doorfiets.channel VALUES
    ('vaart-noord-in', 'vaart-noord', 'bicycles', 'in'), ('vaart-noord-uit', 'vaart-noord', 'bicycles', 'uit'),
    ('kolk-fiets', 'kolk', 'bicycles', 'beide'), ('kolk-auto', 'kolk', 'cars', 'beide'), ('kolk-zwaar', 'kolk', 'heavy_vehicles', 'beide'),
    ('plein-fiets', 'stationsplein', 'bicycles', 'beide'), ('plein-auto', 'stationsplein', 'cars', 'beide'), ('plein-voet', 'stationsplein', 'pedestrians', 'beide');
INSERT INTO doorfiets.station VALUES
    ('park', 'GM0000', 'Stadspark', 'noord', 6.56, 53.0, 'official', 'background', true, ''), ('singel', 'GM0000', 'Singel', 'centrum', 6.565, 52.99, 'citizen', 'traffic', true, '');
INSERT INTO doorfiets.device (device, owner) VALUES ('vaart-1', 'GM0000'), ('kolk-1', 'GM0000'), ('plein-1', 'GM0000'), ('park-1', 'GM0000'), ('singel-1', 'GM0000');
INSERT INTO doorfiets.datastream (datastream, sensor, source, quantity, channel, station, seconds, origin, method, valid_from, valid_until)
OVERRIDING SYSTEM VALUE VALUES
    (1, 'vaart-1', 'bicycles/in', 'bicycles', 'vaart-noord-in', NULL, 900, 'recorded', 'lus in het wegdek', '2025-01-01Z', '2100-01-01Z'),
    (2, 'vaart-1', 'bicycles/uit', 'bicycles', 'vaart-noord-uit', NULL, 900, 'recorded', 'lus in het wegdek', '2025-01-01Z', '2100-01-01Z'),
    (3, 'kolk-1', 'bicycles', 'bicycles', 'kolk-fiets', NULL, 900, 'simulated', 'radar', '2025-01-01Z', '2100-01-01Z'),
    (4, 'kolk-1', 'cars', 'cars', 'kolk-auto', NULL, 900, 'simulated', 'radar', '2025-01-01Z', '2100-01-01Z'),
    (5, 'kolk-1', 'heavy', 'heavy_vehicles', 'kolk-zwaar', NULL, 900, 'simulated', 'radar', '2025-01-01Z', '2100-01-01Z'),
    (6, 'plein-1', 'bicycles', 'bicycles', 'plein-fiets', NULL, 900, 'measured', 'radar', '2025-01-01Z', '2100-01-01Z'),
    (7, 'plein-1', 'cars', 'cars', 'plein-auto', NULL, 900, 'measured', 'radar', '2025-01-01Z', '2100-01-01Z'),
    (8, 'plein-1', 'pedestrians', 'pedestrians', 'plein-voet', NULL, 900, 'measured', 'radar', '2025-01-01Z', '2100-01-01Z'),
    (9, 'park-1', 'pm25', 'pm25', NULL, 'park', 900, 'simulated', 'optisch', '2025-01-01Z', '2100-01-01Z'),
    (10, 'park-1', 'no2', 'no2', NULL, 'park', 900, 'simulated', 'chemiluminescentie', '2025-01-01Z', '2100-01-01Z'),
    (11, 'singel-1', 'pm25', 'pm25', NULL, 'singel', 900, 'simulated', 'optisch', '2025-01-01Z', '2100-01-01Z');

INSERT INTO doorfiets.data_source VALUES
    ('elders', 'GM0000', 'Stad Elders', 'DL-DE-BY-2.0', 'https://www.govdata.de/dl-de/by-2-0', 'Tellingen: Stad Elders, dl-de/by-2-0, gewijzigd');
UPDATE doorfiets.datastream SET data_source = 'elders' WHERE origin = 'recorded';

INSERT INTO doorfiets.link VALUES
    ('vaart-1', 'GM0000', 'Vaart, stad uit', 'Station', 'Vaart Noord', 2.4, false, 0.3, 1, 4, 1, 'vaart-noord', NULL, true, '[]'),
    ('vaart-2', 'GM0000', 'Kanaal tot Vries', 'Vaart Noord', 'Vries', 5.1, false, 0.5, 0.9, 4, 1, 'kolk', NULL, true, '[]'),
    ('vaart-3', 'GM0000', 'Kanaal tot De Punt', 'Vries', 'De Punt', 8.0, true, 0.9, 1, 4, 0.5, NULL, 'vaart-2', true, '[]'),
    ('vaart-4', 'GM0000', 'Kanaal tot Haren', 'De Punt', 'Haren', 6.5, true, 0.8, 0.9, 3.5, 1, NULL, NULL, true, '[]'),
    ('vaart-5', 'GM0000', 'Kanaal tot Groningen', 'Haren', 'Groningen', 5.0, false, 0.4, 0.8, 4, 1, 'stationsplein', NULL, true, '[]');
INSERT INTO doorfiets.route VALUES ('doorfietsroute', 'GM0000', 'Doorfietsroute Voorbeeldstad–Groningen', true, 'Het tracé is een voorbeeld.',
    ARRAY['vaart-1', 'vaart-2', 'vaart-3', 'vaart-4', 'vaart-5']);
INSERT INTO doorfiets.route_link SELECT 'doorfietsroute', n, 'vaart-' || n FROM generate_series(1, 5) n;
INSERT INTO doorfiets.screenline VALUES ('centrum', 'GM0000', 'Centrumlijn', true, 'Alle oversteken van de Kolk.', ARRAY['kolk']), ('spoor', 'GM0000', 'Spoorlijn', true, '', ARRAY['stationsplein']);
INSERT INTO doorfiets.screenline_channel VALUES ('centrum', 'kolk-fiets'), ('centrum', 'kolk-auto'), ('centrum', 'kolk-zwaar'),
    ('spoor', 'plein-fiets'), ('spoor', 'plein-auto'), ('spoor', 'plein-voet');
    SELECT doorfiets.refresh_expectations();

-- Passages in a quarter: busier by day and on workdays, the same for the same moment; a true zero between one and five in the night.
CREATE FUNCTION pg_temp.flow(stream int, t timestamptz) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN h BETWEEN 1 AND 4 THEN 0 ELSE
        ((ARRAY[40, 36, 30, 55, 4, 48, 70, 26])[stream] * greatest(0.1, 1 - abs(h - 8) / 4.0, 1 - abs(h - 17) / 5.0, 0.35)
         * CASE WHEN extract(isodow FROM local) > 5 THEN 0.6 ELSE 1 END)::int + (extract(epoch FROM t)::bigint / 900 * (stream + 6) % 7)::int END
    FROM (SELECT t AT TIME ZONE 'Europe/Amsterdam' AS local, extract(hour FROM t AT TIME ZONE 'Europe/Amsterdam') AS h) moment $$;

-- Received: two weeks up to 10:00 local, and the spring weekend. Stream 2 misses the afternoon of the 22nd, site vaart-noord the whole 20th.
INSERT INTO doorfiets.observation
SELECT s, t, t + interval '15 minutes', pg_temp.flow(s, t), 1, 0, t + interval '16 minutes', t + interval '16 minutes', 1
FROM generate_series(1, 8) s,
     (SELECT generate_series('2026-10-11 22:00Z'::timestamptz, '2026-10-27 08:45Z', '15 minutes')
      UNION ALL SELECT generate_series('2026-03-27 23:00Z'::timestamptz, '2026-03-30 21:45Z', '15 minutes')) q(t)
WHERE NOT (s <= 2 AND (t AT TIME ZONE 'Europe/Amsterdam')::date = '2026-10-20')
  AND NOT (s = 2 AND t >= '2026-10-22 10:00Z' AND t < '2026-10-22 16:00Z')
  AND NOT (s = 4 AND t >= '2026-10-21 06:00Z' AND t < '2026-10-21 15:00Z')
  AND NOT (s = 6 AND t >= '2026-10-27 07:00Z');
UPDATE doorfiets.observation SET quality_flags = 1, value = 40000 WHERE datastream = 3 AND started_at = '2026-10-23 06:00Z';
UPDATE doorfiets.observation SET revision = 2, revised_at = '2026-10-26 09:00Z' WHERE datastream = 3 AND started_at = '2026-10-24 06:00Z';

INSERT INTO doorfiets.datastream_hour (datastream, hour, rows, valid, expected, total, minimum, maximum, quality_flags, rule)
SELECT datastream, hour, count(*), count(spans), 4, sum(value), min(value), max(value), bit_or(quality_flags), 'sum-1' FROM doorfiets.reading GROUP BY 1, 2;
INSERT INTO doorfiets.datastream_day (datastream, day, started_at, ended_at, rows, valid, expected, total, minimum, maximum, quality_flags, rule)
SELECT datastream, day, api.midnight(day, 'Europe/Amsterdam'), api.midnight(day + 1, 'Europe/Amsterdam'), sum(rows), sum(valid),
       extract(epoch FROM api.midnight(day + 1, 'Europe/Amsterdam') - api.midnight(day, 'Europe/Amsterdam')) / 900, sum(total), min(minimum), max(maximum),
       bit_or(quality_flags), 'sum-1'
FROM (SELECT *, (hour AT TIME ZONE 'Europe/Amsterdam')::date AS day FROM doorfiets.datastream_hour) hours GROUP BY datastream, day;

INSERT INTO doorfiets.site_hour (site, mode, hour, rows, paired, expected, total, maximum, rule)
SELECT site, mode, date_trunc('hour', started_at, 'UTC'), sum(rows), count(*) FILTER (WHERE whole), 4, sum(value) FILTER (WHERE whole), max(value), 'pair-1'
FROM (SELECT c.site, c.mode, o.started_at, count(*) AS rows, sum(o.value)::numeric AS value,
             count(*) FILTER (WHERE o.quality_flags = 0) = (SELECT count(*) FROM doorfiets.channel x WHERE (x.site, x.mode) = (c.site,
             c.mode)) AS whole
      FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream) JOIN doorfiets.channel c USING (channel)
      GROUP BY c.site, c.mode, o.started_at) bins
GROUP BY 1, 2, 3;

INSERT INTO doorfiets.site_day (site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, rule)
SELECT site, mode, day, day::timestamp AT TIME ZONE 'Europe/Amsterdam', (day + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam', sum(rows), sum(paired),
       extract(epoch FROM (day + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam' - day::timestamp AT TIME ZONE 'Europe/Amsterdam') / 900,
       sum(total), max(maximum), 'pair-1'
FROM (SELECT *, (hour AT TIME ZONE 'Europe/Amsterdam')::date AS day FROM doorfiets.site_hour) hours GROUP BY site, mode, day;

-- The year before: whole days by the same formula of time, without quarters.
INSERT INTO doorfiets.site_day (site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, rule)
SELECT c.site, c.mode, d::date, d AT TIME ZONE 'Europe/Amsterdam', (d + interval '1 day') AT TIME ZONE 'Europe/Amsterdam', 96, 96, 96,
       sum(1000 * c.weight * CASE WHEN extract(isodow FROM d) > 5 THEN 0.6 ELSE 1 END)::int, 90, 'pair-1'
FROM (VALUES ('vaart-noord', 'bicycles', 2.4), ('kolk', 'bicycles', 1.4), ('kolk', 'cars', 2.6), ('stationsplein', 'bicycles', 1.9)) c(site, mode, weight),
     generate_series('2025-06-01'::timestamp, '2026-10-11', '1 day') d
GROUP BY c.site, c.mode, d ON CONFLICT DO NOTHING;

INSERT INTO doorfiets.share_hour (screenline, variant, hour, numerator, denominator, paired, expected, rule)
SELECT line, variant, hour, sum(value) FILTER (WHERE mode = 'bicycles' AND whole), coalesce(sum(value) FILTER (WHERE whole), 0),
       count(DISTINCT started_at) FILTER (WHERE whole), 4, 'pair-1'
FROM (SELECT s.screenline AS line, s.variant, s.mode, o.started_at, date_trunc('hour', o.started_at, 'UTC') AS hour, o.value::numeric AS value,
             count(*) FILTER (WHERE o.quality_flags = 0) OVER (PARTITION BY s.screenline, s.variant, o.started_at)
             = (SELECT count(*) FROM doorfiets.screenline_stream x WHERE (x.screenline, x.variant) = (s.screenline, s.variant)) AS whole
      FROM doorfiets.screenline_stream s JOIN doorfiets.observation o USING (datastream)) bins
GROUP BY line, variant, hour HAVING count(*) FILTER (WHERE mode = 'bicycles' AND whole) > 0;
INSERT INTO doorfiets.share_day (screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, rule)
SELECT screenline, variant, day, day::timestamp AT TIME ZONE 'Europe/Amsterdam', (day + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam',
       sum(numerator), sum(denominator), sum(paired),
       extract(epoch FROM (day + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam' - day::timestamp AT TIME ZONE 'Europe/Amsterdam') / 900, 'pair-1'
FROM (SELECT *, (hour AT TIME ZONE 'Europe/Amsterdam')::date AS day FROM doorfiets.share_hour) hours GROUP BY screenline, variant, day;
INSERT INTO doorfiets.share_day (screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, rule)
SELECT s.screenline, s.variant, d::date, d AT TIME ZONE 'Europe/Amsterdam', (d + interval '1 day') AT TIME ZONE 'Europe/Amsterdam',
       s.bikes, s.all_modes, 96, 96, 'pair-1'
FROM (VALUES ('centrum', 'motor', 1500, 4600), ('spoor', 'motor', 2300, 5500), ('spoor', 'all', 2300, 6700)) s(screenline, variant, bikes, all_modes),
     generate_series('2026-09-15'::timestamp, '2026-10-11', '1 day') d;
-- The worked example of the definitions: 30 of 96, three of four quarters paired.
INSERT INTO doorfiets.share_hour (screenline, variant, hour, numerator, denominator, paired, expected, rule)
VALUES ('centrum', 'motor', '2026-05-12 06:00Z', 30, 96, 3, 4, 'pair-1');

-- The flag of the quarter that is not plausible, on all that is made of it.
UPDATE doorfiets.site_hour SET quality_flags = 1 WHERE site = 'kolk' AND mode = 'bicycles' AND hour = '2026-10-23 06:00Z';
UPDATE doorfiets.site_hour SET revision = 2, computed_at = '2026-10-26 09:00Z' WHERE site = 'kolk' AND mode = 'bicycles' AND hour = '2026-10-24 06:00Z';
UPDATE doorfiets.site_day SET quality_flags = 1, flagged = '{1}' WHERE site = 'kolk' AND mode = 'bicycles' AND day = '2026-10-23';
UPDATE doorfiets.share_hour SET quality_flags = 1 WHERE screenline = 'centrum' AND hour = '2026-10-23 06:00Z';
UPDATE doorfiets.share_day SET quality_flags = 1, flagged = '{1}' WHERE screenline = 'centrum' AND day = '2026-10-23';

-- The worked example of a route on the 26th, with link 4 uncounted on the 25th.
INSERT INTO doorfiets.link_day (link, day, started_at, ended_at, counted_on, measured, cyclists, paired, expected, rule)
SELECT 'vaart-' || n, day, api.midnight(day, 'Europe/Amsterdam'), api.midnight(day + 1, 'Europe/Amsterdam'), (ARRAY['vaart-1', 'vaart-2', 'vaart-2', 'vaart-4', 'vaart-5'])[n], n IN (1, 2, 5), (ARRAY[3200, 1450, 620, 540, 1900])[n],
       CASE WHEN n = 4 AND day = '2026-10-25' THEN 10 ELSE 96 END, 96, 'usage-1'
FROM generate_series(1, 5) n, (VALUES (date '2026-10-25'), ('2026-10-26')) days(day);
INSERT INTO doorfiets.route_day (route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km, mean_cyclists, through_ratio,
    uniformity, green_share, paired, expected, withheld, rule) VALUES
    ('doorfietsroute', '2026-10-26', '2026-10-25 23:00Z', '2026-10-26 23:00Z', 33045, 24575, 27, 12.5, 14.5, 0, 33045 / 27.0, 0.441217, 0.16875, 0.256317, 480, 480, NULL, 'usage-1'),
    ('doorfietsroute', '2026-10-25', '2026-10-24 22:00Z', '2026-10-25 23:00Z', NULL, 24575, 27, 12.5, 8.0, 6.5, NULL, NULL, NULL, NULL, 394, 480, '{"code": "no_valid_day_on_links", "parameters": {"links": ["Kanaal tot Haren"]}}', 'usage-1');

INSERT INTO doorfiets.air_hour (station, quantity, hour, mean, valid, expected, rule)
SELECT station, quantity, hour, CASE WHEN hour <> '2026-10-27 03:00Z' THEN base + 3 * sin(extract(epoch FROM hour) / 14000) END,
       CASE WHEN hour <> '2026-10-27 03:00Z' THEN 4 ELSE 2 END, 4, 'air-1'
FROM (VALUES ('park', 'pm25', 8.2), ('park', 'no2', 14.0), ('singel', 'pm25', 12.5)) s(station, quantity, base),
     generate_series('2026-10-25 23:00Z'::timestamptz, '2026-10-27 08:00Z', '1 hour') hour;

INSERT INTO doorfiets.feed
SELECT datastream, max(started_at), max(ended_at), max(received_at), count(*), 3, 1, max(ended_at) FROM doorfiets.observation GROUP BY datastream;
