-- site_placements --
-- Which equipment was at a site, and when.
SELECT maker, model, valid_from, valid_until FROM api.placement WHERE site = %(site)s ORDER BY valid_from, valid_until;

-- site_device_history --
-- What was done to the devices while they were at a site.
SELECT DISTINCT day, kind FROM api.device_history WHERE site = %(site)s ORDER BY day, kind;
