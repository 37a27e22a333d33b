-- On top of the invented city: indicators of periods, a week that was corrected afterwards, layers of air, indices, and connections of every kind.
SET session_replication_role = replica;  -- what stood before is told below, not by the triggers

UPDATE doorfiets.owner SET centre = 'centrum';
INSERT INTO doorfiets.district VALUES ('WK02', 'GM0000', 'Wijk 02 Zuid', '{"type":"Polygon","coordinates":[]}');
INSERT INTO doorfiets.link (link, owner, name, start_place, end_place, length_km, green, greenery, priority, width_m, asphalt, site, assumed_from, illustrative, geometry,
    opened, detour) VALUES
    ('binnen', 'GM0000', 'Singelpad', 'noord', 'noord', 1, true, 1, 1, 3, 1, NULL, NULL, true, '[]', NULL, NULL),
    ('tussen', 'GM0000', 'Parkpad', 'noord', 'WK02', 2, true, 0.9, 1, 3, 1, 'vaart-noord', NULL, true, '[]', '2025-06-01', 1.1),
    ('tussen-2', 'GM0000', 'Parkweg', 'WK02', 'noord', 2, false, 0.1, 0.5, 2, 1, NULL, NULL, true, '[]', NULL, 1.25),
    ('stad-in', 'GM0000', 'Kolkpad', 'noord', 'centrum', 1.5, false, 0.2, 1, 3, 1, 'kolk', NULL, true, '[]', NULL, NULL),
    ('stad-uit', 'GM0000', 'Kanaalpad', 'centrum', 'region', 4, true, 0.8, 1, 4, 1, NULL, NULL, true, '[]', NULL, NULL);

-- Everything was computed ten minutes after its bucket was over.
UPDATE doorfiets.site_hour SET computed_at = hour + interval '70 minutes';
UPDATE doorfiets.site_day SET computed_at = ended_at + interval '10 minutes';
UPDATE doorfiets.share_hour SET computed_at = hour + interval '70 minutes';
UPDATE doorfiets.share_day SET computed_at = ended_at + interval '10 minutes';
UPDATE doorfiets.link_day SET computed_at = ended_at + interval '10 minutes';
UPDATE doorfiets.route_day SET computed_at = ended_at + interval '10 minutes';
UPDATE doorfiets.air_hour SET computed_at = hour + interval '70 minutes';

-- On the 20th at noon, the 14th was corrected: what stood before, and what stands now.
INSERT INTO doorfiets.site_day_past SELECT *, '2026-10-20 12:00Z' FROM doorfiets.site_day WHERE site = 'kolk' AND mode = 'bicycles' AND day = '2026-10-14';
UPDATE doorfiets.site_day SET total = total + 100, revision = 2, computed_at = '2026-10-20 12:00Z' WHERE site = 'kolk' AND mode = 'bicycles' AND day = '2026-10-14';
INSERT INTO doorfiets.site_hour_past SELECT *, '2026-10-20 12:00Z' FROM doorfiets.site_hour WHERE site = 'kolk' AND mode = 'bicycles' AND hour = '2026-10-14 06:00Z';
UPDATE doorfiets.site_hour SET total = total + 100, revision = 2, computed_at = '2026-10-20 12:00Z'
WHERE site = 'kolk' AND mode = 'bicycles' AND hour = '2026-10-14 06:00Z';
INSERT INTO doorfiets.share_day_past SELECT *, '2026-10-20 12:00Z' FROM doorfiets.share_day WHERE screenline = 'centrum' AND variant = 'motor' AND day = '2026-10-14';
UPDATE doorfiets.share_day SET numerator = 312, denominator = 1040, revision = 2, computed_at = '2026-10-20 12:00Z'
WHERE screenline = 'centrum' AND variant = 'motor' AND day = '2026-10-14';
INSERT INTO doorfiets.share_hour_past SELECT *, '2026-10-20 12:00Z' FROM doorfiets.share_hour
WHERE screenline = 'centrum' AND variant = 'motor' AND hour = '2026-10-14 06:00Z';
UPDATE doorfiets.share_hour SET numerator = 312, denominator = 1040, revision = 2, computed_at = '2026-10-20 12:00Z'
WHERE screenline = 'centrum' AND variant = 'motor' AND hour = '2026-10-14 06:00Z';

