-- What the public site needs to know of an answer beside its numbers: which datastreams it is about, and what state they are in.
SET ROLE owner;

-- Data of others that are passed on: whose they are, under which licence, and how they want to be named.
CREATE TABLE doorfiets.data_source (
    data_source text PRIMARY KEY,
    holder text NOT NULL,
    licence text NOT NULL,
    licence_url text NOT NULL,
    attribution text NOT NULL
);
ALTER TABLE doorfiets.datastream ADD COLUMN data_source text REFERENCES doorfiets.data_source;  -- null: the publisher's own
CREATE INDEX datastream_of_source ON doorfiets.datastream (data_source);

-- Which datastreams speak for a subject, in one facet of it: a mode, a variant of a share, or a quantity; a null facet is all of them.
CREATE VIEW doorfiets.subject_stream AS
WITH counted AS (
    SELECT c.channel, c.site, c.mode, c.direction, d.datastream FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel)),
ridden AS (
    SELECT l.link, c.datastream
    FROM doorfiets.link l JOIN doorfiets.link f ON f.link = coalesce(l.assumed_from, l.link) JOIN counted c ON c.site = f.site AND c.mode = 'bicycles')
SELECT 'site' AS kind, site AS subject, mode AS facet, direction, datastream FROM counted
UNION ALL SELECT 'municipality', m.municipality, c.mode, NULL, c.datastream FROM counted c CROSS JOIN doorfiets.municipality m
UNION ALL SELECT 'screenline', screenline, variant, NULL, datastream FROM doorfiets.screenline_stream
UNION ALL SELECT 'link', link, NULL, NULL, datastream FROM ridden
UNION ALL SELECT 'route', r.route, NULL, NULL, d.datastream FROM doorfiets.route_link r JOIN ridden d USING (link)
UNION ALL SELECT 'connection', c.connection, NULL, NULL, d.datastream FROM doorfiets.connection_link c JOIN ridden d USING (link)
UNION ALL SELECT 'station', station, quantity, NULL, datastream FROM doorfiets.datastream WHERE station IS NOT NULL
UNION ALL SELECT 'district', s.district, d.quantity, NULL, d.datastream FROM doorfiets.station s JOIN doorfiets.datastream d USING (station);

