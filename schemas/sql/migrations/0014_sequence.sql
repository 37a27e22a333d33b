-- The place of a message in its sender's own sequence decides which of two stands, so that what is sent again undoes no correction.
SET ROLE owner;

-- Where a sender numbers what it says: one row per run (a boot, a session of a LoRaWAN network), with the moment in which the first message of it was
-- received. Runs of one sensor follow each other in that order. `run` is a digest of sensor and run: neither boot nor session is kept.
CREATE TABLE doorfiets.sender_run (
    run int8 PRIMARY KEY,
    sensor text NOT NULL,
    started_at timestamptz NOT NULL
);

-- `run` and `number` are the place of the newest numbered message about the interval, null where there was none. It is the message that stands,
-- unless `restated`: then one without a number, received later, stands over it (an import of files, for instance).
ALTER TABLE doorfiets.observation ADD COLUMN run int8, ADD COLUMN number int8, ADD COLUMN restated boolean;

-- Whether a message is newer than what stands (`old`); the same rule as streams.domain.sequence.newer. Two that are numbered: the later run, within a
-- run the higher number; and where what stands was restated since, it has to be received later than that, too. Otherwise: what was received later.
CREATE FUNCTION doorfiets.newer(run int8, run_at timestamptz, number int8, received_at timestamptz,
                                old_run int8, old_run_at timestamptz, old_number int8, old_received_at timestamptz, old_restated boolean)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN number IS NULL OR old_number IS NULL THEN received_at > old_received_at
    WHEN CASE WHEN run = old_run THEN number > old_number
              ELSE (coalesce(run_at, '-infinity'), run) > (coalesce(old_run_at, '-infinity'), old_run) END
    THEN old_restated IS NOT TRUE OR received_at > old_received_at
    ELSE false END;

-- Every message about an interval is one of four: `stored` where nothing was, a correction of what stood, a duplicate (it says what stands, or is that
-- message again), or overtaken: it says something else and is older than what stands.
ALTER TABLE doorfiets.feed ADD COLUMN overtaken int8 NOT NULL DEFAULT 0;

CREATE OR REPLACE VIEW api.feed WITH (security_barrier) AS
SELECT d.datastream, coalesce(c.site, d.station) AS place, coalesce(s.name, t.name) AS place_name, d.channel, d.quantity, d.origin, d.seconds,
       f.last_started_at, f.last_ended_at, f.last_valid_ended_at, f.last_heard_at, coalesce(f.stored, 0) AS stored, coalesce(f.duplicates, 0) AS duplicates,
       coalesce(f.corrections, 0) AS corrections, extract(epoch FROM now() - f.last_ended_at) / d.seconds AS missed_intervals,
       api.feed_status(f.last_ended_at, f.last_valid_ended_at, d.seconds, d.valid_until, now()) AS status, d.valid_from, d.valid_until,
       coalesce(f.overtaken, 0) AS overtaken
FROM doorfiets.datastream d
LEFT JOIN doorfiets.channel c USING (channel)
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = d.station
LEFT JOIN doorfiets.feed f USING (datastream);

GRANT SELECT, INSERT ON doorfiets.sender_run TO keep;
GRANT UPDATE (started_at) ON doorfiets.sender_run TO keep;
GRANT UPDATE (run, number, restated) ON doorfiets.observation TO keep;
GRANT SELECT ON doorfiets.sender_run TO backup;

RESET ROLE;
