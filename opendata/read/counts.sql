-- count_streams --
-- Which directions a site counts in one mode, and where the interval begins in which it began.
SELECT date_trunc(%(unit)s, min(valid_from), %(zone)s) AS valid_from, array_agg(DISTINCT direction) AS directions
FROM api.channel WHERE site = %(site)s AND mode = %(mode)s AND datastream IS NOT NULL;

-- count_quarters --
-- Every quarter that has ended, or the coarser interval of the site.
SELECT started_at, ended_at, NULL::date AS day, value, CASE WHEN value IS NULL THEN 0 ELSE spans END AS valid, CASE WHEN outside_window THEN 0 ELSE 1 END AS expected,
       CASE WHEN outside_window THEN api.reason('outside_window')
            WHEN counted_before THEN api.reason('counted_with_hour_before')
            WHEN value IS NULL THEN api.channels_reason(received, streams, missing) END AS reason, quality_flags, origins, revision, revised_at
FROM api.site_quarters(%(site)s, %(mode)s, %(start)s, %(end)s, %(direction)s)
WHERE ended_at <= %(now)s
ORDER BY started_at;

-- count_quarters_state --
-- What an answer of quarters rests on: each query of numbers has one beside it, of its own name, with the same values. `state` is another text after
-- every row of its range that came, went or was revised; as of a moment, of the rows that stood then.
SELECT api.observed_state('site', %(site)s, %(mode)s, %(direction)s, %(start)s, %(end)s) AS state;

-- count_hours --
-- Every hour in which the site has equipment; no row of the aggregator is a gap, unless the hour before has twice as many intervals as rows. Which channels
-- were not whole is known of now alone; as of a moment, what flags there were.
WITH bucket AS (
    SELECT h AS started_at, api.bins_expected(e.seconds, h, h + interval '1 hour', h, h + interval '1 hour', e.placed_windows) AS expected,
           array_agg(DISTINCT s.origin) AS origins
    FROM generate_series(date_trunc('hour', %(start)s::timestamptz, 'UTC'), %(end)s::timestamptz, '1 hour') h
    JOIN api.expectation e ON e.kind = 'site' AND e.place = %(site)s AND e.facet = %(mode)s AND e.direction = '' AND e.valid_from <= h AND h < e.valid_until
    LEFT JOIN api.channel s ON s.site = %(site)s AND s.mode = %(mode)s AND s.valid_from <= h AND h < s.valid_until
    WHERE h >= %(start)s AND h < %(end)s
    GROUP BY h, e.seconds, e.placed_windows),
available AS (
    SELECT * FROM api.site_hour_version
    WHERE site = %(site)s AND mode = %(mode)s AND hour >= %(start)s::timestamptz - interval '1 hour' AND hour < %(end)s
      AND api.held_at(computed_at, replaced_at, %(at)s))
SELECT b.started_at, b.started_at + interval '1 hour' AS ended_at, NULL::date AS day, t.total AS value, coalesce(t.paired, 0) AS valid,
       coalesce(t.expected, b.expected) AS expected,
       CASE WHEN coalesce(t.expected, b.expected) = 0 THEN api.reason('outside_window')
            WHEN coalesce(t.paired, 0) = 0 AND before.paired > before.rows THEN api.reason('counted_with_hour_before')
            WHEN coalesce(t.paired, 0) < coalesce(t.expected, b.expected)
            THEN coalesce(api.incomplete_reason(NULL, n.missing), api.excluded_reason(t.quality_flags)) END AS reason,
       coalesce(t.quality_flags, 0) AS quality_flags, b.origins, coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at
FROM bucket b
LEFT JOIN available t ON t.hour = b.started_at
LEFT JOIN api.hours_not_whole('site', %(site)s, %(mode)s, %(start)s, CASE WHEN %(at)s::timestamptz IS NULL THEN %(end)s ELSE %(start)s END) n
    ON n.hour = b.started_at
LEFT JOIN available before ON before.hour = b.started_at - interval '1 hour'
ORDER BY b.started_at;

