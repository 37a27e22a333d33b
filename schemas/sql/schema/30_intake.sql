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
