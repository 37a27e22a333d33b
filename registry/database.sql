-- registered_owner --
-- What is registered of some owners, kind by kind, by the names that their files have it under.
SELECT owner AS id, kind, host, name, timezone, centre, calibration_low, calibration_high, school_region, publisher, contact_email, contact_url, licence,
       attributions, note
FROM doorfiets.owner WHERE owner = ANY (%(owners)s);

-- registered_data_source --
-- The data sources, with their licence and attribution.
SELECT data_source AS id, owner, holder, licence, licence_url, attribution FROM doorfiets.data_source WHERE owner = ANY (%(owners)s);

-- registered_district --
-- The districts, with their outlines.
SELECT district AS id, owner, name, geometry FROM doorfiets.district WHERE owner = ANY (%(owners)s);

-- registered_site --
-- The sites.
SELECT site AS id, owner, name, district, longitude, latitude, illustrative, note FROM doorfiets.site WHERE owner = ANY (%(owners)s);

-- registered_channel --
-- The channels, which are of the owner of their site.
SELECT c.channel AS id, c.site, c.mode, c.direction FROM doorfiets.channel c JOIN doorfiets.site s USING (site) WHERE s.owner = ANY (%(owners)s);

-- registered_station --
-- The stations.
SELECT station AS id, owner, name, district, longitude, latitude, kind, environment, region, illustrative, note
FROM doorfiets.station WHERE owner = ANY (%(owners)s);

-- registered_device --
-- The devices, each with its effective profile.
SELECT device AS id, owner, profile, profile_content, serial, credential, firmware, note FROM doorfiets.device WHERE owner = ANY (%(owners)s);

-- registered_placement --
-- The placements, each with the time zone in which its owner says when it begins.
SELECT p.device, p.site, p.station, p.valid_from, p.valid_until, p.replaces, o.timezone
FROM doorfiets.placement p JOIN doorfiets.device d USING (device) JOIN doorfiets.owner o USING (owner)
WHERE d.owner = ANY (%(owners)s);

-- registered_device_history --
-- What was done to the devices.
SELECT h.device, h.day, h.kind, h.note FROM doorfiets.device_history h JOIN doorfiets.device d USING (device) WHERE d.owner = ANY (%(owners)s);

-- registered_datastream --
-- The datastreams, each with the time zone in which its owner says when it begins.
SELECT d.sensor, d.source, d.quantity, d.seconds, d.origin, d.data_source, d.method, d.instrument, d.kappa, d.unit, d.scale, d.layer, d.valid_from,
       d.valid_until, d.channel, c.site, d.station, d.sampling, d.every_seconds, d.register_bits, d.restart, d.gap, d.measuring_window, o.timezone
FROM doorfiets.datastream d
JOIN doorfiets.datastream_owner o USING (datastream)
LEFT JOIN doorfiets.channel c USING (channel)
WHERE o.owner = ANY (%(owners)s);

-- registered_link --
-- The links.
SELECT link AS id, owner, name, start_place AS start, end_place AS end, length_km AS length, green, greenery, priority, width_m AS width, asphalt, site,
       assumed_from, opened, detour, illustrative, geometry
FROM doorfiets.link WHERE owner = ANY (%(owners)s);

-- registered_route --
-- The routes, with the links that they name, whether these are there or not.
SELECT route AS id, owner, name, illustrative, note, links FROM doorfiets.route WHERE owner = ANY (%(owners)s);

-- registered_screenline --
-- The screenlines, with the sites that they name, whether these are there or not.
SELECT screenline AS id, owner, name, illustrative, note, sites FROM doorfiets.screenline WHERE owner = ANY (%(owners)s);

-- registered_calendar_entry --
-- The entries of the calendar.
SELECT entry AS id, owner, kind, name, first_day, last_day, effect, sites, links, note FROM doorfiets.calendar_entry WHERE owner = ANY (%(owners)s);

-- places_of_others --
-- What rows of these owners may name at others, and in which time zone its days are.
SELECT p.kind, p.id, o.timezone
FROM (
    SELECT 'district' AS kind, district AS id, owner FROM doorfiets.district
    UNION ALL SELECT 'site', site, owner FROM doorfiets.site
    UNION ALL SELECT 'link', link, owner FROM doorfiets.link) p
