-- lock --
-- One `aggregate` works, others stand by; the locks go with their sessions. Nobody begins while a second session of another still works. No other
-- role can take these: the functions are granted to `aggregate` alone.
SELECT CASE WHEN NOT pg_try_advisory_lock(7364202) THEN false
            WHEN pg_try_advisory_lock(7364203) THEN pg_advisory_unlock(7364203)
            ELSE NOT pg_advisory_unlock(7364202) END;

-- share_aggregates --
-- A round begins: all owners with their time zones, and whether it may work on their places until it ends. Who changes an owner's registry waits for
-- that, and nobody waits for who does: see `15_owner_locks.sql`.
SELECT owner, timezone, free FROM doorfiets.share_aggregates();

-- newest --
-- The newest mark, but for those of owners that are not held; and, of the same moment, what is stored and from when on hours are live. Who is not held is
-- looked up anew in each statement: an owner that was applied since the round began is not. Where all are held, nothing else is looked up, here and below.
SELECT (SELECT max(hour) FROM doorfiets.dirty_hour WHERE NOT EXISTS (SELECT FROM doorfiets.owner WHERE owner <> ALL (%(held)s::text[]))
            OR datastream NOT IN (SELECT datastream FROM doorfiets.datastream_owner WHERE owner <> ALL (%(held)s::text[]))),
       stored_until, least(now(), stored_until) - interval '2 days'
FROM doorfiets.intake;

-- late --
-- The next stretch of the past: the newest mark below the one before, else the newest of all; and whether marks lie so close there, one for
-- every twenty-four hours of a datastream, that it is less work to read whole days.
WITH elsewhere AS MATERIALIZED (
    SELECT datastream FROM doorfiets.datastream_owner WHERE owner <> ALL (%(held)s::text[])),
due AS NOT MATERIALIZED (
    SELECT hour FROM doorfiets.dirty_hour WHERE NOT EXISTS (SELECT FROM doorfiets.owner WHERE owner <> ALL (%(held)s::text[])) OR datastream NOT IN (SELECT datastream FROM elsewhere))
SELECT n.hour,
       (SELECT count(*) FROM (SELECT FROM due d WHERE d.hour > n.hour - interval '28 days' AND d.hour <= n.hour LIMIT 28 * k.streams + 1) near)
       > 28 * k.streams
FROM (SELECT coalesce((SELECT max(hour) FROM due WHERE hour <= %(below)s), (SELECT max(hour) FROM due)) AS hour) n
CROSS JOIN (
    SELECT count(*) AS streams FROM doorfiets.datastream
    WHERE NOT EXISTS (SELECT FROM doorfiets.owner WHERE owner <> ALL (%(held)s::text[])) OR datastream NOT IN (SELECT datastream FROM elsewhere)) k
WHERE n.hour IS NOT NULL;

-- claim --
-- Of four weeks at most, so that a round reads one stretch of the past; the newest first. The marks stay until all is written, so `store` need
-- not wait. Everything that follows is a later statement: it sees all that was committed with these marks.
WITH taken AS (
    SELECT datastream, hour, ctid, xmin FROM doorfiets.dirty_hour WHERE hour > %(until)s - interval '28 days' AND hour <= %(until)s
        AND (NOT EXISTS (SELECT FROM doorfiets.owner WHERE owner <> ALL (%(held)s::text[]))
            OR datastream NOT IN (SELECT datastream FROM doorfiets.datastream_owner WHERE owner <> ALL (%(held)s::text[])))
    ORDER BY hour DESC, datastream DESC LIMIT %(buckets)s),
marks AS (
    INSERT INTO mark SELECT ctid, xmin FROM taken)
INSERT INTO claimed SELECT datastream, hour FROM taken;

-- claimed_hours --
-- The hours of which anything was claimed: the days of a round are made of them.
SELECT array_agg(DISTINCT hour) FROM claimed;

-- claimed --
-- Every hour that was claimed, by datastream.
SELECT datastream, hour FROM claimed;

-- oldest_claimed --
-- The oldest hour that was claimed: whether a round came as far as live hours begin.
SELECT min(hour) FROM claimed;

-- unmark --
-- Only marks that are still what they were: one that `store` wrote again, or is writing, stands for rows that may not have been seen. By ctid: a
-- planner that believes the table empty compares every mark with every other.
DELETE FROM doorfiets.dirty_hour WHERE ctid = ANY (ARRAY(
    SELECT d.ctid FROM mark m
    CROSS JOIN LATERAL (
        SELECT ctid FROM doorfiets.dirty_hour WHERE ctid = m.place AND xmin = m.writer OFFSET 0 FOR UPDATE SKIP LOCKED) d));

-- set_aside --
-- What the database refuses holds up nothing else. A newer mark of the hour goes with it: nobody could follow that one either.
WITH gone AS (DELETE FROM doorfiets.dirty_hour WHERE datastream = %(datastream)s AND hour = %(hour)s)
INSERT INTO doorfiets.failed_hour (datastream, hour, problem) VALUES (%(datastream)s, %(hour)s, %(problem)s)
ON CONFLICT (hour, datastream) DO UPDATE SET problem = excluded.problem;

-- clear_failed --
-- An hour that was set aside and is computed now has failed no more.
DELETE FROM doorfiets.failed_hour s USING claimed c WHERE s.hour = c.hour AND s.datastream = c.datastream;

-- retry --
-- What was set aside is marked again.
INSERT INTO doorfiets.dirty_hour (datastream, hour) SELECT datastream, hour FROM doorfiets.failed_hour ORDER BY hour, datastream
ON CONFLICT (hour, datastream) DO NOTHING;
