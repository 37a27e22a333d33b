-- Who may do what: no service owns a table, none deletes an observation, readers see `api` only, writers the tables that they name.
-- The bytes of a refused message, of which only what may stay is there, are read by nobody but `backup`, `console`, and `replay`, which decodes them again.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO owner, registrar, ingest, store, aggregate, quality, replay, watch, console, api, grafana_staff, grafana_public, backup;

SET ROLE owner;

-- How long a reader may take. A role can lift its own `statement_timeout`, but not these: `aggregate` has whoever is over them ended.
CREATE TABLE doorfiets.reader_limit (
    role name PRIMARY KEY,
    statement interval NOT NULL,
    transaction interval NOT NULL
);
INSERT INTO doorfiets.reader_limit VALUES
    ('ingest', '15 seconds', '1 minute'), ('api', '15 seconds', '2 minutes'), ('grafana_staff', '15 seconds', '1 minute'), ('grafana_public', '15 seconds', '1 minute');

GRANT USAGE ON SCHEMA doorfiets TO registrar, ingest, store, aggregate, quality, replay, watch, console, guard, backup;
GRANT USAGE ON SCHEMA api TO api, grafana_staff, grafana_public, backup;

-- Readers see all of `api`, and nothing else.
GRANT SELECT ON ALL TABLES IN SCHEMA api TO api, grafana_staff, grafana_public, backup;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO api, grafana_staff, grafana_public, backup;

-- Whoever copies the database sees all of it.
GRANT SELECT ON ALL TABLES IN SCHEMA doorfiets TO backup;

-- Who writes a published table, and who may take rows away, is declared with it.

-- The registry is the registrar's. It marks what follows from a change.
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.owner, doorfiets.data_source, doorfiets.district, doorfiets.quantity, doorfiets.denominator,
    doorfiets.site, doorfiets.channel, doorfiets.station, doorfiets.device, doorfiets.placement, doorfiets.device_history, doorfiets.datastream,
    doorfiets.link, doorfiets.route, doorfiets.route_link, doorfiets.screenline, doorfiets.screenline_channel, doorfiets.calendar_entry TO registrar;
GRANT SELECT, INSERT, UPDATE ON doorfiets.directory_version TO registrar;
GRANT SELECT ON doorfiets.waiting_place, doorfiets.datastream_owner, doorfiets.subject_owner, doorfiets.site_stream, doorfiets.screenline_stream, doorfiets.connection_link,
    doorfiets.observation, doorfiets.measurement, doorfiets.failed_hour TO registrar;
GRANT SELECT, INSERT, UPDATE ON doorfiets.dirty_hour, doorfiets.indicator_due TO registrar;
GRANT SELECT, INSERT ON doorfiets.rebuild TO registrar;
GRANT USAGE ON SEQUENCE doorfiets.rebuild_number TO registrar;
GRANT SELECT ON doorfiets.datastream_hour, doorfiets.site_day TO registrar;

-- The intake reads which devices there are.
GRANT SELECT ON doorfiets.device_directory, doorfiets.directory_state TO ingest;

-- `receipts`, a process of the intake, tells sensors again what became of their messages.
GRANT SELECT (run, sensor, ranges, refused, reasons, changed_at) ON doorfiets.receipt_mark TO ingest;

-- `store` stores what was observed, and what could not be.
GRANT SELECT ON doorfiets.datastream, doorfiets.datastream_owner, doorfiets.quantity, doorfiets.battery_field, doorfiets.intake, doorfiets.finding TO store;
GRANT SELECT, INSERT ON doorfiets.observation, doorfiets.sender_run, doorfiets.unregistered_source TO store;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.measurement TO store;  -- one that turns out to be of an earlier time moves there
GRANT UPDATE (ended_at, value, uptime, quality_flags, received_at, revised_at, revision, run, number, restated, decoded_at) ON doorfiets.observation TO store;
GRANT UPDATE (started_at) ON doorfiets.sender_run TO store;
GRANT SELECT, INSERT, UPDATE ON doorfiets.fence, doorfiets.dirty_hour, doorfiets.feed, doorfiets.battery, doorfiets.watermark, doorfiets.stage, doorfiets.receipt_mark TO store;
GRANT SELECT (digest, first_received_at, last_received_at, receptions), INSERT, UPDATE ON doorfiets.rejection TO store;
GRANT SELECT ON doorfiets.directory_state TO store;
GRANT SELECT (topic, epoch, partition, log_offset, item), INSERT ON doorfiets.failed_record TO store;

