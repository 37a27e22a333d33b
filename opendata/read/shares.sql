-- share_variant --
-- One denominator of a screenline, with the modes really counted there, and where the interval begins in which it began; no row where it is not counted.
SELECT modes, date_trunc(%(unit)s, valid_from, %(zone)s) AS valid_from
FROM api.screenline_variant WHERE screenline = %(screenline)s AND variant = %(variant)s;

-- share_methods --
-- With what the modes of a denominator are counted on a screenline.
SELECT m.site, m.mode, m.method FROM api.screenline_method m JOIN api.screenline_variant v USING (screenline)
WHERE m.screenline = %(screenline)s AND v.variant = %(variant)s AND m.mode = ANY (v.modes) ORDER BY m.site, m.mode, m.valid_from;

-- share_quarters --
-- Every quarter that has ended, or the coarser interval of the screenline.
SELECT q.started_at, q.ended_at, NULL::date AS day, q.numerator, q.denominator, j.share, j.low, j.high, api.calibrated_share(j.share, m.calibration_low) AS calibrated_low,
       api.calibrated_share(j.share, m.calibration_high) AS calibrated_high,
       CASE WHEN q.outside_window THEN api.reason('outside_window')
            WHEN q.counted_before THEN api.reason('counted_with_hour_before')
            WHEN q.expected > 0 AND q.paired = 0 THEN api.channels_reason(q.received, q.streams, q.missing) ELSE j.withheld END AS reason,
       q.paired AS valid, q.expected, q.quality_flags, q.origins, q.revision, q.revised_at
FROM api.screenline l
JOIN api.owner m USING (owner)
CROSS JOIN api.share_quarters(%(screenline)s, %(variant)s, %(start)s, %(end)s) q
CROSS JOIN LATERAL api.share_if_covered(q.numerator, q.denominator, q.paired, q.expected) j
WHERE l.screenline = %(screenline)s AND q.ended_at <= %(now)s
ORDER BY q.started_at;

-- share_quarters_state --
-- A name of all quarters of a range, which differs after every change of one of them.
SELECT api.observed_state('screenline', %(screenline)s, %(variant)s, NULL, %(start)s, %(end)s) AS state;

-- share_hours --
-- Every hour in which the screenline has equipment; the second autumn hour may be counted with the first.
WITH windowed AS MATERIALIZED (
    SELECT valid_from, valid_until FROM api.expectation
    WHERE kind = 'share' AND place = %(screenline)s AND facet = %(variant)s AND direction = '' AND seconds > 0 AND placed_windows <> '{}'),
available AS (
    SELECT * FROM api.share_hour_version
    WHERE screenline = %(screenline)s AND variant = %(variant)s AND hour >= %(start)s::timestamptz - interval '1 hour' AND hour < %(end)s
      AND api.held_at(computed_at, replaced_at, %(at)s))
SELECT h AS started_at, h + interval '1 hour' AS ended_at, NULL::date AS day, t.numerator, t.denominator, j.share, j.low, j.high,
       api.calibrated_share(j.share, m.calibration_low) AS calibrated_low, api.calibrated_share(j.share, m.calibration_high) AS calibrated_high,
       CASE WHEN e.expected = 0 AND EXISTS (SELECT FROM windowed w WHERE w.valid_from <= h AND h < w.valid_until) THEN api.reason('outside_window')
            WHEN e.valid = 0 AND before.expected > 0 AND before.paired > before.expected THEN api.reason('counted_with_hour_before')
            ELSE api.incomplete_reason(j.withheld, CASE WHEN e.valid < e.expected THEN n.missing END) END AS reason,
       e.valid, e.expected, coalesce(t.quality_flags, 0) AS quality_flags, v.origins, coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at