-- On the 27th at eight, the day before of the route and one hour of the air.
INSERT INTO doorfiets.route_day_past SELECT *, '2026-10-27 08:00Z' FROM doorfiets.route_day WHERE day = '2026-10-26';
UPDATE doorfiets.route_day_past SET bicycle_km = 30000;
UPDATE doorfiets.route_day SET revision = 2, computed_at = '2026-10-27 08:00Z' WHERE day = '2026-10-26';
INSERT INTO doorfiets.link_day_past SELECT *, '2026-10-27 08:00Z' FROM doorfiets.link_day WHERE link = 'vaart-1' AND day = '2026-10-26';
UPDATE doorfiets.link_day_past SET cyclists = 3000;
UPDATE doorfiets.link_day SET revision = 2, computed_at = '2026-10-27 08:00Z' WHERE link = 'vaart-1' AND day = '2026-10-26';
INSERT INTO doorfiets.air_hour_past SELECT *, '2026-10-27 08:00Z' FROM doorfiets.air_hour
WHERE station = 'singel' AND quantity = 'pm25' AND hour = '2026-10-26 12:00Z';
UPDATE doorfiets.air_hour_past SET mean = 99;
UPDATE doorfiets.air_hour SET revision = 2, computed_at = '2026-10-27 08:00Z' WHERE station = 'singel' AND quantity = 'pm25' AND hour = '2026-10-26 12:00Z';

-- The kit of the Singel, corrected.
INSERT INTO doorfiets.air_hour (station, quantity, hour, mean, valid, expected, rule, layer, basis, withheld, computed_at)
SELECT station, quantity, hour, mean / 2, valid, expected, 'koehler-1', 'koehler-1', '{"humidity": 80, "kappa": 0.4}', NULL, hour + interval '70 minutes'
FROM doorfiets.air_hour WHERE station = 'singel' AND quantity = 'pm25' AND mean IS NOT NULL;
INSERT INTO doorfiets.air_index_hour (station, scheme, hour, value, level, basis, withheld, valid, expected, rule, computed_at)
SELECT 'park', s.scheme, h, s.value, s.level, s.basis::jsonb, s.withheld::jsonb, s.valid, 2, 'index-1', h + interval '70 minutes'
FROM generate_series('2026-10-26 10:00Z'::timestamptz, '2026-10-27 07:00Z', '1 hour') h,
     (VALUES ('lki-2014', 3, 'good', '{"sub_indices": {"no2": 2, "pm25": 1}, "worst": ["no2"], "layers": {"no2": "measured", "pm25": "measured"}, "raised": false}', NULL, 2),
             ('eaqi-2024', NULL, NULL, '{}', '{"code": "pollutants_missing", "parameters": {"pollutants": [["o3"]]}}', 2)) s(scheme, value, level, basis, withheld, valid);

INSERT INTO doorfiets.indicator_value (kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld, basis,
    valid, expected, revision, computed_at, rule)
SELECT kind, subject, facet, indicator, period, first_day::date, last_day::date, api.midnight(first_day::date, 'Europe/Amsterdam'),
       api.midnight(last_day::date + 1, 'Europe/Amsterdam'), part, value, low, high, withheld::jsonb, basis::jsonb, valid, expected, revision,
       computed_at::timestamptz, rule
