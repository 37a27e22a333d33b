-- waited_for --
-- Whom a session waits for: role, program, since when its transaction lasts, and what kind of statement it runs or ran last.
SELECT DISTINCT coalesce(a.usename, a.backend_type), coalesce(nullif(a.application_name, ''), a.backend_type), a.xact_start,
       upper(substring(a.query FROM '^(?:\s*--[^\n]*\n)*\s*(\w+)')), a.state = 'active'
FROM unnest(pg_blocking_pids(%(pid)s)) AS b(pid) JOIN pg_stat_activity a USING (pid);
