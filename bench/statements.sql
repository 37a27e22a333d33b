-- extension --
-- Counts what each statement takes; the server has to have loaded it.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public;

-- with_planning --
-- Plans are made anew in every round, so what that takes counts, too.
ALTER SYSTEM SET pg_stat_statements.track_planning = on;

-- reload --
-- Makes the server read its settings again.
SELECT pg_reload_conf();

-- reset --
-- Begins to count anew.
SELECT public.pg_stat_statements_reset();

-- spent --
-- What the platform's own roles ran in this database; not what a statement runs inside itself, which is counted with it.
SELECT s.query, sum(s.calls)::int8, sum(s.total_exec_time + s.total_plan_time) / 1000
FROM public.pg_stat_statements s
WHERE s.toplevel AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND s.userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
GROUP BY s.query;