FROM (VALUES
    ('site', 'vaart-noord', 'bicycles', 'aadb', 'year', '2025-01-01', '2025-12-31', 0, NULL, NULL, NULL, '{"code": "cells_empty", "parameters": {"empty": 2, "cells": 84}}',
     '{"days": 200, "empty_cells": [[1, 1], [1, 2]]}', 200, 365, 1, '2026-01-02 01:00Z', 'aadb-1'),
    ('site', 'vaart-noord', 'bicycles', 'naive_aadb', 'year', '2025-01-01', '2025-12-31', 0, 2400, NULL, NULL, NULL, '{"days": 200}', 200, 365, 2,
     '2026-10-20 12:00Z', 'aadb-1'),
    ('site', 'vaart-noord', 'bicycles', 'expanded_aadb', 'year', '2025-01-01', '2025-12-31', 0, 2500, 2300, 2700, NULL,
     '{"references": ["kolk", "stationsplein"], "rms_error": 0.08, "tested_on": 2}', 200, 365, 1, '2026-01-02 01:00Z', 'expand-1'),
    ('site', 'vaart-noord', 'bicycles', 'wwi', 'year', '2025-01-01', '2025-12-31', 0, 0.566275, NULL, NULL, NULL, '{"use": "utilitarian", "days": 150, "weeks": 20}',
     200, 365, 1, '2026-01-02 01:00Z', 'rhythm-1'),
    ('site', 'vaart-noord', 'bicycles', 'weekday_index', 'year', '2025-01-01', '2025-12-31', 1, 1.12, NULL, NULL, NULL, '{}', 200, 365, 1, '2026-01-02 01:00Z', 'aadb-1'),
    ('site', 'vaart-noord', 'bicycles', 'weekday_index', 'year', '2025-01-01', '2025-12-31', 7, 0.6, NULL, NULL, NULL, '{}', 200, 365, 1, '2026-01-02 01:00Z', 'aadb-1'),
    ('site', 'vaart-noord', 'bicycles', 'mean_day', 'month', '2026-09-01', '2026-09-30', 0, 2112, NULL, NULL, NULL, '{"days": 30}', 30, 30, 1,
     '2026-10-01 01:00Z', 'sum-1'),
    ('site', 'vaart-noord', 'bicycles', 'like_for_like', 'rolling_year', '2025-10-01', '2026-09-30', 0, 0.10, NULL, NULL, NULL,
     '{"days": 120, "sites": 1, "then": 100, "now": 110, "naive_growth": 0.867}', 365, 365, 1, '2026-10-01 01:00Z', 'pairs-1'),
    ('site', 'kolk', 'cars', 'mean_day', 'month', '2026-09-01', '2026-09-30', 0, 2300, NULL, NULL, NULL, '{"days": 30}', 30, 30, 1, '2026-10-01 01:00Z', 'sum-1'),
    ('link', 'tussen', '', 'cyclists_per_day', 'month', '2026-09-01', '2026-09-30', 0, 620, NULL, NULL, NULL, '{"days": 30, "measured": true}', 30, 30, 1,
     '2026-10-01 01:00Z', 'usage-1'),
    ('link', 'tussen', 'centrum', 'link_split', 'month', '2026-09-01', '2026-09-30', 0, 0.31, NULL, NULL, NULL, '{"days": 30}', 30, 30, 1, '2026-10-01 01:00Z', 'usage-1'),
    ('route', 'doorfietsroute', '', 'bicycle_km', 'month', '2026-09-01', '2026-09-30', 0, 33045, NULL, NULL, NULL, '{"days": 28}', 28, 30, 1,
     '2026-10-01 01:00Z', 'usage-1'),
    ('connection', 'wk02-noord', '', 'bicycle_km', 'month', '2026-09-01', '2026-09-30', 0, 1240, NULL, NULL, NULL, '{"days": 30}', 30, 30, 1, '2026-10-01 01:00Z', 'usage-1'),
    ('screenline', 'centrum', '', 'directionality', 'month', '2026-09-01', '2026-09-30', 0, 0.096774, NULL, NULL, NULL, '{"directions": {"in": 340, "uit": 280}}', 30, 30, 1,
     '2026-10-01 01:00Z', 'usage-1'),
    ('station', 'park', 'pm25', 'day_mean', 'day', '2026-10-26', '2026-10-26', 0, 8.5, NULL, NULL, NULL, '{}', 23, 24, 1, '2026-10-26 23:30Z', 'air-period-1'),
    ('district', 'noord', 'pm25', 'month_mean', 'month', '2026-09-01', '2026-09-30', 0, 9, NULL, NULL, NULL, '{"stations": ["park"]}', 720, 720, 1,
     '2026-10-01 01:00Z', 'air-period-1'),
    ('owner', 'GM0000', 'bicycles', 'like_for_like', 'month', '2026-09-01', '2026-09-30', 0, 0.05, NULL, NULL, NULL,
     '{"days": 30, "sites": 3, "site_days": 90, "then": 1000, "now": 1050}', 30, 30, 1, '2026-10-01 01:00Z', 'pairs-1'))
    AS v(kind, subject, facet, indicator, period, first_day, last_day, part, value, low, high, withheld, basis, valid, expected, revision, computed_at, rule);
INSERT INTO doorfiets.indicator_value_past SELECT *, '2026-10-20 12:00Z' FROM doorfiets.indicator_value WHERE indicator = 'naive_aadb';
UPDATE doorfiets.indicator_value_past SET value = 2350, revision = 1, computed_at = '2026-01-02 01:00Z';

SET session_replication_role = origin;
