-- share_variant --
-- One denominator of a screenline, with the modes really counted there, and where the interval begins in which it began; no row where it is not counted.
SELECT modes, date_trunc(%(unit)s, valid_from, %(zone)s) AS valid_from
FROM api.screenline_variant WHERE screenline = %(screenline)s AND variant = %(variant)s;

-- share_hours --
-- Every hour in which the screenline should count; the second autumn hour may be counted with the first.
SELECT h AS started_at, h + interval '1 hour' AS ended_at, NULL::date AS day, t.numerator, t.denominator, j.share, j.low, j.high,
       CASE WHEN e.valid = 0 AND before.expected > 0 AND before.paired > before.expected THEN 'samen met het vorige uur geteld' ELSE j.withheld END AS reason,
       e.valid, e.expected, CASE WHEN t.paired > t.expected AND t.expected > 0 THEN 4 ELSE 0 END AS doubts, v.origins, coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at
FROM api.screenline_variant v
CROSS JOIN generate_series(date_trunc('hour', %(start)s::timestamptz, 'UTC'), %(end)s::timestamptz, '1 hour') h
LEFT JOIN api.share_hour t ON t.screenline = %(screenline)s AND t.variant = %(variant)s AND t.hour = h
LEFT JOIN api.share_hour before ON before.screenline = %(screenline)s AND before.variant = %(variant)s AND before.hour = h - interval '1 hour'
CROSS JOIN LATERAL (
    SELECT coalesce(t.paired, 0) AS valid,
           coalesce(t.expected, api.share_expected(%(screenline)s, %(variant)s, h, h + interval '1 hour')) AS expected) e
CROSS JOIN LATERAL api.judged_share(t.numerator, t.denominator, e.valid, e.expected) j
WHERE v.screenline = %(screenline)s AND v.variant = %(variant)s AND v.valid_from <= h AND h < v.valid_until AND h >= %(start)s AND h < %(end)s
ORDER BY h;

-- share_days --
-- Every local day, or every week, month or year: numerators and denominators are added, then divided.
SELECT b.started_at, b.ended_at, b.local::date AS day, x.numerator, x.denominator, x.share, x.low, x.high, x.withheld AS reason,
       x.paired AS valid, x.expected, 0 AS doubts, v.origins, x.revision, x.computed_at AS revised_at
FROM api.screenline_variant v
CROSS JOIN (
    SELECT d AS local, (d + ('1 ' || %(unit)s)::interval)::date AS until_day, d AT TIME ZONE %(zone)s AS started_at,
           (d + ('1 ' || %(unit)s)::interval) AT TIME ZONE %(zone)s AS ended_at
    FROM generate_series(date_trunc(%(unit)s, %(start)s::timestamptz AT TIME ZONE %(zone)s), %(end)s::timestamptz AT TIME ZONE %(zone)s,
        ('1 ' || %(unit)s)::interval) d) b
CROSS JOIN LATERAL api.share_period(v.screenline, v.variant, b.local::date, b.until_day) x
WHERE v.screenline = %(screenline)s AND v.variant = %(variant)s AND v.valid_from < b.ended_at AND b.started_at < v.valid_until
  AND b.started_at >= %(start)s AND b.started_at < %(end)s
ORDER BY b.started_at;