-- `aggregate` adds up, and computes indicators.
GRANT SELECT ON doorfiets.owner, doorfiets.datastream_owner, doorfiets.subject_owner, doorfiets.district, doorfiets.site, doorfiets.channel, doorfiets.station, doorfiets.datastream, doorfiets.link,
    doorfiets.route, doorfiets.route_link, doorfiets.screenline, doorfiets.screenline_channel, doorfiets.site_stream, doorfiets.screenline_stream,
    doorfiets.connection_link, doorfiets.holiday, doorfiets.excluded_day, doorfiets.observation, doorfiets.reading, doorfiets.intake,
    doorfiets.available_air_hour, doorfiets.member_stream, doorfiets.expectation,
    doorfiets.site_channels TO aggregate;
GRANT USAGE ON SCHEMA api TO aggregate;
GRANT EXECUTE ON FUNCTION api.bins_expected, api.bins_of_hours, api.measuring_time, api.whole_bins, api.sun_hours, api.sun, api.half_day, api.local_hour TO aggregate;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.dirty_hour, doorfiets.failed_hour, doorfiets.indicator_due TO aggregate;
GRANT SELECT, UPDATE ON doorfiets.rebuild TO aggregate;
GRANT SELECT, INSERT, UPDATE ON doorfiets.stage, doorfiets.published TO aggregate;

-- `quality` judges many observations together, and turns what people and checks say into findings and flags. It changes nothing that was measured.
GRANT SELECT ON doorfiets.owner, doorfiets.data_source, doorfiets.district, doorfiets.quantity, doorfiets.site, doorfiets.channel, doorfiets.station,
    doorfiets.device, doorfiets.datastream, doorfiets.datastream_owner, doorfiets.calendar_entry, doorfiets.excluded_day, doorfiets.holiday,
    doorfiets.site_stream, doorfiets.link, doorfiets.exclusion, doorfiets.effective_entry, doorfiets.entry_run, doorfiets.observation,
    doorfiets.datastream_hour, doorfiets.feed, doorfiets.intake TO quality;
GRANT SELECT, INSERT ON doorfiets.finding TO quality;
GRANT UPDATE (ended_at, evidence, withdrawn_at) ON doorfiets.finding TO quality;
GRANT UPDATE (found_flags, revision, revised_at) ON doorfiets.observation TO quality;
GRANT UPDATE (last_valid_ended_at) ON doorfiets.feed TO quality;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.flags_due TO quality;
GRANT SELECT, INSERT, UPDATE ON doorfiets.dirty_hour, doorfiets.place_check, doorfiets.check_position TO quality;

-- People enter what they know as `console`, with a look at what it would change.
GRANT SELECT ON doorfiets.owner, doorfiets.site, doorfiets.channel, doorfiets.station, doorfiets.device, doorfiets.datastream, doorfiets.datastream_owner,
    doorfiets.exclusion, doorfiets.effective_entry, doorfiets.finding, doorfiets.observation, doorfiets.reading TO console;
GRANT INSERT (kind, undoes, site, channel, station, device, started_at, ended_at, reason, entered_by) ON doorfiets.exclusion TO console;

-- Beside that the console shows how feeds are and what was refused, and knows who is logged in. It can add no account, and change nothing that was done.
GRANT USAGE ON SCHEMA api TO console;
GRANT SELECT ON api.feed, doorfiets.device_feed, api.feed_history, api.finding, api.watermark, api.owner, api.waiting_place, api.applied_state TO console;
GRANT EXECUTE ON FUNCTION api.feed_status, api.feed_rank, api.feed_reason, api.coverage TO console;
GRANT SELECT ON doorfiets.feed, doorfiets.datastream_day, doorfiets.rejection, doorfiets.failed_hour, doorfiets.failed_record, doorfiets.battery, doorfiets.intake,
    doorfiets.measurement, doorfiets.placement, doorfiets.stage, doorfiets.watermark, doorfiets.dirty_hour, doorfiets.unregistered_source TO console;
