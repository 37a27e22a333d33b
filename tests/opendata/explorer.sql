-- On top of the invented city: a calendar with a school holiday, works at one site that closed a road for a week, an event elsewhere, and a day that is
-- left out of what is compared; and a site that counted other channels in the summer of 2026.
INSERT INTO doorfiets.calendar_entry (owner, entry, kind, name, first_day, last_day, effect, sites, links, note) VALUES
    ('GM0000', 'herfst-2026', 'school_holiday', 'Herfstvakantie', '2026-10-10', '2026-10-18', 'annotate', '{}', '{}', ''),
    ('GM0000', 'zomer-2026', 'school_holiday', 'Zomervakantie', '2026-07-04', '2026-08-16', 'annotate', '{}', '{}', ''),
    ('GM0000', 'kolk-dicht', 'works', 'Kolkbrug dicht', '2026-09-07', '2026-09-13', 'exclude', '{kolk}', '{}', ''),
    ('GM0000', 'plein-feest', 'event', 'Pleinfeest', '2026-09-19', '2026-09-19', 'annotate', '{stationsplein}', '{}', ''),
    ('GM0000', 'markt', 'public_holiday', 'Marktdag', '2026-09-02', '2026-09-02', 'exclude', '{}', '{}', '');
-- The works took half of the cyclists of De Kolk while they lasted, and left a tenth more behind.
UPDATE doorfiets.site_day SET total = total / 2 WHERE site = 'kolk' AND mode = 'bicycles' AND day BETWEEN '2026-09-07' AND '2026-09-13';
UPDATE doorfiets.site_day SET total = total * 1.1 WHERE site = 'kolk' AND mode = 'bicycles' AND day BETWEEN '2026-09-14' AND '2026-10-11';
-- Half a day of it was not measured.
UPDATE doorfiets.site_day SET paired = 48, total = total / 2 WHERE site = 'kolk' AND mode = 'bicycles' AND day = '2026-09-16';
