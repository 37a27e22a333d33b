-- The registry: what stands where, and since when. Written by `registrar` from reviewed files, read by everybody.
SET ROLE owner;

-- Who owns places and answers for their numbers. Ids are unique in the installation; a row of an owner is changed by applying that owner's files only.
-- `number` names its locks. `applied_state` is a digest of the files that were applied last, at `applied_at`.
CREATE TABLE doorfiets.owner (
    owner text PRIMARY KEY,
    number int4 GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind text NOT NULL CHECK (kind IN ('municipality', 'province', 'association')),
    name text NOT NULL,
    timezone text NOT NULL,
    publisher text NOT NULL,
    contact_email text NOT NULL,
    contact_url text NOT NULL,
    licence text NOT NULL,
    attributions text[] NOT NULL,
    note text NOT NULL,
    centre text NOT NULL DEFAULT '',  -- district that is the centre of town; '' where there is none
    calibration_low float8 NOT NULL DEFAULT 0.8,
    calibration_high float8 NOT NULL DEFAULT 1.4,
    school_region text NOT NULL DEFAULT 'noord' CHECK (school_region IN ('noord', 'midden', 'zuid')),
    host boolean NOT NULL DEFAULT false,
    applied_state text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    CHECK (0 < calibration_low AND calibration_low <= 1 AND 1 <= calibration_high)
);
-- The name of one of them stands above the public site.
CREATE UNIQUE INDEX one_host ON doorfiets.owner (host) WHERE host;

-- Data of others that are passed on: whose they are, under which licence, and how they want to be named.
CREATE TABLE doorfiets.data_source (
    data_source text PRIMARY KEY,
    owner text NOT NULL REFERENCES doorfiets.owner,
    holder text NOT NULL,
    licence text NOT NULL,
    licence_url text NOT NULL,
    attribution text NOT NULL
);

-- A part of town; sites and stations lie in one.
CREATE TABLE doorfiets.district (
    district text PRIMARY KEY,
    owner text NOT NULL REFERENCES doorfiets.owner,
    name text NOT NULL,
    geometry jsonb NOT NULL
);

-- The catalogue of schemas.quantities, so that SQL speaks the same units.
CREATE TABLE doorfiets.quantity (
    quantity text PRIMARY KEY,
    unit text NOT NULL,
    fold text NOT NULL CHECK (fold IN ('sum', 'mean')),
    label text NOT NULL,
    unit_label text NOT NULL,
    plausible_low float8 NOT NULL,
    plausible_high float8 NOT NULL
);

-- The named variants of the cycling share: which modes a denominator may hold (schemas.quantities.DENOMINATORS).
CREATE TABLE doorfiets.denominator (
    variant text NOT NULL,
    mode text NOT NULL REFERENCES doorfiets.quantity,
    PRIMARY KEY (variant, mode)
);

-- A place where is counted.
CREATE TABLE doorfiets.site (
    site text PRIMARY KEY,
    owner text NOT NULL REFERENCES doorfiets.owner,
    name text NOT NULL,
    district text NOT NULL REFERENCES doorfiets.district,
    longitude float8 NOT NULL,
    latitude float8 NOT NULL,
    illustrative boolean NOT NULL,
    note text NOT NULL
);

-- One mode in one direction at a site, whatever equipment counts it.
CREATE TABLE doorfiets.channel (
    channel text PRIMARY KEY,
    site text NOT NULL REFERENCES doorfiets.site,
    mode text NOT NULL REFERENCES doorfiets.quantity,
    direction text NOT NULL
);

-- Stations of one region see the same air at large; '' belongs to none.
CREATE TABLE doorfiets.station (
    station text PRIMARY KEY,
    owner text NOT NULL REFERENCES doorfiets.owner,
    name text NOT NULL,
    district text NOT NULL REFERENCES doorfiets.district,
    longitude float8 NOT NULL,
    latitude float8 NOT NULL,
    kind text NOT NULL CHECK (kind IN ('official', 'citizen')),
    environment text NOT NULL CHECK (environment IN ('background', 'traffic')),
    illustrative boolean NOT NULL,
    note text NOT NULL,
    region text NOT NULL DEFAULT ''
);