JOIN doorfiets.owner o USING (owner)
WHERE p.owner <> ALL (%(owners)s);

-- references_of_others --
-- Which rows of other owners name which places.
SELECT n.kind, n.id, n.owner, n.named_kind, n.named_id
FROM (
    SELECT 'site' AS kind, site AS id, owner, 'district' AS named_kind, district AS named_id FROM doorfiets.site
    UNION ALL SELECT 'station', station, owner, 'district', district FROM doorfiets.station
    UNION ALL SELECT 'link', link, owner, 'district', start_place FROM doorfiets.link
    UNION ALL SELECT 'link', link, owner, 'district', end_place FROM doorfiets.link
    UNION ALL SELECT 'link', link, owner, 'site', site FROM doorfiets.link
    UNION ALL SELECT 'link', link, owner, 'link', assumed_from FROM doorfiets.link
    UNION ALL SELECT 'route', route, owner, 'link', unnest(links) FROM doorfiets.route
    UNION ALL SELECT 'screenline', screenline, owner, 'site', unnest(sites) FROM doorfiets.screenline) n
WHERE n.owner <> ALL (%(owners)s) AND n.named_id IS NOT NULL
ORDER BY n.kind, n.id;

-- taken --
-- Which of some ids another owner has.
SELECT t.kind, t.id, t.owner
FROM (
    SELECT 'data_source' AS kind, data_source AS id, owner FROM doorfiets.data_source
    UNION ALL SELECT 'district', district, owner FROM doorfiets.district
    UNION ALL SELECT 'site', site, owner FROM doorfiets.site
    UNION ALL SELECT 'channel', c.channel, s.owner FROM doorfiets.channel c JOIN doorfiets.site s USING (site)
    UNION ALL SELECT 'station', station, owner FROM doorfiets.station
    UNION ALL SELECT 'link', link, owner FROM doorfiets.link
    UNION ALL SELECT 'route', route, owner FROM doorfiets.route
    UNION ALL SELECT 'screenline', screenline, owner FROM doorfiets.screenline
    UNION ALL SELECT 'device', device, owner FROM doorfiets.device) t
WHERE t.owner <> ALL (%(owners)s) AND (t.kind, t.id) IN (SELECT * FROM unnest(%(kinds)s::text[], %(ids)s::text[]))
ORDER BY t.kind, t.id;

-- other_host --
-- The host, where it is none of these owners.
SELECT name FROM doorfiets.owner WHERE host AND owner <> ALL (%(owners)s);

-- numbers --
-- The numbers of some owners, which name their locks.
SELECT coalesce(array_agg(number ORDER BY number), '{}') FROM doorfiets.owner WHERE owner = ANY (%(owners)s);

-- numbers_of_streams --
-- The numbers of the owners of some datastreams.
SELECT coalesce(array_agg(DISTINCT number), '{}') FROM doorfiets.datastream_owner WHERE datastream = ANY (%(datastreams)s);

-- quantities --
-- The catalogue as it is registered.
SELECT quantity, unit, fold, label, unit_label, plausible_low, plausible_high FROM doorfiets.quantity;

-- denominators --
-- The modes of each variant of the cycling share as they are registered.
SELECT variant, mode FROM doorfiets.denominator;

-- host --
-- The number of the host, if there is one.
SELECT coalesce(array_agg(number), '{}') FROM doorfiets.owner WHERE host;

-- put_quantity --
-- The catalogue, which is of no owner.
INSERT INTO doorfiets.quantity (quantity, unit, fold, label, unit_label, plausible_low, plausible_high)
VALUES (%(name)s, %(unit)s, %(fold)s, %(label)s, %(unit_label)s, %(low)s, %(high)s)
ON CONFLICT (quantity) DO UPDATE SET unit = excluded.unit, fold = excluded.fold, label = excluded.label, unit_label = excluded.unit_label,
    plausible_low = excluded.plausible_low, plausible_high = excluded.plausible_high;

