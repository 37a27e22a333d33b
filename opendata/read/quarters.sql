-- quarter_expectations --
-- When which channels of one mode are expected at sites, and in bins of how many seconds: null while nothing is counted; with the origins of the equipment
-- that is there. Rests on the registry alone.
SELECT e.place AS site, e.valid_from, e.valid_until, e.seconds, e.placed_windows,
       (SELECT jsonb_agg(jsonb_build_object('channel', c.channel, 'mode', c.mode, 'direction', c.direction) ORDER BY c.mode, c.direction)
        FROM (SELECT DISTINCT channel, mode, direction FROM api.channel WHERE channel = ANY (e.channels)) c) AS channels,
       (SELECT array_agg(DISTINCT c.origin) FROM api.channel c
        WHERE c.site = e.place AND c.mode = e.facet AND c.valid_from <= e.valid_from AND e.valid_from < c.valid_until) AS origins
FROM api.expectation e
WHERE e.kind = 'site' AND e.place = ANY (%(sites)s::text[]) AND e.facet = %(mode)s AND e.direction = ''
ORDER BY e.place, e.valid_from;

-- quarter_hours --
-- The hours of sites that were added up, with what their quarters hold; one hour more than asked: it may tell of the first. Those of which every interval was
-- measured, without any flag, are written into the pattern of their site, where it has one and they lie between its bounds; nothing else is said of these.
-- Where a site is `together`, written hours that follow each other come as one row behind the first of them, which comes alone as all others do.
WITH hour AS MATERIALIZED (  -- an hour is written once
    SELECT h.*, p.together, w.written
    FROM api.quarter_hours(%(sites)s::text[], %(mode)s, date_trunc('hour', %(start)s::timestamptz, 'UTC') - interval '1 hour', %(end)s) h
    JOIN unnest(%(sites)s::text[], %(patterns)s::text[], %(parts)s::int4[], %(together)s::boolean[], %(since)s::timestamptz[], %(until)s::timestamptz[])
         AS p (site, pattern, parts, together, since, until) USING (site)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN h.members IS NULL AND h.quarter_flags IS NULL AND cardinality(h.quarters) = p.parts AND h.hour >= p.since AND h.hour + interval '1 hour' <= p.until
            THEN format(p.pattern, h.revision, replace(to_char(h.computed_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000', ''),
                        replace(left(h.hour::text, 13), ' ', 'T'), replace(left((h.hour + interval '1 hour')::text, 13), ' ', 'T'),
                        h.quarters[1], h.quarters[2], h.quarters[3], h.quarters[4]) END AS written) w),
step AS (
    SELECT *, NOT coalesce(together AND written IS NOT NULL AND lag(written IS NOT NULL) OVER of_site
                           AND lag(hour) OVER of_site = hour - interval '1 hour', false) AS alone
    FROM hour WINDOW of_site AS (PARTITION BY site ORDER BY hour)),
run AS (
    SELECT *, count(*) FILTER (WHERE alone) OVER (PARTITION BY site ORDER BY hour) AS run FROM step)
SELECT site, hour, 1 AS hours, written, CASE WHEN written IS NULL THEN quarters::text END AS quarters, quarter_flags, members, revision, computed_at
FROM run WHERE alone
UNION ALL
SELECT site, min(hour), count(*)::int4, string_agg(written, %(between)s ORDER BY hour), NULL, NULL, NULL, 0, NULL
FROM run WHERE NOT alone GROUP BY site, run;

-- quarter_hours_state --
-- What an answer of quarters rests on: another text after every change of an hour, or of what its channels add up to.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at)),
                 api.streams_of_places_state('site', %(sites)s::text[], %(mode)s, %(start)s, %(end)s)) AS state
FROM api.site_hour
WHERE site = ANY (%(sites)s::text[]) AND mode = %(mode)s
  AND hour >= date_trunc('hour', %(start)s::timestamptz, 'UTC') - interval '1 hour' AND hour < %(end)s;
