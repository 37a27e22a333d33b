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