-- The state of the observations of a subject in a range: another one after every observation that comes or is corrected, as its revision only grows.
-- An hour more on both sides, since one row may tell of the next hour.
CREATE FUNCTION api.observed_state(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT concat_ws('-', count(*), sum(o.revision), extract(epoch FROM max(o.revised_at)))
    FROM observation o
    WHERE o.datastream = ANY (ARRAY(
              SELECT s.datastream FROM subject_stream s
              WHERE s.kind = wanted_kind AND s.subject = wanted_subject AND (wanted_facet IS NULL OR s.facet = wanted_facet)
                AND (wanted_direction IS NULL OR s.direction = wanted_direction)))
      AND o.started_at >= range_start - interval '2 hours' AND o.started_at < range_end + interval '1 hour'
$$;

-- The hours of a range in which something of a subject waits to be added up, as ranges: marked by `keep`, set aside, or in days that are computed again;
-- null where nothing waits.
CREATE FUNCTION api.waiting(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS tstzmultirange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    WITH stream AS (
        SELECT DISTINCT s.datastream FROM subject_stream s
        WHERE s.kind = wanted_kind AND s.subject = wanted_subject AND (wanted_facet IS NULL OR s.facet = wanted_facet)
          AND (wanted_direction IS NULL OR s.direction = wanted_direction)),
    bound AS (SELECT greatest(range_start, '-infinity') - interval '1 hour' AS after, least(range_end, 'infinity') AS before)
    SELECT range_agg(waits) FROM (
        SELECT tstzrange(d.hour, d.hour + interval '1 hour') AS waits
        FROM bound b JOIN dirty d ON d.hour > b.after AND d.hour < b.before WHERE d.datastream IN (SELECT datastream FROM stream)
        UNION ALL
        SELECT tstzrange(d.hour, d.hour + interval '1 hour')
        FROM bound b JOIN stuck d ON d.hour > b.after AND d.hour < b.before WHERE d.datastream IN (SELECT datastream FROM stream)
        UNION ALL
        SELECT tstzrange(r.first_day::timestamp AT TIME ZONE m.timezone, r.next_day::timestamp AT TIME ZONE m.timezone)
        FROM bound b CROSS JOIN municipality m
        JOIN rebuild r ON r.next_day > r.first_day AND r.first_day::timestamp AT TIME ZONE m.timezone < b.before
            AND r.next_day::timestamp AT TIME ZONE m.timezone > b.after) waiting
$$;

-- The years of which figures of a subject have to be computed again, as ranges; null where there are none.
CREATE FUNCTION api.waiting_years(wanted_kind text, wanted_subject text) RETURNS tstzmultirange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT range_agg(tstzrange(make_date(w.year, 1, 1)::timestamp AT TIME ZONE m.timezone, make_date(w.year + 1, 1, 1)::timestamp AT TIME ZONE m.timezone))
    FROM municipality m
    CROSS JOIN stale w
    WHERE EXISTS (
        SELECT FROM subject_stream s JOIN datastream d USING (datastream) LEFT JOIN channel c USING (channel)
        WHERE s.kind = wanted_kind AND s.subject = wanted_subject
          AND (w.kind, w.subject) = (CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END, coalesce(d.station, c.site)))
$$;

-- Under which terms the numbers of a subject may be used in a range, by where they come from; `data_source` null is the publisher's own.
CREATE FUNCTION api.terms(wanted_kind text, wanted_subject text, wanted_facet text, wanted_direction text, range_start timestamptz, range_end timestamptz)
RETURNS TABLE (data_source text, holder text, licence text, licence_url text, attribution text, origins text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = doorfiets, pg_temp AS $$
    SELECT t.data_source, coalesce(t.holder, m.publisher), coalesce(t.licence, m.licence), t.licence_url, t.attribution, array_agg(DISTINCT d.origin)
    FROM municipality m
    CROSS JOIN datastream d LEFT JOIN data_source t USING (data_source)
    WHERE d.datastream IN (
            SELECT s.datastream FROM subject_stream s
            WHERE s.kind = wanted_kind AND s.subject = wanted_subject AND (wanted_facet IS NULL OR s.facet = wanted_facet)
              AND (wanted_direction IS NULL OR s.direction = wanted_direction))
      AND d.valid_from < coalesce(range_end, 'infinity') AND coalesce(range_start, '-infinity') < d.valid_until
    GROUP BY t.data_source, m.publisher, m.licence
    ORDER BY t.data_source NULLS FIRST
$$;

-- The terms of every datastream that is named in the registry, as readers see them beside a channel or a quantity.
CREATE VIEW api.datastream_terms WITH (security_barrier) AS
SELECT d.datastream, t.data_source, t.holder, t.licence, t.licence_url, t.attribution
FROM doorfiets.datastream d JOIN doorfiets.data_source t USING (data_source);

-- All data of others, for pages.
CREATE VIEW api.data_source WITH (security_barrier) AS SELECT * FROM doorfiets.data_source;

-- Differs after every change of what stands where; a row that is written again unchanged counts as a change.
CREATE VIEW api.registry_revision WITH (security_barrier) AS
SELECT md5(concat(r.registry, (SELECT string_agg(t.xmin::text, ',' ORDER BY t.data_source) FROM doorfiets.data_source t))) AS revision FROM api.data_revision r;

GRANT SELECT, INSERT, UPDATE, DELETE ON doorfiets.data_source TO registrar;
GRANT SELECT ON doorfiets.subject_stream, doorfiets.data_source TO backup;
GRANT SELECT ON api.registry_revision, api.datastream_terms, api.data_source TO api, grafana_staff, grafana_public, backup;
REVOKE EXECUTE ON FUNCTION api.observed_state, api.waiting, api.waiting_years, api.terms FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.observed_state, api.waiting, api.waiting_years, api.terms TO api, grafana_staff, grafana_public, backup;

RESET ROLE;
