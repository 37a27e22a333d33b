-- The schema as it was first released; made from `schemas/sql/schema`.

-- 00_roles.sql

-- Roles and schemas: one owner that nobody logs in as, and one role per reader and writer.
CREATE EXTENSION IF NOT EXISTS timescaledb;

-- Roles belong to the server, and may be there already for another database of it. Nobody logs in as `owner`, who has everything, nor as `guard`, who
-- sees and ends the sessions of other roles.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['owner', 'guard'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['registrar', 'ingest', 'store', 'aggregate', 'quality', 'replay', 'watch', 'console', 'api', 'grafana_staff', 'grafana_public', 'backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
    END LOOP;
END
$$;

CREATE SCHEMA doorfiets AUTHORIZATION owner;
CREATE SCHEMA api AUTHORIZATION owner;

-- A stopped writer must not hold the fence, a slow reader must not hold anything.
ALTER ROLE store SET statement_timeout = '20s';
ALTER ROLE store SET lock_timeout = '5s';
ALTER ROLE store SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE aggregate SET statement_timeout = '60s';
ALTER ROLE aggregate SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE quality SET statement_timeout = '30s';  -- before it counts as one that makes no progress
ALTER ROLE quality SET lock_timeout = '5s';
ALTER ROLE quality SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE replay SET statement_timeout = '20s';
ALTER ROLE replay SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE watch SET statement_timeout = '10s';
ALTER ROLE watch SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE console SET statement_timeout = '5s';
ALTER ROLE console SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE console CONNECTION LIMIT 10;
ALTER ROLE ingest SET statement_timeout = '5s';
ALTER ROLE ingest SET default_transaction_read_only = on;
ALTER ROLE ingest CONNECTION LIMIT 5;
ALTER ROLE api SET statement_timeout = '5s';
ALTER ROLE api SET default_transaction_read_only = on;
ALTER ROLE api CONNECTION LIMIT 20;
ALTER ROLE grafana_staff SET statement_timeout = '5s';
ALTER ROLE grafana_staff SET default_transaction_read_only = on;
ALTER ROLE grafana_staff CONNECTION LIMIT 15;
ALTER ROLE grafana_public SET statement_timeout = '5s';
ALTER ROLE grafana_public SET default_transaction_read_only = on;
ALTER ROLE grafana_public CONNECTION LIMIT 15;

-- The questions of dashboards are short and many: compiling one takes a thousand times as long as answering it.
ALTER ROLE grafana_staff SET jit = off;
ALTER ROLE grafana_public SET jit = off;

-- Temporary files of a reader's question; only a superuser can lift this one.
ALTER ROLE ingest SET temp_file_limit = '256MB';
ALTER ROLE api SET temp_file_limit = '256MB';
ALTER ROLE grafana_staff SET temp_file_limit = '256MB';
ALTER ROLE grafana_public SET temp_file_limit = '256MB';

-- Who changes the registry waits shortly and often, so that nobody has to wait behind it for long; a vacuum in its way gives way sooner than that.
ALTER ROLE registrar SET lock_timeout = '500ms';
ALTER ROLE registrar SET deadlock_timeout = '200ms';
ALTER ROLE registrar SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE registrar SET client_connection_check_interval = '1s';
GRANT pg_read_all_stats TO registrar;  -- it says who it waits for
GRANT pg_signal_backend, pg_read_all_stats TO guard;

-- 10_registry.sql

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

-- 15_owner_locks.sql

-- Locks by owner: who works on the places of one owner holds up nobody who works on another's. Advisory, since they are fair and write nothing; the classes
-- are 7364206 (aggregates of an owner), 7364207 (marks of its hours) and 7364208 (what joins places of several owners).
SET ROLE owner;

-- `registrar` changes an owner's registry: no round of `aggregate` begins on its datastreams, and those that run are waited for.
CREATE FUNCTION doorfiets.hold_aggregates(owners int4[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_advisory_xact_lock(7364206, n) FROM (SELECT DISTINCT unnest(owners) AS n ORDER BY n) sorted
$$;

-- `registrar` marks hours and needs observations as they are: `store` waits where a batch holds a reading of these owners.
CREATE FUNCTION doorfiets.hold_marks(owners int4[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_advisory_xact_lock(7364207, n) FROM (SELECT DISTINCT unnest(owners) AS n ORDER BY n) sorted
$$;

-- `registrar` completes routes and screenlines: of two that apply at the same time the second sees what the first brought.
CREATE FUNCTION doorfiets.hold_joint_places() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp RETURN pg_advisory_xact_lock(7364208, 0);

-- `store` stores readings of these owners, and learns whether a finding stands about any of these datastreams between two moments. It looks once it has
-- the lock, as a statement of its own: what whoever held the lock has found is seen.
CREATE FUNCTION doorfiets.share_marks(owners int4[], datastreams int4[] DEFAULT '{}', first timestamptz DEFAULT 'infinity', last timestamptz DEFAULT '-infinity')
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7364207, n) FROM (SELECT DISTINCT unnest(owners) AS n ORDER BY n) sorted;
    RETURN EXISTS (
        SELECT FROM doorfiets.finding f
        WHERE f.withdrawn_at IS NULL AND f.datastream = ANY (datastreams) AND f.ended_at > first
          AND f.started_at <= last + interval '1 hour');  -- a row of both autumn hours holds what is an hour later
END $$;

-- `aggregate` begins a round: `free` are the owners whose places it may work on until its transaction ends.
CREATE FUNCTION doorfiets.share_aggregates() RETURNS TABLE (owner text, timezone text, free boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT o.owner, o.timezone, pg_try_advisory_xact_lock_shared(7364206, o.number) FROM owner o ORDER BY o.number
$$;

REVOKE EXECUTE ON FUNCTION doorfiets.hold_aggregates, doorfiets.hold_marks, doorfiets.hold_joint_places, doorfiets.share_marks, doorfiets.share_aggregates
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.hold_aggregates, doorfiets.hold_marks, doorfiets.hold_joint_places TO registrar;
GRANT EXECUTE ON FUNCTION doorfiets.hold_marks TO quality;
GRANT EXECUTE ON FUNCTION doorfiets.share_marks TO store;
GRANT EXECUTE ON FUNCTION doorfiets.share_aggregates TO aggregate;

RESET ROLE;

-- 20_observation.sql

-- What was observed, and which of two messages about the same interval stands.
SET ROLE owner;

-- A raw value is never edited: a correction is a newer reception of the same interval. `run` and `number` are the place of the newest numbered
-- message about the interval, null where there was none. It is the message that stands, unless `restated`: then one without a number, received later,
-- stands over it (an import of files, for instance).
CREATE TABLE doorfiets.observation (
    datastream int4 NOT NULL,
    started_at timestamptz NOT NULL CHECK (isfinite(started_at)),
    ended_at timestamptz NOT NULL CHECK (isfinite(ended_at) AND ended_at > started_at),
    value float8 CHECK (value <> 'NaN' AND abs(value) < 1e12),
    uptime float4 NOT NULL CHECK (uptime BETWEEN 0 AND 1),
    quality_flags int4 NOT NULL,
    received_at timestamptz NOT NULL CHECK (isfinite(received_at)),
    revised_at timestamptz NOT NULL,
    revision int4 NOT NULL DEFAULT 1,
    run int8,
    number int8,
    restated boolean,
    found_flags int4 NOT NULL DEFAULT 0,  -- of the findings that stand about this moment; a message never changes them, a finding changes nothing else
    decoded_at timestamptz,  -- when a replay decoded its message again; null where it was decoded as it was received
    PRIMARY KEY (datastream, started_at)
);
SELECT public.create_hypertable('doorfiets.observation', public.by_range('started_at', INTERVAL '28 days'), create_default_indexes => false);

-- What was sent beside the grid of its datastream, as it was sent: intervals, and frames, of which both ends are the same instant. Of a datastream that
-- has anything here (`feed.off_grid`) everything is here, and its observations are what follows from it (record 24; streams.domain.measurement).
-- Without a number of the sender: run 0, number -1.
CREATE TABLE doorfiets.measurement (
    datastream int4 NOT NULL,
    started_at timestamptz NOT NULL CHECK (isfinite(started_at)),
    ended_at timestamptz NOT NULL CHECK (isfinite(ended_at) AND ended_at >= started_at),
    value float8 CHECK (value <> 'NaN' AND abs(value) < 1e12),
    uptime float4 NOT NULL CHECK (uptime BETWEEN 0 AND 1),
    quality_flags int4 NOT NULL,
    received_at timestamptz NOT NULL CHECK (isfinite(received_at)),
    run int8 NOT NULL,
    number int8 NOT NULL,
    restated boolean NOT NULL,
    decoded_at timestamptz,  -- likewise
    PRIMARY KEY (datastream, ended_at, started_at, run, number)
);
SELECT public.create_hypertable('doorfiets.measurement', public.by_range('ended_at', INTERVAL '28 days'), create_default_indexes => false);
-- A frame by its number, whenever it was: the same number is the same measurement.
CREATE INDEX measurement_number ON doorfiets.measurement (datastream, run, number) WHERE started_at = ended_at AND number >= 0;
-- The total before and after a frame, however many intervals were stated between.
CREATE INDEX measurement_frame ON doorfiets.measurement (datastream, ended_at) WHERE started_at = ended_at;

-- Where a sender numbers what it says: one row per run (a boot, a session of a LoRaWAN network), with the moment in which the first message of it was
-- received. Runs of one sensor follow each other in that order. `run` is a digest of sensor and run: neither boot nor session is kept.
CREATE TABLE doorfiets.sender_run (
    run int8 PRIMARY KEY,
    sensor text NOT NULL,
    started_at timestamptz NOT NULL
);

-- Whether a message is newer than what stands (`old`); the same rule as streams.domain.sequence.newer. Two decodings of one reception: the later one. Two
-- that are numbered: the later run, within a run the higher number; and where what stands was restated since, it has to be received later than that, too.
-- Otherwise: what was received later.
CREATE FUNCTION doorfiets.newer(run int8, run_at timestamptz, number int8, received_at timestamptz, decoded_at timestamptz,
                                old_run int8, old_run_at timestamptz, old_number int8, old_received_at timestamptz, old_decoded_at timestamptz,
                                old_restated boolean)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN received_at = old_received_at AND decoded_at IS DISTINCT FROM old_decoded_at
    THEN coalesce(decoded_at, '-infinity') > coalesce(old_decoded_at, '-infinity')
    WHEN number IS NULL OR old_number IS NULL THEN received_at > old_received_at
    WHEN CASE WHEN run = old_run THEN number > old_number
              ELSE (coalesce(run_at, '-infinity'), run) > (coalesce(old_run_at, '-infinity'), old_run) END
    THEN old_restated IS NOT TRUE OR received_at > old_received_at
    ELSE false END;

-- Zero with uptime 0, null and excluded values take no part in a sum nor in the coverage (domain handbook, quality). What excludes are
-- the flags of schemas.quality_flags.EXCLUDING, of a message or found afterwards.
CREATE FUNCTION doorfiets.counts(value float8, uptime float4, quality_flags int4) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value IS NOT NULL AND uptime > 0 AND quality_flags & 3784065 = 0;

-- A row that holds both autumn hours covers two intervals (quality flag dst_merged, bit 4).
CREATE FUNCTION doorfiets.spans(quality_flags int4) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1 + (quality_flags & 4) / 4;

-- An observation as it is added up, in the hour in which it lies; what does not count has no `spans` and no `value`. A sum is exact: a value adds
-- up as a float where it is a whole number so small that no sum of an hour is rounded; else it has a `part`, which adds up as a decimal.
CREATE VIEW doorfiets.reading AS
SELECT datastream, date_bin('1 hour', started_at, 'epoch') AS hour, started_at,
       CASE WHEN counts THEN doorfiets.spans(quality_flags) END AS spans,
       CASE WHEN counts THEN value END AS value,
       CASE WHEN counts AND (value <> trunc(value) OR abs(value) >= 1e9) THEN value::numeric END AS part,
       quality_flags | found_flags AS quality_flags, revision, revised_at
FROM (SELECT *, doorfiets.counts(value, uptime, quality_flags | found_flags) AS counts FROM doorfiets.observation) o;

RESET ROLE;

-- 25_findings.sql

-- What was found out about runs of a datastream afterwards (record 27): by a check of many observations, or entered by a person. Nothing is deleted:
-- a finding that no longer holds is withdrawn, an entry is undone by another entry.
SET ROLE owner;

-- What a person said about a place, a channel or a device for some time, in the order in which it was said. `exclude`: what was measured does not count;
-- `maintenance`: likewise, and nobody is alerted meanwhile; `restore`: the entry `undoes` is void from its beginning. The subject is one of the four; an
-- end of 'infinity' is still open, until an entry of the same kind about the same beginning closes it. What the registry forgets, which it does only where
-- nothing was observed, takes along what was said of it.
CREATE TABLE doorfiets.exclusion (
    entry int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('exclude', 'maintenance', 'restore')),
    undoes int8 UNIQUE REFERENCES doorfiets.exclusion ON DELETE CASCADE,
    site text REFERENCES doorfiets.site ON DELETE CASCADE,
    channel text REFERENCES doorfiets.channel ON DELETE CASCADE,
    station text REFERENCES doorfiets.station ON DELETE CASCADE,
    device text REFERENCES doorfiets.device ON DELETE CASCADE,
    started_at timestamptz NOT NULL CHECK (isfinite(started_at)),
    ended_at timestamptz NOT NULL CHECK (ended_at > started_at),
    reason text NOT NULL CHECK (reason <> ''),
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((kind = 'restore') = (undoes IS NOT NULL)),
    CHECK (num_nonnulls(site, channel, station, device) = 1)
);

-- A run of one datastream and the quality flag that it got. `evidence` has the measured values that tell why, by the names of its rule
-- (streams.domain.quality); `rule` is the version of that rule, or `entry`. An end of 'infinity' is a run that goes on: what comes gets the flag as well.
-- One that stands has no `withdrawn_at`.
CREATE TABLE doorfiets.finding (
    finding int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    datastream int4 NOT NULL REFERENCES doorfiets.datastream ON DELETE CASCADE,
    flag text NOT NULL,
    bit int4 NOT NULL,
    started_at timestamptz NOT NULL CHECK (isfinite(started_at)),
    ended_at timestamptz NOT NULL CHECK (ended_at > started_at),
    rule text NOT NULL,
    evidence jsonb NOT NULL,
    entry int8 REFERENCES doorfiets.exclusion ON DELETE CASCADE,
    found_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz CHECK (withdrawn_at >= found_at)
);
-- By their ends: what comes live is asked about those that have not ended, however many there were.
CREATE INDEX standing_finding ON doorfiets.finding (datastream, ended_at) WHERE withdrawn_at IS NULL;
CREATE INDEX standing_finding_end ON doorfiets.finding (ended_at) WHERE withdrawn_at IS NULL;
CREATE INDEX finding_of_entry ON doorfiets.finding (entry) WHERE entry IS NOT NULL;

-- Whether a run is about an observation: about its start. A row of both autumn hours (quality flag dst_merged, bit 4) starts in the first one, and holds the
-- same interval of the second, an hour later. (Who asks for runs says also `ended_at > observed_at`, which an index answers.)
CREATE FUNCTION doorfiets.is_about(started_at timestamptz, ended_at timestamptz, observed_at timestamptz, quality_flags int4) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN (started_at <= observed_at AND observed_at < ended_at)
    OR (quality_flags & 4 <> 0 AND started_at <= observed_at + interval '1 hour' AND observed_at + interval '1 hour' < ended_at);

-- Entries that hold: of several of one kind about one subject and beginning the last, unless it is undone; with that the ones before it are, too.
CREATE VIEW doorfiets.effective_entry AS
SELECT * FROM doorfiets.exclusion e
WHERE e.kind <> 'restore'
  AND NOT EXISTS (SELECT FROM doorfiets.exclusion r WHERE r.undoes = e.entry)
  AND NOT EXISTS (
      SELECT FROM doorfiets.exclusion n
      WHERE n.entry > e.entry AND n.kind = e.kind AND n.started_at = e.started_at
        AND (n.site, n.channel, n.station, n.device) IS NOT DISTINCT FROM (e.site, e.channel, e.station, e.device));

-- The runs that follow from entries: of every datastream that is valid at any time of one, and speaks for its subject, whenever it was registered. Every
-- interval is meant of which a moment is: a run begins with the interval in which its entry does.
CREATE VIEW doorfiets.entry_run AS
WITH about AS (  -- one question each, which an index answers
    SELECT e.entry, e.kind, e.started_at, e.ended_at, d.datastream, d.seconds, d.valid_from, d.valid_until
    FROM doorfiets.effective_entry e JOIN doorfiets.channel c USING (site) JOIN doorfiets.datastream d ON d.channel = c.channel
    UNION ALL
    SELECT e.entry, e.kind, e.started_at, e.ended_at, d.datastream, d.seconds, d.valid_from, d.valid_until
    FROM doorfiets.effective_entry e JOIN doorfiets.datastream d USING (channel)
    UNION ALL
    SELECT e.entry, e.kind, e.started_at, e.ended_at, d.datastream, d.seconds, d.valid_from, d.valid_until
    FROM doorfiets.effective_entry e JOIN doorfiets.datastream d USING (station)
    UNION ALL
    SELECT e.entry, e.kind, e.started_at, e.ended_at, d.datastream, d.seconds, d.valid_from, d.valid_until
    FROM doorfiets.effective_entry e JOIN doorfiets.datastream d ON d.sensor = e.device)
SELECT datastream, CASE kind WHEN 'maintenance' THEN 'maintenance' ELSE 'by_hand' END AS flag,
       CASE kind WHEN 'maintenance' THEN 1048576 ELSE 524288 END AS bit,
       date_bin(seconds * interval '1 second', started_at, 'epoch') AS started_at, ended_at, entry, kind
FROM about WHERE valid_from < ended_at AND started_at < valid_until;

-- Stretches whose observations have yet to get the flags of the findings that stand about them, written with what changes the findings: a long run is
-- flagged piece by piece, and whoever goes on after a crash finds here what is left.
CREATE TABLE doorfiets.flags_due (
    datastream int4 NOT NULL REFERENCES doorfiets.datastream ON DELETE CASCADE,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL CHECK (ended_at > started_at)
);
CREATE INDEX flags_due_of_datastream ON doorfiets.flags_due (datastream);

-- How far the checks of a site or station have come: `due_from` is the oldest hour that changed since, noted at `due_at`, null where none did.
CREATE TABLE doorfiets.place_check (
    kind text NOT NULL CHECK (kind IN ('site', 'station')),
    place text NOT NULL,
    due_from timestamptz,
    due_at timestamptz NOT NULL DEFAULT now(),
    noted int8 NOT NULL DEFAULT 0,  -- grows with every change that is noted: what came while it was checked is still due
    checked_at timestamptz,
    PRIMARY KEY (kind, place)
) WITH (fillfactor = 50);

-- How far the changes of `datastream_hour` are noted in `place_check`; one row.
CREATE TABLE doorfiets.check_position (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    followed_until xid8 NOT NULL
);

RESET ROLE;

-- 30_intake.sql

-- The intake: where the reading of the log stands, how far the platform has come, and what could not be taken.
SET ROLE owner;

-- Where `store` stands in each partition of the log: PostgreSQL is the offset store.
CREATE TABLE doorfiets.fence (
    topic text NOT NULL,
    epoch text NOT NULL,
    partition int4 NOT NULL,
    next_offset int8 NOT NULL,
    frame text,
    PRIMARY KEY (topic, epoch, partition)
) WITH (fillfactor = 50);  -- changes every second: a new version stays in its page, and no index is touched

-- What every feed last said, counted in the transaction that kept it. Every message about an interval is one of four: `stored` where nothing was, a
-- correction of what stood, a duplicate (it says what stands, or is that message again), or overtaken: it says something else and is older than what
-- stands.
CREATE TABLE doorfiets.feed (
    datastream int4 PRIMARY KEY REFERENCES doorfiets.datastream ON DELETE CASCADE,
    last_started_at timestamptz NOT NULL,
    last_ended_at timestamptz NOT NULL,
    last_received_at timestamptz NOT NULL,
    stored int8 NOT NULL,
    duplicates int8 NOT NULL,
    corrections int8 NOT NULL,
    last_valid_ended_at timestamptz,  -- of what counts in a sum; null as long as nothing did
    overtaken int8 NOT NULL DEFAULT 0,
    off_grid boolean NOT NULL DEFAULT false,  -- everything of it is in `measurement`, and its observations follow from that
    delay float4  -- seconds from the end of the newest interval until it was received (doorfiets.delay)
) WITH (fillfactor = 50);
CREATE INDEX feed_off_grid ON doorfiets.feed (datastream) WHERE off_grid;

-- The delay of a feed after a newer interval came: negative where its end lies ahead. A delay grows by at most 30 s each time that the sensor speaks, and not at
-- all within half an interval of the time before (`apart` is from one reception to the next): messages which waited, while the bridge was away or in a spool, come
-- soon after each other and say nothing about the clock of their sensor; one that is always late shows within some intervals.
CREATE FUNCTION doorfiets.delay(old float4, new float4, apart interval, lasts interval) RETURNS float4
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN new > 0 THEN least(new, greatest(old, 0) + CASE WHEN apart >= lasts / 2 THEN 30 ELSE 0 END) ELSE new END;

-- What registered sensors send besides what is registered, noted once: no rejection a message. At most so many of a sensor as `store` takes.
CREATE TABLE doorfiets.unregistered_source (
    sensor text NOT NULL,
    source text NOT NULL,
    first_received_at timestamptz NOT NULL,
    last_value float8,
    replayed_at timestamptz,  -- when what it said was taken from topic `raw`, after it was registered
    PRIMARY KEY (sensor, source)
);

-- Of each run of a sender that is told what became of its messages (record 31): the numbers that are stored or refused, of the last ones the digest of
-- their bytes, and why the last refused ones were. Written in the transaction of their rows: a receipt is never ahead of the data. Whoever names the run of
-- another sender says nothing of that one's messages.
CREATE TABLE doorfiets.receipt_mark (
    run int8 NOT NULL,
    sensor text NOT NULL,
    ranges int8[] NOT NULL,  -- the first and the last number of each range, in order
    digest_numbers int8[] NOT NULL,
    digests int8[] NOT NULL,  -- 64 bits of SHA-256, of the messages with these numbers
    refused int8[] NOT NULL,
    reasons text[] NOT NULL,  -- keys of schemas.rejection.REASONS, of the numbers in `refused`
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, sensor)
) WITH (fillfactor = 50);

-- The newest mark of each bridge that `store` has passed in each partition of topic `observations`, written in the transaction that moves the fence:
-- all that was published until then, and came to this partition through this bridge, is stored.
CREATE TABLE doorfiets.watermark (
    bridge text NOT NULL,
    partition int4 NOT NULL,
    published_until timestamptz NOT NULL CHECK (isfinite(published_until)),
    waiting int8 CHECK (waiting >= 0),  -- messages that the broker held when the mark was written; null where the bridge did not say it
    PRIMARY KEY (bridge, partition)
) WITH (fillfactor = 50);

-- What each stage measures about itself, about once a second: how much waits (store: records of the log; aggregate: hours), and how far it has come
-- where that is not in `watermark`. A row per worker; `aggregate` has one.
CREATE TABLE doorfiets.stage (
    stage text NOT NULL CHECK (stage IN ('store', 'aggregate')),
    worker text NOT NULL,
    backlog int8,
    processed_until timestamptz,
    measured_at timestamptz NOT NULL,
    PRIMARY KEY (stage, worker)
) WITH (fillfactor = 50);

-- How far the bridges have come together. A bridge that has marked nothing for a day while another did is retired, and holds nobody up; one that has not
-- yet marked every partition has just begun, and does not hold up what the others have stored.
CREATE VIEW doorfiets.intake AS
SELECT min(received_until) AS received_until, min(stored_until) AS stored_until
FROM (
    SELECT w.received_until, CASE WHEN w.partitions >= f.partitions THEN w.stored_until END AS stored_until, max(w.received_until) OVER () AS newest
    FROM (SELECT max(published_until) AS received_until, min(published_until) AS stored_until, count(*) AS partitions
          FROM doorfiets.watermark GROUP BY bridge) w
    CROSS JOIN (SELECT count(DISTINCT partition) AS partitions FROM doorfiets.fence WHERE topic = 'observations') f) bridge
WHERE received_until >= newest - interval '1 day';

-- Refused messages. The same message refused again is the same row.
CREATE TABLE doorfiets.rejection (
    digest bytea PRIMARY KEY,  -- sha256 of topic, reason, detail and payload
    reason text NOT NULL,
    detail text NOT NULL,
    topic text NOT NULL,
    dialect text NOT NULL,
    sensor text,
    payload bytea,  -- the document, with what may stay of it; sealed where it could not be parsed; null where it could not be sealed or is too large
    first_received_at timestamptz NOT NULL,
    last_received_at timestamptz NOT NULL,
    receptions int4 NOT NULL DEFAULT 1,
    refused_at timestamptz NOT NULL DEFAULT now(),  -- when `store` wrote it last, by the database's clock
    replayed_at timestamptz,  -- when it was decoded again last
    replays int4 NOT NULL DEFAULT 0,  -- how often it was published again: a counter that stops endless rounds
    outcome text  -- of the last replay: `stored`, or why it was refused again (schemas.replay)
);
CREATE INDEX rejection_latest ON doorfiets.rejection (last_received_at DESC);
CREATE INDEX rejection_received ON doorfiets.rejection (first_received_at, digest);

-- Whether something is still to be done about a refused message: it was not replayed, or was refused again since.
CREATE FUNCTION doorfiets.is_open(outcome text, replayed_at timestamptz, refused_at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN outcome IS DISTINCT FROM 'stored' OR refused_at > replayed_at;

-- What `store` found in the log and can never store, whole, with its place there: item 0 is a record that cannot be decoded, `payload` its bytes
-- (null where it had none); an item from 1 on is the one of its record that the database refuses, `payload` a frame's body that holds it alone.
CREATE TABLE doorfiets.failed_record (
    topic text NOT NULL,
    epoch text NOT NULL,
    partition int4 NOT NULL,
    log_offset int8 NOT NULL,
    item int4 NOT NULL,
    reason text NOT NULL CHECK (reason IN ('damaged', 'refused')),
    detail text NOT NULL,
    sensor text,
    payload bytea,
    header_names text[] NOT NULL,
    header_values bytea[] NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, epoch, partition, log_offset, item)
);

RESET ROLE;

-- 32_replay.sql

-- Requests to decode messages again (record 30): made by the console, carried out by process `replay`.
SET ROLE owner;

-- `selection` is a schemas.replay.RejectionSelection, or a RawSelection; `results` are those of the first messages, at most so many as
-- schemas.replay.MOST_RESULTS, `summary` counts all. One that is stopped was refused again for the most part, and nothing of it was published.
CREATE TABLE doorfiets.replay_request (
    request int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('rejections', 'raw')),
    selection jsonb NOT NULL,
    dry_run boolean NOT NULL,
    anyway boolean NOT NULL DEFAULT false,  -- also where most of it is refused again
    requested_by text NOT NULL CHECK (requested_by <> ''),
    requested_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'stopped', 'failed')),
    attempts int4 NOT NULL DEFAULT 0,  -- a process that ends in the middle begins again, three times at most
    started_at timestamptz,
    finished_at timestamptz,
    done int8 NOT NULL DEFAULT 0,
    results jsonb NOT NULL DEFAULT '[]',
    summary jsonb NOT NULL DEFAULT '{}',
    problem text
);
CREATE INDEX replay_request_open ON doorfiets.replay_request (request) WHERE state IN ('waiting', 'running');

RESET ROLE;

-- 35_feed_states.sql

-- What is known of feeds beside their newest reading, and the states that they were in (record 28).
SET ROLE owner;

-- The newest voltage of a device's battery, in V, kept by `store` where the registry or its profile says which of its fields that is: one row a device.
-- A device that is not registered any more is in no view.
CREATE TABLE doorfiets.battery (
    device text PRIMARY KEY,
    measured_at timestamptz NOT NULL,
    voltage float8 NOT NULL
) WITH (fillfactor = 50);

-- The fields that the profile of a device says are the voltage of its battery, in the order of the profile.
CREATE VIEW doorfiets.battery_field AS
SELECT v.device, coalesce(nullif(p.field->>'source', ''), p.field->>'field') AS source, p.place
FROM doorfiets.device v, jsonb_array_elements(v.profile_content->'field') WITH ORDINALITY AS p(field, place)
WHERE jsonb_typeof(v.profile_content->'field') = 'array' AND p.field->>'quantity' = 'battery';

-- Of the 24 whole hours until `ended_at`, which are in the sums: how many intervals were measured, and how many could have been. `watch` writes what differs.
CREATE TABLE doorfiets.feed_completeness (
    datastream int4 PRIMARY KEY REFERENCES doorfiets.datastream ON DELETE CASCADE,
    ended_at timestamptz NOT NULL,
    rows int4 NOT NULL,
    valid int4 NOT NULL,
    expected int4 NOT NULL
) WITH (fillfactor = 50);

-- The states of a feed, each from `since` until `until`, one after the other; the present one is until 'infinity'. `reason` is a code of
-- schemas.feed_states with what was measured when `watch` saw it, at `seen_at`; null where all is well.
CREATE TABLE doorfiets.feed_state (
    datastream int4 NOT NULL REFERENCES doorfiets.datastream ON DELETE CASCADE,
    status text NOT NULL,
    since timestamptz NOT NULL CHECK (isfinite(since)),
    until timestamptz NOT NULL DEFAULT 'infinity' CHECK (until > since),
    reason jsonb,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (datastream, since)
);
CREATE UNIQUE INDEX feed_state_present ON doorfiets.feed_state (datastream) WHERE until = 'infinity';
CREATE INDEX feed_state_seen ON doorfiets.feed_state (seen_at);
CREATE INDEX feed_state_ended ON doorfiets.feed_state (until) WHERE until < 'infinity';

RESET ROLE;

-- 37_alerts.sql

-- What somebody has to be told of (record 28): alerts as process `watch` raised them, and the messages about them that it sends.
SET ROLE owner;

-- One row for each time that a rule held for a subject: a place, a stage, a reason, a file system, a certificate; by name, at most one that has not ended.
-- `pending` holds and is not yet old enough to be said; `firing` was said; `ended` says why: cleared, maintenance (somebody is at work), replaced (by an
-- alert that says more), unruled (the rule is gone). `since` is when it began, `clearing_at` since when it does not hold any more; `content` is what was
-- measured last, as operations.alerts has it.
CREATE TABLE doorfiets.alert (
    alert int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL,
    subject text NOT NULL,
    name text NOT NULL,
    owner text,
    severity text NOT NULL CHECK (severity IN ('warning', 'critical')),
    state text NOT NULL CHECK (state IN ('pending', 'firing', 'ended')),
    since timestamptz NOT NULL CHECK (isfinite(since)),
    seen_at timestamptz NOT NULL,
    fired_at timestamptz CHECK (fired_at >= seen_at),
    last_sent_at timestamptz,
    clearing_at timestamptz,
    ended_at timestamptz,
    ended text CHECK (ended IN ('cleared', 'maintenance', 'replaced', 'unruled')),
    content jsonb NOT NULL,
    CHECK ((state = 'ended') = (ended IS NOT NULL AND ended_at IS NOT NULL)),
    CHECK (state = 'pending' OR fired_at IS NOT NULL)
);
CREATE UNIQUE INDEX open_alert ON doorfiets.alert (rule, subject) WHERE state <> 'ended';
CREATE INDEX alert_ended ON doorfiets.alert (ended_at) WHERE state = 'ended';

-- A message about alerts to one receiver, written in the transaction that changed them. One that waits is tried again until it is sent, or given up after a
-- day; a newer one about the same alerts takes its place. `next_attempt_at` is also how long whoever sends it has it for itself.
CREATE TABLE doorfiets.alert_message (
    message int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    receiver text NOT NULL,
    alerts int8[] NOT NULL,
    content jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    attempts int4 NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    sent_at timestamptz,
    given_up_at timestamptz,
    problem text
);
CREATE INDEX alert_message_waiting ON doorfiets.alert_message (receiver, next_attempt_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX alert_message_made ON doorfiets.alert_message (made_at);

RESET ROLE;

-- 38_console.sql

-- The console (record 29): who may log in, who is logged in, what was acknowledged, and what people did.
SET ROLE owner;

-- Accounts of people. `digest` is an argon2id hash in its own notation. One that is disabled stays, since the audit names it.
CREATE TABLE doorfiets.account (
    account text PRIMARY KEY CHECK (account ~ '^[a-z0-9][a-z0-9._-]{0,39}$'),
    role text NOT NULL CHECK (role IN ('viewer', 'operator')),
    digest text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),  -- of password or role
    disabled_at timestamptz
);

-- Who is logged in: the SHA-256 of a random token that only the browser has. It ends when nothing was asked for a while, and after some hours in any case.
CREATE TABLE doorfiets.console_session (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    account text NOT NULL REFERENCES doorfiets.account ON DELETE CASCADE,
    started_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
CREATE INDEX console_session_of_account ON doorfiets.console_session (account);

-- What an operator has taken note of: a feed in a status. It holds until the feed has another status, or has come into this one again.
CREATE TABLE doorfiets.acknowledgement (
    datastream int4 PRIMARY KEY REFERENCES doorfiets.datastream ON DELETE CASCADE,
    status text NOT NULL,
    note text NOT NULL CHECK (note <> ''),
    account text NOT NULL,
    acknowledged_at timestamptz NOT NULL DEFAULT now()
);

-- What people did, written in the transaction of the act: who, when, what, about what, what was there before and after, and how it ended. `refused` is
-- an act that was tried and not carried out.
CREATE TABLE doorfiets.audit (
    audit int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    account text NOT NULL,
    act text NOT NULL,
    subject text NOT NULL DEFAULT '',
    before jsonb,
    after jsonb,
    result text NOT NULL CHECK (result IN ('done', 'refused')),
    detail text NOT NULL DEFAULT ''
);
CREATE INDEX audit_latest ON doorfiets.audit (at DESC);

RESET ROLE;

-- 40_due.sql

-- What is due: hours to be added up, ranges to be computed again, years of indicators, and how far was published.
SET ROLE owner;

-- Hours that changed. Newest hours are claimed first: live indicators do not wait for a rebuild of the past. Rows come and go, so vacuum must not
-- wait for a share of them.
CREATE TABLE doorfiets.dirty_hour (
    datastream int4 NOT NULL,
    hour timestamptz NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now(),  -- when it began to wait; marking it again does not move this: what was stored first still waits
    PRIMARY KEY (hour, datastream)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- Marks that were set aside because the database refuses what follows from them. Each is tried again when its hour changes, in a rebuild, and
-- when `aggregate` starts.
CREATE TABLE doorfiets.failed_hour (
    datastream int4 NOT NULL,
    hour timestamptz NOT NULL,
    problem text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (hour, datastream)
);

-- A range of local days that is computed again, whether anything in it is marked or not: marking every hour of a year takes longer than
-- computing it. It is worked off from its newest day on, in pieces of whole days; `changed` counts the rows that were not right. What was asked for at
-- once has one number, whoever's days it holds; who asks at the same time gets another.
CREATE TABLE doorfiets.rebuild (
    rebuild int4 NOT NULL,
    part int4 NOT NULL,
    owner text NOT NULL REFERENCES doorfiets.owner ON DELETE CASCADE,  -- whose datastreams, and whose local days
    first_day date NOT NULL,
    last_day date NOT NULL,
    next_day date NOT NULL,  -- first_day and what follows, up to here, is still to be done
    changed int8 NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz,
    PRIMARY KEY (rebuild, part),
    CHECK (next_day BETWEEN first_day AND last_day + 1)
);
CREATE INDEX rebuild_open ON doorfiets.rebuild (next_day) WHERE next_day > first_day;
CREATE SEQUENCE doorfiets.rebuild_number AS int4 OWNED BY doorfiets.rebuild.rebuild;

-- Which years of which place have to be computed again; not before `due_at`, so that a busy day is computed once and not with every reading.
CREATE TABLE doorfiets.indicator_due (
    kind text NOT NULL CHECK (kind IN ('site', 'station')),
    subject text NOT NULL,
    facet text NOT NULL,  -- mode of a site, quantity of a station
    year int4 NOT NULL,   -- of the local day
    due_at timestamptz NOT NULL,
    PRIMARY KEY (kind, subject, facet, year)
);

-- How far each table has been published to the topic `aggregates`.
CREATE TABLE doorfiets.published (
    aggregate text PRIMARY KEY,
    changed_in xid8 NOT NULL
);

RESET ROLE;

-- 45_past.sql

-- What is remembered of a published row that is revised or goes.
SET ROLE owner;

-- Keeps what stood, if it still stood when its bucket was over. The one argument says, of the row that was, when that is.
CREATE FUNCTION doorfiets.remember_past() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
BEGIN
    EXECUTE format('INSERT INTO doorfiets.%I SELECT o.*, now() FROM replaced o WHERE now() >= %s', TG_TABLE_NAME || '_past', TG_ARGV[0]);
    RETURN NULL;
END $$;

RESET ROLE;

-- 48_registry_writes.sql

-- How often the registry was written, and how that is noted: what remembers anything of it compares that (record 36).
SET ROLE owner;

-- The transactions that wrote the registry. A row each, and never the same row twice: of two owners who apply at the same moment nobody waits here.
CREATE TABLE doorfiets.registry_write (
    changed_in xid8 PRIMARY KEY,
    written_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION doorfiets.note_registry_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
BEGIN
    INSERT INTO registry_write (changed_in) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- How often the registry was written: another number after every change of it.
CREATE FUNCTION api.registry_writes() RETURNS int8
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp RETURN (SELECT count(*) FROM doorfiets.registry_write);

RESET ROLE;

-- 50_published_tables.sql

-- Published tables: aggregates of whole buckets, recomputed, never incremented. Made from `schemas/published.py`.
-- Every row carries its coverage, its revision and the version of its rule. `valid` (or `paired`) of `expected` intervals were measured; `rows`
-- counts the observations. `changed_in` is the writing transaction: rows below the oldest running transaction are complete, so a publisher can
-- follow them without missing one.
-- `{table}_past` holds what stood in a row before it was revised or went, if it still stood when the bucket was over: before, every reading moves it.
-- A published number of a moment is the row whose [computed_at, replaced_at) holds that moment.
SET ROLE owner;

-- What an hour of a datastream adds up to.
CREATE TABLE doorfiets.datastream_hour (
    datastream int4 NOT NULL,
    hour timestamptz NOT NULL,
    rows int4 NOT NULL,
    valid int4 NOT NULL,
    expected int4 NOT NULL,
    total numeric,
    minimum float8,
    maximum float8,
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    quarters float8[],  -- what each of its intervals of a quarter or longer holds, null where it is not whole; no array where windows, merged rows or rows that do not count say more of them (`doorfiets.whole_quarters`)
    quarter_flags int4[],  -- the flags of what was observed in each of its four quarters, where there are any
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (datastream, hour)
);
CREATE INDEX datastream_hour_changed ON doorfiets.datastream_hour (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.datastream_hour TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.datastream_hour FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();

-- A local day of 23, 24 or 25 hours, stored with the UTC range that it means.
CREATE TABLE doorfiets.datastream_day (
    datastream int4 NOT NULL,
    day date NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    rows int4 NOT NULL,
    valid int4 NOT NULL,
    expected int4 NOT NULL,
    total numeric,
    minimum float8,
    maximum float8,
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (datastream, day)
);
CREATE INDEX datastream_day_changed ON doorfiets.datastream_day (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.datastream_day TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.datastream_day FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();

-- All channels of one mode at a site, over the intervals in which every one of them was valid: a total with a channel missing is no total.
CREATE TABLE doorfiets.site_hour (
    site text NOT NULL,
    mode text NOT NULL,
    hour timestamptz NOT NULL,
    rows int4 NOT NULL,
    paired int4 NOT NULL,
    expected int4 NOT NULL,
    total numeric,
    maximum float8,  -- busiest paired interval
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    quarters float8[],  -- what each of its intervals of a quarter or longer holds, null where it is not whole; no array where windows, merged rows or rows that do not count say more of them (`doorfiets.whole_quarters`)
    quarter_flags int4[],  -- the flags of what was observed in each of its four quarters, where there are any
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (site, mode, hour)
);
CREATE INDEX site_hour_changed ON doorfiets.site_hour (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.site_hour TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.site_hour FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();
CREATE INDEX site_hour_computed ON doorfiets.site_hour (computed_at);
CREATE TABLE doorfiets.site_hour_past (LIKE doorfiets.site_hour, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.site_hour_past (site, mode, hour);
CREATE INDEX ON doorfiets.site_hour_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.site_hour REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('hour + interval ''1 hour''');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.site_hour REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('hour + interval ''1 hour''');

-- The same over a local day.
CREATE TABLE doorfiets.site_day (
    site text NOT NULL,
    mode text NOT NULL,
    day date NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    rows int4 NOT NULL,
    paired int4 NOT NULL,
    expected int4 NOT NULL,
    total numeric,
    maximum float8,  -- busiest paired interval
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    flagged int4[],  -- the flags of each of its hours that has any, in order of time
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (site, mode, day)
);
CREATE INDEX site_day_changed ON doorfiets.site_day (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.site_day TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.site_day FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();
CREATE INDEX site_day_computed ON doorfiets.site_day (computed_at);
CREATE TABLE doorfiets.site_day_past (LIKE doorfiets.site_day, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.site_day_past (site, mode, day);
CREATE INDEX ON doorfiets.site_day_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.site_day REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.site_day REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');

-- Counts at a screenline, not shares: any longer period is a sum of rows.
CREATE TABLE doorfiets.share_hour (
    screenline text NOT NULL,
    variant text NOT NULL,
    hour timestamptz NOT NULL,
    numerator numeric NOT NULL,
    denominator numeric NOT NULL,
    paired int4 NOT NULL,
    expected int4 NOT NULL,
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (screenline, variant, hour)
);
CREATE INDEX share_hour_changed ON doorfiets.share_hour (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.share_hour TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.share_hour FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();
GRANT SELECT, DELETE ON doorfiets.share_hour TO registrar;
CREATE INDEX share_hour_computed ON doorfiets.share_hour (computed_at);
CREATE TABLE doorfiets.share_hour_past (LIKE doorfiets.share_hour, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.share_hour_past (screenline, variant, hour);
CREATE INDEX ON doorfiets.share_hour_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.share_hour REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('hour + interval ''1 hour''');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.share_hour REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('hour + interval ''1 hour''');

-- The same over a local day.
CREATE TABLE doorfiets.share_day (
    screenline text NOT NULL,
    variant text NOT NULL,
    day date NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    numerator numeric NOT NULL,
    denominator numeric NOT NULL,
    paired int4 NOT NULL,
    expected int4 NOT NULL,
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    flagged int4[],  -- the flags of each of its hours that has any, in order of time
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (screenline, variant, day)
);
CREATE INDEX share_day_changed ON doorfiets.share_day (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.share_day TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.share_day FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();
GRANT SELECT, DELETE ON doorfiets.share_day TO registrar;
CREATE INDEX share_day_computed ON doorfiets.share_day (computed_at);
CREATE TABLE doorfiets.share_day_past (LIKE doorfiets.share_day, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.share_day_past (screenline, variant, day);
CREATE INDEX ON doorfiets.share_day_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.share_day REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.share_day REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');

-- Cyclists per local day on a link, both directions.
CREATE TABLE doorfiets.link_day (
    link text NOT NULL,
    day date NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    counted_on text NOT NULL,  -- the link whose site counted
    measured boolean NOT NULL,  -- false: taken from the link that is named in `counted_on`
    cyclists numeric,
    paired int4 NOT NULL,
    expected int4 NOT NULL,
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (link, day)
);
CREATE INDEX link_day_changed ON doorfiets.link_day (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.link_day TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.link_day FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();
GRANT SELECT, DELETE ON doorfiets.link_day TO registrar;
CREATE INDEX link_day_computed ON doorfiets.link_day (computed_at);
CREATE TABLE doorfiets.link_day_past (LIKE doorfiets.link_day, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.link_day_past (link, day);
CREATE INDEX ON doorfiets.link_day_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.link_day REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.link_day REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');

-- Usage of a route on a local day (domain handbook, links and routes). Null where a link that the indicator needs has no valid day.
CREATE TABLE doorfiets.route_day (
    route text NOT NULL,
    day date NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    bicycle_km float8,
    measured_bicycle_km float8,
    length_km float8 NOT NULL,
    measured_km float8 NOT NULL,
    assumed_km float8 NOT NULL,
    missing_km float8 NOT NULL,
    mean_cyclists float8,  -- weighted by length
    through_ratio float8,  -- upper bound
    uniformity float8,
    green_share float8,  -- of the bicycle-kilometres
    paired int4 NOT NULL,
    expected int4 NOT NULL,
    withheld jsonb,  -- why the indicators are null
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (route, day)
);
CREATE INDEX route_day_changed ON doorfiets.route_day (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.route_day TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.route_day FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();
GRANT SELECT, DELETE ON doorfiets.route_day TO registrar;
CREATE INDEX route_day_computed ON doorfiets.route_day (computed_at);
CREATE TABLE doorfiets.route_day_past (LIKE doorfiets.route_day, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.route_day_past (route, day);
CREATE INDEX ON doorfiets.route_day_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.route_day REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.route_day REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');

-- Hourly mean at a station; null under 75 % of the hour (Dir. 2008/50, Annex VII). Air is published in layers: as measured, as its publisher
-- calibrated it, and as we corrected it. None replaces another.
CREATE TABLE doorfiets.air_hour (
    station text NOT NULL,
    quantity text NOT NULL,
    layer text NOT NULL DEFAULT 'measured',
    hour timestamptz NOT NULL,
    mean float8,
    withheld jsonb,  -- why the mean is null
    valid int4 NOT NULL,
    expected int4 NOT NULL,
    basis jsonb NOT NULL DEFAULT '{}',  -- of a corrected mean: humidity and kappa of a swelling, or the factor of a region and its kits
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (station, quantity, layer, hour)
);
CREATE INDEX air_hour_changed ON doorfiets.air_hour (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.air_hour TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.air_hour FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();
GRANT SELECT, DELETE ON doorfiets.air_hour TO aggregate;
CREATE INDEX air_hour_computed ON doorfiets.air_hour (computed_at);
CREATE TABLE doorfiets.air_hour_past (LIKE doorfiets.air_hour, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.air_hour_past (station, quantity, layer, hour);
CREATE INDEX ON doorfiets.air_hour_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.air_hour REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('hour + interval ''1 hour''');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.air_hour REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('hour + interval ''1 hour''');

-- One index (schemas.air_indices) of one hour at a station. `valid` of `expected` pollutants took part; `basis` holds their sub-indices, the worst of
-- them, the layer that each was taken from, how particulate matter was averaged, and whether the index was raised because all were equal.
CREATE TABLE doorfiets.air_index_hour (
    station text NOT NULL,
    scheme text NOT NULL,  -- index and version of its table
    hour timestamptz NOT NULL,
    value int4,
    level text,
    basis jsonb NOT NULL DEFAULT '{}',
    withheld jsonb,  -- why the value is null
    valid int4 NOT NULL,
    expected int4 NOT NULL,
    quality_flags int4 NOT NULL DEFAULT 0,  -- of all that was observed of it, counted or not
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (station, scheme, hour)
);
CREATE INDEX air_index_hour_changed ON doorfiets.air_index_hour (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.air_index_hour TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.air_index_hour FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();
CREATE INDEX air_index_hour_computed ON doorfiets.air_index_hour (computed_at);
CREATE TABLE doorfiets.air_index_hour_past (LIKE doorfiets.air_index_hour, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.air_index_hour_past (station, scheme, hour);
CREATE INDEX ON doorfiets.air_index_hour_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.air_index_hour REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('hour + interval ''1 hour''');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.air_index_hour REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('hour + interval ''1 hour''');

-- One indicator (schemas.indicators) of one subject over one period of local days. What is a plain sum of stored rows is added up on reading and is
-- not here. `valid` of `expected` days were measured.
CREATE TABLE doorfiets.indicator_value (
    kind text NOT NULL CHECK (kind IN ('site', 'link', 'route', 'connection', 'screenline', 'station', 'district', 'owner')),
    subject text NOT NULL,
    facet text NOT NULL,  -- mode, quantity or screenline; '' where there is only one
    indicator text NOT NULL,
    period text NOT NULL CHECK (period IN ('day', 'month', 'year', 'year_to_date', 'rolling_year', 'opening')),
    first_day date NOT NULL,
    last_day date NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    part int4 NOT NULL DEFAULT 0,  -- tells the members of one indicator apart, such as seven weekdays
    value float8,
    low float8,
    high float8,
    withheld jsonb,  -- why the value is null
    basis jsonb NOT NULL DEFAULT '{}',  -- what the value rests on
    valid int4 NOT NULL,
    expected int4 NOT NULL,
    quality_flags int4 NOT NULL DEFAULT 0,  -- of its days (hours, of air), counted or not
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (kind, subject, facet, indicator, period, first_day, part)
);
CREATE INDEX indicator_value_changed ON doorfiets.indicator_value (changed_in);
GRANT SELECT, INSERT, UPDATE ON doorfiets.indicator_value TO aggregate;
CREATE TRIGGER withdrawn AFTER DELETE ON doorfiets.indicator_value FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write();
GRANT SELECT, DELETE ON doorfiets.indicator_value TO aggregate;
GRANT SELECT, DELETE ON doorfiets.indicator_value TO registrar;
CREATE INDEX indicator_value_computed ON doorfiets.indicator_value (computed_at);
CREATE TABLE doorfiets.indicator_value_past (LIKE doorfiets.indicator_value, replaced_at timestamptz NOT NULL CHECK (replaced_at < 'infinity'));
CREATE INDEX ON doorfiets.indicator_value_past (kind, subject, facet, indicator, period, first_day, part);
CREATE INDEX ON doorfiets.indicator_value_past (replaced_at);
CREATE TRIGGER past_of_update AFTER UPDATE ON doorfiets.indicator_value REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');
CREATE TRIGGER past_of_delete AFTER DELETE ON doorfiets.indicator_value REFERENCING OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.remember_past('ended_at');

RESET ROLE;

-- 55_air.sql

-- What is published of the air where there are several layers.
SET ROLE owner;

-- Of every hour the one layer that speaks for a station (as streams.domain.air.network tells): an official station as it measured, a kit
-- as it was corrected.
CREATE VIEW doorfiets.available_air_hour AS
SELECT DISTINCT ON (h.station, h.quantity, h.hour) h.station, h.quantity, h.hour, h.layer, h.mean, s.district
FROM doorfiets.air_hour h JOIN doorfiets.station s USING (station)
WHERE h.expected > 0
ORDER BY h.station, h.quantity, h.hour,
    CASE WHEN s.kind = 'official' THEN array_position(ARRAY['measured', 'publisher'], h.layer)
         ELSE array_position(ARRAY['publisher', 'barkjohn-1', 'koehler-1', 'regional-1', 'measured'], h.layer) END;

RESET ROLE;

-- 60_judgements.sql

-- What may be published of a number, and over which days: functions of the readers.
SET ROLE owner;

-- How much of its bucket a number rests on, from 0 to 1; null where nothing was expected.
CREATE FUNCTION api.coverage(valid int4, expected int4) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE WHEN expected > 0 AND valid IS NOT NULL THEN least(1.0, valid::float8 / expected) END;

-- Shares and means under 75 % coverage are withheld.
CREATE FUNCTION api.enough(valid int4, expected int4) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN expected > 0 AND valid * 4 >= expected * 3;

-- Wilson interval of x out of n, z = 1.959964 (domain handbook, cycling share): sampling error only, not the bias of the counters.
-- Null where nothing was counted.
CREATE FUNCTION api.wilson_low(x float8, n float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(0, (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n))
    FROM (SELECT x / n AS p, 1.959964::float8 AS z WHERE n > 0) counted
$$;

CREATE FUNCTION api.wilson_high(x float8, n float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(1, (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n))
    FROM (SELECT x / n AS p, 1.959964::float8 AS z WHERE n > 0) counted
$$;

-- A reason as it is stored and passed on: a code of schemas.reasons with its parameters.
CREATE FUNCTION api.reason(code text, parameters jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN jsonb_build_object('code', code, 'parameters', parameters);

-- Why nothing counted where these flags stand: a code of schemas.reasons, null where none of them excludes. What a person said explains all else, a fault
-- that the sensor reports explains a value that is not plausible, and a run of many intervals explains one of them. What lies outside
-- of a measuring window (2097152) explains no gap: nothing is expected there.
CREATE FUNCTION api.excluded_reason(quality_flags int4) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN CASE
    WHEN quality_flags & 1048576 <> 0 THEN api.reason('maintenance')
    WHEN quality_flags & 524288 <> 0 THEN api.reason('by_hand')
    WHEN quality_flags & 256 <> 0 THEN api.reason('status_bad')
    WHEN quality_flags & 1024 <> 0 THEN api.reason('dead')
    WHEN quality_flags & 2048 <> 0 THEN api.reason('blind')
    WHEN quality_flags & 32768 <> 0 THEN api.reason('saturated')
    WHEN quality_flags & 65536 <> 0 THEN api.reason('sentinel')
    WHEN quality_flags & 4096 <> 0 THEN api.reason('stuck')
    WHEN quality_flags & 8192 <> 0 THEN api.reason('spike')
    WHEN quality_flags & 1 <> 0 THEN api.reason('implausible_value')
    WHEN quality_flags & 128 <> 0 THEN api.reason('few_samples') END;

-- A channel that is not whole, as a parameter of reasons: what it counts in which direction (and where, at a screenline), the code of the reason why, and on
-- how many days of a longer period. Why is what its flags say; else nothing was received, or what was received did not count.
CREATE FUNCTION api.missing_channel(site text, mode text, direction text, quality_flags int4, received boolean, days int4) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN jsonb_strip_nulls(jsonb_build_object('site', site, 'mode', mode, 'direction', direction, 'days', days, 'why',
    coalesce(api.excluded_reason(quality_flags)->>'code', CASE WHEN received THEN 'no_valid_reading' ELSE 'not_received' END)));

-- The same of channels that are needed together: how many of them are valid, and which are not (`missing_channel`).
CREATE FUNCTION api.channels_reason(valid int4, channels int4, missing jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN
    api.reason('channels_missing', jsonb_build_object('valid', valid, 'channels', channels, 'missing', coalesce(missing, '[]')));

-- Why an hour or more of some channels together is not whole: those that are not; null where none is missing. `withheld` is said with them.
CREATE FUNCTION api.incomplete_reason(withheld jsonb, missing jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN CASE
    WHEN missing IS NULL OR withheld->>'code' <> 'coverage_below' THEN withheld
    WHEN withheld IS NULL THEN api.reason('channels_incomplete', jsonb_build_object('missing', missing))
    ELSE api.reason('coverage_below_of_channels', withheld->'parameters' || jsonb_build_object('missing', missing)) END;

-- That too little of what was expected is valid: how much, in whole percent, rounded down.
CREATE FUNCTION api.coverage_below(valid int4, expected int4) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN
    api.reason('coverage_below', jsonb_build_object('valid', coalesce(valid::int8 * 100 / nullif(expected, 0), 0), 'needed', 75));

-- What may be published of x out of n: the share with its interval, or why it is withheld. The one judgement for hours, days and periods.
CREATE FUNCTION api.share_if_covered(numerator numeric, denominator numeric, paired int4, expected int4)
RETURNS TABLE (share float8, low float8, high float8, withheld jsonb)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT x / n, api.wilson_low(x, n), api.wilson_high(x, n),
           CASE WHEN coalesce(expected, 0) = 0 THEN api.reason('modes_missing')
                WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected)
                WHEN denominator = 0 THEN api.reason('nobody_counted') END
    FROM (SELECT numerator::float8 AS x, CASE WHEN api.enough(paired, expected) THEN nullif(denominator, 0)::float8 END AS n) shown
$$;

-- The share if the bicycles were really this factor times what was counted, and the rest were right (domain handbook, cycling share).
CREATE FUNCTION api.calibrated_share(share float8, factor float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN factor * share / (factor * share + 1 - share);

-- What readers call an end of a link: its district without a number, or `region`; another word is a name already.
CREATE FUNCTION api.place_name(place text, district text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN place = 'region' THEN place ELSE coalesce(regexp_replace(district, '^Wijk [0-9]+ ', ''), place) END;

-- The one status of a feed, for pages, console, command line, dashboards and alerts, from what is measured about it (doorfiets.measured_feed): the first that
-- holds. `missed` and `unmeasured` count intervals of its own rhythm: since it last said anything, and since it last said something that counts; `delay` is in
-- seconds; what is null is not judged. What is recorded elsewhere owes nothing: it is never silent, late or incomplete.
CREATE FUNCTION api.feed_status(
    closed boolean, in_maintenance boolean, received boolean, live boolean, missed float8, delay float4, wrong_clock boolean, stuck boolean, dead boolean,
    suspect boolean, unmeasured float8, excluded float8, battery float8, battery_low float8, completeness float8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN closed THEN 'closed'
    WHEN in_maintenance THEN 'maintenance'
    WHEN NOT received THEN 'never_received'
    WHEN live AND missed >= 3 THEN 'silent'
    WHEN live AND missed >= 1.5 THEN 'late'
    WHEN live AND (delay > 120 OR delay < -60) OR wrong_clock THEN 'clock'
    WHEN stuck THEN 'stuck'
    WHEN dead THEN 'dead'
    WHEN suspect OR live AND (unmeasured >= 3 OR excluded > 0.1) THEN 'suspect'
    WHEN battery < battery_low THEN 'battery'
    WHEN live AND completeness < 0.95 THEN 'partial'
    ELSE 'ok'
END;

-- Why a feed has its status: a code of schemas.feed_states with what was measured.
CREATE FUNCTION api.feed_reason(code text, parameters jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN jsonb_build_object('code', code, 'parameters', parameters);

-- The place of a status in a list: what somebody should look at first comes first (schemas.feed_states).
CREATE FUNCTION api.feed_rank(status text) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN array_position(
    ARRAY['silent', 'late', 'clock', 'stuck', 'dead', 'suspect', 'battery', 'partial', 'never_received', 'maintenance', 'ok', 'closed'], status);

-- What stood at a moment; null is now, and then the planner leaves the past out by these constraints.
CREATE FUNCTION api.held_at(computed_at timestamptz, replaced_at timestamptz, at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (at IS NULL AND replaced_at = 'infinity'::timestamptz) OR (computed_at <= at AND at < replaced_at);

RESET ROLE;

-- 65_published_views.sql

-- What is seen of all published tables together. Made from `schemas/published.py`.
-- Versions: what stands now (replaced at infinity) and what stood before. A row holds for [computed_at, replaced_at).
SET ROLE owner;

CREATE VIEW api.site_hour_version WITH (security_barrier) AS
SELECT
    site, mode, hour, rows, paired, expected, total, maximum, quality_flags, quarters, quarter_flags, revision,
    computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.site_hour
UNION ALL
SELECT
    site, mode, hour, rows, paired, expected, total, maximum, quality_flags, quarters, quarter_flags, revision,
    computed_at, rule,
    replaced_at
FROM doorfiets.site_hour_past;

CREATE VIEW api.site_day_version WITH (security_barrier) AS
SELECT
    site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, quality_flags, flagged, revision,
    computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.site_day
UNION ALL
SELECT
    site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, quality_flags, flagged, revision,
    computed_at, rule,
    replaced_at
FROM doorfiets.site_day_past;

CREATE VIEW api.share_hour_version WITH (security_barrier) AS
SELECT
    screenline, variant, hour, numerator, denominator, paired, expected, quality_flags, revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.share_hour
UNION ALL
SELECT
    screenline, variant, hour, numerator, denominator, paired, expected, quality_flags, revision, computed_at, rule,
    replaced_at
FROM doorfiets.share_hour_past;

CREATE VIEW api.share_day_version WITH (security_barrier) AS
SELECT
    screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, quality_flags, flagged,
    revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.share_day
UNION ALL
SELECT
    screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, quality_flags, flagged,
    revision, computed_at, rule,
    replaced_at
FROM doorfiets.share_day_past;

CREATE VIEW api.link_day_version WITH (security_barrier) AS
SELECT
    link, day, started_at, ended_at, counted_on, measured, cyclists, paired, expected, quality_flags, revision,
    computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.link_day
UNION ALL
SELECT
    link, day, started_at, ended_at, counted_on, measured, cyclists, paired, expected, quality_flags, revision,
    computed_at, rule,
    replaced_at
FROM doorfiets.link_day_past;

CREATE VIEW api.route_day_version WITH (security_barrier) AS
SELECT
    route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km,
    mean_cyclists, through_ratio, uniformity, green_share, paired, expected, withheld, quality_flags, revision,
    computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.route_day
UNION ALL
SELECT
    route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km,
    mean_cyclists, through_ratio, uniformity, green_share, paired, expected, withheld, quality_flags, revision,
    computed_at, rule,
    replaced_at
FROM doorfiets.route_day_past;

CREATE VIEW api.air_layer_hour_version WITH (security_barrier) AS
SELECT
    station, quantity, layer, hour, mean, withheld, valid, expected, basis, quality_flags, revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.air_hour
UNION ALL
SELECT
    station, quantity, layer, hour, mean, withheld, valid, expected, basis, quality_flags, revision, computed_at, rule,
    replaced_at
FROM doorfiets.air_hour_past;

CREATE VIEW api.air_index_hour_version WITH (security_barrier) AS
SELECT
    station, scheme, hour, value, level, basis, withheld, valid, expected, quality_flags, revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.air_index_hour
UNION ALL
SELECT
    station, scheme, hour, value, level, basis, withheld, valid, expected, quality_flags, revision, computed_at, rule,
    replaced_at
FROM doorfiets.air_index_hour_past;

CREATE VIEW api.indicator_value_version WITH (security_barrier) AS
SELECT
    kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld,
    basis, valid, expected, quality_flags, revision, computed_at, rule,
    'infinity'::timestamptz AS replaced_at
FROM doorfiets.indicator_value
UNION ALL
SELECT
    kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld,
    basis, valid, expected, quality_flags, revision, computed_at, rule,
    replaced_at
FROM doorfiets.indicator_value_past;

-- Everything that is or was published, as one list. The aggregator writes one transaction after the other and names all rows of one by the moment it
-- began, so whoever has read the changes up to a moment has missed nothing before it; what a row replaced has its moment as `replaced_at`.
CREATE VIEW api.published WITH (security_barrier) AS
SELECT
    'site' AS kind, site AS subject, 'count' AS indicator, mode AS facet, 'hour' AS period, hour AS started_at,
    total::float8 AS value, NULL::jsonb AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.site_hour_version
UNION ALL
SELECT
    'site' AS kind, site AS subject, 'count' AS indicator, mode AS facet, 'day' AS period, started_at AS started_at,
    total::float8 AS value, NULL::jsonb AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.site_day_version
UNION ALL
SELECT
    'screenline' AS kind, screenline AS subject, 'cycling_share' AS indicator, variant AS facet, 'hour' AS period,
    hour AS started_at,
    CASE WHEN api.enough(paired, expected) THEN numerator::float8 / nullif(denominator, 0)::float8 END AS value,
    CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.share_hour_version
UNION ALL
SELECT
    'screenline' AS kind, screenline AS subject, 'cycling_share' AS indicator, variant AS facet, 'day' AS period,
    started_at AS started_at,
    CASE WHEN api.enough(paired, expected) THEN numerator::float8 / nullif(denominator, 0)::float8 END AS value,
    CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.share_day_version
UNION ALL
SELECT
    'link' AS kind, link AS subject, 'cyclists_per_day' AS indicator, '' AS facet, 'day' AS period,
    started_at AS started_at, CASE WHEN api.enough(paired, expected) THEN cyclists::float8 END AS value,
    CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.link_day_version
UNION ALL
SELECT
    'route' AS kind, route AS subject, 'bicycle_km' AS indicator, '' AS facet, 'day' AS period, started_at AS started_at,
    bicycle_km AS value, withheld AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.route_day_version
UNION ALL
SELECT
    'station' AS kind, station AS subject, 'air_hour_mean' AS indicator,
    CASE layer WHEN 'measured' THEN quantity ELSE quantity || '/' || layer END AS facet, 'hour' AS period,
    hour AS started_at, mean AS value, withheld AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.air_layer_hour_version
UNION ALL
SELECT
    'station' AS kind, station AS subject, split_part(scheme, '-', 1) AS indicator, scheme AS facet, 'hour' AS period,
    hour AS started_at, value::float8 AS value, withheld AS withheld, 0 AS part,
    revision, rule, computed_at, replaced_at
FROM api.air_index_hour_version
UNION ALL
SELECT
    kind AS kind, subject AS subject, indicator AS indicator, facet AS facet, period AS period, started_at AS started_at,
    value AS value, withheld AS withheld, part AS part,
    revision, rule, computed_at, replaced_at
FROM api.indicator_value_version;

-- Up to which moment the changes from a moment on are read for a page of so many: after that moment itself there are as many, or no more. Every
-- table is read in the order of its index, so that a page costs what is on it, and what changed in the same transactions.
CREATE FUNCTION api.changes_until(after timestamptz, up_to timestamptz, wanted_kind text, wanted_indicator text, most int4) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT max(computed_at) FROM (
        (SELECT computed_at FROM site_hour
         WHERE coalesce(wanted_kind, 'site') = 'site' AND coalesce(wanted_indicator, 'count') = 'count'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM site_day
         WHERE coalesce(wanted_kind, 'site') = 'site' AND coalesce(wanted_indicator, 'count') = 'count'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM share_hour
         WHERE coalesce(wanted_kind, 'screenline') = 'screenline' AND coalesce(wanted_indicator, 'cycling_share') = 'cycling_share'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM share_day
         WHERE coalesce(wanted_kind, 'screenline') = 'screenline' AND coalesce(wanted_indicator, 'cycling_share') = 'cycling_share'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM link_day
         WHERE coalesce(wanted_kind, 'link') = 'link' AND coalesce(wanted_indicator, 'cyclists_per_day') = 'cyclists_per_day'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM route_day
         WHERE coalesce(wanted_kind, 'route') = 'route' AND coalesce(wanted_indicator, 'bicycle_km') = 'bicycle_km'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM air_hour
         WHERE coalesce(wanted_kind, 'station') = 'station' AND coalesce(wanted_indicator, 'air_hour_mean') = 'air_hour_mean'
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM air_index_hour
         WHERE coalesce(wanted_kind, 'station') = 'station' AND coalesce(wanted_indicator, split_part(scheme, '-', 1)) = split_part(scheme, '-', 1)
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        UNION ALL
        (SELECT computed_at FROM indicator_value
         WHERE coalesce(wanted_kind, kind) = kind AND coalesce(wanted_indicator, indicator) = indicator
             AND computed_at > after AND computed_at <= up_to
         ORDER BY computed_at LIMIT most)
        ORDER BY computed_at LIMIT most) first
$$;

-- Which published numbers changed that a snapshot did not see, by place and time: an hour or day of a site, of a station, or of what is made of
-- several sites, with the transaction that wrote it. Of more than `most` changes one comes without a name: whatever it was. What stood when the
-- snapshot was made and goes, goes with a change of the registry.
CREATE FUNCTION api.changed_since(seen pg_snapshot, most int4)
RETURNS TABLE (kind text, name text, changed_in xid8, started_at timestamptz, ended_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH bound AS (SELECT pg_snapshot_xmin(seen) AS oldest),
    moved (kind, name, changed_in, started_at, ended_at) AS (
        (SELECT CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END, coalesce(d.station, c.site), t.changed_in,
                t.hour, t.hour + interval '1 hour'
         FROM (SELECT * FROM datastream_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t
         JOIN datastream d USING (datastream) LEFT JOIN channel c USING (channel))
        UNION ALL
        (SELECT CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END, coalesce(d.station, c.site), t.changed_in,
                t.started_at, t.ended_at
         FROM (SELECT * FROM datastream_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t
         JOIN datastream d USING (datastream) LEFT JOIN channel c USING (channel))
        UNION ALL
        (SELECT 'site', site, t.changed_in,
                hour, hour + interval '1 hour'
         FROM (SELECT * FROM site_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'site', site, t.changed_in,
                started_at, ended_at
         FROM (SELECT * FROM site_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'screenline', screenline, t.changed_in,
                hour, hour + interval '1 hour'
         FROM (SELECT * FROM share_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'screenline', screenline, t.changed_in,
                started_at, ended_at
         FROM (SELECT * FROM share_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'link', link, t.changed_in,
                started_at, ended_at
         FROM (SELECT * FROM link_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'route', route, t.changed_in,
                started_at, ended_at
         FROM (SELECT * FROM route_day WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'station', station, t.changed_in,
                hour, hour + interval '1 hour'
         FROM (SELECT * FROM air_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT 'station', station, t.changed_in,
                hour, hour + interval '1 hour'
         FROM (SELECT * FROM air_index_hour WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)
        UNION ALL
        (SELECT t.kind, t.subject, t.changed_in,
                '-infinity', 'infinity'
         FROM (SELECT * FROM indicator_value WHERE changed_in >= (SELECT oldest FROM bound) LIMIT most) t)),
    unseen AS (
        SELECT m.kind, m.name, m.changed_in, min(m.started_at) AS started_at, max(m.ended_at) AS ended_at
        FROM moved m WHERE NOT pg_visible_in_snapshot(m.changed_in, seen) GROUP BY m.kind, m.name, m.changed_in)
    SELECT * FROM unseen WHERE (SELECT count(*) FROM moved) < most
    UNION ALL
    SELECT NULL, NULL, pg_snapshot_xmax(pg_current_snapshot()), '-infinity', 'infinity' WHERE (SELECT count(*) FROM moved) >= most;
END $$;

-- The newest change that readers can see.
CREATE VIEW api.newest_change WITH (security_barrier) AS
SELECT max(computed_at) AS computed_at FROM (
    SELECT max(computed_at) AS computed_at FROM doorfiets.site_hour UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.site_day UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.share_hour UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.share_day UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.link_day UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.route_day UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.air_hour UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.air_index_hour UNION ALL
    SELECT max(computed_at) AS computed_at FROM doorfiets.indicator_value) newest;

-- The newest transaction that wrote a published row.
CREATE VIEW doorfiets.newest_write AS
SELECT max(changed_in) AS changed_in FROM (
    SELECT max(changed_in) AS changed_in FROM doorfiets.datastream_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.datastream_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.site_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.site_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.share_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.share_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.link_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.route_day UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.air_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.air_index_hour UNION ALL
    SELECT max(changed_in) AS changed_in FROM doorfiets.indicator_value) newest;

RESET ROLE;

-- 68_measuring_window.sql

-- When sensors can measure at all: measuring windows as stretches of time, and how many bins lie wholly in one (record 32). The same in Python:
-- streams.domain.measuring_window and streams.domain.sun.
SET ROLE owner;

-- The measuring window of a datastream where it is, null for `always`: `daylight` with longitude and latitude of its place (to a decimetre), local hours with the time
-- zone of its owner. Two windows that are the same text are the same time.
CREATE FUNCTION doorfiets.placed_window(wanted int4) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT CASE d.measuring_window WHEN 'always' THEN NULL
           WHEN 'daylight' THEN concat_ws(' ', d.measuring_window, round(coalesce(s.longitude, t.longitude)::numeric, 6)::float8,
                                      round(coalesce(s.latitude, t.latitude)::numeric, 6)::float8)
           ELSE concat_ws(' ', d.measuring_window, o.timezone) END
    FROM datastream d
    LEFT JOIN channel c USING (channel)
    LEFT JOIN site s USING (site)
    LEFT JOIN station t ON t.station = d.station
    JOIN owner o ON o.owner = coalesce(s.owner, t.owner)
    WHERE d.datastream = wanted
$$;

-- Where the sun stands at so many days after noon of 1 January 2000 (UTC): its declination in radians, and the equation of time in minutes. NOAA's solar
-- calculator (gml.noaa.gov/grad/solcalc/calcdetails.html), after J. Meeus, Astronomical Algorithms, chapters 25 and 28.
CREATE FUNCTION api.sun(days float8) RETURNS TABLE (declination float8, equation float8)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT asin(sin(o.obliquity) * sin(radians(a.longitude))),
           4 * degrees(o.y * sin(2 * a.mean_longitude) - 2 * a.eccentricity * sin(a.anomaly)
               + 4 * a.eccentricity * o.y * sin(a.anomaly) * cos(2 * a.mean_longitude)
               - 0.5 * o.y * o.y * sin(4 * a.mean_longitude) - 1.25 * a.eccentricity * a.eccentricity * sin(2 * a.anomaly))
    FROM (SELECT days / 36525 AS t) c
    CROSS JOIN LATERAL (
        SELECT radians(280.46646 + t * (36000.76983 + t * 0.0003032)) AS mean_longitude, radians(357.52911 + t * (35999.05029 - 0.0001537 * t)) AS anomaly,
               0.016708634 - t * (0.000042037 + 0.0000001267 * t) AS eccentricity, radians(125.04 - 1934.136 * t) AS node
        OFFSET 0) e
    CROSS JOIN LATERAL (
        SELECT e.*, degrees(e.mean_longitude) + sin(e.anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t))
               + sin(2 * e.anomaly) * (0.019993 - 0.000101 * t) + sin(3 * e.anomaly) * 0.000289 - 0.00569 - 0.00478 * sin(e.node) AS longitude
        OFFSET 0) a
    CROSS JOIN LATERAL (
        SELECT obliquity, tan(obliquity / 2) * tan(obliquity / 2) AS y
        FROM (SELECT radians(23 + (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60 + 0.00256 * cos(a.node)) AS obliquity OFFSET 0) b
        OFFSET 0) o
$$;

-- In how many minutes the sun is from its rise to noon where it has that declination (radians): its upper edge is seen, lifted by the air, at 90.833 degrees
-- from overhead. Where it never sets thirteen hours, so that days overlap and none is cut; where it never rises none.
CREATE FUNCTION api.half_day(latitude float8, declination float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN x >= 1 THEN 0 WHEN x <= -1 THEN 780 ELSE 4 * degrees(acos(x)) END
    FROM (SELECT cos(radians(90.833)) / (cos(radians(latitude)) * cos(declination)) - tan(radians(latitude)) * tan(declination) AS x OFFSET 0) h
$$;

-- Sunrise and sunset of a day, to the minute, where its noon is nearest to that of the clock of UTC: first with the sun as it stands at noon, then as it stands at each.
CREATE FUNCTION api.sun_hours(day date, longitude float8, latitude float8) RETURNS TABLE (rises_at timestamptz, sets_at timestamptz)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT g.midnight + round(720 - 4 * longitude - r.equation - api.half_day(latitude, r.declination)) * interval '1 minute',
           g.midnight + round(720 - 4 * longitude - s.equation + api.half_day(latitude, s.declination)) * interval '1 minute'
    FROM (SELECT day - date '2000-01-01' AS days, day::timestamp AT TIME ZONE 'UTC' AS midnight) d
    CROSS JOIN LATERAL api.sun(d.days - longitude / 360) n
    CROSS JOIN LATERAL (
        SELECT d.days, d.midnight, 720 - 4 * longitude - n.equation AS noon, api.half_day(latitude, n.declination) AS half OFFSET 0) g
    CROSS JOIN LATERAL api.sun(g.days - 0.5 + (g.noon - g.half) / 1440) r
    CROSS JOIN LATERAL api.sun(g.days - 0.5 + (g.noon + g.half) / 1440) s
$$;

-- When the hour of a local day begins (24 is the next day's first): where clocks are put back, the first of two; where they are put on, what follows it.
CREATE FUNCTION api.local_hour(day date, hour int4, zone text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN least(
    (day::timestamp + hour * interval '1 hour') AT TIME ZONE zone,
    (day::timestamp + (hour - 1) * interval '1 hour') AT TIME ZONE zone + interval '1 hour');

-- The time of a range that lies in all of these placed windows; the whole range where there are none.
CREATE FUNCTION api.measuring_time(placed_windows text[], range_start timestamptz, range_end timestamptz) RETURNS tstzmultirange
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(range_intersect_agg(w.open), tstzmultirange(tstzrange(range_start, range_end))) * tstzmultirange(tstzrange(range_start, range_end))
    FROM unnest(placed_windows) AS p(placed)
    CROSS JOIN LATERAL (SELECT string_to_array(p.placed, ' ') AS word OFFSET 0) q
    CROSS JOIN LATERAL (
        SELECT coalesce(range_agg(tstzrange(b.opens_at, b.closes_at)) FILTER (WHERE b.opens_at < b.closes_at), '{}') AS open
        FROM generate_series((range_start AT TIME ZONE 'UTC')::date - date '2000-01-01' - 2, (range_end AT TIME ZONE 'UTC')::date - date '2000-01-01' + 1) AS n(days)
        CROSS JOIN LATERAL (SELECT date '2000-01-01' + n.days AS day OFFSET 0) y
        CROSS JOIN LATERAL (
            SELECT rises_at AS opens_at, sets_at AS closes_at FROM api.sun_hours(y.day, q.word[2]::float8, q.word[3]::float8) WHERE q.word[1] = 'daylight'
            UNION ALL
            SELECT api.local_hour(y.day, split_part(q.word[1], '-', 1)::int4, q.word[2]),
                   api.local_hour(CASE WHEN split_part(q.word[1], '-', 1)::int4 < split_part(q.word[1], '-', 2)::int4 THEN y.day ELSE y.day + 1 END,
                                  split_part(q.word[1], '-', 2)::int4, q.word[2])
            WHERE q.word[1] <> 'daylight') b) w
$$;

-- How many whole bins of a grid lie in stretches of time; null where there is no grid.
CREATE FUNCTION api.whole_bins(open tstzmultirange, seconds int4) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN seconds > 0 THEN coalesce(sum(greatest(0, floor(extract(epoch FROM upper(r)) / seconds) - ceil(extract(epoch FROM lower(r)) / seconds))), 0)::int4 END
    FROM unnest(open) AS u(r)
$$;

-- Judges again what these datastreams said: what does not lie in their windows of now has the quality flag (outside_window, bit 2097152), the rest has
-- not. Who asks holds the marks of their owners, and marks the hours.
CREATE FUNCTION doorfiets.judge_windows(wanted int4[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    UPDATE observation o SET quality_flags = o.quality_flags # 2097152, revision = o.revision + 1, revised_at = greatest(o.revised_at, now())
    FROM (
        SELECT w.datastream, w.first, w.last, CASE WHEN w.placed IS NOT NULL THEN api.measuring_time(ARRAY[w.placed], w.first, w.last + interval '1 hour') END AS open
        FROM (SELECT d.datastream, placed_window(d.datastream) AS placed, x.first, x.last
              FROM unnest(wanted) AS d(datastream)
              CROSS JOIN LATERAL (SELECT min(started_at) AS first, max(started_at) AS last FROM observation WHERE datastream = d.datastream) x) w
        WHERE w.first IS NOT NULL) n
    WHERE o.datastream = n.datastream
      AND (o.quality_flags & 2097152 <> 0) = coalesce(n.open @> tstzrange(o.started_at, o.ended_at), true)
$$;
REVOKE EXECUTE ON FUNCTION doorfiets.judge_windows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.judge_windows TO registrar;

RESET ROLE;

-- 70_registry_views.sql

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

-- 72_pairing.sql

-- Pairing, once: which streams must be whole, in bins of which length, and what whole bins hold. Hours and days, quarters, shares and what is
-- expected of them all come from here; the rule, with numbers, is in docs/why/aggregating.md.
SET ROLE owner;

-- The length of the bins in which streams of these intervals can be compared, in seconds: their least common multiple. Intervals divide an hour, so
-- the grid does.
CREATE AGGREGATE doorfiets.grid(int4) (SFUNC = pg_catalog.lcm, STYPE = int4, COMBINEFUNC = pg_catalog.lcm, PARALLEL = SAFE);

-- Which datastreams are members of an aggregate: of a site in one mode, in all directions ('') and in each, and of a variant of a screenline's share.
CREATE VIEW doorfiets.member_stream AS
SELECT 'site' AS kind, c.site AS place, c.mode AS facet, w.direction, d.channel, c.mode, d.datastream, d.seconds, d.origin, d.valid_from, d.valid_until,
       CASE WHEN d.measuring_window <> 'always' THEN doorfiets.placed_window(d.datastream) END AS placed_window
FROM doorfiets.channel c
JOIN doorfiets.datastream d USING (channel)
CROSS JOIN LATERAL (VALUES (''), (c.direction)) AS w(direction)
UNION ALL
SELECT 'share', s.screenline, s.variant, '', d.channel, s.mode, d.datastream, s.seconds, d.origin, s.valid_from, s.valid_until,
       CASE WHEN d.measuring_window <> 'always' THEN doorfiets.placed_window(d.datastream) END
FROM doorfiets.screenline_stream s
JOIN doorfiets.datastream d USING (datastream);

-- In which periods the same channels of an aggregate are expected, which, how many, and on which grid (`seconds`). A channel is expected from its first device to
-- its last, gaps included: between two devices it cannot count, and there is no total. The grid is that of the streams that are valid, else of those
-- that were; null while one of the modes of a share is not counted: then nothing is expected. Nor is it outside of any of the measuring windows
-- (`placed_windows`, empty where all streams always measure), which are of the same streams as the grid.
CREATE VIEW doorfiets.registered_expectation AS
WITH channel_period AS NOT MATERIALIZED (
    SELECT kind, place, facet, direction, channel, mode, doorfiets.grid(seconds) AS seconds, min(valid_from) AS valid_from, max(valid_until) AS valid_until
    FROM doorfiets.member_stream GROUP BY kind, place, facet, direction, channel, mode),
edge AS (
    SELECT DISTINCT m.kind, m.place, m.facet, m.direction, e.at
    FROM doorfiets.member_stream m CROSS JOIN LATERAL (VALUES (m.valid_from), (m.valid_until)) AS e(at)),
stretch AS (
    SELECT kind, place, facet, direction, at AS valid_from, lead(at) OVER (PARTITION BY kind, place, facet, direction ORDER BY at) AS valid_until FROM edge)
SELECT t.kind, t.place, t.facet, t.direction, t.valid_from, t.valid_until,
       CASE WHEN count(DISTINCT p.mode) = k.modes THEN coalesce(doorfiets.grid(m.seconds), doorfiets.grid(p.seconds)) END AS seconds,
       count(DISTINCT p.channel)::int4 AS streams, array_agg(DISTINCT p.channel ORDER BY p.channel) AS channels,
       CASE WHEN count(m.datastream) > 0 THEN coalesce(array_agg(DISTINCT m.placed_window) FILTER (WHERE m.placed_window IS NOT NULL), '{}')
            ELSE ARRAY(SELECT DISTINCT e.placed_window FROM doorfiets.member_stream e
                       WHERE e.kind = t.kind AND e.place = t.place AND e.facet = t.facet AND e.direction = t.direction
                             AND e.channel = ANY (array_agg(p.channel)) AND e.placed_window IS NOT NULL ORDER BY 1) END AS placed_windows
FROM stretch t
JOIN (SELECT kind, place, facet, direction, count(DISTINCT mode) AS modes FROM channel_period GROUP BY kind, place, facet, direction) k
    USING (kind, place, facet, direction)
JOIN channel_period p ON p.kind = t.kind AND p.place = t.place AND p.facet = t.facet AND p.direction = t.direction
    AND p.valid_from <= t.valid_from AND t.valid_from < p.valid_until
LEFT JOIN doorfiets.member_stream m ON m.kind = t.kind AND m.place = t.place AND m.facet = t.facet AND m.direction = t.direction
    AND m.channel = p.channel AND m.valid_from <= t.valid_from AND t.valid_from < m.valid_until
WHERE t.valid_until IS NOT NULL
GROUP BY t.kind, t.place, t.facet, t.direction, t.valid_from, t.valid_until, k.modes;

-- The same, kept (`refresh_expectations`): it changes with the registry only, and every round of `aggregate` and every question about quarters needs it.
CREATE TABLE doorfiets.expectation (
    kind text NOT NULL,
    place text NOT NULL,
    facet text NOT NULL,
    direction text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    seconds int4,
    streams int4 NOT NULL,
    channels text[] NOT NULL,
    placed_windows text[] NOT NULL,
    PRIMARY KEY (kind, place, facet, direction, valid_from)
);

-- Whoever changes the registry calls this in the same transaction. Only what differs is written: rows of other owners' places stay as they are, and are
-- not locked.
CREATE FUNCTION doorfiets.refresh_expectations() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET jit = off AS $$
    DELETE FROM expectation e WHERE NOT EXISTS (
        SELECT FROM registered_expectation r
        WHERE r.kind = e.kind AND r.place = e.place AND r.facet = e.facet AND r.direction = e.direction AND r.valid_from = e.valid_from);
    INSERT INTO expectation
    SELECT r.*
    FROM registered_expectation r
    LEFT JOIN expectation e USING (kind, place, facet, direction, valid_from)
    WHERE (r.valid_until, r.seconds, r.streams, r.channels, r.placed_windows)
          IS DISTINCT FROM (e.valid_until, e.seconds, e.streams, e.channels, e.placed_windows)
    ORDER BY kind, place, facet, direction, valid_from
    ON CONFLICT (kind, place, facet, direction, valid_from) DO UPDATE SET
        valid_until = excluded.valid_until, seconds = excluded.seconds, streams = excluded.streams, channels = excluded.channels,
        placed_windows = excluded.placed_windows
$$;
REVOKE EXECUTE ON FUNCTION doorfiets.refresh_expectations FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.refresh_expectations TO registrar;

-- Which channels of a mode are expected at a site, and from when until when they are the same ones: a device that is replaced leaves its channel what it
-- is. Days with other channels cannot be compared: where one of two directions is closed, half the traffic is no decline.
CREATE VIEW doorfiets.site_channels AS
SELECT place AS site, facet AS mode, channels, min(valid_from) AS valid_from, max(valid_until) AS valid_until
FROM (SELECT place, facet, channels, valid_from, valid_until, count(*) FILTER (WHERE other) OVER (PARTITION BY place, facet ORDER BY valid_from) AS number
      FROM (SELECT place, facet, channels, valid_from, valid_until,
                   (lag(channels) OVER w, lag(valid_until) OVER w) IS DISTINCT FROM (channels, valid_from) AS other
            FROM doorfiets.expectation WHERE kind = 'site' AND direction = ''
            WINDOW w AS (PARTITION BY place, facet ORDER BY valid_from)) piece) numbered
GROUP BY place, facet, channels, number;

-- How many bins of a grid a period of expectation has in a range: those of every hour that begins in both; none where there is no grid.
CREATE FUNCTION api.bins_of_hours(seconds int4, valid_from timestamptz, valid_until timestamptz, range_start timestamptz, range_end timestamptz) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(greatest(0, ceil(extract(epoch FROM least(range_end, valid_until)) / 3600) - ceil(extract(epoch FROM greatest(range_start, valid_from)) / 3600))
    * (3600 / seconds), 0)::int4;

-- How many of them lie wholly in its measuring windows: what is expected of it.
CREATE FUNCTION api.bins_expected(seconds int4, valid_from timestamptz, valid_until timestamptz, range_start timestamptz, range_end timestamptz,
    placed_windows text[]) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN placed_windows = '{}' THEN api.bins_of_hours(seconds, valid_from, valid_until, range_start, range_end)
            WHEN greatest(range_start, valid_from) < least(range_end, valid_until)
            THEN coalesce(api.whole_bins(api.measuring_time(placed_windows, greatest(range_start, valid_from), least(range_end, valid_until)), seconds), 0)
            ELSE 0 END;

CREATE VIEW api.expectation WITH (security_barrier) AS SELECT * FROM doorfiets.expectation;
CREATE VIEW api.site_channels WITH (security_barrier) AS SELECT * FROM doorfiets.site_channels;

-- What pairing is given: a stream that must be whole in the bins of an aggregate, which is a number here; an hour of the aggregate, with the length of its
-- bins in seconds and the number of streams that there must be; and a reading that counts, in the hour in which it lies: whole numbers as `value`, which
-- adds up as a float, others as `part`, as a decimal.
CREATE TYPE doorfiets.pairing_member AS (
    aggregate int4, datastream int4, seconds int4, bicycles boolean, valid_from timestamptz, valid_until timestamptz);
CREATE TYPE doorfiets.pairing_hour AS (aggregate int4, hour timestamptz, width int4, streams int4);
CREATE TYPE doorfiets.pairing_reading AS (datastream int4, hour timestamptz, started_at timestamptz, spans int4, value float8, part numeric);

-- The pairing: which bins are whole, and what they hold. Rows of a datastream start on its own grid and never overlap, so a bin is covered by every stream
-- exactly when the lengths of all that lies in it add up to streams x width: one pass, whatever the intervals are. `spans` is 2 where all rows hold both
-- autumn hours, else 1; a bin in which only some do has a sum that no whole number of them makes, and is not paired. It becomes part of the statement that
-- asks, as a plan of hash joins and one hash table where that has switched off the others: nobody knows how long an array is.
CREATE FUNCTION doorfiets.paired_bins(members doorfiets.pairing_member[], hours doorfiets.pairing_hour[], readings doorfiets.pairing_reading[])
RETURNS TABLE (aggregate int4, bin timestamptz, spans int4, whole float8, part numeric, bicycles float8, bicycles_part numeric)
LANGUAGE sql STABLE ROWS 10000 AS $$
    SELECT m.aggregate, date_bin(m.width, r.started_at, 'epoch'), (sum(r.spans) / count(*))::int4, sum(r.value), sum(r.part) FILTER (WHERE r.part IS NOT NULL),
           sum(r.value) FILTER (WHERE m.bicycles), sum(r.part) FILTER (WHERE m.bicycles AND r.part IS NOT NULL)
    FROM (SELECT s.aggregate, s.datastream, h.hour, s.bicycles, s.seconds, make_interval(secs => s.seconds) AS length, make_interval(secs => h.width) AS width,
                 h.streams * h.width AS wanted
          FROM unnest(members) s JOIN unnest(hours) h ON h.aggregate = s.aggregate AND s.valid_from <= h.hour AND h.hour < s.valid_until
          OFFSET 0) m
    JOIN unnest(readings) r ON r.datastream = m.datastream AND r.hour = m.hour
    WHERE r.started_at = date_bin(m.length, r.started_at, 'epoch')
    GROUP BY 1, 2
    HAVING sum(m.seconds) = min(m.wanted) AND sum(r.spans) % count(*) = 0
$$;

-- What the quarters of an hour hold in bins of so many seconds, from the sums and numbers of what begins in each: null where one is not whole. An hour itself,
-- where that is the bin; no array where bins lie in no quarter, or where nothing is expected.
CREATE FUNCTION doorfiets.whole_quarters(sums float8[], bins int4[], seconds int4) RETURNS float8[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN 900 % seconds = 0 THEN ARRAY[CASE WHEN bins[1] * seconds = 900 THEN sums[1] END, CASE WHEN bins[2] * seconds = 900 THEN sums[2] END,
                                      CASE WHEN bins[3] * seconds = 900 THEN sums[3] END, CASE WHEN bins[4] * seconds = 900 THEN sums[4] END]
    WHEN seconds = 3600 THEN ARRAY[CASE WHEN bins[1] = 1 THEN sums[1] END] END;
REVOKE EXECUTE ON FUNCTION doorfiets.whole_quarters FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.whole_quarters TO aggregate;

-- The flags of a row with the quarter of the hour in which it begins, 0 to 3, as one number: few rows have any, so that these are added up apart.
CREATE FUNCTION doorfiets.quarter_mark(quarter int8, quality_flags int4) RETURNS int8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (quarter << 32) | quality_flags;
CREATE FUNCTION doorfiets.flags_by_quarter(marks int8[]) RETURNS int4[]
LANGUAGE sql STRICT IMMUTABLE PARALLEL SAFE RETURN (
    SELECT array_agg(coalesce(flags, 0) ORDER BY q) FROM (
        SELECT q, (SELECT bit_or((m & 2147483647)::int4) FROM unnest(marks) AS m WHERE m >> 32 = q) AS flags FROM generate_series(0, 3) AS q) quarter);
REVOKE EXECUTE ON FUNCTION doorfiets.quarter_mark, doorfiets.flags_by_quarter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.quarter_mark, doorfiets.flags_by_quarter TO aggregate;

-- What is published of a site or a share in a range, by the quarter: in rows of a whole number of bins that last a quarter or longer, and of which an hour
-- holds a whole number. A row is paired where every stream is whole in it. `raw` of `streams` were; `spans` is 0 where it is not paired, and 2 where it holds
-- both autumn hours; the gaps of the second one are `counted_before`. `expected` is 0 while a mode is not counted, and where the row
-- does not lie wholly in the measuring windows: nothing is paired there. `revision` and `quality_flags` are of whatever was received, counted or not: they say why a value went, and `missing` which channels are not whole (`api.missing_channel`).
CREATE FUNCTION doorfiets.quarters(wanted_kind text, wanted_place text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (started_at timestamptz, ended_at timestamptz, total numeric, bicycles numeric, spans int4, expected int4, received int4, streams int4,
               counted_before boolean, quality_flags int4, origins text[], revision int4, revised_at timestamptz, missing jsonb,
               outside_window boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET enable_nestloop = off SET enable_mergejoin = off SET jit = off SET work_mem = '32MB' SET plan_cache_mode = force_generic_plan
ROWS 3000 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH member AS MATERIALIZED (
        SELECT * FROM member_stream WHERE kind = wanted_kind AND place = wanted_place AND facet = wanted_facet AND direction = wanted_direction),
    period AS MATERIALIZED (
        SELECT valid_from, valid_until, seconds, streams, channels, CASE WHEN placed_windows <> '{}'
               THEN api.measuring_time(placed_windows, range_start - interval '2 hours', range_end + interval '1 hour') END AS open
        FROM expectation WHERE kind = wanted_kind AND place = wanted_place AND facet = wanted_facet AND direction = wanted_direction),
    hour AS MATERIALIZED (  -- one more than asked: it may tell of the next
        SELECT h AS hour, p.seconds IS NOT NULL AS counted, coalesce(p.streams, 0) AS streams, p.channels, p.open,
               coalesce((SELECT min(w) FROM unnest(ARRAY[900, 1200, 1800, 3600]) w WHERE w % p.seconds = 0), 900) AS width
        FROM generate_series(date_trunc('hour', range_start, 'UTC') - interval '1 hour', range_end - interval '1 microsecond', interval '1 hour') h
        LEFT JOIN period p ON p.valid_from <= h AND h < p.valid_until),
    seen AS MATERIALIZED (
        SELECT r.*, date_bin(h.width * interval '1 second', r.started_at, 'epoch') AS bin, h.width, m.channel, m.seconds, m.origin
        FROM reading r
        JOIN member m ON m.datastream = r.datastream AND m.valid_from <= r.hour AND r.hour < m.valid_until
        JOIN hour h ON h.hour = r.hour AND h.counted
        WHERE r.datastream = ANY (ARRAY(SELECT datastream FROM member)) AND r.started_at >= range_start - interval '2 hours'
          AND r.started_at < range_end + interval '1 hour'),
    each AS MATERIALIZED (
        SELECT bin, channel, coalesce(sum(seconds) FILTER (WHERE spans > 0) >= width, false) AS whole, coalesce(bool_or(spans = 2), false) AS merged,
               sum(seconds) >= width AS received, bit_or(quality_flags) AS quality_flags, sum(revision) AS revision, max(revised_at) AS revised_at
        FROM seen GROUP BY bin, width, channel, datastream),
    available AS MATERIALIZED (
        SELECT bin, (count(*) FILTER (WHERE whole))::int4 AS received, bool_or(merged) AS merged, bit_or(quality_flags) AS quality_flags,
               sum(revision)::int4 AS revision, max(revised_at) AS revised_at
        FROM each GROUP BY bin),
    paired AS MATERIALIZED (
        SELECT b.bin, b.spans, coalesce(b.whole::int8, 0) + coalesce(b.part, 0) AS total, coalesce(b.bicycles::int8, 0) + coalesce(b.bicycles_part, 0) AS bicycles
        FROM (SELECT ARRAY(SELECT ROW(1, datastream, seconds, mode = 'bicycles', valid_from, valid_until)::pairing_member FROM member) AS members,
                     ARRAY(SELECT ROW(1, hour, width, streams)::pairing_hour FROM hour WHERE counted) AS hours,
                     ARRAY(SELECT ROW(datastream, hour, started_at, spans, CASE WHEN part IS NULL THEN value END, part)::pairing_reading
                           FROM seen WHERE spans > 0) AS readings
              OFFSET 0) known
        CROSS JOIN LATERAL paired_bins(known.members, known.hours, known.readings) b),
    bins AS MATERIALIZED (
        SELECT h.*, n.bin, coalesce(t.received, 0) AS received,
               NOT coalesce(h.open @> tstzrange(n.bin, n.bin + h.width * interval '1 second'), true) AS outside
        FROM hour h
        CROSS JOIN LATERAL generate_series(h.hour, h.hour + interval '1 hour' - h.width * interval '1 second', h.width * interval '1 second') AS n(bin)
        LEFT JOIN available t ON t.bin = n.bin),
    lacking AS (
        SELECT b.bin, jsonb_agg(api.missing_channel(CASE WHEN wanted_kind = 'share' THEN s.name END, c.mode, c.direction, e.quality_flags,
                   coalesce(e.received, false), NULL) ORDER BY s.name, c.mode, c.direction) AS missing
        FROM (SELECT bin, unnest(channels) AS channel FROM bins WHERE received < streams AND NOT outside AND bin >= range_start AND bin < range_end) b
        JOIN channel c ON c.channel = b.channel
        JOIN site s ON s.site = c.site
        LEFT JOIN each e ON e.bin = b.bin AND e.channel = b.channel
        WHERE e.whole IS NOT TRUE
        GROUP BY b.bin),
    origin AS (
        SELECT h.hour, array_agg(DISTINCT m.origin) AS origins
        FROM hour h JOIN member m ON m.valid_from <= h.hour AND h.hour < m.valid_until GROUP BY h.hour)
    SELECT n.bin, n.bin + n.width * interval '1 second', p.total, p.bicycles, coalesce(p.spans, 0), (n.counted AND NOT n.outside)::int4, n.received, n.streams,
           n.received = 0 AND n.bin - interval '1 hour' IN (SELECT bin FROM available WHERE merged), coalesce(t.quality_flags, 0), coalesce(o.origins, '{}'),
           coalesce(t.revision, 0), t.revised_at, l.missing, n.counted AND n.outside
    FROM bins n
    LEFT JOIN available t ON t.bin = n.bin
    LEFT JOIN paired p ON p.bin = n.bin
    LEFT JOIN lacking l ON l.bin = n.bin
    LEFT JOIN origin o ON o.hour = n.hour
    WHERE n.bin >= range_start AND n.bin < range_end
    ORDER BY n.bin;
END $$;

REVOKE EXECUTE ON FUNCTION doorfiets.quarters FROM PUBLIC;

-- How many observations of a datastream in a range lie in its measuring window: what it sent outside of it (quality flag 2097152) stands for nothing that
-- it owes within.
CREATE FUNCTION doorfiets.rows_in_window(wanted int4, range_start timestamptz, range_end timestamptz) RETURNS int4
LANGUAGE sql STABLE PARALLEL SAFE RETURN (
    SELECT count(*)::int4 FROM doorfiets.observation
    WHERE datastream = wanted AND started_at >= range_start AND started_at < range_end AND quality_flags & 2097152 = 0);

-- The channels of sites or of shares that are not whole in an hour of a range in which these are not whole, and anything is expected of them: with the flags of all
-- that they sent, and whether they sent all. Few hours are, so each is looked up.
CREATE FUNCTION api.hours_of_places_not_whole(wanted_kind text, wanted_places text[], wanted_facet text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (place text, hour timestamptz, missing jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan ROWS 100 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH member AS MATERIALIZED (
        SELECT place, datastream, channel, valid_from, valid_until FROM member_stream
        WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = ''),
    lacking AS MATERIALIZED (
        SELECT e.place, h AS hour, e.channels
        FROM generate_series(date_trunc('hour', range_start, 'UTC'), range_end - interval '1 microsecond', interval '1 hour') h
        JOIN (SELECT place, valid_from, valid_until, seconds, channels, placed_windows FROM expectation
              WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = '' AND seconds > 0 OFFSET 0) e
            ON e.valid_from <= h AND h < e.valid_until
        WHERE h >= range_start AND api.bins_expected(e.seconds, h, h + interval '1 hour', h, h + interval '1 hour', e.placed_windows) > 0 AND NOT EXISTS (
                  SELECT FROM site_hour t
                  WHERE wanted_kind = 'site' AND t.site = e.place AND t.mode = wanted_facet AND t.hour = h AND t.paired >= t.expected)
          AND NOT EXISTS (
                  SELECT FROM share_hour t
                  WHERE wanted_kind = 'share' AND t.screenline = e.place AND t.variant = wanted_facet AND t.hour = h AND t.paired >= t.expected))
    SELECT w.place, w.hour, jsonb_agg(api.missing_channel(CASE WHEN wanted_kind = 'share' THEN s.name END, c.mode, c.direction, t.quality_flags, t.received, NULL)
                                      ORDER BY s.name, c.mode, c.direction)
    FROM (SELECT place, hour, unnest(channels) AS channel FROM lacking) w
    JOIN channel c USING (channel)
    JOIN site s USING (site)
    CROSS JOIN LATERAL (
        SELECT bit_or(d.quality_flags) AS quality_flags, coalesce(sum(r.received) >= sum(d.expected), false) AS received,
               coalesce(sum(d.valid) >= sum(d.expected), false) AS whole
        FROM member m JOIN datastream_hour d ON d.datastream = m.datastream AND d.hour = w.hour
        CROSS JOIN LATERAL (SELECT CASE WHEN d.quality_flags & 2097152 = 0 THEN d.rows
                                        ELSE rows_in_window(d.datastream, d.hour, d.hour + interval '1 hour') END AS received) r
        WHERE m.place = w.place AND m.channel = w.channel AND m.valid_from <= w.hour AND w.hour < m.valid_until) t
    WHERE NOT t.whole
    GROUP BY w.place, w.hour;
END $$;

-- The same of one site or share.
CREATE FUNCTION api.hours_not_whole(wanted_kind text, wanted_place text, wanted_facet text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (hour timestamptz, missing jsonb)
LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT hour, missing FROM api.hours_of_places_not_whole(wanted_kind, ARRAY[wanted_place], wanted_facet, range_start, range_end)
$$;

-- The same of local days: one row for each channel that is not whole on a day. `site` is that of the channel, where the place is a share.
CREATE FUNCTION api.days_of_places_not_whole(wanted_kind text, wanted_places text[], wanted_facet text, from_day date, until_day date)
RETURNS TABLE (place text, day date, site text, mode text, direction text, quality_flags int4, received boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan ROWS 100 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH member AS MATERIALIZED (
        SELECT place, datastream, channel, valid_from, valid_until FROM member_stream
        WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = ''),
    local AS MATERIALIZED (
        SELECT subject AS place, timezone FROM subject_owner
        WHERE kind = CASE wanted_kind WHEN 'share' THEN 'screenline' ELSE wanted_kind END AND subject = ANY (wanted_places)),
    clock AS (
        SELECT z.timezone, y.* FROM (SELECT DISTINCT timezone FROM local) z
        CROSS JOIN LATERAL (SELECT * FROM api.calendar(from_day, until_day, z.timezone) OFFSET 0) y),
    lacking AS MATERIALIZED (
        SELECT DISTINCT e.place, y.day, unnest(e.channels) AS channel
        FROM clock y
        JOIN local l USING (timezone)
        JOIN (SELECT place, valid_from, valid_until, seconds, channels, placed_windows FROM expectation
              WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = '' AND seconds > 0 OFFSET 0) e
            ON e.place = l.place AND e.valid_from < y.ended_at AND y.started_at < e.valid_until
        WHERE api.bins_expected(e.seconds, e.valid_from, e.valid_until, y.started_at, y.ended_at, e.placed_windows) > 0 AND NOT EXISTS (
                  SELECT FROM site_day t
                  WHERE wanted_kind = 'site' AND t.site = e.place AND t.mode = wanted_facet AND t.day = y.day AND t.paired >= t.expected)
          AND NOT EXISTS (
                  SELECT FROM share_day t
                  WHERE wanted_kind = 'share' AND t.screenline = e.place AND t.variant = wanted_facet AND t.day = y.day AND t.paired >= t.expected))
    SELECT w.place, w.day, CASE WHEN wanted_kind = 'share' THEN s.name END, c.mode, c.direction, t.quality_flags, t.received
    FROM lacking w
    JOIN channel c USING (channel)
    JOIN site s USING (site)
    CROSS JOIN LATERAL (
        SELECT bit_or(d.quality_flags) AS quality_flags, coalesce(sum(r.received) >= sum(d.expected), false) AS received,
               coalesce(sum(d.valid) >= sum(d.expected), false) AS whole
        FROM member m JOIN datastream_day d ON d.datastream = m.datastream AND d.day = w.day
        CROSS JOIN LATERAL (SELECT CASE WHEN d.quality_flags & 2097152 = 0 THEN d.rows
                                        ELSE rows_in_window(d.datastream, d.started_at, d.ended_at) END AS received) r
        WHERE m.place = w.place AND m.channel = w.channel) t
    WHERE NOT t.whole;
END $$;

-- The same of one site or share.
CREATE FUNCTION api.days_not_whole(wanted_kind text, wanted_place text, wanted_facet text, from_day date, until_day date)
RETURNS TABLE (day date, site text, mode text, direction text, quality_flags int4, received boolean)
LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT day, site, mode, direction, quality_flags, received
    FROM api.days_of_places_not_whole(wanted_kind, ARRAY[wanted_place], wanted_facet, from_day, until_day)
$$;

-- The same by longer intervals (`api.buckets`): on how many of its days each channel is not whole, with the flags of those days. Of a single day the number
-- is left out.
CREATE FUNCTION api.buckets_not_whole(wanted_kind text, wanted_place text, wanted_facet text, unit text, range_start timestamptz, range_end timestamptz, zone text)
RETURNS TABLE (started_at timestamptz, missing jsonb)
LANGUAGE sql STABLE ROWS 50 AS $$
    WITH bucket AS MATERIALIZED (SELECT * FROM api.buckets(unit, range_start, range_end, zone)),
    gap AS MATERIALIZED (
        SELECT n.* FROM (SELECT min(first_day) AS first_day, max(until_day) AS until_day FROM bucket) b
        CROSS JOIN LATERAL api.days_not_whole(wanted_kind, wanted_place, wanted_facet, b.first_day, b.until_day) n)
    SELECT e.started_at, jsonb_agg(api.missing_channel(e.site, e.mode, e.direction, e.quality_flags, e.received, CASE WHEN unit <> 'day' THEN e.days END)
                                   ORDER BY e.site, e.mode, e.direction)
    FROM (SELECT b.started_at, g.site, g.mode, g.direction, bit_or(g.quality_flags) AS quality_flags, bool_and(g.received) AS received, count(*)::int4 AS days
          FROM bucket b JOIN gap g ON g.day >= b.first_day AND g.day < b.until_day GROUP BY b.started_at, g.site, g.mode, g.direction) e
    GROUP BY e.started_at
$$;

-- The state of what those are computed from: another text after every change of it.
CREATE FUNCTION api.streams_of_places_state(wanted_kind text, wanted_places text[], wanted_facet text, range_start timestamptz, range_end timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN (
    SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at)))
    FROM datastream_day t
    WHERE t.datastream IN (
            SELECT datastream FROM member_stream
            WHERE kind = wanted_kind AND place = ANY (wanted_places) AND facet = wanted_facet AND direction = '')
      AND t.day >= (range_start - interval '1 day')::date AND t.day <= (range_end + interval '1 day')::date);
END $$;
CREATE FUNCTION api.streams_state(wanted_kind text, wanted_place text, wanted_facet text, range_start timestamptz, range_end timestamptz) RETURNS text
LANGUAGE sql STABLE RETURN api.streams_of_places_state(wanted_kind, ARRAY[wanted_place], wanted_facet, range_start, range_end);

RESET ROLE;

-- 75_aggregate_views.sql

-- Aggregates as readers see them: each number with its coverage, revision and rule.
SET ROLE owner;

-- Why nothing is expected of a share in a range: its sensors cannot measure then, or not every mode is counted.
CREATE FUNCTION api.share_not_expected(wanted_screenline text, wanted_variant text, range_start timestamptz, range_end timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT api.reason(CASE WHEN EXISTS (
        SELECT FROM expectation
        WHERE kind = 'share' AND place = wanted_screenline AND facet = wanted_variant AND direction = '' AND seconds > 0 AND placed_windows <> '{}'
          AND valid_from < range_end AND range_start < valid_until) THEN 'outside_window' ELSE 'modes_missing' END)
$$;

-- What stands now of each published table; what stood before is in the `_version` of each.
CREATE VIEW api.site_hour WITH (security_barrier) AS
SELECT site, mode, hour, total, rows, paired, expected, api.coverage(paired, expected) AS coverage, maximum, revision, computed_at, rule, quality_flags
FROM doorfiets.site_hour;

CREATE VIEW api.site_day WITH (security_barrier) AS
SELECT site, mode, day, started_at, ended_at, total, rows, paired, expected, api.coverage(paired, expected) AS coverage, maximum, revision, computed_at, rule,
       quality_flags
FROM doorfiets.site_day;

CREATE VIEW api.share_hour WITH (security_barrier) AS
SELECT t.screenline, t.variant, t.hour, t.numerator, t.denominator, t.paired, t.expected, api.coverage(t.paired, t.expected) AS coverage,
       j.share, j.low, j.high,
       CASE WHEN t.expected = 0 THEN api.share_not_expected(t.screenline, t.variant, t.hour, t.hour + interval '1 hour') ELSE j.withheld END AS withheld, t.revision, t.computed_at, t.rule, t.quality_flags
FROM doorfiets.share_hour t CROSS JOIN LATERAL api.share_if_covered(t.numerator, t.denominator, t.paired, t.expected) j;

CREATE VIEW api.share_day WITH (security_barrier) AS
SELECT t.screenline, t.variant, t.day, t.started_at, t.ended_at, t.numerator, t.denominator, t.paired, t.expected,
       api.coverage(t.paired, t.expected) AS coverage, j.share, j.low, j.high,
       CASE WHEN t.expected = 0 THEN api.share_not_expected(t.screenline, t.variant, t.started_at, t.ended_at) ELSE j.withheld END AS withheld, t.revision, t.computed_at, t.rule, t.quality_flags
FROM doorfiets.share_day t CROSS JOIN LATERAL api.share_if_covered(t.numerator, t.denominator, t.paired, t.expected) j;

CREATE VIEW api.link_day WITH (security_barrier) AS
SELECT link, day, started_at, ended_at, counted_on, measured, CASE WHEN api.enough(paired, expected) THEN cyclists END AS cyclists,
       CASE WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected) END AS withheld,
       paired, expected, api.coverage(paired, expected) AS coverage, revision, computed_at, rule, quality_flags
FROM doorfiets.link_day;

CREATE VIEW api.route_day WITH (security_barrier) AS
SELECT route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km, mean_cyclists, through_ratio,
       uniformity, green_share, withheld, paired, expected, api.coverage(paired, expected) AS coverage, revision, computed_at, rule,
       quality_flags
FROM doorfiets.route_day;

-- What stations say themselves; the other layers are asked for by name.
CREATE VIEW api.air_hour WITH (security_barrier) AS
SELECT station, quantity, hour, mean, withheld, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule, layer, quality_flags
FROM doorfiets.air_hour WHERE layer = 'measured';

CREATE VIEW api.air_layer_hour WITH (security_barrier) AS
SELECT station, quantity, layer, hour, mean, withheld, basis, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule,
       quality_flags
FROM doorfiets.air_hour;

CREATE VIEW api.air_index_hour WITH (security_barrier) AS
SELECT station, scheme, hour, value, level, withheld, basis, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule,
       quality_flags
FROM doorfiets.air_index_hour;

CREATE VIEW api.indicator_value WITH (security_barrier) AS
SELECT kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld, basis, valid, expected,
       revision, computed_at, rule, quality_flags
FROM doorfiets.indicator_value;

-- Every local day of its owner on which a site should count, now or as of a moment: one site, those of a list, those of one owner, or all (nulls); a day without a row is a gap, of
-- which is expected what the channels could have counted. `merged` days hold more intervals than rows: both autumn hours came in one.
CREATE FUNCTION api.site_days(wanted_mode text, from_day date, until_day date, wanted_site text DEFAULT NULL, at timestamptz DEFAULT NULL,
    wanted_owner text DEFAULT NULL, wanted_sites text[] DEFAULT NULL)
RETURNS TABLE (site text, day date, started_at timestamptz, ended_at timestamptz, total numeric, paired int4, expected int4, origins text[],
               revision int4, computed_at timestamptz, merged boolean, quality_flags int4, flagged int4[])
LANGUAGE sql STABLE ROWS 400 AS $$
    WITH clock AS MATERIALIZED (
        SELECT y.*, o.timezone
        FROM (SELECT DISTINCT timezone FROM api.owner WHERE wanted_owner IS NULL OR owner = wanted_owner) o
        CROSS JOIN LATERAL api.calendar(from_day, until_day, o.timezone) y),
    place AS MATERIALIZED (  -- with what is expected of each and who spoke for it: some rows a site, and each day looks through those of its own
        SELECT s.site, o.timezone, e.expected, c.spoken
        FROM api.site s
        JOIN api.owner o USING (owner)
        JOIN (SELECT e.place, array_agg(e) AS expected FROM api.expectation e
              WHERE e.kind = 'site' AND e.direction = '' AND e.facet = wanted_mode AND (wanted_site IS NULL OR e.place = wanted_site)
              GROUP BY e.place) e ON e.place = s.site
        LEFT JOIN (SELECT c.site, array_agg(c) AS spoken FROM api.channel c
                   WHERE c.mode = wanted_mode AND (wanted_site IS NULL OR c.site = wanted_site) GROUP BY c.site) c ON c.site = s.site
        WHERE (wanted_site IS NULL OR s.site = wanted_site) AND (wanted_owner IS NULL OR s.owner = wanted_owner)
          AND (wanted_sites IS NULL OR s.site = ANY (wanted_sites))),
    need AS MATERIALIZED (
        SELECT p.site, y.day, y.started_at, y.ended_at, p.expected, p.spoken
        FROM place p JOIN clock y USING (timezone)
        WHERE EXISTS (SELECT FROM unnest(p.expected) e WHERE e.valid_from < y.ended_at AND y.started_at < e.valid_until)),
    stored AS MATERIALIZED (  -- both sides apart, so that they are hashed by place and day: merged by place alone, each day would meet all others
        SELECT t.site, t.day, t.total, t.paired, t.rows, t.expected, t.revision, t.computed_at, t.quality_flags, t.flagged
        FROM api.site_day_version t
        WHERE t.mode = wanted_mode AND t.day >= from_day AND t.day < until_day AND (wanted_site IS NULL OR t.site = wanted_site)
              AND (wanted_sites IS NULL OR t.site = ANY (wanted_sites))
              AND api.held_at(t.computed_at, t.replaced_at, at))
    SELECT n.site, n.day, n.started_at, n.ended_at, t.total, coalesce(t.paired, 0),
           coalesce(t.expected, (  -- what is stored says it already; only of days without a row it is computed
               SELECT sum(api.bins_expected(e.seconds, e.valid_from, e.valid_until, n.started_at, n.ended_at, e.placed_windows))::int4
               FROM unnest(n.expected) e WHERE e.valid_from < n.ended_at AND n.started_at < e.valid_until)),
           (SELECT array_agg(DISTINCT o.origin) FROM unnest(n.spoken) o WHERE o.valid_from < n.ended_at AND n.started_at < o.valid_until),
           coalesce(t.revision, 0), t.computed_at, coalesce(t.paired > t.rows, false), coalesce(t.quality_flags, 0), t.flagged
    FROM need n
    LEFT JOIN stored t ON t.site = n.site AND t.day = n.day
$$;

-- What a screenline can pair in a range of whole hours.
CREATE FUNCTION api.share_expected(wanted_screenline text, wanted_variant text, range_start timestamptz, range_end timestamptz) RETURNS int4
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT coalesce(sum(api.bins_expected(seconds, valid_from, valid_until, range_start, range_end, placed_windows)), 0)::int4
    FROM expectation
    WHERE kind = 'share' AND place = wanted_screenline AND facet = wanted_variant AND direction = '' AND valid_from < range_end AND range_start < valid_until
$$;

-- A share pooled over its owner's local days of [from_day, until_day), now or as of a moment: numerators and denominators are added, then divided. A day
-- without a row was not measured; a day on which not every mode is counted, or none can be, expects nothing. `flagged` are the flags of each day that has any. For the site,
-- the API and the dashboards.
CREATE FUNCTION api.share_period(wanted_screenline text, wanted_variant text, from_day date, until_day date, at timestamptz DEFAULT NULL)
RETURNS TABLE (numerator numeric, denominator numeric, paired int4, expected int4, coverage float8, share float8, low float8, high float8, withheld jsonb,
               days int4, days_with_share int4, revision int4, computed_at timestamptz, quality_flags int4, flagged int4[])
LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT p.numerator, p.denominator, p.paired, p.expected, api.coverage(p.paired, p.expected), j.share, j.low, j.high,
           CASE WHEN p.expected = 0 THEN api.share_not_expected(wanted_screenline, wanted_variant, p.started_at, p.ended_at) ELSE j.withheld END,
           p.days, p.days_with_share, p.revision, p.computed_at, p.quality_flags, p.flagged
    FROM (SELECT min(y.started_at) AS started_at, max(y.ended_at) AS ended_at,
                 sum(t.numerator) AS numerator, sum(t.denominator) AS denominator, coalesce(sum(t.paired), 0)::int4 AS paired,
                 coalesce(sum(coalesce(t.expected, api.share_expected(wanted_screenline, wanted_variant, y.started_at, y.ended_at))), 0)::int4 AS expected,
                 count(*)::int4 AS days, (count(*) FILTER (WHERE t.denominator > 0 AND api.enough(t.paired, t.expected)))::int4 AS days_with_share,
                 coalesce(sum(t.revision), 0)::int4 AS revision, max(t.computed_at) AS computed_at, coalesce(bit_or(t.quality_flags), 0) AS quality_flags,
                 array_agg(t.quality_flags) FILTER (WHERE t.quality_flags <> 0) AS flagged
          FROM api.calendar(from_day, until_day, (
              SELECT timezone FROM api.subject_owner WHERE kind = 'screenline' AND subject = wanted_screenline)) y
          LEFT JOIN api.share_day_version t ON t.screenline = wanted_screenline AND t.variant = wanted_variant AND t.day = y.day
              AND t.day >= from_day AND t.day < until_day AND api.held_at(t.computed_at, t.replaced_at, at)) p
    CROSS JOIN LATERAL api.share_if_covered(p.numerator, p.denominator, p.paired, p.expected) j
$$;

-- Counts of one mode at a site; in one direction, on the grid of its own streams, or in all (null). `value` is null where a channel is missing, also between
-- two devices, and outside of the measuring windows, where nothing is expected: a gap, never a zero.
CREATE FUNCTION api.site_quarters(wanted_site text, wanted_mode text, range_start timestamptz, range_end timestamptz,
    wanted_direction text DEFAULT NULL)
RETURNS TABLE (started_at timestamptz, ended_at timestamptz, value numeric, received int4, streams int4, spans int4, counted_before boolean,
    quality_flags int4,
               origins text[], revision int4, revised_at timestamptz, missing jsonb, outside_window boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp
ROWS 3000 AS $$
    SELECT started_at, ended_at, total, received, streams, greatest(1, spans), counted_before, quality_flags, origins, revision, revised_at, missing, outside_window
    FROM quarters('site', wanted_site, wanted_mode, coalesce(wanted_direction, ''), range_start, range_end)
    WHERE streams > 0
    ORDER BY started_at
$$;

-- The hours of modes at sites with what their quarters hold (`doorfiets.whole_quarters`), by time and site. Where one of them is not whole, `members` has the quarters of each channel, none where nothing was received of it, null where windows, merged rows or rows that do not count say more.
CREATE FUNCTION api.quarter_hours(wanted_sites text[], wanted_mode text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (site text, hour timestamptz, quarters float8[], quarter_flags int4[], members jsonb, revision int4, computed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off ROWS 3000 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT t.site, t.hour, t.quarters, t.quarter_flags,
           CASE WHEN t.paired < t.expected AND t.quarters IS NOT NULL THEN (
               SELECT coalesce(jsonb_object_agg(d.channel, CASE WHEN h.datastream IS NULL THEN '[]' ELSE to_jsonb(h.quarters) END), '{}')
               FROM channel c JOIN datastream d USING (channel) LEFT JOIN datastream_hour h ON h.datastream = d.datastream AND h.hour = t.hour
               WHERE c.site = t.site AND c.mode = wanted_mode AND d.valid_from <= t.hour AND t.hour < d.valid_until) END,
           t.revision, t.computed_at
    FROM site_hour t
    WHERE t.site = ANY (wanted_sites) AND t.mode = wanted_mode AND t.hour >= range_start AND t.hour < range_end
    ORDER BY t.hour, t.site;
END $$;

-- The stored days of one mode at sites, by time and site.
CREATE FUNCTION api.stored_days(wanted_sites text[], wanted_mode text, from_day date, until_day date)
RETURNS TABLE (site text, day date, started_at timestamptz, ended_at timestamptz, value float8, paired int4, expected int4, quality_flags int4,
               revision int4, computed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off ROWS 1000 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT t.site, t.day, t.started_at, t.ended_at, t.total::float8, t.paired, t.expected, t.quality_flags, t.revision, t.computed_at
    FROM site_day t
    WHERE t.site = ANY (wanted_sites) AND t.mode = wanted_mode AND t.day >= from_day AND t.day < until_day
    ORDER BY t.started_at, t.site;
END $$;

-- Which channels of one mode at sites were whole on a day, and of which all was received; each datastream is read in its own order.
CREATE FUNCTION api.channel_days(wanted_sites text[], wanted_mode text, from_day date, until_day date)
RETURNS TABLE (site text, day date, whole text[], received text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan SET jit = off ROWS 1000 AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT e.site, e.day, array_agg(e.channel) FILTER (WHERE e.whole), array_agg(e.channel) FILTER (WHERE e.received)
    FROM (
        SELECT c.site, t.day, c.channel, sum(t.valid) >= sum(t.expected) AS whole, sum(t.rows) >= sum(t.expected) AS received
        FROM (SELECT c.site, c.channel, d.datastream FROM channel c JOIN datastream d USING (channel)
              WHERE c.site = ANY (wanted_sites) AND c.mode = wanted_mode OFFSET 0) c
        CROSS JOIN LATERAL (
            SELECT x.day, x.valid, x.expected, x.rows FROM datastream_day x
            WHERE x.datastream = c.datastream AND x.day >= from_day AND x.day < until_day OFFSET 0) t
        GROUP BY c.site, t.day, c.channel) e
    GROUP BY e.site, e.day;
END $$;

-- A share: numerator and denominator are null where a stream is missing; nothing is expected while a mode of the variant is not counted.
CREATE FUNCTION api.share_quarters(wanted_screenline text, wanted_variant text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (started_at timestamptz, ended_at timestamptz, numerator numeric, denominator numeric, paired int4, expected int4, received int4, streams int4,
               counted_before boolean, quality_flags int4, origins text[], revision int4, revised_at timestamptz, missing jsonb, outside_window boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp
ROWS 3000 AS $$
    SELECT started_at, ended_at, bicycles, total, spans, expected, received, streams, counted_before, quality_flags, origins, revision, revised_at,
           missing, outside_window
    FROM quarters('share', wanted_screenline, wanted_variant, '', range_start, range_end)
    ORDER BY started_at
$$;

RESET ROLE;

-- 78_registry_triggers.sql

-- What the registry says, noted when it is written (48): nothing that remembers goes without.
SET ROLE owner;

DO $$
DECLARE
    registered text;
BEGIN
    FOREACH registered IN ARRAY ARRAY[
        'owner', 'data_source', 'district', 'quantity', 'denominator', 'site', 'channel', 'station', 'device', 'placement', 'device_history', 'datastream',
        'link', 'route', 'route_link', 'screenline', 'screenline_channel', 'calendar_entry', 'expectation']
    LOOP
        EXECUTE format('CREATE TRIGGER registry_written AFTER INSERT OR UPDATE OR DELETE ON doorfiets.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write()', registered);
    END LOOP;
END $$;

RESET ROLE;

-- 80_state_views.sql

-- The state of the platform as readers see it: feeds, what was refused, how far everything has come, what waits, and whether anything changed.
SET ROLE owner;

-- In how many seconds since a moment a datastream with a measuring window could measure, of a week at most: at night a sensor that needs daylight misses
-- nothing.
CREATE FUNCTION doorfiets.measurable_seconds(wanted int4, since timestamptz, until timestamptz) RETURNS float8
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT coalesce(sum(extract(epoch FROM upper(r) - lower(r))), 0)::float8
    FROM unnest(api.measuring_time(ARRAY[placed_window(wanted)], greatest(since, until - interval '7 days'), until)) AS u(r)
$$;

-- When a datastream with a measuring window could have measured for so many seconds since a moment; null where that is not within a month.
CREATE FUNCTION doorfiets.measured_after(wanted int4, since timestamptz, seconds float8) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT t.opens_at + (seconds - t.before) * interval '1 second'
    FROM (SELECT lower(r) AS opens_at, extract(epoch FROM upper(r) - lower(r))::float8 AS lasts,
                 coalesce(sum(extract(epoch FROM upper(r) - lower(r))) OVER (ORDER BY r ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::float8 AS before
          FROM unnest(api.measuring_time(ARRAY[placed_window(wanted)], since, since + interval '31 days')) AS u(r)) t
    WHERE t.before + t.lasts >= seconds ORDER BY t.opens_at LIMIT 1
$$;

-- What is measured about every feed. It is judged as of when what was published is stored: a platform that lags calls no sensor silent; where nothing was
-- marked, as of now. Its rhythm (`every`) is how often its device speaks, else its interval. Of findings those count that stand and reach the newest readings
-- (`stuck`, `dead`, a wrong clock) or the last day. While somebody was at work a feed missed nothing: so say the entries themselves, whether or not findings
-- follow from them yet. The delay of what others publish is theirs.
CREATE VIEW doorfiets.measured_feed AS
WITH found AS (
    SELECT n.datastream,
           min(n.started_at) FILTER (WHERE n.flag = 'clock_skew' AND reaches) AS clock_since,
           min(n.started_at) FILTER (WHERE n.flag = 'stuck' AND reaches) AS stuck_since,
           min(n.started_at) FILTER (WHERE n.flag IN ('dead', 'blind') AND reaches) AS dead_since,
           min(n.flag) FILTER (WHERE n.flag IN ('dead', 'blind') AND reaches) AS dead_flag,
           min(n.started_at) FILTER (WHERE suspect) AS suspect_since,
           (array_agg(n.flag ORDER BY n.ended_at DESC, n.finding DESC) FILTER (WHERE suspect))[1] AS suspect_flag
    FROM doorfiets.finding n
    JOIN doorfiets.datastream d USING (datastream)
    LEFT JOIN doorfiets.feed f USING (datastream)
    CROSS JOIN LATERAL (SELECT
        n.ended_at > f.last_ended_at - greatest(3 * greatest(d.seconds, d.every_seconds), 3600) * interval '1 second' AS reaches,
        n.flag IN ('spike', 'saturated', 'sentinel', 'unlike_neighbours', 'by_hand') AND n.ended_at > now() - interval '1 day' AS suspect) reach
    WHERE n.withdrawn_at IS NULL AND n.ended_at > now() - interval '8 days'
    GROUP BY n.datastream),
maintained AS (
    SELECT datastream, min(started_at) FILTER (WHERE started_at <= now() AND ended_at > now()) AS maintenance_since,
           max(ended_at) FILTER (WHERE started_at <= now() AND ended_at > now()) AS maintenance_until,
           max(ended_at) FILTER (WHERE ended_at <= now()) AS maintained_until
    FROM doorfiets.entry_run WHERE kind = 'maintenance' AND ended_at > now() - interval '8 days'
    GROUP BY datastream)
SELECT d.datastream, d.sensor, d.channel, d.station, d.quantity, d.origin, d.seconds, d.valid_from, d.valid_until, i.reference_at, r.every,
       d.origin <> 'recorded' AS live, d.measuring_window = 'always' AS always, greatest(f.last_ended_at, a.maintained_until) AS missed_since,
       CASE WHEN d.measuring_window = 'always' OR w.waited < r.every THEN w.waited
            ELSE doorfiets.measurable_seconds(d.datastream, greatest(f.last_ended_at, a.maintained_until), i.reference_at) END / r.every AS missed,
       CASE WHEN f.last_valid_ended_at IS NULL THEN 'Infinity' ELSE extract(epoch FROM f.last_ended_at - f.last_valid_ended_at)::float8 / r.every END AS unmeasured,
       CASE WHEN d.data_source IS NULL THEN f.delay END AS delay,
       a.maintenance_since, a.maintenance_until, n.clock_since, n.stuck_since, n.dead_since, n.dead_flag, n.suspect_since, n.suspect_flag,
       1 - m.valid::float8 / nullif(m.rows, 0) AS excluded, api.coverage(m.valid, m.expected) AS completeness, m.ended_at AS complete_until,
       b.voltage AS battery, b.measured_at AS battery_measured_at,
       CASE WHEN b.voltage IS NOT NULL THEN (
           SELECT nullif((v.profile_content->>'battery_low')::float8, 0) FROM doorfiets.device v WHERE v.device = d.sensor) END AS battery_low,
       f.last_started_at, f.last_ended_at, f.last_valid_ended_at, f.last_received_at, f.stored, f.duplicates, f.corrections, f.overtaken
FROM doorfiets.datastream d
CROSS JOIN (SELECT least(now(), stored_until) AS reference_at FROM doorfiets.intake) i
LEFT JOIN doorfiets.feed f USING (datastream)
CROSS JOIN LATERAL (SELECT CASE WHEN f.off_grid AND d.every_seconds > 0 THEN d.every_seconds ELSE greatest(d.seconds, d.every_seconds) END AS every) r
LEFT JOIN found n USING (datastream)
LEFT JOIN maintained a USING (datastream)
CROSS JOIN LATERAL (SELECT extract(epoch FROM i.reference_at - greatest(f.last_ended_at, a.maintained_until))::float8 AS waited) w
LEFT JOIN doorfiets.feed_completeness m ON m.datastream = d.datastream AND m.ended_at > i.reference_at - interval '3 hours'
LEFT JOIN doorfiets.battery b ON b.device = d.sensor AND b.measured_at > i.reference_at - interval '30 days';

-- Every feed with its status, why, and since when: a reason is a code of schemas.feed_states with what was measured, null where all is well. Since when is
-- what `watch` has kept, and until it has seen a status, what follows from what is measured. Its device and owner are there for operators. OFFSET 0 keeps a
-- status from being worked out again in each place that asks for it.
CREATE VIEW doorfiets.device_feed AS
SELECT m.datastream, coalesce(c.site, m.station) AS place, coalesce(s.name, t.name) AS place_name, m.channel, m.quantity, m.origin, m.seconds,
       m.last_started_at, m.last_ended_at, m.last_valid_ended_at, m.last_received_at, coalesce(m.stored, 0) AS stored, coalesce(m.duplicates, 0) AS duplicates,
       coalesce(m.corrections, 0) AS corrections, m.missed AS missed_intervals, j.status, m.valid_from, m.valid_until, coalesce(m.overtaken, 0) AS overtaken,
       api.feed_rank(j.status) AS rank,
       CASE j.status
           WHEN 'closed' THEN api.feed_reason('closed', jsonb_build_object('at', m.valid_until))
           WHEN 'maintenance' THEN api.feed_reason('in_maintenance', jsonb_build_object('until', nullif(m.maintenance_until, 'infinity')))
           WHEN 'never_received' THEN api.feed_reason('nothing_yet', jsonb_build_object('from', m.valid_from))
           WHEN 'silent' THEN api.feed_reason('nothing_received', jsonb_build_object('missed', round(m.missed::numeric, 1), 'every', m.every, 'last', m.last_ended_at))
           WHEN 'late' THEN api.feed_reason('overdue', jsonb_build_object('missed', round(m.missed::numeric, 1), 'every', m.every, 'last', m.last_ended_at))
           WHEN 'clock' THEN CASE
               WHEN m.delay < -60 THEN api.feed_reason('clock_ahead', jsonb_build_object('seconds', round(-m.delay::numeric)))
               WHEN m.delay > 120 THEN api.feed_reason('clock_behind', jsonb_build_object('seconds', round(m.delay::numeric)))
               ELSE api.feed_reason('found', jsonb_build_object('flag', 'clock_skew', 'from', m.clock_since)) END
           WHEN 'stuck' THEN api.feed_reason('found', jsonb_build_object('flag', 'stuck', 'from', m.stuck_since))
           WHEN 'dead' THEN api.feed_reason('found', jsonb_build_object('flag', m.dead_flag, 'from', m.dead_since))
           WHEN 'suspect' THEN CASE
               WHEN m.suspect_flag IS NOT NULL THEN api.feed_reason('found', jsonb_build_object('flag', m.suspect_flag, 'from', m.suspect_since))
               WHEN m.unmeasured >= 3 THEN api.feed_reason('nothing_counts', jsonb_build_object('last', m.last_valid_ended_at))
               ELSE api.feed_reason('many_excluded', jsonb_build_object('excluded', round(100 * m.excluded::numeric), 'most', 10)) END
           WHEN 'battery' THEN api.feed_reason('battery_low', jsonb_build_object('voltage', m.battery, 'lowest', m.battery_low))
           WHEN 'partial' THEN api.feed_reason('incomplete', jsonb_build_object('valid', floor(100 * m.completeness::numeric), 'needed', 95)) END AS reason,
       CASE WHEN k.status = j.status THEN k.since ELSE least(m.reference_at, CASE j.status
           WHEN 'closed' THEN m.valid_until
           WHEN 'maintenance' THEN m.maintenance_since
           WHEN 'never_received' THEN m.valid_from
           WHEN 'silent' THEN CASE WHEN m.always THEN m.missed_since + 3 * m.every * interval '1 second'
                                ELSE doorfiets.measured_after(m.datastream, m.missed_since, 3 * m.every) END
           WHEN 'late' THEN CASE WHEN m.always THEN m.missed_since + 1.5 * m.every * interval '1 second'
                              ELSE doorfiets.measured_after(m.datastream, m.missed_since, 1.5 * m.every) END
           WHEN 'stuck' THEN m.stuck_since
           WHEN 'dead' THEN m.dead_since
           WHEN 'clock' THEN coalesce(m.clock_since, m.last_ended_at)
           WHEN 'suspect' THEN coalesce(m.suspect_since, m.last_valid_ended_at, m.last_ended_at)
           WHEN 'battery' THEN m.battery_measured_at
           WHEN 'partial' THEN m.complete_until
           ELSE m.last_ended_at END) END AS since,
       m.every, m.delay, m.completeness, m.excluded, m.battery, m.battery_low, m.reference_at, m.sensor, o.owner, o.timezone
FROM doorfiets.measured_feed m
CROSS JOIN LATERAL (SELECT api.feed_status(
    m.valid_until <= m.reference_at, m.maintenance_until IS NOT NULL, m.last_ended_at IS NOT NULL, m.live, m.missed, m.delay, m.clock_since IS NOT NULL,
    m.stuck_since IS NOT NULL, m.dead_since IS NOT NULL, m.suspect_since IS NOT NULL, m.unmeasured, m.excluded, m.battery, m.battery_low, m.completeness)
    AS status OFFSET 0) j
LEFT JOIN doorfiets.feed_state k ON k.datastream = m.datastream AND k.until = 'infinity'
LEFT JOIN doorfiets.channel c ON c.channel = m.channel
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = m.station
JOIN doorfiets.owner o ON o.owner = coalesce(s.owner, t.owner);

-- The same, without the device, for everybody.
CREATE VIEW api.feed WITH (security_barrier) AS
SELECT datastream, place, place_name, channel, quantity, origin, seconds, last_started_at, last_ended_at, last_valid_ended_at, last_received_at, stored, duplicates,
       corrections, missed_intervals, status, valid_from, valid_until, overtaken, rank, reason, since, every, delay, completeness, excluded, battery, battery_low,
       reference_at
FROM doorfiets.device_feed;

-- The states that feeds were in, as `watch` saw them; the present one has no end.
CREATE VIEW api.feed_history WITH (security_barrier) AS
SELECT datastream, status, since, nullif(until, 'infinity') AS until, reason FROM doorfiets.feed_state;

-- What was found out about runs of datastreams, and what was withdrawn of it: where, when, with which flag, by which rule and why. Of an entry the reason
-- that was given, and not who gave it. An end of 'infinity' is a run that goes on; one that stands has no `withdrawn_at`.
CREATE VIEW api.finding WITH (security_barrier) AS
SELECT f.finding, f.datastream, CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END AS kind, coalesce(c.site, d.station) AS place,
       coalesce(s.name, t.name) AS place_name, d.channel, c.direction, d.quantity, f.flag, f.bit, f.started_at, f.ended_at, f.rule, f.evidence, e.reason,
       f.found_at, f.withdrawn_at
FROM doorfiets.finding f
JOIN doorfiets.datastream d USING (datastream)
LEFT JOIN doorfiets.channel c USING (channel)
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = d.station
LEFT JOIN doorfiets.exclusion e USING (entry);

-- Refused messages by reason, without their content.
CREATE VIEW api.rejection_reason WITH (security_barrier) AS
SELECT reason, count(*) AS messages, sum(receptions) AS receptions, min(first_received_at) AS first_received_at,
       max(last_received_at) AS last_received_at
FROM doorfiets.rejection GROUP BY reason;

-- How many messages were refused from a moment on, by reason, and since when: at least so many, as one that was refused before as well counts once. For the
-- platform's alerts and Grafana's.
CREATE FUNCTION api.rejections_since(from_moment timestamptz) RETURNS TABLE (reason text, messages int8, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT r.reason, sum(CASE WHEN r.first_received_at >= from_moment THEN r.receptions ELSE 1 END)::int8, min(greatest(r.first_received_at, from_moment))
    FROM rejection r WHERE r.last_received_at >= from_moment GROUP BY r.reason
$$;

-- The one row that says how the platform is; all null where nothing was ever marked, and then nothing may be judged by it. Published until when is ...
--   received_until    in the log, as far as `store` has seen it
--   stored_until      in the database
--   aggregated_until  in the sums of hours and days; hours of the past that wait do not hold it up: they are in `aggregate_backlog`
-- The backlogs are null where they are not known: messages that wait before the log by the newest mark of each bridge, records of the log, hours. A
-- worker counts as long as it measures. One that measures nothing stands still, whatever waits: so there are the moments in which each last measured.
CREATE VIEW api.watermark WITH (security_barrier) AS
SELECT i.received_until, i.stored_until, s.aggregated_until, w.receive_backlog, s.store_backlog, s.aggregate_backlog, s.measured_at,
       s.store_measured_at, s.aggregate_measured_at
FROM doorfiets.intake i
LEFT JOIN (
    SELECT max(processed_until) FILTER (WHERE stage = 'aggregate') AS aggregated_until,
           sum(backlog) FILTER (WHERE stage = 'store')::int8 AS store_backlog,
           sum(backlog) FILTER (WHERE stage = 'aggregate')::int8 AS aggregate_backlog,
           max(measured_at) AS measured_at,
           max(measured_at) FILTER (WHERE stage = 'store') AS store_measured_at,
           max(measured_at) FILTER (WHERE stage = 'aggregate') AS aggregate_measured_at
    FROM (SELECT *, max(measured_at) OVER (PARTITION BY stage) AS newest FROM doorfiets.stage) measured
    WHERE measured_at > newest - interval '10 seconds') s ON i.received_until IS NOT NULL
CROSS JOIN (
    SELECT sum(waiting)::int8 AS receive_backlog
    FROM (SELECT DISTINCT ON (bridge) published_until, waiting, max(published_until) OVER () AS newest
          FROM doorfiets.watermark ORDER BY bridge, published_until DESC) newest_marks
    WHERE published_until >= newest - interval '1 day') w;

-- Until when all that was published is in the numbers; null where that is not known.
CREATE FUNCTION api.processed_until() RETURNS timestamptz
LANGUAGE sql STABLE RETURN (SELECT aggregated_until FROM api.watermark);

-- The state of the observations of a subject in a range: another one after every observation that comes or is corrected, as its revision only grows.
-- An hour more on both sides, since one row may tell of the next hour.
CREATE FUNCTION api.observed_state(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN (
    SELECT concat_ws('-', count(*), sum(o.revision), extract(epoch FROM max(o.revised_at)))
    FROM observation o
    WHERE o.datastream = ANY (ARRAY(
              SELECT s.datastream FROM subject_stream s
              WHERE s.kind = wanted_kind AND s.subject = wanted_subject AND (wanted_facet IS NULL OR s.facet = wanted_facet)
                AND (wanted_direction IS NULL OR s.direction = wanted_direction)))
      AND o.started_at >= range_start - interval '2 hours' AND o.started_at < range_end + interval '1 hour');
END $$;

-- The hours of a range in which something of a subject waits to be added up, as ranges: marked by `store`, set aside, or in days that are computed again;
-- no row where nothing waits.
CREATE FUNCTION api.waiting_of_subjects(wanted_kind text, wanted_subjects text[], wanted_facet text, wanted_direction text, range_start timestamptz,
    range_end timestamptz) RETURNS TABLE (subject text, waiting tstzmultirange)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH stream AS (
        SELECT DISTINCT s.subject, s.datastream FROM subject_stream s
        WHERE s.kind = wanted_kind AND s.subject = ANY (wanted_subjects) AND (wanted_facet IS NULL OR s.facet = wanted_facet)
          AND (wanted_direction IS NULL OR s.direction = wanted_direction)),
    bound AS (SELECT greatest(range_start, '-infinity') - interval '1 hour' AS after, least(range_end, 'infinity') AS before)
    SELECT subject, range_agg(waits) FROM (
        SELECT s.subject, tstzrange(d.hour, d.hour + interval '1 hour') AS waits
        FROM bound b JOIN dirty_hour d ON d.hour > b.after AND d.hour < b.before JOIN stream s USING (datastream)
        UNION ALL
        SELECT s.subject, tstzrange(d.hour, d.hour + interval '1 hour')
        FROM bound b JOIN failed_hour d ON d.hour > b.after AND d.hour < b.before JOIN stream s USING (datastream)
        UNION ALL
        SELECT m.subject, tstzrange(api.midnight(r.first_day, m.timezone), api.midnight(r.next_day, m.timezone))
        FROM bound b
        CROSS JOIN (SELECT DISTINCT s.subject, o.owner, o.timezone FROM stream s JOIN datastream_owner o USING (datastream)) m
        JOIN rebuild r ON r.owner = m.owner AND r.next_day > r.first_day AND api.midnight(r.first_day, m.timezone) < b.before
            AND api.midnight(r.next_day, m.timezone) > b.after) waiting
    GROUP BY subject;
END $$;

-- The same of one subject; null where nothing waits.
CREATE FUNCTION api.waiting(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS tstzmultirange
LANGUAGE sql STABLE
RETURN (SELECT waiting FROM api.waiting_of_subjects(wanted_kind, ARRAY[wanted_subject], wanted_facet, wanted_direction, range_start, range_end));

-- The years of which indicators of a subject have to be computed again, as ranges; null where there are none.
CREATE FUNCTION api.waiting_years(wanted_kind text, wanted_subject text) RETURNS tstzmultirange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT range_agg(tstzrange(api.midnight(make_date(w.year, 1, 1), m.timezone), api.midnight(make_date(w.year + 1, 1, 1), m.timezone)))
    FROM indicator_due w
    JOIN subject_owner m ON m.kind = w.kind AND m.subject = w.subject
    WHERE EXISTS (
        SELECT FROM subject_stream s JOIN datastream d USING (datastream) LEFT JOIN channel c USING (channel)
        WHERE s.kind = wanted_kind AND s.subject = wanted_subject
          AND (w.kind, w.subject) = (CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END, coalesce(d.station, c.site)))
$$;

-- `revision` grows whenever a published number moves: open pages compare it. `registry` differs after every change of what stands where; a row that is written
-- again unchanged counts as a change.
CREATE VIEW api.data_revision WITH (security_barrier) AS
SELECT (SELECT changed_in::text FROM doorfiets.newest_write) AS revision,
       (SELECT md5(concat_ws('-', count(*), max(changed_in))) FROM doorfiets.registry_write) AS registry;

RESET ROLE;

-- 82_freshness.sql

-- What moved since a reader looked last: who remembers answers asks this before each of them (record 36).
SET ROLE owner;

-- Hours of which anything waits to be added up, of whatever place, as ranges: at most `most` of them, and beyond those everything; null where nothing waits.
CREATE FUNCTION api.waiting_anywhere(most int4) RETURNS tstzmultirange
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN (
    WITH RECURSIVE marked AS (
        (SELECT hour, 1 AS number FROM dirty_hour ORDER BY hour LIMIT 1)
        UNION ALL
        SELECT n.hour, m.number + 1
        FROM marked m CROSS JOIN LATERAL (SELECT hour FROM dirty_hour d WHERE d.hour > m.hour ORDER BY hour LIMIT 1) n
        WHERE m.number < most)
    SELECT range_agg(waits) FROM (
        SELECT tstzrange(hour, CASE WHEN number < most THEN hour + interval '1 hour' END) AS waits FROM marked
        UNION ALL
        SELECT tstzrange(hour, hour + interval '1 hour') FROM failed_hour
        UNION ALL
        SELECT tstzrange(api.midnight(r.first_day, o.timezone), api.midnight(r.next_day, o.timezone))
        FROM rebuild r JOIN owner o USING (owner) WHERE r.next_day > r.first_day) waiting);
END $$;

-- How far the platform is, given its watermark: another text after every step of that, and of what is computed again.
CREATE FUNCTION api.progress(reached text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN concat_ws(' ', reached, (
        SELECT concat_ws(' ', count(*), max(due_at), md5(string_agg(kind || subject || facet || year, ' ' ORDER BY kind, subject, facet, year)))
        FROM indicator_due));
END $$;

-- One look: the snapshot that it is of, how often the registry was written, how far the platform is, what waits, and what changed since the look before: the
-- ends of its time are seconds since 1970, null where it has none. No row where nothing was written since the look before: the same transactions are over.
CREATE FUNCTION api.look(seen pg_snapshot) RETURNS TABLE (snapshot text, registry_writes int8, progress text, processed_until timestamptz, waiting tstzmultirange, changed jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    IF seen::text = pg_current_snapshot()::text THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT pg_current_snapshot()::text, api.registry_writes(), api.progress(w::text), w.aggregated_until, api.waiting_anywhere(100),
           (SELECT jsonb_agg(jsonb_build_array(kind, name, changed_in::text, CASE WHEN isfinite(started_at) THEN extract(epoch FROM started_at) END,
                                             CASE WHEN isfinite(ended_at) THEN extract(epoch FROM ended_at) END))
            FROM api.changed_since(seen, 5000))
    FROM (SELECT) one LEFT JOIN api.watermark w ON true;
END $$;

RESET ROLE;

-- 90_rights.sql

-- Who may do what: no service owns a table, none deletes an observation, readers see `api` only, writers the tables that they name.
-- The bytes of a refused message, of which only what may stay is there, are read by nobody but `backup`, `console`, and `replay`, which decodes them again.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO owner, registrar, ingest, store, aggregate, quality, replay, watch, console, api, grafana_staff, grafana_public, backup;

SET ROLE owner;

-- How long a reader may take. A role can lift its own `statement_timeout`, but not these: `aggregate` has whoever is over them ended.
CREATE TABLE doorfiets.reader_limit (
    role name PRIMARY KEY,
    statement interval NOT NULL,
    transaction interval NOT NULL
);
INSERT INTO doorfiets.reader_limit VALUES
    ('ingest', '15 seconds', '1 minute'), ('api', '15 seconds', '2 minutes'), ('grafana_staff', '15 seconds', '1 minute'), ('grafana_public', '15 seconds', '1 minute');

GRANT USAGE ON SCHEMA doorfiets TO registrar, ingest, store, aggregate, quality, replay, watch, console, guard, backup;
GRANT USAGE ON SCHEMA api TO api, grafana_staff, grafana_public, backup;

-- Readers see all of `api`, and nothing else.
GRANT SELECT ON ALL TABLES IN SCHEMA api TO api, grafana_staff, grafana_public, backup;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO api, grafana_staff, grafana_public, backup;

-- Whoever copies the database sees all of it.
GRANT SELECT ON ALL TABLES IN SCHEMA doorfiets TO backup;

-- Who writes a published table, and who may take rows away, is declared with it.

-- The registry is the registrar's. It marks what follows from a change.
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.owner, doorfiets.data_source, doorfiets.district, doorfiets.quantity, doorfiets.denominator,
    doorfiets.site, doorfiets.channel, doorfiets.station, doorfiets.device, doorfiets.placement, doorfiets.device_history, doorfiets.datastream,
    doorfiets.link, doorfiets.route, doorfiets.route_link, doorfiets.screenline, doorfiets.screenline_channel, doorfiets.calendar_entry TO registrar;
GRANT SELECT, INSERT, UPDATE ON doorfiets.directory_version TO registrar;
GRANT SELECT ON doorfiets.waiting_place, doorfiets.datastream_owner, doorfiets.subject_owner, doorfiets.site_stream, doorfiets.screenline_stream, doorfiets.connection_link,
    doorfiets.observation, doorfiets.measurement, doorfiets.failed_hour TO registrar;
GRANT SELECT, INSERT, UPDATE ON doorfiets.dirty_hour, doorfiets.indicator_due TO registrar;
GRANT SELECT, INSERT ON doorfiets.rebuild TO registrar;
GRANT USAGE ON SEQUENCE doorfiets.rebuild_number TO registrar;
GRANT SELECT ON doorfiets.datastream_hour, doorfiets.site_day TO registrar;

-- The intake reads which devices there are.
GRANT SELECT ON doorfiets.device_directory, doorfiets.directory_state TO ingest;

-- `receipts`, a process of the intake, tells sensors again what became of their messages.
GRANT SELECT (run, sensor, ranges, refused, reasons, changed_at) ON doorfiets.receipt_mark TO ingest;

-- `store` stores what was observed, and what could not be.
GRANT SELECT ON doorfiets.datastream, doorfiets.datastream_owner, doorfiets.quantity, doorfiets.battery_field, doorfiets.intake, doorfiets.finding TO store;
GRANT SELECT, INSERT ON doorfiets.observation, doorfiets.sender_run, doorfiets.unregistered_source TO store;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.measurement TO store;  -- one that turns out to be of an earlier time moves there
GRANT UPDATE (ended_at, value, uptime, quality_flags, received_at, revised_at, revision, run, number, restated, decoded_at) ON doorfiets.observation TO store;
GRANT UPDATE (started_at) ON doorfiets.sender_run TO store;
GRANT SELECT, INSERT, UPDATE ON doorfiets.fence, doorfiets.dirty_hour, doorfiets.feed, doorfiets.battery, doorfiets.watermark, doorfiets.stage, doorfiets.receipt_mark TO store;
GRANT SELECT (digest, first_received_at, last_received_at, receptions), INSERT, UPDATE ON doorfiets.rejection TO store;
GRANT SELECT ON doorfiets.directory_state TO store;
GRANT SELECT (topic, epoch, partition, log_offset, item), INSERT ON doorfiets.failed_record TO store;

-- `aggregate` adds up, and computes indicators.
GRANT SELECT ON doorfiets.owner, doorfiets.datastream_owner, doorfiets.subject_owner, doorfiets.district, doorfiets.site, doorfiets.channel, doorfiets.station, doorfiets.datastream, doorfiets.link,
    doorfiets.route, doorfiets.route_link, doorfiets.screenline, doorfiets.screenline_channel, doorfiets.site_stream, doorfiets.screenline_stream,
    doorfiets.connection_link, doorfiets.holiday, doorfiets.excluded_day, doorfiets.observation, doorfiets.reading, doorfiets.intake,
    doorfiets.available_air_hour, doorfiets.member_stream, doorfiets.expectation,
    doorfiets.site_channels TO aggregate;
GRANT USAGE ON SCHEMA api TO aggregate;
GRANT EXECUTE ON FUNCTION api.bins_expected, api.bins_of_hours, api.measuring_time, api.whole_bins, api.sun_hours, api.sun, api.half_day, api.local_hour TO aggregate;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.dirty_hour, doorfiets.failed_hour, doorfiets.indicator_due TO aggregate;
GRANT SELECT, UPDATE ON doorfiets.rebuild TO aggregate;
GRANT SELECT, INSERT, UPDATE ON doorfiets.stage, doorfiets.published TO aggregate;

-- `quality` judges many observations together, and turns what people and checks say into findings and flags. It changes nothing that was measured.
GRANT SELECT ON doorfiets.owner, doorfiets.data_source, doorfiets.district, doorfiets.quantity, doorfiets.site, doorfiets.channel, doorfiets.station,
    doorfiets.device, doorfiets.datastream, doorfiets.datastream_owner, doorfiets.calendar_entry, doorfiets.excluded_day, doorfiets.holiday,
    doorfiets.site_stream, doorfiets.link, doorfiets.exclusion, doorfiets.effective_entry, doorfiets.entry_run, doorfiets.observation,
    doorfiets.datastream_hour, doorfiets.feed, doorfiets.intake TO quality;
GRANT SELECT, INSERT ON doorfiets.finding TO quality;
GRANT UPDATE (ended_at, evidence, withdrawn_at) ON doorfiets.finding TO quality;
GRANT UPDATE (found_flags, revision, revised_at) ON doorfiets.observation TO quality;
GRANT UPDATE (last_valid_ended_at) ON doorfiets.feed TO quality;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.flags_due TO quality;
GRANT SELECT, INSERT, UPDATE ON doorfiets.dirty_hour, doorfiets.place_check, doorfiets.check_position TO quality;

-- People enter what they know as `console`, with a look at what it would change.
GRANT SELECT ON doorfiets.owner, doorfiets.site, doorfiets.channel, doorfiets.station, doorfiets.device, doorfiets.datastream, doorfiets.datastream_owner,
    doorfiets.exclusion, doorfiets.effective_entry, doorfiets.finding, doorfiets.observation, doorfiets.reading TO console;
GRANT INSERT (kind, undoes, site, channel, station, device, started_at, ended_at, reason, entered_by) ON doorfiets.exclusion TO console;

-- Beside that the console shows how feeds are and what was refused, and knows who is logged in. It can add no account, and change nothing that was done.
GRANT USAGE ON SCHEMA api TO console;
GRANT SELECT ON api.feed, doorfiets.device_feed, api.feed_history, api.finding, api.watermark, api.owner, api.waiting_place, api.applied_state TO console;
GRANT EXECUTE ON FUNCTION api.feed_status, api.feed_rank, api.feed_reason, api.coverage TO console;
GRANT SELECT ON doorfiets.feed, doorfiets.datastream_day, doorfiets.rejection, doorfiets.failed_hour, doorfiets.failed_record, doorfiets.battery, doorfiets.intake,
    doorfiets.measurement, doorfiets.placement, doorfiets.stage, doorfiets.watermark, doorfiets.dirty_hour, doorfiets.unregistered_source TO console;
GRANT SELECT ON doorfiets.data_source, doorfiets.district, doorfiets.quantity, doorfiets.denominator, doorfiets.device_history, doorfiets.link, doorfiets.route,
    doorfiets.route_link, doorfiets.screenline, doorfiets.screenline_channel, doorfiets.calendar_entry, doorfiets.waiting_place, doorfiets.subject_owner,
    doorfiets.site_stream, doorfiets.screenline_stream, doorfiets.connection_link, doorfiets.datastream_hour TO console;  -- what differs from the owners' files
GRANT SELECT ON doorfiets.account TO console;
GRANT SELECT, INSERT, DELETE ON doorfiets.console_session TO console;
GRANT UPDATE (used_at) ON doorfiets.console_session TO console;
GRANT SELECT, INSERT, UPDATE ON doorfiets.acknowledgement TO console;
GRANT SELECT, INSERT ON doorfiets.audit TO console;
GRANT SELECT ON doorfiets.replay_request TO console;
GRANT INSERT (kind, selection, dry_run, anyway, requested_by) ON doorfiets.replay_request TO console;

-- Who has the server has the accounts: `doorfiets console account`. Whoever breaks into the console cannot make himself one.
GRANT SELECT, INSERT ON doorfiets.account TO registrar;
GRANT UPDATE (role, digest, changed_at, disabled_at) ON doorfiets.account TO registrar;
GRANT SELECT, DELETE ON doorfiets.console_session TO registrar;
GRANT INSERT ON doorfiets.audit TO registrar;

-- `watch` keeps the states of feeds: it reads their status, and what hours add up to.
GRANT USAGE ON SCHEMA api TO watch;
GRANT SELECT ON api.feed, doorfiets.device_feed, api.watermark, doorfiets.datastream, doorfiets.datastream_hour TO watch;
GRANT EXECUTE ON FUNCTION api.feed_status, api.feed_rank, api.feed_reason, api.coverage TO watch;
GRANT SELECT, INSERT, UPDATE ON doorfiets.feed_completeness TO watch;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.feed_state TO watch;

-- And it raises alerts: it reads whose a feed is, how much was refused of late, and what it has said.
GRANT SELECT ON doorfiets.datastream_owner TO watch;
GRANT EXECUTE ON FUNCTION api.rejections_since TO watch;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.alert, doorfiets.alert_message TO watch;

-- `replay` decodes again what was refused or received, and says what became of it; what it publishes is stored by `store`.
GRANT SELECT ON doorfiets.rejection, doorfiets.unregistered_source, doorfiets.device_directory, doorfiets.directory_state, doorfiets.datastream,
    doorfiets.datastream_owner, doorfiets.quantity, doorfiets.battery_field, doorfiets.observation, doorfiets.measurement, doorfiets.feed, doorfiets.replay_request TO replay;
GRANT UPDATE (replayed_at, replays, outcome) ON doorfiets.rejection TO replay;
GRANT UPDATE (replayed_at) ON doorfiets.unregistered_source TO replay;
GRANT UPDATE (state, attempts, started_at, finished_at, done, results, summary, problem) ON doorfiets.replay_request TO replay;
GRANT SELECT ON doorfiets.replay_request TO console;
GRANT INSERT (kind, selection, dry_run, anyway, requested_by) ON doorfiets.replay_request TO console;

GRANT SELECT ON doorfiets.reader_limit TO guard;

RESET ROLE;

-- Ends the sessions of readers that take longer than they may in this database, and says which. A transaction that stays open holds back all cleaning up.
CREATE FUNCTION doorfiets.end_overlong_readers() RETURNS TABLE (role name, pid int4, since timestamptz, ended boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.usename, a.pid, a.xact_start, pg_terminate_backend(a.pid)
    FROM pg_stat_activity a JOIN doorfiets.reader_limit l ON l.role = a.usename
    WHERE a.datname = current_database() AND a.xact_start IS NOT NULL
      AND (clock_timestamp() - a.xact_start > l.transaction OR a.state = 'active' AND clock_timestamp() - a.query_start > l.statement)
$$;
ALTER FUNCTION doorfiets.end_overlong_readers() OWNER TO guard;
REVOKE EXECUTE ON FUNCTION doorfiets.end_overlong_readers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.end_overlong_readers() TO aggregate;

-- Nobody connects to a database that is not theirs, nobody but `aggregate` makes temporary tables.
DO $$
DECLARE
    other text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO registrar, ingest, store, aggregate, quality, replay, watch, console, api, grafana_staff, grafana_public, backup', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO aggregate', current_database());
    FOR other IN SELECT datname FROM pg_database WHERE datname IN ('postgres', 'template1') AND has_database_privilege('public', oid, 'CONNECT') LOOP
        EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', other);
    END LOOP;
END $$;

-- No code of a reader's own.
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO owner;

-- Functions of the server that everybody may call, and that write, lock, wait or hand on: large objects, advisory locks, transaction ids, WAL,
-- sleep, notices, snapshots, signals; SQL given as a text; and whatever of TimescaleDB changes anything.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT p.oid::regprocedure AS routine, n.nspname AS schema FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'pg_catalog' AND p.proname ~ ('^(pg_(try_)?advisory_.*|lo_.*|loread|lowrite|pg_current_xact_id|txid_current'
              '|pg_logical_emit_message|pg_sleep.*|pg_notify|pg_export_snapshot|pg_(cancel|terminate)_backend'
              '|(query|table|cursor|schema|database)_to_xml.*|ts_stat)$')
           OR n.nspname = 'public' AND p.provolatile = 'v' AND EXISTS (
              SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
              WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND e.extname = 'timescaledb')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', one.routine);
        IF one.schema = 'public' THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO owner', one.routine);
        END IF;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(int8), pg_advisory_unlock(int8), pg_advisory_xact_lock(int8), pg_advisory_xact_lock(int4, int4),
    pg_current_xact_id() TO aggregate;
GRANT EXECUTE ON FUNCTION pg_current_xact_id() TO owner;  -- the functions that note who wrote the registry
GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(int4, int4), pg_advisory_xact_lock_shared(int4, int4), pg_try_advisory_xact_lock_shared(int4, int4)
    TO owner;  -- for the functions of `15_owner_locks.sql`: who calls them chooses no other class
GRANT EXECUTE ON FUNCTION pg_terminate_backend(int4, int8) TO guard;
GRANT EXECUTE ON FUNCTION pg_export_snapshot() TO backup;
