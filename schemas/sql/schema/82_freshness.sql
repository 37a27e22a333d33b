-- What moved since a reader looked last: who remembers answers asks this before each of them (record 36).
SET ROLE owner;

-- Hours of which anything waits to be added up, of whatever place, as ranges: at most `most` of them, and beyond those everything; null where nothing waits.
CREATE FUNCTION api.waiting_anywhere(most int4) RETURNS tstzmultirange
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN (
    WITH RECURSIVE marked AS (
        (SELECT hour, 1 AS number FROM dirty_hour ORDER BY hour LIMIT 1)
        UNION ALL
        SELECT n.hour, m.number + 1
        FROM marked m CROSS JOIN LATERAL (SELECT hour FROM dirty_hour d WHERE d.hour > m.hour ORDER BY hour LIMIT 1) n
        WHERE m.number < most)
    SELECT range_agg(waits) FROM (
        SELECT tstzrange(hour, CASE WHEN number < most THEN hour + interval '1 hour' END) AS waits FROM marked
        UNION ALL
        SELECT tstzrange(hour, hour + interval '1 hour') FROM failed_hour
        UNION ALL
        SELECT tstzrange(api.midnight(r.first_day, o.timezone), api.midnight(r.next_day, o.timezone))
        FROM rebuild r JOIN owner o USING (owner) WHERE r.next_day > r.first_day) waiting);
END $$;

-- How far the platform is, given its watermark: another text after every step of that, and of what is computed again.
CREATE FUNCTION api.progress(reached text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN concat_ws(' ', reached, (
        SELECT concat_ws(' ', count(*), max(due_at), md5(string_agg(kind || subject || facet || year, ' ' ORDER BY kind, subject, facet, year)))
        FROM indicator_due));
END $$;

-- One look: the snapshot that it is of, how often the registry was written, how far the platform is, what waits, and what changed since the look before: the
-- ends of its time are seconds since 1970, null where it has none. No row where nothing was written since the look before: the same transactions are over.
CREATE FUNCTION api.look(seen pg_snapshot) RETURNS TABLE (snapshot text, registry_writes int8, progress text, processed_until timestamptz, waiting tstzmultirange, changed jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    IF seen::text = pg_current_snapshot()::text THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT pg_current_snapshot()::text, api.registry_writes(), api.progress(w::text), w.aggregated_until, api.waiting_anywhere(100),
           (SELECT jsonb_agg(jsonb_build_array(kind, name, changed_in::text, CASE WHEN isfinite(started_at) THEN extract(epoch FROM started_at) END,
                                             CASE WHEN isfinite(ended_at) THEN extract(epoch FROM ended_at) END))
            FROM api.changed_since(seen, 5000))
    FROM (SELECT) one LEFT JOIN api.watermark w ON true;
END $$;

RESET ROLE;
