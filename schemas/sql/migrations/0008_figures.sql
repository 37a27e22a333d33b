-- Figures of periods, what was published before, and what changed since.
SET ROLE owner;

-- Which years of which place have to be reckoned again; not before `due_at`, so that a busy day is reckoned once and not with every reading.
CREATE TABLE doorfiets.stale (
    kind text NOT NULL CHECK (kind IN ('site', 'station')),
    subject text NOT NULL,
    facet text NOT NULL,  -- mode of a site, quantity of a station
    year int4 NOT NULL,   -- of the local day
    due_at timestamptz NOT NULL,
    PRIMARY KEY (kind, subject, facet, year)
);

-- One indicator (schemas.indicators) of one subject over one period of local days. What is a plain sum of stored rows is added up on reading
-- and is not here. `part` tells the members of one indicator apart, such as seven weekdays; `basis` is what the value rests on, `valid` of
-- `expected` days among it.
CREATE TABLE doorfiets.figure (
    kind text NOT NULL CHECK (kind IN ('site', 'link', 'route', 'connection', 'screenline', 'station', 'district', 'municipality')),
    subject text NOT NULL,
    facet text NOT NULL,  -- mode, quantity or screenline; '' where there is only one
    indicator text NOT NULL,
    period text NOT NULL CHECK (period IN ('day', 'month', 'year', 'year_to_date', 'rolling_year', 'opening')),
    first_day date NOT NULL,
    last_day date NOT NULL,
    part int4 NOT NULL DEFAULT 0,
    value float8,
    low float8,
    high float8,
    withheld text,  -- why the value is null
    basis jsonb NOT NULL DEFAULT '{}',
    valid int4 NOT NULL,
    expected int4 NOT NULL,
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (kind, subject, facet, indicator, period, first_day, part)
);
CREATE INDEX figure_changed ON doorfiets.figure (changed_in);

-- Air is told in layers: as measured, as its publisher calibrated it, and as we corrected it. None replaces another.
ALTER TABLE doorfiets.air_hour ADD COLUMN layer text NOT NULL DEFAULT 'measured';
ALTER TABLE doorfiets.air_hour DROP CONSTRAINT air_hour_pkey, ADD PRIMARY KEY (station, quantity, layer, hour);

-- What stood in a row before it was revised or went, if it still stood when the bucket was over: before, every reading moves it.
-- A published figure of a moment is the row whose [computed_at, replaced_at) holds that moment.
CREATE TABLE doorfiets.site_hour_past (LIKE doorfiets.site_hour, replaced_at timestamptz NOT NULL);
CREATE TABLE doorfiets.site_day_past (LIKE doorfiets.site_day, replaced_at timestamptz NOT NULL);
CREATE TABLE doorfiets.share_hour_past (LIKE doorfiets.share_hour, replaced_at timestamptz NOT NULL);
CREATE TABLE doorfiets.share_day_past (LIKE doorfiets.share_day, replaced_at timestamptz NOT NULL);
CREATE TABLE doorfiets.link_day_past (LIKE doorfiets.link_day, replaced_at timestamptz NOT NULL);
CREATE TABLE doorfiets.route_day_past (LIKE doorfiets.route_day, replaced_at timestamptz NOT NULL);
CREATE TABLE doorfiets.air_hour_past (LIKE doorfiets.air_hour, replaced_at timestamptz NOT NULL);
CREATE TABLE doorfiets.figure_past (LIKE doorfiets.figure, replaced_at timestamptz NOT NULL);
CREATE INDEX ON doorfiets.site_hour_past (site, mode, hour);
CREATE INDEX ON doorfiets.site_day_past (site, mode, day);
CREATE INDEX ON doorfiets.share_hour_past (screenline, variant, hour);
CREATE INDEX ON doorfiets.share_day_past (screenline, variant, day);
CREATE INDEX ON doorfiets.link_day_past (link, day);
CREATE INDEX ON doorfiets.route_day_past (route, day);
CREATE INDEX ON doorfiets.air_hour_past (station, quantity, layer, hour);
CREATE INDEX ON doorfiets.figure_past (kind, subject, facet, indicator, period, first_day, part);