GRANT SELECT ON doorfiets.data_source, doorfiets.district, doorfiets.quantity, doorfiets.denominator, doorfiets.device_history, doorfiets.link, doorfiets.route,
    doorfiets.route_link, doorfiets.screenline, doorfiets.screenline_channel, doorfiets.calendar_entry, doorfiets.waiting_place, doorfiets.subject_owner,
    doorfiets.site_stream, doorfiets.screenline_stream, doorfiets.connection_link, doorfiets.datastream_hour TO console;  -- what differs from the owners' files
GRANT SELECT ON doorfiets.account TO console;
GRANT SELECT, INSERT, DELETE ON doorfiets.console_session TO console;
GRANT UPDATE (used_at) ON doorfiets.console_session TO console;
GRANT SELECT, INSERT, UPDATE ON doorfiets.acknowledgement TO console;
GRANT SELECT, INSERT ON doorfiets.audit TO console;
GRANT SELECT ON doorfiets.replay_request TO console;
GRANT INSERT (kind, selection, dry_run, anyway, requested_by) ON doorfiets.replay_request TO console;

-- Who has the server has the accounts: `doorfiets console account`. Whoever breaks into the console cannot make himself one.
GRANT SELECT, INSERT ON doorfiets.account TO registrar;
GRANT UPDATE (role, digest, changed_at, disabled_at) ON doorfiets.account TO registrar;
GRANT SELECT, DELETE ON doorfiets.console_session TO registrar;
GRANT INSERT ON doorfiets.audit TO registrar;

-- `watch` keeps the states of feeds: it reads their status, and what hours add up to.
GRANT USAGE ON SCHEMA api TO watch;
GRANT SELECT ON api.feed, doorfiets.device_feed, api.watermark, doorfiets.datastream, doorfiets.datastream_hour TO watch;
GRANT EXECUTE ON FUNCTION api.feed_status, api.feed_rank, api.feed_reason, api.coverage TO watch;
GRANT SELECT, INSERT, UPDATE ON doorfiets.feed_completeness TO watch;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.feed_state TO watch;

-- And it raises alerts: it reads whose a feed is, how much was refused of late, and what it has said.
GRANT SELECT ON doorfiets.datastream_owner TO watch;
GRANT EXECUTE ON FUNCTION api.rejections_since TO watch;
GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.alert, doorfiets.alert_message TO watch;

-- `replay` decodes again what was refused or received, and says what became of it; what it publishes is stored by `store`.
GRANT SELECT ON doorfiets.rejection, doorfiets.unregistered_source, doorfiets.device_directory, doorfiets.directory_state, doorfiets.datastream,
    doorfiets.datastream_owner, doorfiets.quantity, doorfiets.battery_field, doorfiets.observation, doorfiets.measurement, doorfiets.feed, doorfiets.replay_request TO replay;
GRANT UPDATE (replayed_at, replays, outcome) ON doorfiets.rejection TO replay;
GRANT UPDATE (replayed_at) ON doorfiets.unregistered_source TO replay;
GRANT UPDATE (state, attempts, started_at, finished_at, done, results, summary, problem) ON doorfiets.replay_request TO replay;
GRANT SELECT ON doorfiets.replay_request TO console;
GRANT INSERT (kind, selection, dry_run, anyway, requested_by) ON doorfiets.replay_request TO console;

GRANT SELECT ON doorfiets.reader_limit TO guard;

RESET ROLE;

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
GRANT EXECUTE ON FUNCTION doorfiets.end_overlong_readers() TO aggregate;

-- Nobody connects to a database that is not theirs, nobody but `aggregate` makes temporary tables.
DO $$
DECLARE
    other text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO registrar, ingest, store, aggregate, quality, replay, watch, console, api, grafana_staff, grafana_public, backup', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO aggregate', current_database());
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
    pg_current_xact_id() TO aggregate;
GRANT EXECUTE ON FUNCTION pg_current_xact_id() TO owner;  -- the functions that note who wrote the registry
GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(int4, int4), pg_advisory_xact_lock_shared(int4, int4), pg_try_advisory_xact_lock_shared(int4, int4)
    TO owner;  -- for the functions of `15_owner_locks.sql`: who calls them chooses no other class
GRANT EXECUTE ON FUNCTION pg_terminate_backend(int4, int8) TO guard;
GRANT EXECUTE ON FUNCTION pg_export_snapshot() TO backup;
