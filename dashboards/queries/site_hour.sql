-- An hour that was not measured whole is a series of its own: it may look quiet and be incomplete.
SELECT $__timeGroupAlias(h.hour,'1h',NULL),
       api.name_with_owner(s.name, s.owner) || CASE WHEN h.paired < h.expected THEN #{partly} ELSE '' END AS metric,
       CASE WHEN h.paired > 0 THEN h.total::float8 END AS cyclists
FROM api.site_hour h JOIN api.site s USING (site)
WHERE $__timeFilter(h.hour) AND h.mode = 'bicycles' AND h.site IN (${site:sqlstring})
ORDER BY 1, 2
