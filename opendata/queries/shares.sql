-- share_variant --
-- One denominator of a screenline, with the modes really counted there; no row where it is not counted.
SELECT modes, origins, valid_from FROM api.screenline_variant WHERE screenline = %(screenline)s AND variant = %(variant)s;

-- share_hours --
-- Every hour in which the screenline should count.
WITH variant AS MATERIALIZED (SELECT * FROM api.screenline_variant WHERE screenline = %(screenline)s AND variant = %(variant)s),
bucket AS (
    SELECT h AS started_at, 3600 / v.seconds AS expected, v.origins
    FROM variant v, generate_series(date_trunc('hour', %(start)s::timestamptz, 'UTC'), %(end)s::timestamptz, '1 hour') h
    WHERE v.valid_from <= h AND h < v.valid_until AND h >= %(start)s AND h < %(end)s)
SELECT b.started_at, b.started_at + interval '1 hour' AS ended_at, NULL::date AS day, t.numerator, t.denominator, t.share, t.low, t.high,
       t.withheld AS reason, coalesce(t.paired, 0) AS valid, coalesce(t.expected, b.expected) AS expected, 0 AS doubts, b.origins,
       coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at
FROM bucket b LEFT JOIN api.share_hour t ON t.screenline = %(screenline)s AND t.variant = %(variant)s AND t.hour = b.started_at
ORDER BY b.started_at;

-- share_days --
-- Every local day, or every week, month or year: numerators and denominators are added, then divided.
WITH variant AS MATERIALIZED (SELECT * FROM api.screenline_variant WHERE screenline = %(screenline)s AND variant = %(variant)s),
bound AS (
    SELECT date_trunc(%(unit)s, %(start)s::timestamptz AT TIME ZONE %(zone)s) AS first,
           date_trunc(%(unit)s, %(end)s::timestamptz AT TIME ZONE %(zone)s) + ('1 ' || %(unit)s)::interval AS last),
calendar AS (
    SELECT d::date AS day, d AT TIME ZONE %(zone)s AS started_at, (d + interval '1 day') AT TIME ZONE %(zone)s AS ended_at, date_trunc(%(unit)s, d) AS bucket
    FROM bound, generate_series(first, last - interval '1 day', '1 day') d),
pooled AS (
    SELECT c.bucket, sum(t.numerator) AS numerator, sum(t.denominator) AS denominator, coalesce(sum(t.paired), 0)::int AS valid,
           sum(coalesce(t.expected, extract(epoch FROM c.ended_at - c.started_at) / v.seconds))::int AS expected,
           v.origins, coalesce(max(t.revision), 0) AS revision, max(t.computed_at) AS revised_at
    FROM calendar c
    JOIN variant v ON v.valid_from < c.ended_at AND c.started_at < v.valid_until
    LEFT JOIN api.share_day t ON t.screenline = v.screenline AND t.variant = v.variant AND t.day = c.day
    GROUP BY c.bucket, v.origins),
judged AS (SELECT *, api.enough(valid, expected) AND denominator > 0 AS shown FROM pooled)
SELECT bucket AT TIME ZONE %(zone)s AS started_at, (bucket + ('1 ' || %(unit)s)::interval) AT TIME ZONE %(zone)s AS ended_at, bucket::date AS day,
       numerator, denominator, CASE WHEN shown THEN (numerator / denominator)::float8 END AS share,
       CASE WHEN shown THEN api.wilson_low(numerator::float8, denominator::float8) END AS low,
       CASE WHEN shown THEN api.wilson_high(numerator::float8, denominator::float8) END AS high,
       CASE WHEN NOT api.enough(valid, expected) THEN 'dekking onder 75 %%' WHEN denominator = 0 THEN 'niemand geteld' END AS reason,
       valid, expected, 0 AS doubts, origins, revision, revised_at
FROM judged
WHERE bucket AT TIME ZONE %(zone)s >= %(start)s AND bucket AT TIME ZONE %(zone)s < %(end)s
ORDER BY bucket;
