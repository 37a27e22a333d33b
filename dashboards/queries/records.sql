-- The busiest local day of each chosen site up to the end of the range; one that was not measured whole had at least so many.
SELECT name, day, cyclists
FROM (SELECT DISTINCT ON (s.site) api.name_with_owner(s.name, s.owner) AS name, to_char(d.day, 'YYYY-MM-DD') AS day, d.total::float8 AS cyclists
      FROM api.site_day d JOIN api.site s USING (site)
      WHERE d.mode = 'bicycles' AND d.site IN (${site:sqlstring}) AND d.paired > 0 AND d.started_at <= $__timeTo()
      ORDER BY s.site, d.total DESC, d.day) busiest
ORDER BY cyclists DESC, name
