-- The registry as readers see it, and the local days of a time zone.
SET ROLE owner;

-- Tables of the registry that are shown as they are.
CREATE VIEW api.owner WITH (security_barrier) AS SELECT * FROM doorfiets.owner;
CREATE VIEW api.district WITH (security_barrier) AS SELECT * FROM doorfiets.district;
CREATE VIEW api.quantity WITH (security_barrier) AS SELECT * FROM doorfiets.quantity;
CREATE VIEW api.denominator WITH (security_barrier) AS SELECT * FROM doorfiets.denominator;
CREATE VIEW api.site WITH (security_barrier) AS SELECT * FROM doorfiets.site;
CREATE VIEW api.station WITH (security_barrier) AS SELECT * FROM doorfiets.station;
CREATE VIEW api.route_link WITH (security_barrier) AS SELECT * FROM doorfiets.route_link;

-- The name of a place, with that of its owner where there are several owners: their places may bear the same name.
CREATE FUNCTION api.name_with_owner(place_name text, place_owner text) RETURNS text
LANGUAGE sql STABLE RETURN place_name || coalesce(
    (SELECT ' (' || o.name || ')' FROM api.owner o WHERE o.owner = place_owner AND EXISTS (SELECT FROM api.owner x WHERE x.owner <> place_owner)), '');

-- Routes and screenlines of which everything is there.
CREATE VIEW api.route WITH (security_barrier) AS
SELECT route, owner, name, illustrative, note FROM doorfiets.route r
WHERE EXISTS (SELECT FROM doorfiets.route_link l WHERE l.route = r.route);
CREATE VIEW api.screenline WITH (security_barrier) AS
SELECT screenline, owner, name, illustrative, note FROM doorfiets.screenline s
WHERE EXISTS (SELECT FROM doorfiets.screenline_channel c WHERE c.screenline = s.screenline);

-- Routes and screenlines that wait, each with the places that it names and nobody has applied yet.
CREATE VIEW api.waiting_place WITH (security_barrier) AS SELECT * FROM doorfiets.waiting_place;

-- Who answers for a subject, and in which time zone its days are.
CREATE VIEW api.subject_owner WITH (security_barrier) AS SELECT * FROM doorfiets.subject_owner;

-- The state of the registry that is in force: a digest of the applied states of all owners, and when the last of them was applied.
CREATE VIEW api.applied_state WITH (security_barrier) AS
SELECT encode(sha256(convert_to(string_agg(owner || ' ' || applied_state, E'\n' ORDER BY owner), 'UTF8')), 'hex') AS applied_state,
       max(applied_at) AS applied_at
FROM doorfiets.owner HAVING count(*) > 0;

-- All data of others, for pages.
CREATE VIEW api.data_source WITH (security_barrier) AS SELECT * FROM doorfiets.data_source;

-- Days that are unlike others.
CREATE VIEW api.calendar_entry WITH (security_barrier) AS
SELECT owner, entry, kind, name, first_day, last_day, effect, sites, links, note FROM doorfiets.calendar_entry;

-- Days on which not everybody works or goes to school, by owner, and days that say nothing about what is usual at a site.
CREATE VIEW api.holiday WITH (security_barrier) AS SELECT owner, day FROM doorfiets.holiday;
CREATE VIEW api.excluded_day WITH (security_barrier) AS SELECT DISTINCT site, day FROM doorfiets.excluded_day;

-- A link with the names of its ends.
CREATE VIEW api.link WITH (security_barrier) AS
SELECT l.link, l.owner, l.name, api.place_name(l.start_place, f.name) AS start_place, api.place_name(l.end_place, t.name) AS end_place, l.length_km, l.green,
       l.greenery, l.priority, l.width_m, l.asphalt, l.site, l.assumed_from, l.illustrative, l.geometry, l.opened, l.detour
FROM doorfiets.link l
LEFT JOIN doorfiets.district f ON f.district = l.start_place
LEFT JOIN doorfiets.district t ON t.district = l.end_place;

