-- put_municipality --
INSERT INTO doorfiets.municipality (municipality, name, timezone, publisher, contact_email, contact_url, licence, attributions, note, centre,
    calibration_low, calibration_high, school_region)
VALUES (%(id)s, %(name)s, %(timezone)s, %(publisher)s, %(contact_email)s, %(contact_url)s, %(licence)s, %(attributions)s, %(note)s, %(centre)s,
    %(calibration_low)s, %(calibration_high)s, %(school_region)s)
ON CONFLICT (municipality) DO UPDATE SET name = excluded.name, timezone = excluded.timezone, publisher = excluded.publisher,
    contact_email = excluded.contact_email, contact_url = excluded.contact_url, licence = excluded.licence,
    attributions = excluded.attributions, note = excluded.note, centre = excluded.centre, calibration_low = excluded.calibration_low,
    calibration_high = excluded.calibration_high, school_region = excluded.school_region;

-- put_data_source --
INSERT INTO doorfiets.data_source (data_source, holder, licence, licence_url, attribution)
VALUES (%(id)s, %(holder)s, %(licence)s, %(licence_url)s, %(attribution)s)
ON CONFLICT (data_source) DO UPDATE SET holder = excluded.holder, licence = excluded.licence, licence_url = excluded.licence_url,
    attribution = excluded.attribution;

-- put_district --
INSERT INTO doorfiets.district (district, name, geometry) VALUES (%(id)s, %(name)s, %(geometry)s)
ON CONFLICT (district) DO UPDATE SET name = excluded.name, geometry = excluded.geometry;

-- put_quantity --
INSERT INTO doorfiets.quantity (quantity, unit, fold, label, unit_label, plausible_low, plausible_high)
VALUES (%(name)s, %(unit)s, %(fold)s, %(label)s, %(unit_label)s, %(low)s, %(high)s)
ON CONFLICT (quantity) DO UPDATE SET unit = excluded.unit, fold = excluded.fold, label = excluded.label, unit_label = excluded.unit_label,
    plausible_low = excluded.plausible_low, plausible_high = excluded.plausible_high;

-- put_denominator --
INSERT INTO doorfiets.denominator (variant, mode) VALUES (%(variant)s, %(mode)s) ON CONFLICT DO NOTHING;

-- put_site --
INSERT INTO doorfiets.site (site, name, district, longitude, latitude, illustrative, note)
VALUES (%(id)s, %(name)s, %(district)s, %(longitude)s, %(latitude)s, %(illustrative)s, %(note)s)
ON CONFLICT (site) DO UPDATE SET name = excluded.name, district = excluded.district, longitude = excluded.longitude,
    latitude = excluded.latitude, illustrative = excluded.illustrative, note = excluded.note;

-- put_channel --
INSERT INTO doorfiets.channel (channel, site, mode, direction) VALUES (%(id)s, %(site)s, %(mode)s, %(direction)s)
ON CONFLICT (channel) DO UPDATE SET site = excluded.site, mode = excluded.mode, direction = excluded.direction;

-- put_station --
INSERT INTO doorfiets.station (station, name, district, longitude, latitude, kind, environment, region, illustrative, note)
VALUES (%(id)s, %(name)s, %(district)s, %(longitude)s, %(latitude)s, %(kind)s, %(environment)s, %(region)s, %(illustrative)s, %(note)s)
ON CONFLICT (station) DO UPDATE SET name = excluded.name, district = excluded.district, longitude = excluded.longitude,
    latitude = excluded.latitude, kind = excluded.kind, environment = excluded.environment, region = excluded.region,
    illustrative = excluded.illustrative, note = excluded.note;

-- put_datastream --
-- The number of a datastream never changes: observations refer to it.
INSERT INTO doorfiets.datastream (sensor, source, quantity, channel, station, seconds, origin, method, instrument, kappa, unit, scale, layer,
    data_source, valid_from, valid_until)
VALUES (%(sensor)s, %(source)s, %(quantity)s, %(channel)s, %(station)s, %(seconds)s, %(origin)s, %(method)s, %(instrument)s, %(kappa)s, %(unit)s,
    %(scale)s, %(layer)s, %(data_source)s, %(valid_from)s, %(valid_until)s)
