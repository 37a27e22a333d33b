-- Events and works of the calendar at the chosen sites, or everywhere; holidays are left out, as there are too many of them.
SELECT api.midnight(e.first_day, o.timezone) AS time,
       api.midnight(e.last_day + 1, o.timezone) AS timeend,
       api.name_with_owner(e.name, e.owner) AS text
FROM api.calendar_entry e
JOIN api.owner o USING (owner)
WHERE e.kind IN ('event', 'works')
  AND api.midnight(e.first_day, o.timezone) <= $__timeTo() AND api.midnight(e.last_day + 1, o.timezone) >= $__timeFrom()
  AND (cardinality(e.sites) = 0 AND cardinality(e.links) = 0 OR EXISTS (SELECT FROM unnest(e.sites) x WHERE x IN (${site:sqlstring})))
ORDER BY 1, 3
