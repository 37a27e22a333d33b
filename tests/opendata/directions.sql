-- On top of the invented city: equipment that comes and goes beside what is looked at. At Vaart Noord the counter out of town stops on 19 October 2026, and at
-- De Kolk a second counter of bicycles, which no screenline has, begins on the 5th.
UPDATE doorfiets.datastream SET valid_until = '2026-10-18 22:00Z' WHERE datastream = 2;
INSERT INTO doorfiets.channel VALUES ('kolk-fiets-2', 'kolk', 'bicycles', 'beide');
INSERT INTO doorfiets.datastream (datastream, sensor, source, quantity, channel, station, seconds, origin, method, valid_from, valid_until)
OVERRIDING SYSTEM VALUE VALUES (90, 'kolk-1', 'bicycles/2', 'bicycles', 'kolk-fiets-2', NULL, 900, 'simulated', 'radar', '2026-10-04 22:00Z', '2100-01-01Z');
SELECT doorfiets.refresh_expectations();
-- Works that last 300 days, a single day, and close to five years.
INSERT INTO doorfiets.calendar_entry (owner, entry, kind, name, first_day, last_day, effect, sites, links, note) VALUES
    ('GM0000', 'lang', 'works', 'Lang werk', '2025-10-01', '2026-07-27', 'annotate', '{vaart-noord}', '{}', ''),
    ('GM0000', 'kort', 'works', 'Kort werk', '2026-10-16', '2026-10-16', 'annotate', '{vaart-noord}', '{}', ''),
    ('GM0000', 'jaren', 'works', 'Jaren werk', '2021-11-22', '2026-10-26', 'annotate', '{vaart-noord,kolk}', '{}', '');
