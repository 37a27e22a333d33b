-- Roles and schemas: one owner that nobody logs in as, and one role per reader and writer.
CREATE EXTENSION IF NOT EXISTS timescaledb;

-- Roles belong to the server, and may be there already for another database of it. Nobody logs in as `owner`, who has everything, nor as `guard`, who
-- sees and ends the sessions of other roles.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['owner', 'guard'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['registrar', 'ingest', 'store', 'aggregate', 'quality', 'replay', 'watch', 'console', 'api', 'grafana_staff', 'grafana_public', 'backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
    END LOOP;
END
$$;

CREATE SCHEMA doorfiets AUTHORIZATION owner;
CREATE SCHEMA api AUTHORIZATION owner;

-- A stopped writer must not hold the fence, a slow reader must not hold anything.
ALTER ROLE store SET statement_timeout = '20s';
ALTER ROLE store SET lock_timeout = '5s';
ALTER ROLE store SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE aggregate SET statement_timeout = '60s';
ALTER ROLE aggregate SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE quality SET statement_timeout = '30s';  -- before it counts as one that makes no progress
ALTER ROLE quality SET lock_timeout = '5s';
ALTER ROLE quality SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE replay SET statement_timeout = '20s';
ALTER ROLE replay SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE watch SET statement_timeout = '10s';
ALTER ROLE watch SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE console SET statement_timeout = '5s';
ALTER ROLE console SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE console CONNECTION LIMIT 10;
ALTER ROLE ingest SET statement_timeout = '5s';
ALTER ROLE ingest SET default_transaction_read_only = on;
ALTER ROLE ingest CONNECTION LIMIT 5;
ALTER ROLE api SET statement_timeout = '5s';
ALTER ROLE api SET default_transaction_read_only = on;
ALTER ROLE api CONNECTION LIMIT 20;
ALTER ROLE grafana_staff SET statement_timeout = '5s';
ALTER ROLE grafana_staff SET default_transaction_read_only = on;
ALTER ROLE grafana_staff CONNECTION LIMIT 15;
ALTER ROLE grafana_public SET statement_timeout = '5s';
ALTER ROLE grafana_public SET default_transaction_read_only = on;
ALTER ROLE grafana_public CONNECTION LIMIT 15;

-- The questions of dashboards are short and many: compiling one takes a thousand times as long as answering it.
ALTER ROLE grafana_staff SET jit = off;
ALTER ROLE grafana_public SET jit = off;

-- Temporary files of a reader's question; only a superuser can lift this one.
ALTER ROLE ingest SET temp_file_limit = '256MB';
ALTER ROLE api SET temp_file_limit = '256MB';
ALTER ROLE grafana_staff SET temp_file_limit = '256MB';
ALTER ROLE grafana_public SET temp_file_limit = '256MB';

-- Who changes the registry waits shortly and often, so that nobody has to wait behind it for long; a vacuum in its way gives way sooner than that.
ALTER ROLE registrar SET lock_timeout = '500ms';
ALTER ROLE registrar SET deadlock_timeout = '200ms';
ALTER ROLE registrar SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE registrar SET client_connection_check_interval = '1s';
GRANT pg_read_all_stats TO registrar;  -- it says who it waits for
GRANT pg_signal_backend, pg_read_all_stats TO guard;
