-- calendar --
-- Entries of which a day lies in [start, end], both of them days that belong to it; a null bound is none.
SELECT entry, owner, kind, e.name, first_day, last_day, effect, sites, links, e.note
FROM api.calendar_entry e
WHERE (%(start)s::date IS NULL OR last_day >= %(start)s) AND (%(end)s::date IS NULL OR first_day <= %(end)s)
ORDER BY first_day, entry;
