-- Aggregates of whole buckets: recomputed, never incremented. Every row carries its coverage, its revision and the version of its rule.
-- `valid` of `expected` intervals were measured; `rows` counts the observations. `changed_in` is the writing transaction: rows below the
-- oldest running transaction are complete, so a publisher can follow them without missing one.
SET ROLE owner;

CREATE TABLE doorfiets.tally_hour (
    datastream int4 NOT NULL,
    hour timestamptz NOT NULL,
    rows int4 NOT NULL,
    valid int4 NOT NULL,
    expected int4 NOT NULL,
    total numeric,
    minimum float8,
    maximum float8,
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (datastream, hour)
);
CREATE INDEX tally_hour_changed ON doorfiets.tally_hour (changed_in);

-- A local day of 23, 24 or 25 hours, stored with the UTC range that it means.
CREATE TABLE doorfiets.tally_day (
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
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (datastream, day)
);
CREATE INDEX tally_day_changed ON doorfiets.tally_day (changed_in);

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
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (site, mode, hour)
);
CREATE INDEX site_hour_changed ON doorfiets.site_hour (changed_in);

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
    maximum float8,
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (site, mode, day)
);
CREATE INDEX site_day_changed ON doorfiets.site_day (changed_in);

-- Counts, not shares: any longer period is a sum of rows.
CREATE TABLE doorfiets.share_hour (
    screenline text NOT NULL,
    variant text NOT NULL,
    hour timestamptz NOT NULL,
    numerator numeric NOT NULL,
    denominator numeric NOT NULL,
    paired int4 NOT NULL,
    expected int4 NOT NULL,
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (screenline, variant, hour)
);
CREATE INDEX share_hour_changed ON doorfiets.share_hour (changed_in);

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
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (screenline, variant, day)
);
CREATE INDEX share_day_changed ON doorfiets.share_day (changed_in);

-- Cyclists per local day on a link, both directions. `measured` false: taken from the link named in `counted_on`.
CREATE TABLE doorfiets.link_day (
    link text NOT NULL,
    day date NOT NULL,
    counted_on text NOT NULL,  -- the link whose site counted
    measured boolean NOT NULL,
    cyclists numeric,
    paired int4 NOT NULL,
    expected int4 NOT NULL,
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (link, day)
);
CREATE INDEX link_day_changed ON doorfiets.link_day (changed_in);

-- Usage of a route on a local day (domain handbook, links and routes). Null where a link that the figure needs has no valid day.
CREATE TABLE doorfiets.route_day (
    route text NOT NULL,
    day date NOT NULL,
    bicycle_km float8,
    measured_bicycle_km float8,
    length_km float8 NOT NULL,
    measured_km float8 NOT NULL,
    assumed_km float8 NOT NULL,
    missing_km float8 NOT NULL,
    mean_cyclists float8,       -- weighted by length
    through_ratio float8,       -- upper bound
    uniformity float8,
    green_share float8,         -- of the bicycle-kilometres
    paired int4 NOT NULL,
    expected int4 NOT NULL,
    withheld text,              -- why the figures are null
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (route, day)
);
CREATE INDEX route_day_changed ON doorfiets.route_day (changed_in);

-- Hourly mean at a station; null under 75 % of the hour (Dir. 2008/50, Annex VII).
CREATE TABLE doorfiets.air_hour (
    station text NOT NULL,
    quantity text NOT NULL,
    hour timestamptz NOT NULL,
    mean float8,
    valid int4 NOT NULL,
    expected int4 NOT NULL,
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (station, quantity, hour)
);
CREATE INDEX air_hour_changed ON doorfiets.air_hour (changed_in);

-- How far each table has been published to the topic `tallies`.
CREATE TABLE doorfiets.published (
    tally text PRIMARY KEY,
    changed_in xid8 NOT NULL
);

RESET ROLE;
