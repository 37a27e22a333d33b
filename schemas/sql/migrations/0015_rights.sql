-- What can never be stored is set aside, and roles lose what they do not need.
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

-- How long a reader may take. A role can lift its own `statement_timeout`, but not these: `tally` has whoever is over them ended.
CREATE TABLE doorfiets.reader_limit (
    role name PRIMARY KEY,
    statement interval NOT NULL,
    transaction interval NOT NULL
);
INSERT INTO doorfiets.reader_limit VALUES
    ('api', '15 seconds', '2 minutes'), ('grafana_staff', '15 seconds', '1 minute'), ('grafana_public', '15 seconds', '1 minute');
GRANT SELECT ON doorfiets.reader_limit TO backup;

RESET ROLE;

-- Sees and ends the sessions of other roles; nobody logs in as it.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guard') THEN CREATE ROLE guard NOLOGIN; END IF;
END $$;
GRANT pg_signal_backend, pg_read_all_stats TO guard;
GRANT USAGE ON SCHEMA doorfiets TO guard;
GRANT SELECT ON doorfiets.reader_limit TO guard;

-- Ends the sessions of readers that take longer than they may in this database, and says which. A transaction that stays open holds back all cleaning up.
CREATE FUNCTION doorfiets.end_overlong_readers() RETURNS TABLE (role name, pid int4, since timestamptz, ended boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.usename, a.pid, a.xact_start, pg_terminate_backend(a.pid)
    FROM pg_stat_activity a JOIN doorfiets.reader_limit l ON l.role = a.usename
    WHERE a.datname = current_database() AND a.xact_start IS NOT NULL
      AND (clock_timestamp() - a.xact_start > l.transaction OR a.state = 'active' AND clock_timestamp() - a.query_start > l.statement)
$$;
ALTER FUNCTION doorfiets.end_overlong_readers() OWNER TO guard;
REVOKE EXECUTE ON FUNCTION doorfiets.end_overlong_readers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION doorfiets.end_overlong_readers() TO tally;

-- Temporary files of a reader's question; only a superuser can lift this one.
ALTER ROLE api SET temp_file_limit = '256MB';
ALTER ROLE grafana_staff SET temp_file_limit = '256MB';
ALTER ROLE grafana_public SET temp_file_limit = '256MB';

-- Who changes the registry waits shortly and often, so that nobody has to wait behind it for long; a vacuum in its way gives way sooner than that.
ALTER ROLE registrar SET lock_timeout = '500ms';
ALTER ROLE registrar SET deadlock_timeout = '200ms';
ALTER ROLE registrar SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE registrar SET client_connection_check_interval = '1s';
GRANT pg_read_all_stats TO registrar;  -- it says who it waits for

-- Nobody connects to a database that is not theirs, nobody but `tally` makes temporary tables.
DO $$
DECLARE
    other text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO registrar, keep, tally, api, grafana_staff, grafana_public, backup', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO tally', current_database());
    FOR other IN SELECT datname FROM pg_database WHERE datname IN ('postgres', 'template1') AND has_database_privilege('public', oid, 'CONNECT') LOOP
        EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', other);
    END LOOP;
END $$;

-- No code of a reader's own.
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO owner;

-- Functions of the server that everybody may call, and that write, lock, wait or hand on: large objects, advisory locks, transaction ids, WAL,
-- sleep, notices, snapshots, signals; SQL given as a text; and whatever of TimescaleDB changes anything.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT p.oid::regprocedure AS routine, n.nspname AS schema FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'pg_catalog' AND p.proname ~ ('^(pg_(try_)?advisory_.*|lo_.*|loread|lowrite|pg_current_xact_id|txid_current'
              '|pg_logical_emit_message|pg_sleep.*|pg_notify|pg_export_snapshot|pg_(cancel|terminate)_backend'
              '|(query|table|cursor|schema|database)_to_xml.*|ts_stat)$')
           OR n.nspname = 'public' AND p.provolatile = 'v' AND EXISTS (
              SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
              WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND e.extname = 'timescaledb')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', one.routine);
        IF one.schema = 'public' THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO owner', one.routine);
        END IF;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(int8), pg_advisory_unlock(int8), pg_advisory_xact_lock(int8), pg_advisory_xact_lock(int4, int4),
    pg_current_xact_id() TO tally;
GRANT EXECUTE ON FUNCTION pg_terminate_backend(int4, int8) TO guard;
GRANT EXECUTE ON FUNCTION pg_export_snapshot() TO backup;
