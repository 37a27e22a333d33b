-- mark_sites --
-- The years of the places whose aggregates this round has moved. `due_at` stays that of the first mark: a busy day is computed once in a while,
-- not with every reading. Only the one `aggregate` marks and takes here, and the registrar, who waits for it.
INSERT INTO doorfiets.indicator_due (kind, subject, facet, year, due_at)
SELECT DISTINCT 'site', moved.site, moved.mode, extract(year FROM moved.day)::int4, now() + %(settle)s
FROM (
    SELECT site, mode, day FROM doorfiets.site_day WHERE changed_in = pg_current_xact_id()
    UNION
    SELECT h.site, h.mode, (h.hour AT TIME ZONE m.timezone)::date
    FROM doorfiets.site_hour h JOIN doorfiets.site USING (site) JOIN doorfiets.owner m USING (owner) WHERE h.changed_in = pg_current_xact_id()
    UNION
    SELECT c.site, c.mode, t.day
    FROM doorfiets.datastream_day t JOIN doorfiets.datastream USING (datastream) JOIN doorfiets.channel c USING (channel)
    WHERE t.changed_in = pg_current_xact_id()) moved
ON CONFLICT (kind, subject, facet, year) DO UPDATE SET due_at = least(doorfiets.indicator_due.due_at, excluded.due_at);

-- mark_stations --
-- And those of stations, by the local day of each hour of air that this round has moved.
INSERT INTO doorfiets.indicator_due (kind, subject, facet, year, due_at)
SELECT DISTINCT 'station', h.station, h.quantity, extract(year FROM h.hour AT TIME ZONE m.timezone)::int4, now() + %(settle)s
FROM doorfiets.air_hour h JOIN doorfiets.station USING (station) JOIN doorfiets.owner m USING (owner) WHERE h.changed_in = pg_current_xact_id()
ON CONFLICT (kind, subject, facet, year) DO UPDATE SET due_at = least(doorfiets.indicator_due.due_at, excluded.due_at);

-- claim --
-- Some places that are due, each with all its marked years; not while anything that they rest on is still to be recomputed, and none of owners that
-- are not held: whose registry changes, or who was applied a moment ago.
WITH due AS (
    SELECT s.kind, s.subject, s.facet FROM doorfiets.indicator_due s
    WHERE NOT EXISTS (
        SELECT FROM doorfiets.subject_owner o
        WHERE o.kind = s.kind AND o.subject = s.subject
          AND (o.owner <> ALL (%(held)s::text[]) OR o.owner IN (SELECT r.owner FROM doorfiets.rebuild r WHERE r.next_day > r.first_day)))
      AND NOT EXISTS (
        SELECT FROM doorfiets.datastream d LEFT JOIN doorfiets.channel c USING (channel) JOIN doorfiets.dirty_hour x USING (datastream)
        WHERE CASE s.kind WHEN 'site' THEN c.site = s.subject AND c.mode = s.facet ELSE d.station = s.subject AND d.quantity = s.facet END
          AND x.hour < now() - interval '1 day')
    GROUP BY s.kind, s.subject, s.facet HAVING min(s.due_at) <= now()
    ORDER BY min(s.due_at), s.kind, s.subject, s.facet LIMIT %(places)s),
gone AS (DELETE FROM doorfiets.indicator_due s USING due d WHERE (s.kind, s.subject, s.facet) = (d.kind, d.subject, d.facet) RETURNING s.*)
SELECT kind, subject, facet, array_agg(year ORDER BY year) FROM gone GROUP BY kind, subject, facet ORDER BY kind, subject, facet;

-- put_back --
-- What could not be computed is tried again after an hour; others do not wait for it.
INSERT INTO doorfiets.indicator_due (kind, subject, facet, year, due_at)
SELECT %(kind)s, %(subject)s, %(facet)s, year, now() + interval '1 hour' FROM unnest(%(years)s::int4[]) AS year
ON CONFLICT (kind, subject, facet, year) DO NOTHING;

-- at_midnight --
-- A day that is not over is in no indicator: a place that has one is computed again when it is.
INSERT INTO doorfiets.indicator_due (kind, subject, facet, year, due_at)
SELECT 'site', site, mode, extract(year FROM day)::int4, ended_at + interval '1 minute' FROM doorfiets.site_day
WHERE site = %(site)s AND mode = %(mode)s AND ended_at > now() ORDER BY day LIMIT 1
ON CONFLICT (kind, subject, facet, year) DO NOTHING;
