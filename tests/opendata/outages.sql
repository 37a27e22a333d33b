-- What was wrong with feeds of the invented city: five runs that are over; a battery that was low, and a feed that was well. Nothing was received of any feed,
-- so that each is the same on whatever day a test runs.

DELETE FROM doorfiets.feed;
INSERT INTO doorfiets.feed_state (datastream, status, since, until, reason) VALUES
    (1, 'ok', '2026-10-01 00:00Z', '2026-10-20 00:00Z', NULL),
    (1, 'silent', '2026-10-20 00:00Z', '2026-10-21 06:00Z',
        '{"code": "nothing_received", "parameters": {"missed": 3.5, "every": 900, "last": "2026-10-19T23:00:00+00:00"}}'),
    (2, 'silent', '2026-10-22 10:30Z', '2026-10-22 16:15Z',
        '{"code": "nothing_received", "parameters": {"missed": 3, "every": 900, "last": "2026-10-22T10:00:00+00:00"}}'),
    (4, 'dead', '2026-08-01 00:00Z', '2026-08-03 00:00Z', '{"code": "found", "parameters": {"flag": "dead", "from": "2026-08-01T00:00:00+00:00"}}'),
    (9, 'partial', '2026-10-25 00:00Z', '2026-10-26 00:00Z', '{"code": "incomplete", "parameters": {"valid": 90, "needed": 95}}'),
    (3, 'battery', '2026-10-24 00:00Z', '2026-10-25 00:00Z', '{"code": "battery_low", "parameters": {"voltage": 3.1, "lowest": 3.3}}'),
    (3, 'maintenance', '2026-10-25 00:00Z', '2026-10-25 12:00Z', '{"code": "in_maintenance", "parameters": {"until": null}}');