FROM api.screenline_variant v
JOIN api.screenline l USING (screenline)
JOIN api.owner m USING (owner)
CROSS JOIN generate_series(date_trunc('hour', %(start)s::timestamptz, 'UTC'), %(end)s::timestamptz, '1 hour') h
LEFT JOIN available t ON t.hour = h
LEFT JOIN available before ON before.hour = h - interval '1 hour'
CROSS JOIN LATERAL (
    SELECT coalesce(t.paired, 0) AS valid,
           coalesce(t.expected, api.share_expected(%(screenline)s, %(variant)s, h, h + interval '1 hour')) AS expected) e
CROSS JOIN LATERAL api.share_if_covered(t.numerator, t.denominator, e.valid, e.expected) j
LEFT JOIN api.hours_not_whole('share', %(screenline)s, %(variant)s, %(start)s, CASE WHEN %(at)s::timestamptz IS NULL THEN %(end)s ELSE %(start)s END) n ON n.hour = h
WHERE v.screenline = %(screenline)s AND v.variant = %(variant)s AND v.valid_from <= h AND h < v.valid_until AND h >= %(start)s AND h < %(end)s
ORDER BY h;

-- share_hours_state --
-- A name of all hours of a range likewise, with the hour before, which may be counted with the first.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at)), api.streams_state('share', %(screenline)s, %(variant)s, %(start)s, %(end)s)) AS state
FROM api.share_hour_version
WHERE screenline = %(screenline)s AND variant = %(variant)s AND hour >= %(start)s::timestamptz - interval '1 hour' AND hour < %(end)s
  AND api.held_at(computed_at, replaced_at, %(at)s);

-- share_days --
-- Every local day, week, month or year, or the whole range: numerators and denominators are added, then divided. `flagged` are the flags of each hour of a
-- day, and of each day of a longer period, that has any.
WITH bucket AS MATERIALIZED (SELECT * FROM api.buckets(%(unit)s, %(start)s, %(end)s, %(zone)s))
SELECT b.started_at, b.ended_at, b.first_day AS day, x.numerator, x.denominator, x.share, x.low, x.high,
       api.calibrated_share(x.share, m.calibration_low) AS calibrated_low, api.calibrated_share(x.share, m.calibration_high) AS calibrated_high,
       api.incomplete_reason(x.withheld, CASE WHEN x.paired < x.expected THEN k.missing END) AS reason, x.paired AS valid, x.expected,
       x.quality_flags, CASE WHEN %(unit)s = 'day' THEN f.flagged ELSE x.flagged END AS flagged, v.origins, x.revision, x.computed_at AS revised_at
FROM api.screenline_variant v
JOIN api.screenline l USING (screenline)
JOIN api.owner m USING (owner)
CROSS JOIN bucket b
CROSS JOIN LATERAL api.share_period(v.screenline, v.variant, greatest(b.first_day, (v.valid_from AT TIME ZONE %(zone)s)::date), b.until_day, %(at)s) x
LEFT JOIN api.buckets_not_whole('share', %(screenline)s, %(variant)s, %(unit)s, %(start)s, CASE WHEN %(at)s::timestamptz IS NULL THEN %(end)s::timestamptz ELSE %(start)s::timestamptz END, %(zone)s) k
    ON k.started_at = b.started_at
LEFT JOIN api.share_day_version f ON %(unit)s = 'day' AND f.screenline = v.screenline AND f.variant = v.variant AND f.day = b.first_day
    AND api.held_at(f.computed_at, f.replaced_at, %(at)s)
WHERE v.screenline = %(screenline)s AND v.variant = %(variant)s AND v.valid_from < b.ended_at AND b.started_at < v.valid_until
ORDER BY b.started_at;

-- share_days_state --
-- A name of all days that the intervals of a range hold.
SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at)),
                 api.streams_state('share', %(screenline)s, %(variant)s, min(b.first_day), max(b.until_day))) AS state