-- A piece of equipment by the name that it has in messages; one that only datastreams name has nothing but that. `profile_content` is the profile that is
-- effective for it (`schemas.profile.DeviceProfile`), null where it has none. Neither `serial` nor `credential` is in any view.
CREATE TABLE doorfiets.device (
    device text PRIMARY KEY,
    owner text NOT NULL REFERENCES doorfiets.owner,
    profile text NOT NULL DEFAULT '',
    profile_content jsonb,
    serial text NOT NULL DEFAULT '',
    credential text NOT NULL DEFAULT '',
    firmware text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT ''
);
CREATE INDEX device_of_owner ON doorfiets.device (owner);

-- Where a device was, and which other one it replaced there; '' is none.
CREATE TABLE doorfiets.placement (
    device text NOT NULL REFERENCES doorfiets.device,
    site text REFERENCES doorfiets.site,
    station text REFERENCES doorfiets.station,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > valid_from),
    replaces text NOT NULL DEFAULT '',
    CHECK ((site IS NULL) <> (station IS NULL)),
    PRIMARY KEY (device, valid_from)
);
CREATE INDEX placement_at_site ON doorfiets.placement (site);
CREATE INDEX placement_at_station ON doorfiets.placement (station);

-- What was done to a device on a local day. Nothing is computed with it.
CREATE TABLE doorfiets.device_history (
    device text NOT NULL REFERENCES doorfiets.device,
    day date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('calibration', 'sensitivity')),
    note text NOT NULL,
    PRIMARY KEY (device, day, kind)
);

-- How often the devices of an owner, or their sources, have changed.
CREATE TABLE doorfiets.directory_version (
    owner text PRIMARY KEY REFERENCES doorfiets.owner ON DELETE CASCADE,
    version int8 NOT NULL
);

-- One quantity as one sensor reports it, for as long as that is so. A replaced counter is a new row; its channel keeps the history.
CREATE TABLE doorfiets.datastream (
    datastream int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sensor text NOT NULL REFERENCES doorfiets.device,
    source text NOT NULL,
    quantity text NOT NULL REFERENCES doorfiets.quantity,
    channel text REFERENCES doorfiets.channel,
    station text REFERENCES doorfiets.station,
    seconds int4 NOT NULL CHECK (seconds > 0 AND 3600 % seconds = 0),  -- length of one interval
    origin text NOT NULL CHECK (origin IN ('measured', 'recorded', 'simulated')),
    method text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > valid_from),
    instrument text NOT NULL DEFAULT '' CHECK (instrument IN ('', 'reference', 'plantower', 'sds011', 'sps30')),
    kappa float8 CHECK (kappa > 0),
    unit text NOT NULL DEFAULT '',  -- as sent; '' is the catalogue's
    scale float8 NOT NULL DEFAULT 1 CHECK (scale > 0),  -- what was sent, times this, is in the catalogue's unit
    layer text NOT NULL DEFAULT 'measured' CHECK (layer IN ('measured', 'publisher')),
    data_source text REFERENCES doorfiets.data_source,  -- null: the publisher's own
    -- What a value is of that comes without an interval (record 24), and how often the sensor speaks; 0 is once an interval.
    sampling text NOT NULL DEFAULT 'interval' CHECK (sampling IN ('interval', 'increment', 'cumulative', 'sample')),
    every_seconds int4 NOT NULL DEFAULT 0 CHECK (every_seconds >= 0),
    register_bits int4 NOT NULL DEFAULT 0 CHECK (register_bits IN (0, 8, 16, 24, 32)),  -- width of a running total; 0 never rolls over
    restart text NOT NULL DEFAULT 'unknown' CHECK (restart IN ('unknown', 'counts')),
    gap text NOT NULL DEFAULT 'missing' CHECK (gap IN ('missing', 'whole')),
    measuring_window text NOT NULL DEFAULT 'always',  -- `always`, `daylight`, or local hours such as `05-20`: outside of it nothing is expected
    CHECK ((channel IS NULL) <> (station IS NULL)),
    UNIQUE (sensor, source, valid_from)
);
CREATE INDEX datastream_of_channel ON doorfiets.datastream (channel);
CREATE INDEX datastream_of_station ON doorfiets.datastream (station);
CREATE INDEX datastream_of_source ON doorfiets.datastream (data_source);

