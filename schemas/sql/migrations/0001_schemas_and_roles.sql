-- Schemas and roles: one owner that nobody logs in as, and one role per reader and writer.
CREATE EXTENSION IF NOT EXISTS timescaledb;

DO $$
DECLARE
    wanted text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'owner') THEN
        CREATE ROLE owner NOLOGIN;
    END IF;
    FOREACH wanted IN ARRAY ARRAY['registrar', 'keep', 'tally', 'api', 'grafana_staff', 'grafana_public', 'backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
    END LOOP;
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO owner, registrar, keep, tally, api, grafana_staff, grafana_public, backup;

CREATE SCHEMA doorfiets AUTHORIZATION owner;
CREATE SCHEMA api AUTHORIZATION owner;

-- A stopped writer must not hold the fence, a slow reader must not hold anything.
ALTER ROLE keep SET statement_timeout = '20s';
ALTER ROLE keep SET lock_timeout = '5s';
ALTER ROLE keep SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE tally SET statement_timeout = '60s';
ALTER ROLE tally SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE api SET statement_timeout = '5s';
ALTER ROLE api SET default_transaction_read_only = on;
ALTER ROLE api CONNECTION LIMIT 20;
ALTER ROLE grafana_staff SET statement_timeout = '5s';
ALTER ROLE grafana_staff SET default_transaction_read_only = on;
ALTER ROLE grafana_staff CONNECTION LIMIT 15;
ALTER ROLE grafana_public SET statement_timeout = '5s';
ALTER ROLE grafana_public SET default_transaction_read_only = on;
ALTER ROLE grafana_public CONNECTION LIMIT 15;
