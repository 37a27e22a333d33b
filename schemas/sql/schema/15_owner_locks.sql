-- Locks by owner: who works on the places of one owner holds up nobody who works on another's. Advisory, since they are fair and write nothing; the classes
-- are 7364206 (aggregates of an owner), 7364207 (marks of its hours) and 7364208 (what joins places of several owners).
SET ROLE owner;

-- `registrar` changes an owner's registry: no round of `aggregate` begins on its datastreams, and those that run are waited for.
CREATE FUNCTION doorfiets.hold_aggregates(owners int4[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_advisory_xact_lock(7364206, n) FROM (SELECT DISTINCT unnest(owners) AS n ORDER BY n) sorted
$$;

-- `registrar` marks hours and needs observations as they are: `store` waits where a batch holds a reading of these owners.
CREATE FUNCTION doorfiets.hold_marks(owners int4[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_advisory_xact_lock(7364207, n) FROM (SELECT DISTINCT unnest(owners) AS n ORDER BY n) sorted
$$;

-- `registrar` completes routes and screenlines: of two that apply at the same time the second sees what the first brought.
CREATE FUNCTION doorfiets.hold_joint_places() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp RETURN pg_advisory_xact_lock(7364208, 0);

-- `store` stores readings of these owners, and learns whether a finding stands about any of these datastreams between two moments. It looks once it has
-- the lock, as a statement of its own: what whoever held the lock has found is seen.
CREATE FUNCTION doorfiets.share_marks(owners int4[], datastreams int4[] DEFAULT '{}', first timestamptz DEFAULT 'infinity', last timestamptz DEFAULT '-infinity')
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7364207, n) FROM (SELECT DISTINCT unnest(owners) AS n ORDER BY n) sorted;
    RETURN EXISTS (
        SELECT FROM doorfiets.finding f
        WHERE f.withdrawn_at IS NULL AND f.datastream = ANY (datastreams) AND f.ended_at > first AND f.started_at <= last);
END $$;

-- `aggregate` begins a round: `free` are the owners whose places it may work on until its transaction ends.
CREATE FUNCTION doorfiets.share_aggregates() RETURNS TABLE (owner text, timezone text, free boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT o.owner, o.timezone, pg_try_advisory_xact_lock_shared(7364206, o.number) FROM owner o ORDER BY o.number
$$;

REVOKE EXECUTE ON FUNCTION doorfiets.hold_aggregates, doorfiets.hold_marks, doorfiets.hold_joint_places, doorfiets.share_marks, doorfiets.share_aggregates
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.hold_aggregates, doorfiets.hold_marks, doorfiets.hold_joint_places TO registrar;
GRANT EXECUTE ON FUNCTION doorfiets.hold_marks TO quality;
GRANT EXECUTE ON FUNCTION doorfiets.share_marks TO store;
GRANT EXECUTE ON FUNCTION doorfiets.share_aggregates TO aggregate;

RESET ROLE;
