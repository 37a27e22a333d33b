-- count_streams --
-- Which directions a site counts in one mode, and since when.
SELECT min(valid_from) AS valid_from, array_agg(DISTINCT direction) AS directions
FROM api.channel WHERE site = %(site)s AND mode = %(mode)s AND datastream IS NOT NULL;

-- count_quarters --
-- Every quarter that has ended, or the coarser interval of the site.
SELECT started_at, ended_at, NULL::date AS day, value, (value IS NOT NULL)::int AS valid, 1 AS expected,
       CASE WHEN value IS NULL THEN heard || ' van ' || streams || ' kanalen geldig' END AS reason,
       doubts, origins, revision, revised_at
FROM api.site_quarters(%(site)s, %(mode)s, %(start)s, %(end)s, %(direction)s)
WHERE ended_at <= %(now)s
ORDER BY started_at;

-- count_hours --
-- Every hour in which the site should count; no row of the tally is a gap.
WITH bucket AS (
    SELECT h AS started_at, 3600 / max(s.seconds) AS expected, array_agg(DISTINCT s.origin) AS origins
    FROM generate_series(date_trunc('hour', %(start)s::timestamptz, 'UTC'), %(end)s::timestamptz, '1 hour') h
    JOIN api.channel s ON s.site = %(site)s AND s.mode = %(mode)s AND s.valid_from <= h AND h < s.valid_until
    WHERE h >= %(start)s AND h < %(end)s
    GROUP BY h)
SELECT b.started_at, b.started_at + interval '1 hour' AS ended_at, NULL::date AS day, t.total AS value, coalesce(t.paired, 0) AS valid,
       coalesce(t.expected, b.expected) AS expected, NULL AS reason, 0 AS doubts, b.origins, coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at
FROM bucket b LEFT JOIN api.site_hour t ON t.site = %(site)s AND t.mode = %(mode)s AND t.hour = b.started_at
ORDER BY b.started_at;

-- count_hours_directed --
-- The same for one direction: added up from its quarters.
SELECT date_trunc('hour', started_at, 'UTC') AS started_at, date_trunc('hour', started_at, 'UTC') + interval '1 hour' AS ended_at, NULL::date AS day,
       sum(value) AS value, count(value) AS valid, count(*) AS expected, NULL AS reason, bit_or(doubts) AS doubts,
       (SELECT array_agg(DISTINCT origin) FROM api.channel WHERE site = %(site)s AND mode = %(mode)s AND direction = %(direction)s) AS origins,
       max(revision) AS revision, max(revised_at) AS revised_at
FROM api.site_quarters(%(site)s, %(mode)s, date_trunc('hour', %(start)s::timestamptz + interval '59 minutes 59.999999 seconds', 'UTC'),
    date_trunc('hour', %(end)s::timestamptz + interval '59 minutes 59.999999 seconds', 'UTC'), %(direction)s)
GROUP BY 1 ORDER BY 1;

-- count_days --
-- Every local day, or every week, month or year as the sum of its days; a day without a row is a gap that lowers the coverage.
WITH bound AS (
    SELECT date_trunc(%(unit)s, %(start)s::timestamptz AT TIME ZONE %(zone)s) AS first,
           date_trunc(%(unit)s, %(end)s::timestamptz AT TIME ZONE %(zone)s) + ('1 ' || %(unit)s)::interval AS last),
calendar AS (
    SELECT d::date AS day, d AT TIME ZONE %(zone)s AS started_at, (d + interval '1 day') AT TIME ZONE %(zone)s AS ended_at,
           date_trunc(%(unit)s, d) AS bucket
    FROM bound, generate_series(first, last - interval '1 day', '1 day') d),
need AS (
    SELECT c.day, c.bucket, (extract(epoch FROM c.ended_at - c.started_at) / max(s.seconds))::int AS expected, array_agg(DISTINCT s.origin) AS origins
    FROM calendar c JOIN api.channel s ON s.site = %(site)s AND s.mode = %(mode)s AND s.valid_from < c.ended_at AND c.started_at < s.valid_until
    GROUP BY c.day, c.bucket, c.started_at, c.ended_at)
SELECT n.bucket AT TIME ZONE %(zone)s AS started_at, (n.bucket + ('1 ' || %(unit)s)::interval) AT TIME ZONE %(zone)s AS ended_at, n.bucket::date AS day,
       sum(t.total) AS value, coalesce(sum(t.paired), 0)::int AS valid, sum(coalesce(t.expected, n.expected))::int AS expected, NULL AS reason, 0 AS doubts,
       (SELECT array_agg(DISTINCT o ORDER BY o) FROM unnest(string_to_array(string_agg(array_to_string(n.origins, ','), ','), ',')) o) AS origins,
       coalesce(max(t.revision), 0) AS revision, max(t.computed_at) AS revised_at
FROM need n LEFT JOIN api.site_day t ON t.site = %(site)s AND t.mode = %(mode)s AND t.day = n.day
GROUP BY n.bucket
HAVING n.bucket AT TIME ZONE %(zone)s >= %(start)s AND n.bucket AT TIME ZONE %(zone)s < %(end)s
ORDER BY n.bucket;

-- count_days_directed --
-- The same for one direction: added up from its quarters. Days only, and longer, within the range.
WITH bucket AS (
    SELECT date_trunc(%(unit)s, d) AT TIME ZONE %(zone)s AS started_at, (date_trunc(%(unit)s, d) + ('1 ' || %(unit)s)::interval) AT TIME ZONE %(zone)s AS ended_at,
           date_trunc(%(unit)s, d)::date AS day
    FROM generate_series(date_trunc(%(unit)s, %(start)s::timestamptz AT TIME ZONE %(zone)s), %(end)s::timestamptz AT TIME ZONE %(zone)s,
        ('1 ' || %(unit)s)::interval) d)
SELECT b.started_at, b.ended_at, b.day, sum(q.value) AS value, count(q.value) AS valid, count(*) AS expected, NULL AS reason, bit_or(q.doubts) AS doubts,
       (SELECT array_agg(DISTINCT origin) FROM api.channel WHERE site = %(site)s AND mode = %(mode)s AND direction = %(direction)s) AS origins,
       max(q.revision) AS revision, max(q.revised_at) AS revised_at
FROM bucket b CROSS JOIN LATERAL api.site_quarters(%(site)s, %(mode)s, b.started_at, b.ended_at, %(direction)s) q
WHERE b.started_at >= %(start)s AND b.started_at < %(end)s
GROUP BY b.started_at, b.ended_at, b.day ORDER BY b.started_at;