-- count_hours_state --
-- With the hour before: it may tell of the first.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at)), api.streams_state('site', %(site)s, %(mode)s, %(start)s, %(end)s)) AS state
FROM api.site_hour_version
WHERE site = %(site)s AND mode = %(mode)s AND hour >= %(start)s::timestamptz - interval '1 hour' AND hour < %(end)s AND api.held_at(computed_at, replaced_at, %(at)s);

-- count_hours_directed --
-- The same for one direction: added up from its quarters.
SELECT date_trunc('hour', started_at, 'UTC') AS started_at, date_trunc('hour', started_at, 'UTC') + interval '1 hour' AS ended_at, NULL::date AS day,
       sum(value) AS value, coalesce(sum(spans) FILTER (WHERE value IS NOT NULL), 0) AS valid, count(*) FILTER (WHERE NOT outside_window) AS expected,
       CASE WHEN bool_and(outside_window) THEN api.reason('outside_window')
            WHEN bool_and(counted_before) THEN api.reason('counted_with_hour_before')
            ELSE api.excluded_reason(bit_or(quality_flags) FILTER (WHERE value IS NULL)) END AS reason,
            bit_or(quality_flags) AS quality_flags,
            array_agg(quality_flags) FILTER (WHERE quality_flags <> 0) AS flagged,
       (SELECT array_agg(DISTINCT origin) FROM api.channel WHERE site = %(site)s AND mode = %(mode)s AND direction = %(direction)s) AS origins,
       sum(revision)::int AS revision, max(revised_at) AS revised_at
FROM api.site_quarters(%(site)s, %(mode)s, date_trunc('hour', %(start)s::timestamptz + interval '59 minutes 59.999999 seconds', 'UTC'),
    date_trunc('hour', %(end)s::timestamptz + interval '59 minutes 59.999999 seconds', 'UTC'), %(direction)s)
GROUP BY 1 ORDER BY 1;

-- count_hours_directed_state --
-- A name of all hours of one direction in a range, which differs after every change of one of them.
SELECT api.observed_state('site', %(site)s, %(mode)s, %(direction)s, %(start)s, %(end)s) AS state;

-- count_days --
-- Every local day; a day without a row is a gap. `flagged` are the flags of each hour that has any.
WITH gap AS (
    SELECT day, jsonb_agg(api.missing_channel(site, mode, direction, quality_flags, received, NULL) ORDER BY mode, direction) AS missing
    FROM api.days_not_whole('site', %(site)s, %(mode)s, (%(start)s::timestamptz AT TIME ZONE %(zone)s)::date, (%(end)s::timestamptz AT TIME ZONE %(zone)s)::date + 1)
    WHERE %(at)s::timestamptz IS NULL GROUP BY day)
SELECT d.started_at, d.ended_at, d.day, d.total AS value, d.paired AS valid, d.expected,
       CASE WHEN d.paired < d.expected THEN coalesce(api.incomplete_reason(NULL, g.missing), api.excluded_reason(d.quality_flags)) END AS reason,
       d.quality_flags, d.flagged, d.origins, d.revision, d.computed_at AS revised_at
FROM api.site_days(%(mode)s, (%(start)s::timestamptz AT TIME ZONE %(zone)s)::date, (%(end)s::timestamptz AT TIME ZONE %(zone)s)::date + 1, %(site)s, %(at)s) d
LEFT JOIN gap g ON g.day = d.day
WHERE d.started_at >= %(start)s AND d.started_at < %(end)s
ORDER BY d.started_at;

-- count_days_state --
-- A name of all days of a site in a range likewise.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at)), api.streams_state('site', %(site)s, %(mode)s, %(start)s, %(end)s)) AS state
FROM api.site_day_version
WHERE site = %(site)s AND mode = %(mode)s AND day >= (%(start)s::timestamptz AT TIME ZONE %(zone)s)::date
  AND day <= ((%(end)s::timestamptz - interval '1 microsecond') AT TIME ZONE %(zone)s)::date AND api.held_at(computed_at, replaced_at, %(at)s);

