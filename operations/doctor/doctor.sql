-- versions --
-- The version of the server, and of TimescaleDB in this database; the latter is null where it is missing.
SELECT current_setting('server_version') AS server, (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb') AS timescaledb;

-- clock --
-- The clock of the database.
SELECT clock_timestamp() AS now;

-- applied_migrations --
-- The migrations that were applied to this database.
SELECT name FROM public.schema_migration;

-- writable --
-- The tables and views that a role may change, in our two schemas.
SELECT n.nspname || '.' || c.relname AS relation
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('doorfiets', 'api') AND c.relkind IN ('r', 'v', 'p', 'm')
  AND has_table_privilege(current_user, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
ORDER BY 1;

-- jobs --
-- Jobs of TimescaleDB whose last run failed.
SELECT job_id, proc_name FROM timescaledb_information.job_stats JOIN timescaledb_information.jobs USING (job_id) WHERE last_run_status = 'Failed';

-- set_aside --
-- How much was set aside because it can never be stored or computed.
SELECT (SELECT count(*) FROM doorfiets.failed_record) AS records, (SELECT count(*) FROM doorfiets.failed_hour) AS hours;

-- feeds --
-- How many feeds there are that have not ended, and how many of them are silent.
SELECT count(*)::int4 AS feeds, (count(*) FILTER (WHERE status = 'silent'))::int4 AS silent FROM api.feed WHERE status <> 'closed';

-- refused --
-- Messages that were refused in the last day, and the reason of most of them.
SELECT coalesce(sum(messages), 0)::int8 AS messages, (array_agg(reason ORDER BY messages DESC))[1] AS reason
FROM (SELECT reason, count(*) AS messages FROM doorfiets.rejection WHERE last_received_at > now() - interval '1 day' GROUP BY reason) r;