-- The local midnight after a day.
CREATE FUNCTION doorfiets.day_over(day date) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = doorfiets, pg_temp
RETURN (day + 1)::timestamp AT TIME ZONE (SELECT timezone FROM doorfiets.municipality);

-- The one argument says, of the row that was, when its bucket was over.
CREATE FUNCTION doorfiets.keep_past() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
BEGIN
    EXECUTE format('INSERT INTO doorfiets.%I SELECT o.*, now() FROM replaced o WHERE now() >= %s', TG_TABLE_NAME || '_past', TG_ARGV[0]);
    RETURN NULL;
END $$;

CREATE PROCEDURE doorfiets.remember(rows regclass, over text) LANGUAGE plpgsql AS $$
DECLARE event text;
BEGIN
    FOREACH event IN ARRAY ARRAY['UPDATE', 'DELETE'] LOOP
        EXECUTE format('CREATE TRIGGER past_of_%s AFTER %s ON %s REFERENCING OLD TABLE AS replaced FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.keep_past(%L)',
                       lower(event), event, rows, over);
    END LOOP;
END $$;

CALL doorfiets.remember('doorfiets.site_hour', 'o.hour + interval ''1 hour''');
CALL doorfiets.remember('doorfiets.site_day', 'o.ended_at');
CALL doorfiets.remember('doorfiets.share_hour', 'o.hour + interval ''1 hour''');
CALL doorfiets.remember('doorfiets.share_day', 'o.ended_at');
CALL doorfiets.remember('doorfiets.link_day', 'doorfiets.day_over(o.day)');
CALL doorfiets.remember('doorfiets.route_day', 'doorfiets.day_over(o.day)');
CALL doorfiets.remember('doorfiets.air_hour', 'o.hour + interval ''1 hour''');
CALL doorfiets.remember('doorfiets.figure', 'doorfiets.day_over(o.last_day)');

-- Lists of changes read by time.
CREATE INDEX site_hour_computed ON doorfiets.site_hour (computed_at);
CREATE INDEX site_day_computed ON doorfiets.site_day (computed_at);
CREATE INDEX share_hour_computed ON doorfiets.share_hour (computed_at);
CREATE INDEX share_day_computed ON doorfiets.share_day (computed_at);
CREATE INDEX link_day_computed ON doorfiets.link_day (computed_at);
CREATE INDEX route_day_computed ON doorfiets.route_day (computed_at);
CREATE INDEX air_hour_computed ON doorfiets.air_hour (computed_at);
CREATE INDEX figure_computed ON doorfiets.figure (computed_at);

-- A connection is what links of the same two ends are together: in a district, between districts, to the centre, to the region.
CREATE VIEW doorfiets.connection_link AS
SELECT lower(least(start_place, end_place) || '-' || greatest(start_place, end_place)) AS connection,
       least(start_place, end_place) AS one_place, greatest(start_place, end_place) AS other_place, link
FROM doorfiets.link;

CREATE VIEW api.figure WITH (security_barrier) AS
SELECT kind, subject, facet, indicator, period, first_day, last_day, part, value, low, high, withheld, basis, valid, expected, revision, computed_at, rule
FROM doorfiets.figure;

GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.stale TO tally;
GRANT SELECT, INSERT, UPDATE ON doorfiets.figure TO tally;
GRANT SELECT ON doorfiets.connection_link, doorfiets.municipality, doorfiets.channel, doorfiets.site, doorfiets.station, doorfiets.district, doorfiets.route,
    doorfiets.screenline, doorfiets.screenline_channel TO tally;
GRANT SELECT, DELETE ON doorfiets.figure TO registrar;
GRANT SELECT, INSERT, UPDATE ON doorfiets.stale TO registrar;
GRANT SELECT ON ALL TABLES IN SCHEMA doorfiets TO backup;
GRANT SELECT ON api.figure TO api, grafana_staff, grafana_public, backup;

RESET ROLE;