-- put_denominator --
-- Which modes a denominator is made of; of no owner either.
INSERT INTO doorfiets.denominator (variant, mode) VALUES (%(variant)s, %(mode)s) ON CONFLICT DO NOTHING;

-- no_host --
-- Of two that are applied at once the other may become it.
UPDATE doorfiets.owner SET host = false WHERE host AND owner = ANY (%(owners)s);

-- put_newcomer --
-- A new owner needs its number before anything of it is written. It is the host, if at all, when nobody else is any more.
INSERT INTO doorfiets.owner (owner, kind, name, timezone, publisher, contact_email, contact_url, licence, attributions, note, centre,
    calibration_low, calibration_high, school_region, applied_state)
VALUES (%(id)s, %(kind)s, %(name)s, %(timezone)s, %(publisher)s, %(contact_email)s, %(contact_url)s, %(licence)s, %(attributions)s, %(note)s,
    %(centre)s, %(calibration_low)s, %(calibration_high)s, %(school_region)s, '')
ON CONFLICT (owner) DO NOTHING RETURNING owner;

-- put_owner --
-- The owner itself; its number and its applied state stay.
UPDATE doorfiets.owner SET kind = %(kind)s, host = %(host)s, name = %(name)s, timezone = %(timezone)s, publisher = %(publisher)s,
    contact_email = %(contact_email)s, contact_url = %(contact_url)s, licence = %(licence)s, attributions = %(attributions)s, note = %(note)s,
    centre = %(centre)s, calibration_low = %(calibration_low)s, calibration_high = %(calibration_high)s, school_region = %(school_region)s
WHERE owner = %(id)s;

-- put_state --
-- Which files are in force, and since when.
UPDATE doorfiets.owner SET applied_state = %(state)s, applied_at = now() WHERE owner = %(owner)s AND applied_state <> %(state)s;

-- put_data_source --
-- Like those that follow it inserts one row, or revises the one of that id.
INSERT INTO doorfiets.data_source (data_source, owner, holder, licence, licence_url, attribution)
VALUES (%(id)s, %(owner)s, %(holder)s, %(licence)s, %(licence_url)s, %(attribution)s)
ON CONFLICT (data_source) DO UPDATE SET owner = excluded.owner, holder = excluded.holder, licence = excluded.licence, licence_url = excluded.licence_url,
    attribution = excluded.attribution
WHERE doorfiets.data_source.owner = ANY (%(owners)s);

-- put_district --
-- A district with its outline.
INSERT INTO doorfiets.district (district, owner, name, geometry) VALUES (%(id)s, %(owner)s, %(name)s, %(geometry)s)
ON CONFLICT (district) DO UPDATE SET owner = excluded.owner, name = excluded.name, geometry = excluded.geometry
WHERE doorfiets.district.owner = ANY (%(owners)s);

-- put_site --
-- A site in its district.
INSERT INTO doorfiets.site (site, owner, name, district, longitude, latitude, illustrative, note)
VALUES (%(id)s, %(owner)s, %(name)s, %(district)s, %(longitude)s, %(latitude)s, %(illustrative)s, %(note)s)
ON CONFLICT (site) DO UPDATE SET owner = excluded.owner, name = excluded.name, district = excluded.district, longitude = excluded.longitude,
    latitude = excluded.latitude, illustrative = excluded.illustrative, note = excluded.note
WHERE doorfiets.site.owner = ANY (%(owners)s);

-- put_channel --
-- A channel of a site.
INSERT INTO doorfiets.channel (channel, site, mode, direction) VALUES (%(id)s, %(site)s, %(mode)s, %(direction)s)
ON CONFLICT (channel) DO UPDATE SET site = excluded.site, mode = excluded.mode, direction = excluded.direction;

-- put_station --
-- A station in its district.
INSERT INTO doorfiets.station (station, owner, name, district, longitude, latitude, kind, environment, region, illustrative, note)
VALUES (%(id)s, %(owner)s, %(name)s, %(district)s, %(longitude)s, %(latitude)s, %(kind)s, %(environment)s, %(region)s, %(illustrative)s, %(note)s)
ON CONFLICT (station) DO UPDATE SET owner = excluded.owner, name = excluded.name, district = excluded.district, longitude = excluded.longitude,
    latitude = excluded.latitude, kind = excluded.kind, environment = excluded.environment, region = excluded.region,
    illustrative = excluded.illustrative, note = excluded.note
