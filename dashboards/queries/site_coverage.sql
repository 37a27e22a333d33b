-- How much of each local day on which a site should count was measured, from 0 to 1; null where nothing was expected, and no row before its first channel.
SELECT d.started_at AS time, api.name_with_owner(s.name, s.owner) AS metric, api.coverage(d.paired, d.expected) AS coverage
FROM api.site_days('bicycles', ($__timeFrom()::timestamptz - interval '1 day')::date, ($__timeTo()::timestamptz + interval '2 days')::date,
         wanted_sites => ARRAY(SELECT x.site FROM api.site x WHERE x.site IN (${site:sqlstring}))) d
JOIN api.site s USING (site)
WHERE $__timeFilter(d.started_at) AND d.started_at <= now()
ORDER BY 1, 2