-- A connection with its kind: inside a district, between two, to the centre, or to the region, which comes first: that is what lies outside all districts,
-- and another owner's district.
CREATE VIEW api.connection WITH (security_barrier) AS
SELECT c.connection,
       CASE WHEN o.district IS NULL OR t.district IS NULL OR o.owner <> t.owner THEN 'region' WHEN c.one_place = c.other_place THEN 'inside'
            WHEN m.centre IN (c.one_place, c.other_place) THEN 'centre' ELSE 'between' END AS kind,
       api.place_name(c.one_place, o.name) AS one_place, api.place_name(c.other_place, t.name) AS other_place, c.link, b.owner,
       o.district AS one_district, t.district AS other_district
FROM doorfiets.connection_link c
JOIN doorfiets.subject_owner b ON b.kind = 'connection' AND b.subject = c.connection
LEFT JOIN doorfiets.district o ON o.district = c.one_place
LEFT JOIN doorfiets.district t ON t.district = c.other_place
LEFT JOIN doorfiets.owner m ON m.owner = o.owner;

-- A channel and the periods of its equipment; the sensor's own name stays inside.
CREATE VIEW api.channel WITH (security_barrier) AS
SELECT c.channel, c.site, c.mode, c.direction, d.datastream, d.seconds, d.origin, d.method, d.valid_from, d.valid_until, d.measuring_window
FROM doorfiets.channel c LEFT JOIN doorfiets.datastream d USING (channel);

-- Which model of equipment was at a place, and when; the device's own name stays inside, as its serial number and credential do.
CREATE VIEW api.placement WITH (security_barrier) AS
SELECT p.site, p.station, v.owner, v.profile, v.profile_content->>'maker' AS maker, v.profile_content->>'model' AS model, p.valid_from, p.valid_until
FROM doorfiets.placement p JOIN doorfiets.device v USING (device);

-- What was done on a local day to the device that was at a place; nothing is computed with it.
CREATE VIEW api.device_history WITH (security_barrier) AS
SELECT p.site, p.station, v.owner, h.day, h.kind, h.note
FROM doorfiets.device_history h
JOIN doorfiets.device v USING (device)
JOIN doorfiets.owner o USING (owner)
JOIN doorfiets.placement p ON p.device = h.device
    AND p.valid_from < (h.day + 1)::timestamp AT TIME ZONE o.timezone AND h.day::timestamp AT TIME ZONE o.timezone < p.valid_until;

-- A channel from its first equipment to its last: between the two it is expected to count.
CREATE VIEW api.channel_period WITH (security_barrier) AS
SELECT c.channel, c.site, c.mode, min(d.valid_from) AS valid_from, max(d.valid_until) AS valid_until
FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel) GROUP BY c.channel;

-- The sites of a screenline.
CREATE VIEW api.screenline_site WITH (security_barrier) AS
SELECT DISTINCT sc.screenline, c.site FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel);

-- The variants of a screenline, with the modes that are really counted there.
CREATE VIEW api.screenline_variant WITH (security_barrier) AS
SELECT s.screenline, s.variant, array_agg(DISTINCT s.mode ORDER BY s.mode) AS modes,
       array_agg(DISTINCT d.origin) AS origins, min(s.valid_from) AS valid_from, max(s.valid_until) AS valid_until
FROM doorfiets.screenline_stream s JOIN doorfiets.datastream d USING (datastream) GROUP BY s.screenline, s.variant;

-- With what the channels of a screenline are counted, and when: devices need not agree, so readers see them beside the share.
CREATE VIEW api.screenline_method WITH (security_barrier) AS
SELECT sc.screenline, c.site, c.mode, d.method, min(d.valid_from) AS valid_from, max(d.valid_until) AS valid_until
FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel) JOIN doorfiets.datastream d USING (channel)
GROUP BY sc.screenline, c.site, c.mode, d.method;

-- What a station measures, and the periods of its equipment.
CREATE VIEW api.station_quantity WITH (security_barrier) AS
SELECT station, quantity, datastream, seconds, origin, method, valid_from, valid_until, instrument, kappa, unit, layer, measuring_window,
       CASE WHEN measuring_window <> 'always' THEN doorfiets.placed_window(datastream) END AS placed_window
