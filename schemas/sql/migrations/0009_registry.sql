-- What figures need of the registry beside places and lengths: the centre, the instruments, and the days that are unlike others.
SET ROLE owner;

ALTER TABLE doorfiets.municipality
    ADD COLUMN centre text NOT NULL DEFAULT '',  -- district that is the centre of town; '' until a registry is applied that says it
    ADD COLUMN calibration_low float8 NOT NULL DEFAULT 0.8,
    ADD COLUMN calibration_high float8 NOT NULL DEFAULT 1.4,
    ADD COLUMN school_region text NOT NULL DEFAULT 'noord' CHECK (school_region IN ('noord', 'midden', 'zuid')),
    ADD CHECK (0 < calibration_low AND calibration_low <= 1 AND 1 <= calibration_high);

ALTER TABLE doorfiets.link
    ADD COLUMN opened date,  -- first local day of its present shape
    ADD COLUMN detour float8 CHECK (detour >= 1);  -- length by the straight line

-- Stations of one region see the same air at large; '' belongs to none.
ALTER TABLE doorfiets.station ADD COLUMN region text NOT NULL DEFAULT '';

ALTER TABLE doorfiets.datastream
    ADD COLUMN instrument text NOT NULL DEFAULT '' CHECK (instrument IN ('', 'reference', 'plantower', 'sds011', 'sps30')),
    ADD COLUMN kappa float8 CHECK (kappa > 0),
    ADD COLUMN unit text NOT NULL DEFAULT '',  -- as sent; '' is the catalogue's
    ADD COLUMN scale float8 NOT NULL DEFAULT 1 CHECK (scale > 0),  -- what was sent, times this, is in the catalogue's unit
    ADD COLUMN layer text NOT NULL DEFAULT 'measured' CHECK (layer IN ('measured', 'publisher'));

-- Days that are unlike others; `last_day` belongs to it, no sites and no links is everywhere.
CREATE TABLE doorfiets.calendar_entry (
    entry text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('public_holiday', 'school_holiday', 'works', 'event')),
    name text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL CHECK (last_day >= first_day),
    effect text NOT NULL CHECK (effect IN ('annotate', 'exclude')),
    sites text[] NOT NULL,
    links text[] NOT NULL,
    note text NOT NULL
);

-- Local days on which not everybody works or goes to school.
CREATE VIEW doorfiets.holiday AS
SELECT DISTINCT d::date AS day
FROM doorfiets.calendar_entry e CROSS JOIN LATERAL generate_series(e.first_day::timestamp, e.last_day, interval '1 day') d
WHERE e.kind IN ('public_holiday', 'school_holiday');

-- Local days that say nothing about what is usual at a site: at the site itself, on a link that it counts, or everywhere.
CREATE VIEW doorfiets.excluded_day AS
SELECT s.site, d::date AS day, e.entry
FROM doorfiets.calendar_entry e
CROSS JOIN LATERAL generate_series(e.first_day::timestamp, e.last_day, interval '1 day') d
JOIN doorfiets.site s ON s.site = ANY (e.sites) OR (e.sites = '{}' AND e.links = '{}')
    OR EXISTS (SELECT FROM doorfiets.link l WHERE l.link = ANY (e.links) AND l.site = s.site)
WHERE e.effect = 'exclude';

CREATE VIEW api.calendar_entry WITH (security_barrier) AS
SELECT entry, kind, name, first_day, last_day, effect, sites, links, note FROM doorfiets.calendar_entry;

CREATE OR REPLACE VIEW api.municipality WITH (security_barrier) AS SELECT * FROM doorfiets.municipality;
CREATE OR REPLACE VIEW api.station WITH (security_barrier) AS SELECT * FROM doorfiets.station;

CREATE OR REPLACE VIEW api.link WITH (security_barrier) AS
SELECT l.link, l.name, api.place_name(l.start_place, f.name) AS start_place, api.place_name(l.end_place, t.name) AS end_place, l.length_km, l.green,
       l.greenery, l.priority, l.width_m, l.asphalt, l.site, l.assumed_from, l.illustrative, l.geometry, l.opened, l.detour
FROM doorfiets.link l
LEFT JOIN doorfiets.district f ON f.district = l.start_place
LEFT JOIN doorfiets.district t ON t.district = l.end_place;

CREATE OR REPLACE VIEW api.station_quantity WITH (security_barrier) AS
SELECT station, quantity, datastream, seconds, origin, method, valid_from, valid_until, instrument, kappa, unit, layer
FROM doorfiets.datastream WHERE station IS NOT NULL;

-- As before, with the figures of periods and the calendar.
CREATE OR REPLACE VIEW api.data_revision WITH (security_barrier) AS
SELECT (SELECT max(changed_in)::text FROM (
            SELECT max(changed_in) AS changed_in FROM doorfiets.tally_hour UNION ALL SELECT max(changed_in) FROM doorfiets.tally_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.site_hour UNION ALL SELECT max(changed_in) FROM doorfiets.site_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.share_hour UNION ALL SELECT max(changed_in) FROM doorfiets.share_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.link_day UNION ALL SELECT max(changed_in) FROM doorfiets.route_day
            UNION ALL SELECT max(changed_in) FROM doorfiets.air_hour UNION ALL SELECT max(changed_in) FROM doorfiets.figure) newest) AS revision,
       (SELECT md5(string_agg(version, ',' ORDER BY version)) FROM (
            SELECT tableoid || '.' || xmin AS version FROM doorfiets.municipality UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.district
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.quantity UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.denominator
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.site UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.channel
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.station UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.datastream
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.link UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.route
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.route_link UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.screenline
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.screenline_channel
            UNION ALL SELECT tableoid || '.' || xmin FROM doorfiets.calendar_entry) standing) AS registry,
       (SELECT extract(epoch FROM max(last_heard_at)) || '.' || sum(stored + corrections) FROM doorfiets.feed) AS heard;

GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.calendar_entry TO registrar;
GRANT SELECT ON doorfiets.connection_link TO registrar;
GRANT SELECT ON doorfiets.holiday, doorfiets.excluded_day TO tally;
GRANT SELECT ON doorfiets.calendar_entry, doorfiets.holiday, doorfiets.excluded_day TO backup;
GRANT SELECT ON api.calendar_entry TO api, grafana_staff, grafana_public, backup;

RESET ROLE;