FROM (SELECT min(first_day) AS first_day, max(until_day) AS until_day FROM api.buckets(%(unit)s, %(start)s, %(end)s, %(zone)s)) b
JOIN api.share_day_version t ON t.day >= b.first_day AND t.day < b.until_day
WHERE t.screenline = %(screenline)s AND t.variant = %(variant)s AND api.held_at(t.computed_at, t.replaced_at, %(at)s);

-- share_rolling --
-- For every month the twelve months that end with it: each day is judged once, then added to all the years that hold it.
WITH bucket AS MATERIALIZED (SELECT * FROM api.buckets('rolling_year', %(start)s, %(end)s, %(zone)s)),
day AS MATERIALIZED (
    SELECT y.first_day AS day, x.numerator, x.denominator, x.paired, x.expected, x.revision, x.computed_at, x.quality_flags
    FROM api.screenline_variant v
    CROSS JOIN (SELECT min(started_at) AS first, max(ended_at) AS last FROM bucket) covered
    CROSS JOIN api.buckets('day', greatest(covered.first, date_trunc('day', v.valid_from, %(zone)s)), covered.last, %(zone)s) y
    CROSS JOIN LATERAL api.share_period(v.screenline, v.variant, y.first_day, y.until_day, %(at)s) x
    WHERE v.screenline = %(screenline)s AND v.variant = %(variant)s)
SELECT b.started_at, b.ended_at, b.first_day AS day, s.numerator, s.denominator, j.share, j.low, j.high,
       api.calibrated_share(j.share, m.calibration_low) AS calibrated_low, api.calibrated_share(j.share, m.calibration_high) AS calibrated_high,
       api.incomplete_reason(j.withheld, CASE WHEN s.paired < s.expected THEN k.missing END) AS reason, s.paired AS valid, s.expected,
       s.quality_flags, s.flagged, v.origins, s.revision, s.computed_at AS revised_at
FROM api.screenline_variant v
JOIN api.screenline l USING (screenline)
JOIN api.owner m USING (owner)
CROSS JOIN bucket b
CROSS JOIN LATERAL (
    SELECT sum(d.numerator) AS numerator, sum(d.denominator) AS denominator, coalesce(sum(d.paired), 0)::int AS paired,
           coalesce(sum(d.expected), 0)::int AS expected, coalesce(sum(d.revision), 0)::int AS revision, max(d.computed_at) AS computed_at,
           coalesce(bit_or(d.quality_flags), 0) AS quality_flags, array_agg(d.quality_flags) FILTER (WHERE d.quality_flags <> 0) AS flagged
    FROM day d WHERE d.day >= b.first_day AND d.day < b.until_day) s
CROSS JOIN LATERAL api.share_if_covered(s.numerator, s.denominator, s.paired, s.expected) j
LEFT JOIN api.buckets_not_whole('share', %(screenline)s, %(variant)s, 'rolling_year', %(start)s, CASE WHEN %(at)s::timestamptz IS NULL THEN %(end)s::timestamptz ELSE %(start)s::timestamptz END, %(zone)s) k
    ON k.started_at = b.started_at
WHERE v.screenline = %(screenline)s AND v.variant = %(variant)s AND v.valid_from < b.ended_at AND b.started_at < v.valid_until
ORDER BY b.started_at;

-- share_rolling_state --
-- A name of all days that the rolling years of a range hold.
SELECT concat_ws('-', count(*), sum(t.revision), extract(epoch FROM max(t.computed_at)),
                 api.streams_state('share', %(screenline)s, %(variant)s, min(b.first_day), max(b.until_day))) AS state
FROM (SELECT min(first_day) AS first_day, max(until_day) AS until_day FROM api.buckets('rolling_year', %(start)s, %(end)s, %(zone)s)) b
JOIN api.share_day_version t ON t.day >= b.first_day AND t.day < b.until_day
WHERE t.screenline = %(screenline)s AND t.variant = %(variant)s AND api.held_at(t.computed_at, t.replaced_at, %(at)s);
