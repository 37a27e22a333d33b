-- entries_due --
-- Datastreams, each with the number of its owner, of which the findings that stand are not those that follow from the entries that hold.
SELECT DISTINCT o.datastream, o.number
FROM doorfiets.entry_run w
FULL JOIN (SELECT * FROM doorfiets.finding WHERE entry IS NOT NULL AND withdrawn_at IS NULL) f
    ON f.datastream = w.datastream AND f.entry = w.entry AND f.flag = w.flag AND f.started_at = w.started_at AND f.ended_at = w.ended_at
JOIN doorfiets.datastream_owner o ON o.datastream = coalesce(w.datastream, f.datastream)
WHERE w.datastream IS NULL OR f.datastream IS NULL
ORDER BY o.datastream;

-- newest_entry --
-- The entry that was made last: nothing that people say changes without a new one.
SELECT coalesce(max(entry), 0) FROM doorfiets.exclusion;

-- hold_marks --
-- `store` waits with readings of this owner, at most as long as we wait here, and then for the few statements that follow; a client that hangs among
-- them is ended long before `store` would give up. What was stored by then is seen by the statements that follow, and what comes after sees our findings.
SELECT set_config('idle_in_transaction_session_timeout', '5s', true), doorfiets.hold_marks(ARRAY[%(owner)s::int4]);

-- put_entries --
-- The findings of one datastream become those that follow from entries: others are withdrawn, missing ones are added. What differs is to be flagged.
WITH wanted AS (
    SELECT * FROM doorfiets.entry_run WHERE datastream = %(datastream)s),
gone AS (
    UPDATE doorfiets.finding f SET withdrawn_at = now()
    WHERE f.datastream = %(datastream)s AND f.entry IS NOT NULL AND f.withdrawn_at IS NULL AND NOT EXISTS (
        SELECT FROM wanted w WHERE (w.entry, w.flag, w.started_at, w.ended_at) = (f.entry, f.flag, f.started_at, f.ended_at))
    RETURNING started_at, ended_at),
new AS (
    INSERT INTO doorfiets.finding (datastream, flag, bit, started_at, ended_at, rule, evidence, entry)
    SELECT w.datastream, w.flag, w.bit, w.started_at, w.ended_at, 'entry', '{}', w.entry FROM wanted w
    WHERE NOT EXISTS (
        SELECT FROM doorfiets.finding f
        WHERE f.datastream = %(datastream)s AND f.withdrawn_at IS NULL
          AND (f.entry, f.flag, f.started_at, f.ended_at) = (w.entry, w.flag, w.started_at, w.ended_at))
    RETURNING started_at, ended_at),
due AS (
    INSERT INTO doorfiets.flags_due (datastream, started_at, ended_at)
    SELECT %(datastream)s, started_at, ended_at FROM gone UNION ALL SELECT %(datastream)s, started_at, ended_at FROM new)
SELECT (SELECT count(*) FROM new), 0, (SELECT count(*) FROM gone);