-- count_periods --
-- Every week, month or year, twelve months ending with each month, or the whole range: sums of days, in which a gap lowers the coverage. `flagged` are the
-- flags of each day that has any; a channel that is missing is so on a number of days.
WITH bucket AS MATERIALIZED (SELECT * FROM api.buckets(%(unit)s, %(start)s, %(end)s, %(zone)s))
SELECT b.started_at, b.ended_at, b.first_day AS day, sum(d.total) AS value, coalesce(sum(d.paired), 0)::int AS valid, coalesce(sum(d.expected), 0)::int AS expected,
       CASE WHEN coalesce(sum(d.paired), 0) < coalesce(sum(d.expected), 0)
            THEN coalesce(api.incomplete_reason(NULL, l.missing), api.excluded_reason(bit_or(d.quality_flags))) END AS reason,
       coalesce(bit_or(d.quality_flags), 0) AS quality_flags, array_agg(d.quality_flags) FILTER (WHERE d.quality_flags <> 0) AS flagged,
       (SELECT array_agg(DISTINCT o ORDER BY o) FROM unnest(string_to_array(string_agg(array_to_string(d.origins, ','), ','), ',')) o) AS origins,
       coalesce(sum(d.revision), 0)::int AS revision, max(d.computed_at) AS revised_at
FROM bucket b
LEFT JOIN api.buckets_not_whole('site', %(site)s, %(mode)s, %(unit)s, %(start)s, CASE WHEN %(at)s::timestamptz IS NULL THEN %(end)s::timestamptz ELSE %(start)s::timestamptz END, %(zone)s) l
    ON l.started_at = b.started_at
CROSS JOIN (
    SELECT (min(valid_from) AT TIME ZONE %(zone)s)::date AS day FROM api.channel_period WHERE site = %(site)s AND mode = %(mode)s) opening
LEFT JOIN LATERAL api.site_days(%(mode)s, greatest(b.first_day, opening.day), b.until_day, %(site)s, %(at)s) d ON true
GROUP BY b.started_at, b.ended_at, b.first_day, l.missing ORDER BY b.started_at;

-- count_periods_state --
-- A name of all days that the longer intervals of a range hold.
SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at)),
                 api.streams_state('site', %(site)s, %(mode)s, min(b.first_day), max(b.until_day))) AS state
FROM (SELECT min(first_day) AS first_day, max(until_day) AS until_day FROM api.buckets(%(unit)s, %(start)s, %(end)s, %(zone)s)) b
JOIN api.site_day_version t ON t.day >= b.first_day AND t.day < b.until_day
WHERE t.site = %(site)s AND t.mode = %(mode)s AND api.held_at(t.computed_at, t.replaced_at, %(at)s);

-- count_days_directed --
-- The same for one direction: added up from its quarters. Days only, and longer, within the range.
SELECT b.started_at, b.ended_at, b.first_day AS day, sum(q.value) AS value, coalesce(sum(q.spans) FILTER (WHERE q.value IS NOT NULL), 0) AS valid,
       count(q.started_at) FILTER (WHERE NOT q.outside_window) AS expected, api.excluded_reason(bit_or(q.quality_flags) FILTER (WHERE q.value IS NULL)) AS reason,
       bit_or(q.quality_flags) AS quality_flags,
       (SELECT array_agg(DISTINCT origin) FROM api.channel WHERE site = %(site)s AND mode = %(mode)s AND direction = %(direction)s) AS origins,
       sum(q.revision)::int AS revision, max(q.revised_at) AS revised_at
FROM api.buckets(%(unit)s, %(start)s, %(end)s, %(zone)s) b
CROSS JOIN LATERAL api.site_quarters(%(site)s, %(mode)s, b.started_at, b.ended_at, %(direction)s) q
GROUP BY b.started_at, b.ended_at, b.first_day ORDER BY b.started_at;

-- count_days_directed_state --
-- A name of all hours of one direction that the days of a range hold.
SELECT api.observed_state('site', %(site)s, %(mode)s, %(direction)s, min(b.started_at), max(b.ended_at)) AS state
FROM api.buckets(%(unit)s, %(start)s, %(end)s, %(zone)s) b;
