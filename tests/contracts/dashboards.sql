-- On top of the invented city with its indicators: what dashboards show beside, one of each. A refused message, a dead counter and a finding that was withdrawn,
-- how far the stages have come, what is breathed in along the route, and an event at one site, works on a link of the route, and a holiday.
INSERT INTO doorfiets.rejection (digest, reason, detail, topic, dialect, sensor, first_received_at, last_received_at, receptions)
VALUES (sha256('1'), 'malformed', '', 'in/x', 'doorfiets', NULL, '2026-10-26 10:00Z', '2026-10-26 11:00Z', 3);
INSERT INTO doorfiets.finding (datastream, flag, bit, started_at, ended_at, rule, evidence, found_at, withdrawn_at) VALUES
    (4, 'dead', 1024, '2026-10-23 00:00Z', '2026-10-26 00:00Z', 'dead-1', '{}', '2026-10-26 00:00Z', NULL),
    (5, 'stuck', 4096, '2026-10-23 00:00Z', '2026-10-26 00:00Z', 'stuck-1', '{}', '2026-10-26 00:00Z', '2026-10-26 01:00Z');
INSERT INTO doorfiets.watermark VALUES ('b', 0, '2026-10-27 09:06:50Z', 2);
INSERT INTO doorfiets.stage VALUES ('store', 'w', 3, NULL, '2026-10-27 09:07Z'), ('aggregate', 'w', 5, '2026-10-27 09:06Z', '2026-10-27 09:07Z');
INSERT INTO doorfiets.indicator_value (kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, withheld, basis, valid, expected, rule)
VALUES ('route', 'doorfietsroute', '', 'exposure_pm25', 'month', '2026-09-01', '2026-09-30', '2026-08-31 22:00Z', '2026-09-30 22:00Z', 0, 8.3, NULL, '{}', 29, 30, 'usage-1'),
    ('link', 'vaart-1', '', 'growth_since_opening', 'opening', '2025-10-01', '2026-09-30', '2025-09-30 22:00Z', '2026-09-30 22:00Z', 0, 0.12, NULL, '{}', 300, 365, 'usage-1');
INSERT INTO doorfiets.calendar_entry VALUES
    ('GM0000', 'kolkdag', 'event', 'Kolkdag', '2026-10-24', '2026-10-24', 'annotate', '{kolk}', '{}', ''),
    ('GM0000', 'opbreking', 'works', 'Opbreking', '2026-10-23', '2026-10-24', 'annotate', '{}', '{vaart-1}', ''),
    ('GM0000', 'vrij', 'school_holiday', 'Herfstvakantie', '2026-10-17', '2026-10-25', 'annotate', '{}', '{}', '');