-- The devices of all owners as the intake knows them: effective profile (null where there is none), the sources of all datastreams of any period,
-- and the unit in which each source is sent, where that is the same in all of its datastreams.
CREATE VIEW doorfiets.device_directory AS
SELECT v.device, v.profile_content AS profile,
       ARRAY(SELECT DISTINCT d.source FROM doorfiets.datastream d WHERE d.sensor = v.device ORDER BY d.source) AS sources,
       (SELECT coalesce(jsonb_object_agg(u.source, u.unit), '{}')
        FROM (SELECT d.source, min(coalesce(nullif(d.unit, ''), q.unit)) AS unit
              FROM doorfiets.datastream d JOIN doorfiets.quantity q USING (quantity)
              WHERE d.sensor = v.device
              GROUP BY d.source HAVING count(DISTINCT coalesce(nullif(d.unit, ''), q.unit)) = 1) u) AS units
FROM doorfiets.device v;

-- Differs after every change of the directory. Whoever reads it before the directory, and again later, misses no change.
CREATE VIEW doorfiets.directory_state AS
SELECT coalesce(string_agg(concat_ws('.', o.number, v.version), '-' ORDER BY o.number), '') AS state
FROM doorfiets.directory_version v JOIN doorfiets.owner o USING (owner);

-- A piece of road between two places. Lengths in km, width in m, the rest fractions of the length.
CREATE TABLE doorfiets.link (
    link text PRIMARY KEY,
    owner text NOT NULL REFERENCES doorfiets.owner,
    name text NOT NULL,
    start_place text NOT NULL,
    end_place text NOT NULL,
    length_km float8 NOT NULL CHECK (length_km > 0),
    green boolean NOT NULL,
    greenery float8 NOT NULL,
    priority float8 NOT NULL,
    width_m float8 NOT NULL,
    asphalt float8 NOT NULL,
    site text REFERENCES doorfiets.site,
    assumed_from text REFERENCES doorfiets.link DEFERRABLE INITIALLY DEFERRED,
    illustrative boolean NOT NULL,
    geometry jsonb NOT NULL,
    opened date,  -- first local day of its present shape
    detour float8 CHECK (detour >= 1),  -- length by the straight line
    CHECK (site IS NULL OR assumed_from IS NULL)
);

-- Links that follow each other under one name, of its owner or of others. A route that names a link which is not there yet waits: it has no `route_link`.
CREATE TABLE doorfiets.route (
    route text PRIMARY KEY,
    owner text NOT NULL REFERENCES doorfiets.owner,
    name text NOT NULL,
    illustrative boolean NOT NULL,
    note text NOT NULL,
    links text[] NOT NULL
);

-- The links of a route in the order in which they are ridden.
CREATE TABLE doorfiets.route_link (
    route text NOT NULL REFERENCES doorfiets.route ON DELETE CASCADE,
    position int4 NOT NULL,
    link text NOT NULL REFERENCES doorfiets.link,
    PRIMARY KEY (route, position)
);

-- A line across town: who crosses it is counted at its sites, of its owner or of others. One that names a site which is not there yet waits.
CREATE TABLE doorfiets.screenline (
    screenline text PRIMARY KEY,
    owner text NOT NULL REFERENCES doorfiets.owner,
    name text NOT NULL,
    illustrative boolean NOT NULL,
    note text NOT NULL,
    sites text[] NOT NULL
);