FROM doorfiets.datastream WHERE station IS NOT NULL;

-- The terms of every datastream that is named in the registry, as readers see them beside a channel or a quantity.
CREATE VIEW api.datastream_terms WITH (security_barrier) AS
SELECT d.datastream, t.data_source, t.holder, t.licence, t.licence_url, t.attribution
FROM doorfiets.datastream d JOIN doorfiets.data_source t USING (data_source);

-- Where the numbers of a subject come from, and when; a null facet is all of them.
CREATE VIEW api.subject_origin WITH (security_barrier) AS
WITH counted AS (
    SELECT c.channel, c.site, c.mode, d.origin, d.valid_from, d.valid_until FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel)),
link_cyclists AS (
    SELECT l.link, c.origin, c.valid_from, c.valid_until
    FROM doorfiets.link l JOIN doorfiets.link f ON f.link = coalesce(l.assumed_from, l.link) JOIN counted c ON c.site = f.site AND c.mode = 'bicycles'),
breathed AS (
    SELECT s.station, s.district, d.quantity, d.origin, d.valid_from, d.valid_until FROM doorfiets.station s JOIN doorfiets.datastream d USING (station))
SELECT 'site' AS kind, site AS subject, mode AS facet, origin, valid_from, valid_until FROM counted
UNION ALL SELECT 'owner', s.owner, c.mode, c.origin, c.valid_from, c.valid_until FROM counted c JOIN doorfiets.site s USING (site)
UNION ALL SELECT 'screenline', s.screenline, NULL, c.origin, c.valid_from, c.valid_until FROM doorfiets.screenline_channel s JOIN counted c USING (channel)
UNION ALL SELECT 'link', link, NULL, origin, valid_from, valid_until FROM link_cyclists
UNION ALL SELECT 'route', r.route, NULL, d.origin, d.valid_from, d.valid_until FROM doorfiets.route_link r JOIN link_cyclists d USING (link)
UNION ALL SELECT 'connection', c.connection, NULL, d.origin, d.valid_from,
    d.valid_until FROM doorfiets.connection_link c JOIN link_cyclists d USING (link)
UNION ALL SELECT 'station', station, quantity, origin, valid_from, valid_until FROM breathed
UNION ALL SELECT 'district', district, quantity, origin, valid_from, valid_until FROM breathed;

-- Under which terms the numbers of subjects may be used in a range, by where they come from and by owner; `data_source` null is the owner's own.
CREATE FUNCTION api.terms_of_subjects(wanted_kind text, wanted_subjects text[], wanted_facet text, wanted_direction text, range_start timestamptz,
    range_end timestamptz)
