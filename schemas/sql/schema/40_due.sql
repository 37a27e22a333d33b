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