-- All crossings of a screenline: every channel of its sites.
CREATE TABLE doorfiets.screenline_channel (
    screenline text NOT NULL REFERENCES doorfiets.screenline ON DELETE CASCADE,
    channel text NOT NULL REFERENCES doorfiets.channel ON DELETE CASCADE,
    PRIMARY KEY (screenline, channel)
);

-- Routes and screenlines that wait, each with the places that it names and nobody has applied yet.
CREATE VIEW doorfiets.waiting_place AS
SELECT 'route' AS kind, r.route AS subject, r.owner, array_agg(n.link ORDER BY n.link) AS missing
FROM doorfiets.route r CROSS JOIN LATERAL unnest(r.links) AS n(link)
WHERE NOT EXISTS (SELECT FROM doorfiets.link l WHERE l.link = n.link) GROUP BY r.route
UNION ALL
SELECT 'screenline', s.screenline, s.owner, array_agg(n.site ORDER BY n.site)
FROM doorfiets.screenline s CROSS JOIN LATERAL unnest(s.sites) AS n(site)
WHERE NOT EXISTS (SELECT FROM doorfiets.site t WHERE t.site = n.site) GROUP BY s.screenline;

-- Days that are unlike others; `last_day` belongs to it, no sites and no links is everywhere at the owner's places.
CREATE TABLE doorfiets.calendar_entry (
    owner text NOT NULL REFERENCES doorfiets.owner,
    entry text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('public_holiday', 'school_holiday', 'works', 'event')),
    name text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL CHECK (last_day >= first_day),
    effect text NOT NULL CHECK (effect IN ('annotate', 'exclude')),
    sites text[] NOT NULL,
    links text[] NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (owner, entry)
);

-- Whose a datastream is, and in which time zone its days are.
CREATE VIEW doorfiets.datastream_owner AS
SELECT d.datastream, o.owner, o.number, o.timezone
FROM doorfiets.datastream d
LEFT JOIN doorfiets.channel c USING (channel)
LEFT JOIN doorfiets.site s ON s.site = c.site
LEFT JOIN doorfiets.station t ON t.station = d.station
JOIN doorfiets.owner o ON o.owner = coalesce(s.owner, t.owner);

-- Which datastreams must speak for a site in one mode.
CREATE VIEW doorfiets.site_stream AS
SELECT c.site, c.mode, d.datastream, d.seconds, d.valid_from, d.valid_until
FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel);

-- Which datastreams must speak for a screenline in one variant. A variant exists where bicycles are counted and another mode of it is; the one of all
-- traffic exists where pedestrians are.
CREATE VIEW doorfiets.screenline_stream AS
WITH crossing AS (
    SELECT sc.screenline, sc.channel, c.site, c.mode FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel)),
counted AS (  -- at every site of the line: lorries of one street beside the cyclists of two would be no share
    SELECT c.screenline, c.mode
    FROM crossing c JOIN (SELECT screenline, count(DISTINCT site) AS sites FROM crossing GROUP BY screenline) a USING (screenline)
    GROUP BY c.screenline, c.mode, a.sites HAVING count(DISTINCT c.site) = a.sites),
variant AS (
    SELECT DISTINCT c.screenline, d.variant FROM counted c JOIN doorfiets.denominator d USING (mode)
    WHERE c.mode <> 'bicycles' AND (d.variant <> 'all' OR c.mode = 'pedestrians'))
SELECT c.screenline, d.variant, c.mode, s.datastream, s.seconds, s.valid_from, s.valid_until
FROM crossing c
JOIN counted USING (screenline, mode)
JOIN variant v USING (screenline)
JOIN doorfiets.denominator d ON d.variant = v.variant AND d.mode = c.mode
JOIN doorfiets.datastream s USING (channel)
WHERE EXISTS (SELECT FROM counted b WHERE b.screenline = c.screenline AND b.mode = 'bicycles');

