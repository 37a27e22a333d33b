-- What is computed again in one go, and what cannot be computed.
SET ROLE owner;

-- An observation as it is added up, in the hour in which it lies; what does not count has no `spans` and no `value`. A sum is exact: a value adds
-- up as a float where it is a whole number so small that no sum of an hour is rounded; else it has a `part`, which adds up as a decimal.
CREATE VIEW doorfiets.reading AS
SELECT datastream, date_bin('1 hour', started_at, 'epoch') AS hour, started_at,
       CASE WHEN counts THEN doorfiets.spans(doubts) END AS spans,
       CASE WHEN counts THEN value END AS value,
       CASE WHEN counts AND (value <> trunc(value) OR abs(value) >= 1e9) THEN value::numeric END AS part
FROM (SELECT *, doorfiets.counts(value, uptime, doubts) AS counts FROM doorfiets.observation) o;

-- A range of local days that is computed again, whether anything in it is marked or not: marking every hour of a year takes longer than
-- computing it. It is worked off from its newest day on, in pieces of whole days; `changed` counts the rows that were not right.
CREATE TABLE doorfiets.rebuild (
    rebuild int4 NOT NULL,
    part int4 NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    next_day date NOT NULL,  -- first_day and what follows, up to here, is still to be done
    changed int8 NOT NULL DEFAULT 0,
    asked_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz,
    PRIMARY KEY (rebuild, part),
    CHECK (next_day BETWEEN first_day AND last_day + 1)
);
CREATE INDEX rebuild_open ON doorfiets.rebuild (next_day) WHERE next_day > first_day;

-- Marks that were set aside because the database refuses what follows from them. Each is tried again when its hour changes, in a rebuild, and
-- when `tally` starts.
CREATE TABLE doorfiets.stuck (
    datastream int4 NOT NULL,
    hour timestamptz NOT NULL,
    problem text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (hour, datastream)
);

GRANT SELECT ON doorfiets.reading, doorfiets.rebuild, doorfiets.stuck TO tally;
GRANT UPDATE ON doorfiets.rebuild TO tally;
GRANT INSERT ON doorfiets.dirty TO tally;
GRANT INSERT, UPDATE, DELETE ON doorfiets.stuck TO tally;
GRANT SELECT, INSERT ON doorfiets.rebuild TO registrar;
GRANT SELECT ON doorfiets.stuck TO registrar;
GRANT SELECT ON doorfiets.reading, doorfiets.rebuild, doorfiets.stuck TO backup;

RESET ROLE;
