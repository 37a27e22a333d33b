-- explored_site_days --
-- Every local day of some sites on which they should count one mode, with the channels that were expected all day, null where they changed; a day without a
-- row is a gap.
SELECT d.site AS place, d.day, d.started_at, d.ended_at, d.total::float8 AS value, NULL::float8 AS base, d.paired AS valid, d.expected,
       array_to_string(p.channels, ' ') AS channels, d.quality_flags, d.origins, false AS assumed
FROM api.site_days(%(facet)s, %(first)s::date, %(last)s::date + 1, wanted_sites => %(places)s::text[],
    wanted_site => CASE WHEN cardinality(%(places)s::text[]) = 1 THEN (%(places)s::text[])[1] END) d
LEFT JOIN api.site_channels p ON p.site = d.site AND p.mode = %(facet)s AND p.valid_from <= d.started_at AND d.ended_at <= p.valid_until
WHERE d.ended_at <= %(now)s
ORDER BY d.day, d.site;

-- explored_direction_days --
-- The same of one direction at one site: added up from its quarters, as `count_days_directed` does. Its days are of the same channels where those of that
-- direction were expected all day: what becomes of the other one is no matter.
SELECT %(place)s AS place, b.first_day AS day, b.started_at, b.ended_at, sum(q.value)::float8 AS value, NULL::float8 AS base,
       (coalesce(sum(q.spans) FILTER (WHERE q.value IS NOT NULL), 0))::int AS valid, (count(q.started_at) FILTER (WHERE NOT q.outside_window))::int AS expected,
       (SELECT CASE WHEN count(DISTINCT e.channels) = 1 AND sum(least(e.valid_until, b.ended_at) - greatest(e.valid_from, b.started_at)) = b.ended_at - b.started_at
                    THEN array_to_string(min(e.channels), ' ') END
        FROM api.expectation e
        WHERE e.kind = 'site' AND e.place = %(place)s AND e.facet = %(facet)s AND e.direction = %(direction)s
          AND e.valid_from < b.ended_at AND b.started_at < e.valid_until) AS channels,
       bit_or(q.quality_flags) AS quality_flags,
       (SELECT array_agg(DISTINCT c.origin) FROM api.channel c WHERE c.site = %(place)s AND c.mode = %(facet)s AND c.direction = %(direction)s
          AND c.valid_from < b.ended_at AND b.started_at < c.valid_until) AS origins, false AS assumed
FROM api.buckets('day', %(start)s, %(end)s, %(zone)s) b
CROSS JOIN LATERAL api.site_quarters(%(place)s, %(facet)s, b.started_at, b.ended_at, %(direction)s) q
WHERE b.ended_at <= %(now)s
GROUP BY b.started_at, b.ended_at, b.first_day ORDER BY b.started_at;

-- explored_share_days --
-- Every local day on which a denominator of a screenline is counted: bicycles (`value`) out of all (`base`). Days are of the same channels where the same
-- ones of this denominator were expected all day: others at its sites are no matter.
SELECT v.screenline AS place, y.day, y.started_at, y.ended_at, t.numerator::float8 AS value, t.denominator::float8 AS base, coalesce(t.paired, 0) AS valid,
       coalesce(t.expected, api.share_expected(v.screenline, v.variant, y.started_at, y.ended_at)) AS expected,
       (SELECT CASE WHEN count(DISTINCT e.channels) = 1 AND sum(least(e.valid_until, y.ended_at) - greatest(e.valid_from, y.started_at)) = y.ended_at - y.started_at
                    THEN array_to_string(min(e.channels), ' ') END
        FROM api.expectation e
        WHERE e.kind = 'share' AND e.place = v.screenline AND e.facet = v.variant AND e.direction = ''
          AND e.valid_from < y.ended_at AND y.started_at < e.valid_until) AS channels,
       coalesce(t.quality_flags, 0) AS quality_flags, v.origins, false AS assumed
FROM api.screenline_variant v
CROSS JOIN api.calendar(%(first)s::date, %(last)s::date + 1, %(zone)s) y
LEFT JOIN api.share_day_version t ON t.screenline = %(place)s AND t.variant = %(facet)s AND t.day = y.day AND t.day >= %(first)s AND t.day <= %(last)s
    AND api.held_at(t.computed_at, t.replaced_at, NULL)
WHERE v.screenline = %(place)s AND v.variant = %(facet)s AND v.valid_from < y.ended_at AND y.started_at < v.valid_until AND y.ended_at <= %(now)s
ORDER BY y.day;