-- A connection is what links of the same two ends are together: in a district, between districts, to the centre, to the region.
CREATE VIEW doorfiets.connection_link AS
SELECT lower(least(start_place, end_place) || '-' || greatest(start_place, end_place)) AS connection,
       least(start_place, end_place) AS one_place, greatest(start_place, end_place) AS other_place, link, owner
FROM doorfiets.link;

-- Who answers for a subject, and in which time zone its days are. For a connection it is the first of the owners of its links.
CREATE VIEW doorfiets.subject_owner AS
SELECT s.kind, s.subject, s.owner, o.timezone
FROM (
    SELECT 'site' AS kind, site AS subject, owner FROM doorfiets.site
    UNION ALL SELECT 'station', station, owner FROM doorfiets.station
    UNION ALL SELECT 'district', district, owner FROM doorfiets.district
    UNION ALL SELECT 'link', link, owner FROM doorfiets.link
    UNION ALL SELECT 'route', route, owner FROM doorfiets.route
    UNION ALL SELECT 'screenline', screenline, owner FROM doorfiets.screenline
    UNION ALL SELECT 'connection', connection, min(owner) FROM doorfiets.connection_link GROUP BY connection
    UNION ALL SELECT 'owner', owner, owner FROM doorfiets.owner) s
JOIN doorfiets.owner o USING (owner);

-- Which datastreams speak for a subject, in one facet of it: a mode, a variant of a share, or a quantity; a null facet is all of them.
CREATE VIEW doorfiets.subject_stream AS
WITH counted AS (
    SELECT c.channel, c.site, c.mode, c.direction, d.datastream FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel)),
link_cyclists AS (
    SELECT l.link, c.datastream
    FROM doorfiets.link l JOIN doorfiets.link f ON f.link = coalesce(l.assumed_from, l.link) JOIN counted c ON c.site = f.site AND c.mode = 'bicycles')
SELECT 'site' AS kind, site AS subject, mode AS facet, direction, datastream FROM counted
UNION ALL SELECT 'owner', s.owner, c.mode, NULL, c.datastream FROM counted c JOIN doorfiets.site s USING (site)
UNION ALL SELECT 'screenline', screenline, variant, NULL, datastream FROM doorfiets.screenline_stream
UNION ALL SELECT 'link', link, NULL, NULL, datastream FROM link_cyclists
UNION ALL SELECT 'route', r.route, NULL, NULL, d.datastream FROM doorfiets.route_link r JOIN link_cyclists d USING (link)
UNION ALL SELECT 'connection', c.connection, NULL, NULL, d.datastream FROM doorfiets.connection_link c JOIN link_cyclists d USING (link)
UNION ALL SELECT 'station', station, quantity, NULL, datastream FROM doorfiets.datastream WHERE station IS NOT NULL
UNION ALL SELECT 'district', s.district, d.quantity, NULL, d.datastream FROM doorfiets.station s JOIN doorfiets.datastream d USING (station);

-- Local days on which not everybody works or goes to school, by owner.
CREATE VIEW doorfiets.holiday AS
SELECT DISTINCT e.owner, d::date AS day
FROM doorfiets.calendar_entry e CROSS JOIN LATERAL generate_series(e.first_day::timestamp, e.last_day, interval '1 day') d
WHERE e.kind IN ('public_holiday', 'school_holiday');

-- Local days that say nothing about what is usual at a site: at the site itself, on a link that it counts, or everywhere at its owner's. What an owner's
-- calendar says of its links holds for its own sites: another who counts on them has a calendar of its own.
CREATE VIEW doorfiets.excluded_day AS
SELECT s.site, d::date AS day, e.entry
FROM doorfiets.calendar_entry e
CROSS JOIN LATERAL generate_series(e.first_day::timestamp, e.last_day, interval '1 day') d
JOIN doorfiets.site s ON s.owner = e.owner AND (s.site = ANY (e.sites) OR (e.sites = '{}' AND e.links = '{}')
    OR EXISTS (SELECT FROM doorfiets.link l WHERE l.link = ANY (e.links) AND l.site = s.site))
WHERE e.effect = 'exclude';

RESET ROLE;
