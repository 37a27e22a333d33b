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
