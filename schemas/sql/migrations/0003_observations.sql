-- What was seen, where the reading of the log stands, and what has to be recomputed.
SET ROLE owner;

-- A raw value is never edited: a correction is a newer hearing of the same interval.
CREATE TABLE doorfiets.observation (
    datastream int4 NOT NULL,
    started_at timestamptz NOT NULL CHECK (isfinite(started_at)),
    ended_at timestamptz NOT NULL CHECK (isfinite(ended_at) AND ended_at > started_at),
    value float8 CHECK (value <> 'NaN' AND abs(value) < 1e12),
    uptime float4 NOT NULL CHECK (uptime BETWEEN 0 AND 1),
    doubts int4 NOT NULL,
    heard_at timestamptz NOT NULL CHECK (isfinite(heard_at)),
    revised_at timestamptz NOT NULL,
    revision int4 NOT NULL DEFAULT 1,
    PRIMARY KEY (datastream, started_at)
);
SELECT public.create_hypertable('doorfiets.observation', public.by_range('started_at', INTERVAL '28 days'), create_default_indexes => false);

-- Zero with uptime 0, null and excluded values take no part in a sum nor in the coverage (domain handbook, quality).
CREATE FUNCTION doorfiets.counts(value float8, uptime float4, doubts int4) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value IS NOT NULL AND uptime > 0 AND doubts & 1 = 0;

-- A row that holds both autumn hours covers two intervals (doubt dst_merged, bit 4).
CREATE FUNCTION doorfiets.spans(doubts int4) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1 + (doubts & 4) / 4;

-- Where `keep` stands in each partition of the log: PostgreSQL is the offset store.
CREATE TABLE doorfiets.fence (
    topic text NOT NULL,
    epoch text NOT NULL,
    partition int4 NOT NULL,
    next_offset int8 NOT NULL,
    frame text,
    PRIMARY KEY (topic, epoch, partition)
);

-- Newest hours are claimed first: live figures do not wait for a rebuild of the past. Rows come and go, so vacuum must not wait for a share of them.
CREATE TABLE doorfiets.dirty (
    datastream int4 NOT NULL,
    hour timestamptz NOT NULL,
    PRIMARY KEY (hour, datastream)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- Refused messages, whole. The same message refused again is the same row.
CREATE TABLE doorfiets.rejection (
    digest bytea PRIMARY KEY,  -- sha256 of topic, reason, detail and payload
    reason text NOT NULL,
    detail text NOT NULL,
    topic text NOT NULL,
    dialect text NOT NULL,
    sensor text,
    payload bytea,  -- null only for personal data, which is not kept
    first_heard_at timestamptz NOT NULL,
    last_heard_at timestamptz NOT NULL,
    hearings int4 NOT NULL DEFAULT 1
);
CREATE INDEX rejection_latest ON doorfiets.rejection (last_heard_at DESC);

-- What every feed last said, counted in the transaction that kept it. Every hearing is one of three: `stored` where nothing was, a
-- correction of what was, or a duplicate. `duplicates` are hearings of which nothing remains but perhaps their time: said again
-- unchanged, or overtaken by a newer hearing that was stored already or came in the same batch.
CREATE TABLE doorfiets.feed (
    datastream int4 PRIMARY KEY REFERENCES doorfiets.datastream ON DELETE CASCADE,
    last_started_at timestamptz NOT NULL,
    last_ended_at timestamptz NOT NULL,
    last_heard_at timestamptz NOT NULL,
    stored int8 NOT NULL,
    duplicates int8 NOT NULL,
    corrections int8 NOT NULL,
    last_valid_ended_at timestamptz  -- of what counts in a sum; null as long as nothing did
) WITH (fillfactor = 50);

RESET ROLE;
