-- What can never be stored is set aside.
SET ROLE owner;

-- What `keep` found in the log and can never store, whole, with its place there: item 0 is a record that cannot be decoded, `payload` its bytes
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
GRANT INSERT, SELECT (topic, epoch, partition, log_offset, item) ON doorfiets.failed_record TO keep;
GRANT SELECT ON doorfiets.failed_record TO backup;

RESET ROLE;
