-- What dashboards need beside the readers' views.

-- Their questions are short and many: compiling one takes a thousand times as long as answering it.
ALTER ROLE grafana_staff SET jit = off;
ALTER ROLE grafana_public SET jit = off;

SET ROLE owner;

-- The local days that start in a range, each with the UTC range it means: joined to day rows, a day that nobody measured stays a gap.
CREATE FUNCTION api.local_days(range_start timestamptz, range_end timestamptz)
RETURNS TABLE (day date, started_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SET search_path = api, pg_temp
ROWS 31 AS $$
    SELECT y.day, y.started_at, y.ended_at
    FROM municipality m,
         calendar((range_start AT TIME ZONE m.timezone)::date, (range_end AT TIME ZONE m.timezone)::date + 1) y
    WHERE y.started_at BETWEEN range_start AND range_end
    ORDER BY y.day
$$;

REVOKE EXECUTE ON FUNCTION api.local_days FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.local_days TO api, grafana_staff, grafana_public;

RESET ROLE;