RETURNS TABLE (data_source text, holder text, licence text, licence_url text, attribution text, origins text[], owner text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT t.data_source, coalesce(t.holder, m.publisher), coalesce(t.licence, m.licence), t.licence_url, t.attribution, array_agg(DISTINCT d.origin), m.owner
    FROM datastream d
    JOIN datastream_owner USING (datastream)
    JOIN owner m USING (owner)
    LEFT JOIN data_source t USING (data_source)
    WHERE d.datastream IN (
            SELECT s.datastream FROM subject_stream s
            WHERE s.kind = wanted_kind AND s.subject = ANY (wanted_subjects) AND (wanted_facet IS NULL OR s.facet = wanted_facet)
              AND (wanted_direction IS NULL OR s.direction = wanted_direction))
      AND d.valid_from < coalesce(range_end, 'infinity') AND coalesce(range_start, '-infinity') < d.valid_until
    GROUP BY t.data_source, m.owner
    ORDER BY t.data_source NULLS FIRST, m.owner;
END $$;
CREATE FUNCTION api.terms(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (data_source text, holder text, licence text, licence_url text, attribution text, origins text[], owner text)
LANGUAGE sql STABLE AS $$
    SELECT * FROM api.terms_of_subjects(wanted_kind, ARRAY[wanted_subject], wanted_facet, wanted_direction, range_start, range_end)
$$;

-- When what counts for subjects in a range can measure, where it does not always: `daylight`, or local hours such as `05-20`. Nothing is expected outside
-- of any of those of one subject.
CREATE FUNCTION api.measuring_windows_of_subjects(wanted_kind text, wanted_subjects text[], wanted_facet text, wanted_direction text, range_start timestamptz,
    range_end timestamptz) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN (
    SELECT coalesce(array_agg(DISTINCT d.measuring_window ORDER BY d.measuring_window), '{}')
    FROM datastream d
    WHERE d.measuring_window <> 'always' AND d.datastream IN (
            SELECT s.datastream FROM subject_stream s
            WHERE s.kind = wanted_kind AND s.subject = ANY (wanted_subjects) AND (wanted_facet IS NULL OR s.facet = wanted_facet)
              AND (wanted_direction IS NULL OR s.direction = wanted_direction))
      AND d.valid_from < coalesce(range_end, 'infinity') AND coalesce(range_start, '-infinity') < d.valid_until);
END $$;
CREATE FUNCTION api.measuring_windows(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz,
    range_end timestamptz) RETURNS text[]
LANGUAGE sql STABLE
RETURN api.measuring_windows_of_subjects(wanted_kind, ARRAY[wanted_subject], wanted_facet, wanted_direction, range_start, range_end);

-- Where a local day begins in a time zone. Where clocks are put back to midnight (the Azores in autumn) it begins with the first of two, and
-- `AT TIME ZONE` means the second; where they are put on from midnight, with the hour that follows.
CREATE FUNCTION api.midnight(day date, zone text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE RETURN day::timestamp AT TIME ZONE zone
    - CASE WHEN (day::timestamp AT TIME ZONE zone - interval '1 hour') AT TIME ZONE zone >= day THEN interval '1 hour' ELSE interval '0' END;

-- The local days of [from_day, until_day) in a time zone, each with the UTC range that it means.
CREATE FUNCTION api.calendar(from_day date, until_day date, zone text) RETURNS TABLE (day date, started_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE ROWS 31 AS $$
    SELECT d::date, api.midnight(d::date, zone), api.midnight(d::date + 1, zone)
    FROM generate_series(from_day::timestamp, until_day - interval '1 day', interval '1 day') d
$$;

-- The local days that start in a range, each with the UTC range it means: joined to day rows, a day that nobody measured stays a gap.
CREATE FUNCTION api.local_days(range_start timestamptz, range_end timestamptz, zone text)
RETURNS TABLE (day date, started_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SET search_path = api, pg_temp
ROWS 31 AS $$
    SELECT y.day, y.started_at, y.ended_at
    FROM calendar((range_start AT TIME ZONE zone)::date, (range_end AT TIME ZONE zone)::date + 1, zone) y
    WHERE y.started_at BETWEEN range_start AND range_end
    ORDER BY y.day
$$;

-- The pieces of a range that rows are about: local days, weeks, months or years that begin in it; for each month in it the twelve months that
-- end with it ('rolling_year'); or the range itself ('whole').
CREATE FUNCTION api.buckets(unit text, range_start timestamptz, range_end timestamptz, zone text)
RETURNS TABLE (first_day date, until_day date, started_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE ROWS 50 AS $$
    SELECT b.first::date, b.until::date, api.midnight(b.first::date, zone), api.midnight(b.until::date, zone)
    FROM (SELECT CASE unit WHEN 'rolling_year' THEN 'month' WHEN 'whole' THEN 'day' ELSE unit END AS step) s
    CROSS JOIN LATERAL generate_series(date_trunc(s.step, range_start AT TIME ZONE zone), range_end AT TIME ZONE zone, ('1 ' || s.step)::interval) d
    CROSS JOIN LATERAL (
        SELECT CASE WHEN unit = 'rolling_year' THEN d - interval '11 months' ELSE d END AS first, d + ('1 ' || s.step)::interval AS until) b
    WHERE unit <> 'whole' AND api.midnight(d::date, zone) >= range_start AND api.midnight(d::date, zone) < range_end
    UNION ALL
    SELECT (range_start AT TIME ZONE zone)::date, (range_end AT TIME ZONE zone)::date, range_start, range_end
    WHERE unit = 'whole' AND range_start < range_end
$$;

RESET ROLE;
