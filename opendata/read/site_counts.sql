-- counted_sites --
-- Sites with whose they are, and where the interval begins in which one mode began to be counted, null where it is not: those of a list, or all of them.
SELECT s.site, s.owner, date_trunc(%(unit)s, min(c.valid_from), o.timezone) AS valid_from
FROM api.site s
JOIN api.owner o USING (owner)
LEFT JOIN api.channel c ON c.site = s.site AND c.mode = %(mode)s AND c.datastream IS NOT NULL
WHERE %(sites)s::text[] IS NULL OR s.site = ANY (%(sites)s)
GROUP BY s.site, s.owner, o.timezone
ORDER BY s.site COLLATE "C";

-- site_count_hours --
-- Hours of several sites, each in a range of its own, in the order of their begin and then of the sites, after a row and at most so many: row by row what
-- `count_hours` gives of one site.
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(%(sites)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS w(site, range_start, range_end)),
bucket AS MATERIALIZED (
    SELECT w.site, h AS started_at, api.bins_expected(e.seconds, h, h + interval '1 hour', h, h + interval '1 hour', e.placed_windows) AS expected,
           array_agg(DISTINCT s.origin) AS origins
    FROM wanted w
    JOIN api.expectation e ON e.kind = 'site' AND e.place = w.site AND e.facet = %(mode)s AND e.direction = '' AND e.valid_from < w.range_end
        AND w.range_start < e.valid_until
    CROSS JOIN LATERAL generate_series(
        date_trunc('hour', greatest(w.range_start, e.valid_from), 'UTC'), least(w.range_end, e.valid_until), '1 hour') h
    LEFT JOIN api.channel s ON s.site = w.site AND s.mode = %(mode)s AND s.valid_from <= h AND h < s.valid_until
    WHERE h >= w.range_start AND h < w.range_end AND e.valid_from <= h AND h < e.valid_until
      AND (h, w.site COLLATE "C") > (%(after)s::timestamptz, %(after_site)s)
    GROUP BY w.site, h, e.seconds, e.placed_windows
    ORDER BY h, w.site COLLATE "C" LIMIT %(most)s),
available AS (
    SELECT * FROM api.site_hour_version
    WHERE site = ANY (%(sites)s) AND mode = %(mode)s AND hour >= %(start)s::timestamptz - interval '1 hour' AND hour < %(end)s
      AND api.held_at(computed_at, replaced_at, %(at)s)),
gap AS MATERIALIZED (
    SELECT * FROM api.hours_of_places_not_whole('site', %(sites)s, %(mode)s, %(start)s,
        CASE WHEN %(at)s::timestamptz IS NULL THEN %(end)s::timestamptz ELSE %(start)s::timestamptz END))
SELECT b.site, b.started_at, b.started_at + interval '1 hour' AS ended_at, NULL::date AS day, t.total AS value, coalesce(t.paired, 0) AS valid,
       coalesce(t.expected, b.expected) AS expected,
       CASE WHEN coalesce(t.expected, b.expected) = 0 THEN api.reason('outside_window')
            WHEN coalesce(t.paired, 0) = 0 AND before.paired > before.rows THEN api.reason('counted_with_hour_before')
            WHEN coalesce(t.paired, 0) < coalesce(t.expected, b.expected)
            THEN coalesce(api.incomplete_reason(NULL, n.missing), api.excluded_reason(t.quality_flags)) END AS reason,
       coalesce(t.quality_flags, 0) AS quality_flags, b.origins, coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at
FROM bucket b
LEFT JOIN available t ON t.site = b.site AND t.hour = b.started_at
LEFT JOIN gap n ON n.place = b.site AND n.hour = b.started_at
LEFT JOIN available before ON before.site = b.site AND before.hour = b.started_at - interval '1 hour'
ORDER BY b.started_at, b.site COLLATE "C";

-- site_count_hours_state --
-- A name of all hours of several sites in a range, which differs after every change of one of them.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at)),
                 api.streams_of_places_state('site', %(sites)s, %(mode)s, %(start)s, %(end)s)) AS state
FROM api.site_hour_version
WHERE site = ANY (%(sites)s) AND mode = %(mode)s AND hour >= %(start)s::timestamptz - interval '1 hour' AND hour < %(end)s
  AND api.held_at(computed_at, replaced_at, %(at)s);

-- site_count_days --
-- Local days of several sites likewise: row by row what `count_days` gives of one.
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(%(sites)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS w(site, range_start, range_end)),
counted AS MATERIALIZED (
    SELECT * FROM api.site_days(%(mode)s, %(first_day)s, %(until_day)s, at => %(at)s, wanted_sites => %(sites)s)),
gap AS MATERIALIZED (
    SELECT place AS site, day, jsonb_agg(api.missing_channel(site, mode, direction, quality_flags, received, NULL) ORDER BY mode, direction) AS missing
    FROM api.days_of_places_not_whole('site', %(sites)s, %(mode)s, %(first_day)s, %(until_day)s)
    WHERE %(at)s::timestamptz IS NULL GROUP BY place, day)
SELECT d.site, d.started_at, d.ended_at, d.day, d.total AS value, d.paired AS valid, d.expected,
       CASE WHEN d.paired < d.expected THEN coalesce(api.incomplete_reason(NULL, g.missing), api.excluded_reason(d.quality_flags)) END AS reason,
       d.quality_flags, d.flagged, d.origins, d.revision, d.computed_at AS revised_at
FROM counted d
JOIN wanted w ON w.site = d.site AND d.started_at >= w.range_start AND d.started_at < w.range_end
LEFT JOIN gap g ON g.site = d.site AND g.day = d.day
WHERE (d.started_at, d.site COLLATE "C") > (%(after)s::timestamptz, %(after_site)s)
ORDER BY d.started_at, d.site COLLATE "C" LIMIT %(most)s;