-- explored_link_days --
-- Cyclists on a link on every local day since its first row, in both directions; what too little was counted of has no number, and nothing of it is valid.
-- Days are of the same channels where the same link counted them.
SELECT %(place)s AS place, y.day, y.started_at, y.ended_at, t.cyclists::float8 AS value, NULL::float8 AS base,
       CASE WHEN t.cyclists IS NULL THEN 0 ELSE t.paired END AS valid, coalesce(t.expected, 1) AS expected, t.counted_on AS channels,
       coalesce(t.quality_flags, 0) AS quality_flags,
       (SELECT array_agg(DISTINCT o.origin) FROM api.subject_origin o
        WHERE o.kind = 'link' AND o.subject = %(place)s AND o.valid_from < y.ended_at AND y.started_at < o.valid_until) AS origins,
       coalesce(NOT t.measured, false) AS assumed
FROM api.calendar(greatest(%(first)s::date, (SELECT min(day) FROM api.link_day WHERE link = %(place)s)), %(last)s::date + 1, %(zone)s) y
LEFT JOIN api.link_day t ON t.link = %(place)s AND t.day = y.day
WHERE y.ended_at <= %(now)s
ORDER BY y.day;

-- explored_route_days --
-- Bicycle-kilometres of a route likewise; days are of the same channels where each of its links was counted on the same one.
WITH counted AS MATERIALIZED (
    SELECT x.day, string_agg(concat_ws(' ', rl.position, x.counted_on), ', ' ORDER BY rl.position) AS channels
    FROM api.route_link rl JOIN api.link_day x USING (link)
    WHERE rl.route = %(place)s AND x.day >= %(first)s AND x.day <= %(last)s AND x.cyclists IS NOT NULL GROUP BY x.day)
SELECT %(place)s AS place, y.day, y.started_at, y.ended_at, t.bicycle_km::float8 AS value, NULL::float8 AS base,
       CASE WHEN t.bicycle_km IS NULL THEN 0 ELSE t.paired END AS valid, coalesce(t.expected, 1) AS expected, c.channels,
       coalesce(t.quality_flags, 0) AS quality_flags,
       (SELECT array_agg(DISTINCT o.origin) FROM api.subject_origin o
        WHERE o.kind = 'route' AND o.subject = %(place)s AND o.valid_from < y.ended_at AND y.started_at < o.valid_until) AS origins,
       coalesce(t.assumed_km > 0, false) AS assumed
FROM api.calendar(greatest(%(first)s::date, (SELECT min(day) FROM api.route_day WHERE route = %(place)s)), %(last)s::date + 1, %(zone)s) y
LEFT JOIN api.route_day t ON t.route = %(place)s AND t.day = y.day
LEFT JOIN counted c ON c.day = y.day
WHERE y.ended_at <= %(now)s
ORDER BY y.day;

-- explored_station_days --
-- The day mean of one quantity at a station on every local day since it measures that: `valid` of `expected` hours.
SELECT %(place)s AS place, y.day, y.started_at, y.ended_at, t.value, NULL::float8 AS base, CASE WHEN t.value IS NULL THEN 0 ELSE t.valid END AS valid,
       coalesce(t.expected, 24) AS expected, %(place)s AS channels, coalesce(t.quality_flags, 0) AS quality_flags,
       (SELECT array_agg(DISTINCT q.origin) FROM api.station_quantity q WHERE q.station = %(place)s AND q.quantity = %(facet)s) AS origins, false AS assumed
FROM api.calendar(greatest(%(first)s::date, (SELECT min(valid_from AT TIME ZONE %(zone)s)::date FROM api.station_quantity
                                             WHERE station = %(place)s AND quantity = %(facet)s)), %(last)s::date + 1, %(zone)s) y
LEFT JOIN api.indicator_value t ON t.kind = 'station' AND t.subject = %(place)s AND t.facet = %(facet)s AND t.indicator = 'day_mean' AND t.period = 'day'
    AND t.first_day = y.day AND t.part = 0
WHERE y.ended_at <= %(now)s
ORDER BY y.day;

-- explored_site_week --
-- Of each hour of the week what some sites counted in one mode, over chosen local days: the sum of the hours that were measured whole and how many these are,
-- out of how many were expected. An hour of a local day that comes twice is two.
SELECT extract(isodow FROM s.local)::int AS weekday, extract(hour FROM s.local)::int AS hour, sum(s.total) FILTER (WHERE s.whole)::float8 AS value,
       NULL::float8 AS base, (count(*) FILTER (WHERE s.whole))::int AS valid, (count(*) FILTER (WHERE s.due))::int AS expected