WHERE doorfiets.station.owner = ANY (%(owners)s);

-- put_device --
-- A device with its effective profile.
INSERT INTO doorfiets.device (device, owner, profile, profile_content, serial, credential, firmware, note)
VALUES (%(id)s, %(owner)s, %(profile)s, %(profile_content)s, %(serial)s, %(credential)s, %(firmware)s, %(note)s)
ON CONFLICT (device) DO UPDATE SET owner = excluded.owner, profile = excluded.profile, profile_content = excluded.profile_content,
    serial = excluded.serial, credential = excluded.credential, firmware = excluded.firmware, note = excluded.note
WHERE doorfiets.device.owner = ANY (%(owners)s);

-- put_placement --
-- Where a device is, until when, and which one it replaced.
INSERT INTO doorfiets.placement (device, site, station, valid_from, valid_until, replaces)
VALUES (%(device)s, %(site)s, %(station)s, %(valid_from)s, %(valid_until)s, %(replaces)s)
ON CONFLICT (device, valid_from) DO UPDATE SET site = excluded.site, station = excluded.station, valid_until = excluded.valid_until,
    replaces = excluded.replaces;

-- move_placement --
-- A placement whose first day was another one; the rest of it is written after this.
UPDATE doorfiets.placement SET valid_from = %(valid_from)s, valid_until = %(valid_until)s WHERE device = %(device)s AND valid_from = %(was_from)s;

-- put_device_history --
-- What was done to a device on a day.
INSERT INTO doorfiets.device_history (device, day, kind, note) VALUES (%(device)s, %(day)s, %(kind)s, %(note)s)
ON CONFLICT (device, day, kind) DO UPDATE SET note = excluded.note;

-- put_directory_version --
-- The devices of these owners, or their sources, are others from now on.
INSERT INTO doorfiets.directory_version (owner, version) SELECT owner, 1 FROM doorfiets.owner WHERE owner = ANY (%(owners)s)
ON CONFLICT (owner) DO UPDATE SET version = doorfiets.directory_version.version + 1;

-- move_datastream --
-- A datastream whose first day was another one keeps its number, and so its observations; the rest of it is written after this.
UPDATE doorfiets.datastream SET valid_from = %(valid_from)s, valid_until = %(valid_until)s
WHERE sensor = %(sensor)s AND source = %(source)s AND valid_from = %(was_from)s;

-- put_datastream --
-- The number of a datastream never changes: observations refer to it.
INSERT INTO doorfiets.datastream (sensor, source, quantity, channel, station, seconds, origin, method, instrument, kappa, unit, scale, layer,
    data_source, valid_from, valid_until, sampling, every_seconds, register_bits, restart, gap, measuring_window)
VALUES (%(sensor)s, %(source)s, %(quantity)s, %(channel)s, %(station)s, %(seconds)s, %(origin)s, %(method)s, %(instrument)s, %(kappa)s, %(unit)s,
    %(scale)s, %(layer)s, %(data_source)s, %(valid_from)s, %(valid_until)s, %(sampling)s, %(every_seconds)s, %(register_bits)s, %(restart)s, %(gap)s,
    %(measuring_window)s)
ON CONFLICT (sensor, source, valid_from) DO UPDATE SET quantity = excluded.quantity, channel = excluded.channel, station = excluded.station,
    seconds = excluded.seconds, origin = excluded.origin, method = excluded.method, instrument = excluded.instrument, kappa = excluded.kappa,
    unit = excluded.unit, scale = excluded.scale, layer = excluded.layer, data_source = excluded.data_source, valid_until = excluded.valid_until,
    sampling = excluded.sampling, every_seconds = excluded.every_seconds, register_bits = excluded.register_bits, restart = excluded.restart,
    gap = excluded.gap, measuring_window = excluded.measuring_window;