-- site_count_days_state --
-- A name of all days of several sites in a range likewise.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at)),
                 api.streams_of_places_state('site', %(sites)s, %(mode)s, %(start)s, %(end)s)) AS state
FROM api.site_day_version
WHERE site = ANY (%(sites)s) AND mode = %(mode)s AND day >= %(first_day)s AND day < %(until_day)s AND api.held_at(computed_at, replaced_at, %(at)s);

-- site_count_periods --
-- Weeks, months or years of several sites, twelve months ending with each month, or the whole range likewise: row by row what `count_periods` gives of one.
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(%(sites)s::text[], %(zones)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS w(site, zone, range_start, range_end)),
bucket AS MATERIALIZED (
    SELECT w.site, b.first_day, b.until_day, b.started_at, b.ended_at
    FROM wanted w CROSS JOIN LATERAL api.buckets(%(unit)s, w.range_start, w.range_end, w.zone) b
    WHERE (b.started_at, w.site COLLATE "C") > (%(after)s::timestamptz, %(after_site)s)
    ORDER BY b.started_at, w.site COLLATE "C" LIMIT %(most)s),
bucket_day AS MATERIALIZED (
    SELECT b.site, b.ended_at, y::date AS day
    FROM bucket b CROSS JOIN LATERAL generate_series(b.first_day::timestamp, b.until_day - interval '1 day', '1 day') y),
bound AS MATERIALIZED (SELECT min(first_day) AS first_day, max(until_day) AS until_day FROM bucket),
counted AS MATERIALIZED (
    SELECT y.site, y.ended_at, sum(d.total) AS total, sum(d.paired)::int AS paired, sum(d.expected)::int AS expected, bit_or(d.quality_flags) AS quality_flags,
           array_agg(d.quality_flags) FILTER (WHERE d.quality_flags <> 0) AS flagged,
           (SELECT array_agg(DISTINCT o ORDER BY o) FROM unnest(string_to_array(string_agg(array_to_string(d.origins, ','), ','), ',')) o) AS origins,
           sum(d.revision)::int AS revision, max(d.computed_at) AS computed_at
    FROM bound b
    CROSS JOIN LATERAL api.site_days(%(mode)s, b.first_day, b.until_day, at => %(at)s, wanted_sites => %(sites)s) d
    JOIN bucket_day y ON y.site = d.site AND y.day = d.day
    GROUP BY y.site, y.ended_at),
gap AS MATERIALIZED (
    SELECT g.* FROM bound b CROSS JOIN LATERAL api.days_of_places_not_whole('site', %(sites)s, %(mode)s, b.first_day, b.until_day) g
    WHERE %(at)s::timestamptz IS NULL),
lacking AS (
    SELECT e.place, e.ended_at, jsonb_agg(api.missing_channel(e.site, e.mode, e.direction, e.quality_flags, e.received, e.days)
                                          ORDER BY e.site, e.mode, e.direction) AS missing
    FROM (SELECT g.place, y.ended_at, g.site, g.mode, g.direction, bit_or(g.quality_flags) AS quality_flags, bool_and(g.received) AS received,
                 count(*)::int4 AS days
          FROM gap g JOIN bucket_day y ON y.site = g.place AND y.day = g.day GROUP BY g.place, y.ended_at, g.site, g.mode, g.direction) e
    GROUP BY e.place, e.ended_at)
SELECT b.site, b.started_at, b.ended_at, b.first_day AS day, d.total AS value, coalesce(d.paired, 0) AS valid, coalesce(d.expected, 0) AS expected,
       CASE WHEN coalesce(d.paired, 0) < coalesce(d.expected, 0)
            THEN coalesce(api.incomplete_reason(NULL, l.missing), api.excluded_reason(d.quality_flags)) END AS reason,
       coalesce(d.quality_flags, 0) AS quality_flags, d.flagged, d.origins, coalesce(d.revision, 0) AS revision, d.computed_at AS revised_at
FROM bucket b
LEFT JOIN counted d ON d.site = b.site AND d.ended_at = b.ended_at
LEFT JOIN lacking l ON l.place = b.site AND l.ended_at = b.ended_at
ORDER BY b.started_at, b.site COLLATE "C";

-- site_count_periods_state --
-- A name of all days that the longer intervals of several sites hold.
SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at)),
                 api.streams_of_places_state('site', %(sites)s, %(mode)s, min(b.first_day), max(b.until_day))) AS state
FROM (SELECT min(x.first_day) AS first_day, max(x.until_day) AS until_day
      FROM unnest(%(zones)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS w(zone, range_start, range_end)
      CROSS JOIN LATERAL api.buckets(%(unit)s, w.range_start, w.range_end, w.zone) x) b
JOIN api.site_day_version t ON t.day >= b.first_day AND t.day < b.until_day
WHERE t.site = ANY (%(sites)s) AND t.mode = %(mode)s AND api.held_at(t.computed_at, t.replaced_at, %(at)s);

-- waiting_sites --
-- The hours of a range in which something of one mode at sites waits to be added up; no row where nothing waits.
SELECT subject AS site, waiting FROM api.waiting_of_subjects('site', %(sites)s, %(mode)s, NULL, %(start)s, %(end)s);

-- terms_of_sites --
-- Under which terms the counts of one mode at sites may be used in a range.
SELECT data_source, holder, licence, licence_url, attribution, origins
FROM api.terms_of_subjects('site', %(sites)s, %(mode)s, NULL, %(start)s, %(end)s);

-- measuring_windows_of_sites --
-- When what counts one mode at sites in a range can measure, where it does not always.
SELECT api.measuring_windows_of_subjects('site', %(sites)s, %(mode)s, NULL, %(start)s, %(end)s) AS windows;