FROM (SELECT x.hour AT TIME ZONE %(zone)s AS local, t.total, coalesce(t.expected, 1) > 0 AS due, coalesce(t.expected > 0 AND t.paired >= t.expected, false) AS whole
      FROM unnest(%(days)s::date[]) AS chosen (day)
      CROSS JOIN LATERAL generate_series(api.midnight(chosen.day, %(zone)s), api.midnight(chosen.day + 1, %(zone)s) - interval '1 hour', interval '1 hour') AS x (hour)
      CROSS JOIN unnest(%(places)s::text[]) AS p (site)
      LEFT JOIN api.site_hour t ON t.site = p.site AND t.mode = %(facet)s AND t.hour = x.hour AND t.hour >= %(start)s AND t.hour < %(end)s) s
GROUP BY 1, 2 ORDER BY 1, 2;

-- explored_direction_week --
-- The same of one direction at one site: its hours are added up from its quarters.
SELECT extract(isodow FROM s.local)::int AS weekday, extract(hour FROM s.local)::int AS hour, sum(s.total) FILTER (WHERE s.whole)::float8 AS value,
       NULL::float8 AS base, (count(*) FILTER (WHERE s.whole))::int AS valid, (count(*) FILTER (WHERE s.due))::int AS expected
FROM (SELECT date_trunc('hour', q.started_at, 'UTC') AT TIME ZONE %(zone)s AS local, sum(q.value) AS total,
             count(*) FILTER (WHERE NOT q.outside_window) > 0 AS due,
             count(*) FILTER (WHERE NOT q.outside_window) BETWEEN 1 AND sum(q.spans) FILTER (WHERE q.value IS NOT NULL) AS whole
      FROM unnest(%(days)s::date[]) AS chosen (day)
      CROSS JOIN LATERAL api.site_quarters(%(place)s, %(facet)s, api.midnight(chosen.day, %(zone)s), api.midnight(chosen.day + 1, %(zone)s), %(direction)s) q
      GROUP BY date_trunc('hour', q.started_at, 'UTC')) s
GROUP BY 1, 2 ORDER BY 1, 2;

-- explored_share_week --
-- The same of a share: bicycles and all passages of the intervals that could be paired, by hours that were covered well enough to say a share.
SELECT extract(isodow FROM s.local)::int AS weekday, extract(hour FROM s.local)::int AS hour, sum(s.numerator) FILTER (WHERE s.whole)::float8 AS value,
       sum(s.denominator) FILTER (WHERE s.whole)::float8 AS base, (count(*) FILTER (WHERE s.whole))::int AS valid, (count(*) FILTER (WHERE s.due))::int AS expected
FROM (SELECT x.hour AT TIME ZONE %(zone)s AS local, t.numerator, t.denominator, coalesce(t.expected, 1) > 0 AS due,
             coalesce(api.enough(t.paired, t.expected), false) AS whole
      FROM unnest(%(days)s::date[]) AS chosen (day)
      CROSS JOIN LATERAL generate_series(api.midnight(chosen.day, %(zone)s), api.midnight(chosen.day + 1, %(zone)s) - interval '1 hour', interval '1 hour') AS x (hour)
      LEFT JOIN api.share_hour_version t ON t.screenline = %(place)s AND t.variant = %(facet)s AND t.hour = x.hour AND t.hour >= %(start)s AND t.hour < %(end)s
          AND api.held_at(t.computed_at, t.replaced_at, NULL)) s
GROUP BY 1, 2 ORDER BY 1, 2;

-- explored_station_week --
-- The same of the air: the sum of the hourly means that are available, to be divided by their number.
SELECT extract(isodow FROM s.local)::int AS weekday, extract(hour FROM s.local)::int AS hour, sum(s.mean)::float8 AS value, NULL::float8 AS base,
       count(s.mean)::int AS valid, count(*)::int AS expected
FROM (SELECT x.hour AT TIME ZONE %(zone)s AS local, t.mean
      FROM unnest(%(days)s::date[]) AS chosen (day)
      CROSS JOIN LATERAL generate_series(api.midnight(chosen.day, %(zone)s), api.midnight(chosen.day + 1, %(zone)s) - interval '1 hour', interval '1 hour') AS x (hour)
      LEFT JOIN api.air_hour t ON t.station = %(place)s AND t.quantity = %(facet)s AND t.hour = x.hour AND t.hour >= %(start)s AND t.hour < %(end)s) s