-- put_link --
-- A link between two places.
INSERT INTO doorfiets.link (link, owner, name, start_place, end_place, length_km, green, greenery, priority, width_m, asphalt, site, assumed_from,
    opened, detour, illustrative, geometry)
VALUES (%(id)s, %(owner)s, %(name)s, %(start)s, %(end)s, %(length)s, %(green)s, %(greenery)s, %(priority)s, %(width)s, %(asphalt)s, %(site)s,
    %(assumed_from)s, %(opened)s, %(detour)s, %(illustrative)s, %(geometry)s)
ON CONFLICT (link) DO UPDATE SET owner = excluded.owner, name = excluded.name, start_place = excluded.start_place, end_place = excluded.end_place,
    length_km = excluded.length_km, green = excluded.green, greenery = excluded.greenery, priority = excluded.priority,
    width_m = excluded.width_m, asphalt = excluded.asphalt, site = excluded.site, assumed_from = excluded.assumed_from,
    opened = excluded.opened, detour = excluded.detour, illustrative = excluded.illustrative, geometry = excluded.geometry
WHERE doorfiets.link.owner = ANY (%(owners)s);

-- put_route --
-- A route with the links that it names; its members are written by `put_route_links`.
INSERT INTO doorfiets.route (route, owner, name, illustrative, note, links) VALUES (%(id)s, %(owner)s, %(name)s, %(illustrative)s, %(note)s, %(links)s)
ON CONFLICT (route) DO UPDATE SET owner = excluded.owner, name = excluded.name, illustrative = excluded.illustrative, note = excluded.note,
    links = excluded.links
WHERE doorfiets.route.owner = ANY (%(owners)s);

-- put_screenline --
-- A screenline with the sites that it names; its channels are written by `put_screenline_channels`.
INSERT INTO doorfiets.screenline (screenline, owner, name, illustrative, note, sites)
VALUES (%(id)s, %(owner)s, %(name)s, %(illustrative)s, %(note)s, %(sites)s)
ON CONFLICT (screenline) DO UPDATE SET owner = excluded.owner, name = excluded.name, illustrative = excluded.illustrative, note = excluded.note,
    sites = excluded.sites
WHERE doorfiets.screenline.owner = ANY (%(owners)s);

-- put_calendar_entry --
-- An entry of the calendar.
INSERT INTO doorfiets.calendar_entry (owner, entry, kind, name, first_day, last_day, effect, sites, links, note)
VALUES (%(owner)s, %(id)s, %(kind)s, %(name)s, %(first_day)s, %(last_day)s, %(effect)s, %(sites)s, %(links)s, %(note)s)
ON CONFLICT (owner, entry) DO UPDATE SET kind = excluded.kind, name = excluded.name, first_day = excluded.first_day, last_day = excluded.last_day,
    effect = excluded.effect, sites = excluded.sites, links = excluded.links, note = excluded.note;

-- forget_route_links --
-- The members of a route are written anew where they are not what it names; a route that names a link which is not there waits, and has none.
DELETE FROM doorfiets.route_link m WHERE NOT EXISTS (
    SELECT FROM doorfiets.route r
    WHERE r.route = m.route AND r.links[m.position] = m.link
      AND NOT EXISTS (SELECT FROM unnest(r.links) AS n(link) WHERE NOT EXISTS (SELECT FROM doorfiets.link l WHERE l.link = n.link)));

-- put_route_links --
-- The links of every route of which all are there.
INSERT INTO doorfiets.route_link (route, position, link)
SELECT r.route, n.position, n.link
FROM doorfiets.route r CROSS JOIN LATERAL unnest(r.links) WITH ORDINALITY AS n(link, position)
WHERE NOT EXISTS (SELECT FROM unnest(r.links) AS m(link) WHERE NOT EXISTS (SELECT FROM doorfiets.link l WHERE l.link = m.link))
ON CONFLICT (route, position) DO NOTHING;

