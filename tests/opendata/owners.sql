-- Beside the invented city a second owner: a province in another time zone, with its own licence, border attribution and calibration, and places that
-- bear the names of the city's. Its day of 26 October is 30 cyclists of 100 passages; one of its routes waits for a link that nobody has applied.

INSERT INTO doorfiets.owner (owner, kind, name, timezone, publisher, contact_email, contact_url, licence, attributions, note, calibration_low, calibration_high,
    applied_state, applied_at)
VALUES ('PV0099', 'province', 'Eilandprovincie', 'Atlantic/Azores', 'Provincie Eilanden', 'data@eilanden.example', 'https://eilanden.example/contact', 'CC-BY-4.0',
    ARRAY['Eilandgrenzen: Kaartdienst'], '', 0.5, 2, repeat('1', 64), '2026-10-02 08:00Z');
INSERT INTO doorfiets.district VALUES ('haven', 'PV0099', 'Haven', '{"type":"Polygon","coordinates":[]}');
INSERT INTO doorfiets.site VALUES ('eiland-kolk', 'PV0099', 'De Kolk', 'haven', -25.67, 37.74, false, '');
INSERT INTO doorfiets.channel VALUES ('eiland-fiets', 'eiland-kolk', 'bicycles', 'beide'), ('eiland-auto', 'eiland-kolk', 'cars', 'beide');
INSERT INTO doorfiets.station VALUES ('eiland-park', 'PV0099', 'Stadspark', 'haven', -25.67, 37.75, 'official', 'background', false, '');
INSERT INTO doorfiets.device (device, owner) VALUES ('eiland-1', 'PV0099'), ('eiland-2', 'PV0099');
INSERT INTO doorfiets.datastream (datastream, sensor, source, quantity, channel, station, seconds, origin, method, valid_from, valid_until)
OVERRIDING SYSTEM VALUE VALUES
    (41, 'eiland-1', 'bicycles', 'bicycles', 'eiland-fiets', NULL, 900, 'measured', 'radar', '2025-01-01Z', '2100-01-01Z'),
    (42, 'eiland-1', 'cars', 'cars', 'eiland-auto', NULL, 900, 'measured', 'radar', '2025-01-01Z', '2100-01-01Z'),
    (43, 'eiland-2', 'pm25', 'pm25', NULL, 'eiland-park', 900, 'measured', 'optisch', '2025-01-01Z', '2100-01-01Z');
INSERT INTO doorfiets.link VALUES
    ('eiland-1', 'PV0099', 'Vaart, stad uit', 'haven', 'Bergen', 2, true, 0.5, 1, 3, 1, 'eiland-kolk', NULL, false, '[]');
INSERT INTO doorfiets.route VALUES
    ('eiland-route', 'PV0099', 'Doorfietsroute Voorbeeldstad–Groningen', false, '', ARRAY['eiland-1']),
    ('eiland-kust', 'PV0099', 'Kustroute', false, '', ARRAY['eiland-1', 'nergens-2', 'nergens-1']);
INSERT INTO doorfiets.route_link VALUES ('eiland-route', 1, 'eiland-1');
INSERT INTO doorfiets.screenline VALUES ('eiland-lijn', 'PV0099', 'Centrumlijn', false, '', ARRAY['eiland-kolk']);
INSERT INTO doorfiets.screenline_channel VALUES ('eiland-lijn', 'eiland-fiets'), ('eiland-lijn', 'eiland-auto');
SELECT doorfiets.refresh_expectations();
INSERT INTO doorfiets.calendar_entry VALUES
    ('PV0099', 'eilanddag', 'event', 'Eilanddag', '2026-10-20', '2026-10-20', 'annotate', '{}', '{}', ''),
    ('GM0000', 'stadsdag', 'event', 'Stadsdag', '2026-10-21', '2026-10-21', 'annotate', '{}', '{}', '');

INSERT INTO doorfiets.site_hour (site, mode, hour, rows, paired, expected, total, maximum, rule)
SELECT 'eiland-kolk', mode, h, 4, 4, 4, total, total, 'pair-1'
FROM generate_series('2026-10-26 01:00Z'::timestamptz, '2026-10-27 00:00Z', '1 hour') h, (VALUES ('bicycles', 30), ('cars', 70)) m(mode, total);
INSERT INTO doorfiets.site_day (site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, rule)
SELECT 'eiland-kolk', mode, '2026-10-26', '2026-10-26 01:00Z', '2026-10-27 01:00Z', 96, 96, 96, total, total, 'pair-1'
FROM (VALUES ('bicycles', 30), ('cars', 70)) m(mode, total);
INSERT INTO doorfiets.share_hour (screenline, variant, hour, numerator, denominator, paired, expected, rule)
SELECT 'eiland-lijn', 'motor', h, 30, 100, 4, 4, 'pair-1' FROM generate_series('2026-10-26 01:00Z'::timestamptz, '2026-10-27 00:00Z', '1 hour') h;
INSERT INTO doorfiets.share_day (screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, rule)
VALUES ('eiland-lijn', 'motor', '2026-10-26', '2026-10-26 01:00Z', '2026-10-27 01:00Z', 30, 100, 96, 96, 'pair-1');
INSERT INTO doorfiets.link_day (link, day, started_at, ended_at, counted_on, measured, cyclists, paired, expected, rule)
VALUES ('eiland-1', '2026-10-26', '2026-10-26 01:00Z', '2026-10-27 01:00Z', 'eiland-1', true, 30, 96, 96, 'usage-1');
INSERT INTO doorfiets.route_day (route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km, mean_cyclists,
    through_ratio, uniformity, green_share, paired, expected, withheld, rule)
VALUES ('eiland-route', '2026-10-26', '2026-10-26 01:00Z', '2026-10-27 01:00Z', 60, 60, 2, 2, 0, 0, 30, 1, 1, 1, 96, 96, NULL, 'usage-1');
INSERT INTO doorfiets.air_hour (station, quantity, hour, mean, valid, expected, rule)
SELECT 'eiland-park', 'pm25', h, 4, 4, 4, 'air-1' FROM generate_series('2026-10-26 01:00Z'::timestamptz, '2026-10-27 08:00Z', '1 hour') h;