-- put_runs --
-- The findings of checks about one datastream become those that its checks find now, of what begins in a range: what is found no more is withdrawn, what is
-- new is added, and a run of the same rule and beginning ends where it ends now. What differs is to be flagged.
WITH wanted AS (
    SELECT * FROM unnest(%(flags)s::text[], %(bits)s::int4[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(rules)s::text[], %(evidence)s::jsonb[])
                  AS w(flag, bit, started_at, ended_at, rule, evidence)),
standing AS (
    SELECT * FROM doorfiets.finding
    WHERE datastream = %(datastream)s AND entry IS NULL AND withdrawn_at IS NULL AND started_at >= %(from)s AND started_at < %(until)s),
gone AS (
    UPDATE doorfiets.finding f SET withdrawn_at = now() FROM standing s
    WHERE f.finding = s.finding AND NOT EXISTS (
        SELECT FROM wanted w WHERE (w.flag, w.rule, w.started_at) = (s.flag, s.rule, s.started_at))
    RETURNING f.started_at, f.ended_at),
moved AS (
    UPDATE doorfiets.finding f SET ended_at = w.ended_at, evidence = w.evidence
    FROM standing s JOIN wanted w USING (flag, rule, started_at)
    WHERE f.finding = s.finding AND (s.ended_at, s.evidence) IS DISTINCT FROM (w.ended_at, w.evidence)
    RETURNING least(s.ended_at, w.ended_at) AS started_at, greatest(s.ended_at, w.ended_at) AS ended_at),
new AS (
    INSERT INTO doorfiets.finding (datastream, flag, bit, started_at, ended_at, rule, evidence)
    SELECT %(datastream)s, flag, bit, started_at, ended_at, rule, evidence FROM wanted w
    WHERE NOT EXISTS (SELECT FROM standing s WHERE (s.flag, s.rule, s.started_at) = (w.flag, w.rule, w.started_at))
    RETURNING started_at, ended_at),
due AS (
    INSERT INTO doorfiets.flags_due (datastream, started_at, ended_at)
    SELECT %(datastream)s, started_at, ended_at FROM (TABLE gone UNION ALL TABLE moved UNION ALL TABLE new) other WHERE started_at < ended_at)
SELECT (SELECT count(*) FROM new), (SELECT count(*) FROM moved WHERE started_at < ended_at), (SELECT count(*) FROM gone);

-- due --
-- Datastreams with stretches that are to be flagged, each with the number of its owner and its interval in seconds.
SELECT DISTINCT d.datastream, o.number, d.seconds
FROM doorfiets.flags_due JOIN doorfiets.datastream d USING (datastream) JOIN doorfiets.datastream_owner o USING (datastream)
ORDER BY d.datastream;

-- seconds --
-- The interval of a datastream.
SELECT seconds FROM doorfiets.datastream WHERE datastream = %(datastream)s;

-- take_due --
-- All stretches of a datastream that are to be flagged, which are put back as far as a piece leaves them.
DELETE FROM doorfiets.flags_due WHERE datastream = %(datastream)s RETURNING started_at, CASE WHEN isfinite(ended_at) THEN ended_at END;

-- put_back --
-- What is left of them after a piece.
INSERT INTO doorfiets.flags_due (datastream, started_at, ended_at)
SELECT %(datastream)s, started_at, ended_at FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS n(started_at, ended_at);

-- bounds --
-- The first and the last observation of a datastream in a stretch: what is to be flagged may begin long before anything was observed.
SELECT min(started_at), max(started_at) FROM doorfiets.observation
WHERE datastream = %(datastream)s AND started_at >= %(from)s AND started_at < coalesce(%(until)s::timestamptz, 'infinity');

-- put_flags --
-- Observations in stretches get the flags of the findings that stand about their start; what differs is a new revision, and marks its hour dirty (DO UPDATE
-- locks the mark until we commit, as in `store_observations`). Values stay as they are. A feed knows what counted last.
WITH stretch AS (
    SELECT * FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS n(started_at, ended_at)),
found AS MATERIALIZED (
    SELECT o.started_at, o.found_flags, coalesce((
               SELECT bit_or(f.bit) FROM doorfiets.finding f
               WHERE f.datastream = %(datastream)s AND f.withdrawn_at IS NULL AND f.started_at <= o.started_at AND o.started_at < f.ended_at), 0) AS flags
    FROM stretch s
    CROSS JOIN LATERAL (
        SELECT started_at, found_flags FROM doorfiets.observation p
        WHERE p.datastream = %(datastream)s AND p.started_at >= s.started_at AND p.started_at < s.ended_at
          AND p.started_at >= %(from)s AND p.started_at < %(until)s
        OFFSET 0) o),
put AS (
    UPDATE doorfiets.observation o SET found_flags = f.flags, revision = o.revision + 1, revised_at = greatest(o.revised_at, now())
    FROM found f
    WHERE o.datastream = %(datastream)s AND o.started_at = f.started_at AND o.started_at >= %(from)s AND o.started_at < %(until)s
      AND f.flags <> f.found_flags
    RETURNING o.started_at),
mark AS (
    INSERT INTO doorfiets.dirty_hour (datastream, hour)
    SELECT DISTINCT %(datastream)s::int4, date_trunc('hour', started_at, 'UTC') FROM put ORDER BY 2
    ON CONFLICT (hour, datastream) DO UPDATE SET hour = excluded.hour)
SELECT count(*)::int4 FROM put;

-- put_last_valid --
-- What counted last of a datastream whose flags have changed.
UPDATE doorfiets.feed f SET last_valid_ended_at = (
    SELECT least(o.ended_at, f.last_ended_at) FROM doorfiets.observation o
    WHERE o.datastream = f.datastream AND doorfiets.counts(o.value, o.uptime, o.quality_flags | o.found_flags)
    ORDER BY o.started_at DESC LIMIT 1)
WHERE f.datastream = %(datastream)s;

-- standing --
-- How many findings stand, by flag.
SELECT flag, count(*)::int4 FROM doorfiets.finding WHERE withdrawn_at IS NULL GROUP BY flag ORDER BY flag;

-- left --
-- How many datastreams have stretches that are to be flagged.
SELECT count(DISTINCT datastream)::int4 FROM doorfiets.flags_due;