ON CONFLICT (sensor, source, valid_from) DO UPDATE SET quantity = excluded.quantity, channel = excluded.channel, station = excluded.station,
    seconds = excluded.seconds, origin = excluded.origin, method = excluded.method, instrument = excluded.instrument, kappa = excluded.kappa,
    unit = excluded.unit, scale = excluded.scale, layer = excluded.layer, data_source = excluded.data_source, valid_until = excluded.valid_until;

-- put_link --
INSERT INTO doorfiets.link (link, name, start_place, end_place, length_km, green, greenery, priority, width_m, asphalt, site, assumed_from,
    opened, detour, illustrative, geometry)
VALUES (%(id)s, %(name)s, %(start)s, %(end)s, %(length)s, %(green)s, %(greenery)s, %(priority)s, %(width)s, %(asphalt)s, %(site)s,
    %(assumed_from)s, %(opened)s, %(detour)s, %(illustrative)s, %(geometry)s)
ON CONFLICT (link) DO UPDATE SET name = excluded.name, start_place = excluded.start_place, end_place = excluded.end_place,
    length_km = excluded.length_km, green = excluded.green, greenery = excluded.greenery, priority = excluded.priority,
    width_m = excluded.width_m, asphalt = excluded.asphalt, site = excluded.site, assumed_from = excluded.assumed_from,
    opened = excluded.opened, detour = excluded.detour, illustrative = excluded.illustrative, geometry = excluded.geometry;

-- put_route --
INSERT INTO doorfiets.route (route, name, illustrative, note) VALUES (%(id)s, %(name)s, %(illustrative)s, %(note)s)
ON CONFLICT (route) DO UPDATE SET name = excluded.name, illustrative = excluded.illustrative, note = excluded.note;

-- put_route_link --
INSERT INTO doorfiets.route_link (route, position, link) VALUES (%(route)s, %(position)s, %(link)s);

-- put_screenline --
INSERT INTO doorfiets.screenline (screenline, name, illustrative, note) VALUES (%(id)s, %(name)s, %(illustrative)s, %(note)s)
ON CONFLICT (screenline) DO UPDATE SET name = excluded.name, illustrative = excluded.illustrative, note = excluded.note;

-- put_screenline_channels --
-- All crossings of a screenline: every channel of its sites.
INSERT INTO doorfiets.screenline_channel (screenline, channel)
SELECT %(screenline)s, channel FROM doorfiets.channel WHERE site = ANY (%(sites)s);

-- put_calendar_entry --
INSERT INTO doorfiets.calendar_entry (entry, kind, name, first_day, last_day, effect, sites, links, note)
VALUES (%(id)s, %(kind)s, %(name)s, %(first_day)s, %(last_day)s, %(effect)s, %(sites)s, %(links)s, %(note)s)
ON CONFLICT (entry) DO UPDATE SET kind = excluded.kind, name = excluded.name, first_day = excluded.first_day, last_day = excluded.last_day,
    effect = excluded.effect, sites = excluded.sites, links = excluded.links, note = excluded.note;

-- clear_compositions --
-- What is made of other things holds no history of its own and is written anew.
DELETE FROM doorfiets.route_link;

-- clear_screenline_channels --
DELETE FROM doorfiets.screenline_channel;

-- drop_route --
-- Whatever the files no longer name goes, in the order that references need; what holds history has been refused before.
DELETE FROM doorfiets.route WHERE route <> ALL (%(named)s);

-- drop_screenline --
DELETE FROM doorfiets.screenline WHERE screenline <> ALL (%(named)s);

-- drop_link --
DELETE FROM doorfiets.link WHERE link <> ALL (%(named)s);

-- drop_datastreams --
DELETE FROM doorfiets.datastream WHERE datastream = ANY (%(gone)s);

-- drop_data_source --
DELETE FROM doorfiets.data_source WHERE data_source <> ALL (%(named)s);

-- drop_channel --
DELETE FROM doorfiets.channel WHERE channel <> ALL (%(named)s);

-- drop_station --
DELETE FROM doorfiets.station WHERE station <> ALL (%(named)s);

-- drop_site --
DELETE FROM doorfiets.site WHERE site <> ALL (%(named)s);

-- drop_district --
DELETE FROM doorfiets.district WHERE district <> ALL (%(named)s);

-- drop_calendar_entry --
DELETE FROM doorfiets.calendar_entry WHERE entry <> ALL (%(named)s);