-- forget_screenline_channels --
-- All crossings of a screenline: every channel of its sites, none while one of them is not there.
DELETE FROM doorfiets.screenline_channel m WHERE NOT EXISTS (
    SELECT FROM doorfiets.screenline s JOIN doorfiets.channel c ON c.channel = m.channel AND c.site = ANY (s.sites)
    WHERE s.screenline = m.screenline
      AND NOT EXISTS (SELECT FROM unnest(s.sites) AS n(site) WHERE NOT EXISTS (SELECT FROM doorfiets.site t WHERE t.site = n.site)));

-- put_screenline_channels --
-- The channels of every screenline of which all sites are there.
INSERT INTO doorfiets.screenline_channel (screenline, channel)
SELECT s.screenline, c.channel
FROM doorfiets.screenline s JOIN doorfiets.channel c ON c.site = ANY (s.sites)
WHERE NOT EXISTS (SELECT FROM unnest(s.sites) AS n(site) WHERE NOT EXISTS (SELECT FROM doorfiets.site t WHERE t.site = n.site))
ON CONFLICT (screenline, channel) DO NOTHING;

-- owners --
-- The owners that are applied, with how much they have.
SELECT o.owner, o.kind, o.name, o.host, o.applied_state, o.applied_at,
       (SELECT count(*) FROM doorfiets.site s WHERE s.owner = o.owner), (SELECT count(*) FROM doorfiets.station s WHERE s.owner = o.owner),
       (SELECT count(*) FROM doorfiets.link l WHERE l.owner = o.owner)
FROM doorfiets.owner o ORDER BY o.owner;

-- waiting --
-- Routes and screenlines that wait for places nobody has applied yet.
SELECT kind, subject, missing FROM doorfiets.waiting_place ORDER BY kind, subject;

-- drop_calendar_entry --
-- What the files no longer name goes, in the order that references need; what holds history has been refused before.
DELETE FROM doorfiets.calendar_entry WHERE (owner, entry) IN (SELECT * FROM unnest(%(owners)s::text[], %(ids)s::text[]));

-- drop_screenline --
-- The screenlines.
DELETE FROM doorfiets.screenline WHERE screenline = ANY (%(ids)s);

-- drop_route --
-- The routes.
DELETE FROM doorfiets.route WHERE route = ANY (%(ids)s);

-- drop_link --
-- The links, after the routes that name them.
DELETE FROM doorfiets.link WHERE link = ANY (%(ids)s);

-- drop_datastream --
-- The datastreams, known by sensor, source and beginning.
DELETE FROM doorfiets.datastream
WHERE (sensor, source, valid_from) IN (SELECT * FROM unnest(%(sensors)s::text[], %(sources)s::text[], %(beginnings)s::timestamptz[]));

-- drop_placement --
-- The placements, known by device and beginning.
DELETE FROM doorfiets.placement WHERE (device, valid_from) IN (SELECT * FROM unnest(%(devices)s::text[], %(beginnings)s::timestamptz[]));

-- drop_device_history --
-- What was done to devices, by device, day and kind.
DELETE FROM doorfiets.device_history WHERE (device, day, kind) IN (SELECT * FROM unnest(%(devices)s::text[], %(days)s::date[], %(kinds)s::text[]));

-- drop_device --
-- The devices, after their datastreams, placements and history.
DELETE FROM doorfiets.device WHERE device = ANY (%(ids)s);

-- drop_station --
-- The stations, after their datastreams.
DELETE FROM doorfiets.station WHERE station = ANY (%(ids)s);

-- drop_channel --
-- The channels, after their datastreams.
DELETE FROM doorfiets.channel WHERE channel = ANY (%(ids)s);

-- drop_site --
-- The sites, after their channels.
DELETE FROM doorfiets.site WHERE site = ANY (%(ids)s);

-- drop_district --
-- The districts, after what lies in them.
DELETE FROM doorfiets.district WHERE district = ANY (%(ids)s);

-- drop_data_source --
-- The data sources, after the datastreams that name them.
DELETE FROM doorfiets.data_source WHERE data_source = ANY (%(ids)s);

-- drop_owner --
-- The owners, after everything of theirs.
DELETE FROM doorfiets.owner WHERE owner = ANY (%(ids)s);
