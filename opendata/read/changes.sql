-- newest_change --
-- The newest moment at which something that is published changed.
SELECT computed_at FROM api.newest_change;

-- changes --
-- What changed after one moment and up to another, a page at a time in the order of `key`, which begins with the moment of the change; with the value that
-- it replaced in that moment. A page that goes on begins with the rest of its `from`.
WITH bound AS MATERIALIZED (
    SELECT greatest(%(from)s::timestamptz, api.changes_until(coalesce(%(from)s, %(since)s), %(until)s, %(kind)s, %(indicator)s, %(limit)s)) AS until),
page AS (
    SELECT * FROM (
        SELECT kind, subject, indicator, facet, period, started_at, part, value, withheld, revision, rule, computed_at,
               concat_ws('|', to_char(computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), kind, subject, indicator, facet, period,
                   extract(epoch FROM started_at)::int8, part) AS key
        FROM api.published
        WHERE replaced_at = 'infinity' AND computed_at > %(since)s AND computed_at >= coalesce(%(from)s, '-infinity')
          AND computed_at <= (SELECT until FROM bound)
          AND (%(kind)s::text IS NULL OR kind = %(kind)s) AND (%(indicator)s::text IS NULL OR indicator = %(indicator)s)) changed
    WHERE %(after)s::text IS NULL OR key > %(after)s
    ORDER BY key LIMIT %(limit)s),
available AS (
    SELECT kind, subject, indicator, facet, period, started_at, part, value, withheld, revision, rule, computed_at, key, computed_at AS moment FROM page
    UNION ALL
    SELECT kind, subject, indicator, facet, period, started_at, part, value, NULL, NULL, NULL, NULL, NULL, replaced_at FROM api.published
    WHERE replaced_at >= (SELECT min(computed_at) FROM page) AND replaced_at <= (SELECT max(computed_at) FROM page)),
beside AS (
    SELECT *, max(value) FILTER (WHERE key IS NULL) OVER (PARTITION BY moment, kind, subject, indicator, facet, period, started_at, part) AS value_before
    FROM available)
SELECT kind, subject, indicator, facet, period, started_at, part, value, value_before, withheld, revision, rule, computed_at, key
FROM beside WHERE key IS NOT NULL
ORDER BY key;

-- corrected_days --
-- Days of sites whose number changed after they were over, since a moment: what stood before the newest change, and what stands now; newest first.
SELECT b.site, s.name, b.mode, b.day, b.total::float8 AS value_before, n.total::float8 AS value, b.replaced_at AS corrected_at
FROM api.site_day_version b
JOIN api.site_day_version n ON n.site = b.site AND n.mode = b.mode AND n.day = b.day AND n.replaced_at = 'infinity' AND n.computed_at = b.replaced_at
JOIN api.site s ON s.site = b.site
WHERE b.replaced_at > %(since)s AND b.replaced_at < 'infinity' AND b.computed_at >= b.ended_at AND b.total IS DISTINCT FROM n.total
ORDER BY b.replaced_at DESC, b.day DESC, s.name, b.mode LIMIT %(most)s;
