-- On top of the two owners: eleven working days of De Kolk in the island province that say what is usual, 110 on average, and four days that say nothing: a
-- Saturday, a school holiday, a day that the calendar excludes, and one that was half measured. Of the same weekdays 52 weeks before each had 55.
INSERT INTO doorfiets.calendar_entry VALUES
    ('PV0099', 'vrije-dag', 'school_holiday', 'Vrije dag', '2026-10-19', '2026-10-19', 'annotate', '{}', '{}', ''),
    ('PV0099', 'opbreking', 'works', 'Opbreking', '2026-10-20', '2026-10-20', 'exclude', '{}', '{}', '');
UPDATE doorfiets.site_day SET total = 110 WHERE site = 'eiland-kolk' AND mode = 'bicycles' AND day = '2026-10-26';
INSERT INTO doorfiets.site_day (site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, rule)
SELECT 'eiland-kolk', 'bicycles', day, api.midnight(day, 'Atlantic/Azores'), api.midnight(day + 1, 'Atlantic/Azores'), 96, paired, 96, total, total, 'pair-1'
FROM (VALUES
    (date '2026-10-05', 96, 100), ('2026-10-06', 96, 100), ('2026-10-07', 96, 100), ('2026-10-08', 96, 100), ('2026-10-09', 72, 100),
    ('2026-10-12', 96, 100), ('2026-10-13', 96, 100), ('2026-10-14', 96, 100), ('2026-10-15', 96, 100), ('2026-10-16', 96, 200),
    ('2026-10-17', 96, 9000), ('2026-10-19', 96, 9000), ('2026-10-20', 96, 9000), ('2026-10-21', 48, 9000)) d(day, paired, total);
INSERT INTO doorfiets.site_day (site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, rule)
SELECT site, mode, day - 364, started_at - interval '364 days', ended_at - interval '364 days', rows, paired, expected, 55, 55, rule
FROM doorfiets.site_day WHERE site = 'eiland-kolk' AND mode = 'bicycles';
INSERT INTO doorfiets.link_day (link, day, started_at, ended_at, counted_on, measured, cyclists, paired, expected, rule)
SELECT 'eiland-1', day, started_at, ended_at, 'eiland-1', true, total, paired, expected, 'usage-1'
FROM doorfiets.site_day WHERE site = 'eiland-kolk' AND mode = 'bicycles' AND day > '2026-01-01' ON CONFLICT DO NOTHING;
UPDATE doorfiets.link_day SET cyclists = 110 WHERE link = 'eiland-1' AND day = '2026-10-26';