GROUP BY 1, 2 ORDER BY 1, 2;

-- explored_busiest_hours --
-- The hours of chosen local days in which a site counted most, the busiest first; one that was not measured whole counted at least so many.
SELECT t.hour AS started_at, t.hour + interval '1 hour' AS ended_at, t.total::float8 AS value, t.paired AS valid, t.expected
FROM api.site_hour t
JOIN unnest(%(days)s::date[]) AS chosen (day) ON chosen.day = (t.hour AT TIME ZONE %(zone)s)::date
WHERE t.site = %(place)s AND t.mode = %(facet)s AND t.hour >= %(start)s AND t.hour < %(end)s AND t.total IS NOT NULL
ORDER BY t.total DESC, t.hour LIMIT %(most)s;

-- explored_quarter_hours --
-- Where the busiest quarter of chosen local days at a site can be: the hours with the highest stored one (`most`), one for each length of a row in minutes,
-- and those without stored ones, which must be paired anew, with the most that a row of theirs can hold; the shortest rows first.
-- A minute counter with 40 in its busiest minute and 90 in that hour has at most 90 in a quarter of it, and not the 300 that another hour has stored.
WITH counted AS MATERIALIZED (
    SELECT t.hour, e.width, s.quarters IS NOT NULL AS stored,
           CASE WHEN s.quarters IS NOT NULL THEN (SELECT max(v) FROM unnest(s.quarters::float8[]) v)
                ELSE least(t.total::float8, t.maximum * (e.width / e.seconds)) END AS most
    FROM api.site_hour t
    JOIN unnest(%(days)s::date[]) AS chosen (day) ON chosen.day = (t.hour AT TIME ZONE %(zone)s)::date
    JOIN api.quarter_hours(ARRAY[%(place)s::text], %(facet)s, %(start)s, %(end)s) s ON s.hour = t.hour
    JOIN (SELECT valid_from, valid_until, seconds, (SELECT min(w) FROM unnest(ARRAY[900, 1200, 1800, 3600]) w WHERE w %% seconds = 0) AS width
          FROM api.expectation WHERE kind = 'site' AND place = %(place)s AND facet = %(facet)s AND direction = '' AND seconds IS NOT NULL) e
        ON e.valid_from <= t.hour AND t.hour < e.valid_until
    WHERE t.site = %(place)s AND t.mode = %(facet)s AND t.hour >= %(start)s AND t.hour < %(end)s AND t.paired > 0)
SELECT hour, width / 60 AS minutes, most
FROM (SELECT *, max(most) FILTER (WHERE stored) OVER (PARTITION BY width) AS highest,
             row_number() OVER (PARTITION BY width, stored ORDER BY most DESC NULLS LAST, hour) AS rank
      FROM counted) ranked
WHERE most IS NOT NULL AND CASE WHEN stored THEN rank = 1 ELSE most > coalesce(highest, -1) END
ORDER BY width, most DESC, hour;

-- explored_quarters_of_hours --
-- The busiest row of some hours at a site, paired anew: a quarter, or the coarser interval of the site. One that holds both autumn hours is two.
SELECT q.started_at, q.ended_at, q.value::float8 AS value, 1 AS valid, 1 AS expected
FROM unnest(%(hours)s::timestamptz[]) AS h (hour)
CROSS JOIN LATERAL api.site_quarters(%(place)s, %(facet)s, h.hour, h.hour + interval '1 hour') q
WHERE q.value IS NOT NULL AND q.spans = 1
ORDER BY q.value DESC, q.started_at LIMIT 1;

-- shares_of_sums --
-- What may be published of sums of bicycles out of sums of passages: each share in the order in which it is wanted, with its intervals, or why it is withheld.
SELECT j.share, j.low, j.high, api.calibrated_share(j.share, m.calibration_low) AS calibrated_low, api.calibrated_share(j.share, m.calibration_high) AS calibrated_high,
       j.withheld AS reason
FROM unnest(%(numerators)s::float8[], %(denominators)s::float8[], %(valid)s::int[], %(expected)s::int[]) WITH ORDINALITY AS s (numerator, denominator, valid, expected, position)
JOIN api.owner m ON m.owner = %(owner)s
CROSS JOIN LATERAL api.share_if_covered(s.numerator::numeric, s.denominator::numeric, s.valid, s.expected) j
ORDER BY s.position;
