-- site_placements --
-- Which equipment was at a site, and when.
SELECT maker, model, valid_from, valid_until FROM api.placement WHERE site = %(site)s ORDER BY valid_from, valid_until;

-- site_device_history --
-- What was done to the devices while they were at a site.
SELECT DISTINCT day, kind FROM api.device_history WHERE site = %(site)s ORDER BY day, kind;

-- calibrated_sites --
-- The sites at which the calibration of a device was entered.
SELECT DISTINCT site FROM api.device_history WHERE kind = 'calibration' AND site IS NOT NULL ORDER BY site;

-- station_placements --
-- Which equipment was at a station, and when.
SELECT maker, model, valid_from, valid_until FROM api.placement WHERE station = %(station)s ORDER BY valid_from, valid_until;

-- station_device_history --
-- What was done to the devices while they were at a station.
SELECT DISTINCT day, kind FROM api.device_history WHERE station = %(station)s ORDER BY day, kind;
