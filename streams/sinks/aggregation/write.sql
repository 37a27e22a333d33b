-- datastream_hour --
-- An hour of a datastream: also where nothing was observed, since it was claimed.
SELECT c.datastream, c.hour, coalesce(s.rows, 0) AS rows, coalesce(s.valid, 0) AS valid,
       CASE WHEN w.open IS NULL THEN 3600 / d.seconds
            ELSE api.whole_bins(w.open * tstzmultirange(tstzrange(c.hour, c.hour + interval '1 hour')), d.seconds) END AS expected,
       s.total, s.minimum, s.maximum, coalesce(s.quality_flags, 0) AS quality_flags,
       CASE WHEN coalesce(s.rows = s.counted AND s.counted = s.valid, true) AND w.open IS NULL
            THEN doorfiets.whole_quarters(s.quarters, s.quarter_rows, d.seconds) END AS quarters,
       doorfiets.flags_by_quarter(s.quarter_marks) AS quarter_flags, %(rule)s AS rule
FROM claimed c
JOIN doorfiets.datastream d USING (datastream)
LEFT JOIN stream_window w USING (datastream)
LEFT JOIN summed s ON s.datastream = c.datastream AND s.hour = c.hour
ORDER BY c.datastream, c.hour;

-- put_alone --
-- What one stream speaks for alone is paired with nobody: its bins are its intervals, and what they hold was added up already.
INSERT INTO paired
SELECT v.aggregate_key, v.hour, s.counted, s.valid, s.total, CASE WHEN p.bicycles THEN s.total ELSE 0 END, s.busiest, s.quarters, s.quarter_rows
FROM aggregate_key_hour v
JOIN member_stream p ON p.aggregate_key = v.aggregate_key AND p.valid_from <= v.hour AND v.hour < p.valid_until
JOIN summed s ON s.datastream = p.datastream AND s.hour = v.hour
WHERE v.streams = 1 AND v.seconds > 0 AND s.valid > 0;

-- by_hash --
-- How long the arrays are that are paired, and how large a registry is that was applied a moment ago, the planner cannot know: no loops over them, and no
-- sorting.
SELECT set_config('enable_nestloop', 'off', true), set_config('enable_sort', 'off', true), set_config('work_mem', '64MB', true);

-- put_flagged --
-- The flags of all that was observed of the members of an aggregate key, counted or not; mostly there are none.
INSERT INTO flagged
SELECT v.aggregate_key, v.hour, bit_or(s.quality_flags), doorfiets.flags_by_quarter(array_agg(m.mark))
FROM (SELECT datastream, hour, quality_flags, quarter_marks FROM summed WHERE quality_flags <> 0 OFFSET 0) s
JOIN member_stream p ON p.datastream = s.datastream AND p.valid_from <= s.hour AND s.hour < p.valid_until
JOIN aggregate_key_hour v ON v.aggregate_key = p.aggregate_key AND v.hour = s.hour
CROSS JOIN unnest(s.quarter_marks) AS m(mark)
GROUP BY v.aggregate_key, v.hour;

-- put_paired --
-- Every bin of every aggregate key of several streams that is whole (`paired_bins`), added up by the hour. The busiest interval of a merged row is taken as half of
-- its two. Sums of numerics cost as much where all are null, so nulls are filtered out.
INSERT INTO paired
SELECT b.aggregate, date_bin('1 hour', b.bin, 'epoch'), count(*), sum(b.spans),
       coalesce(sum(b.whole)::int8, 0) + coalesce(sum(b.part) FILTER (WHERE b.part IS NOT NULL), 0),
       coalesce(sum(b.bicycles)::int8, 0) + coalesce(sum(b.bicycles_part) FILTER (WHERE b.bicycles_part IS NOT NULL), 0),
       max(CASE WHEN b.part IS NULL THEN b.whole / b.spans ELSE ((coalesce(b.whole, 0)::int8 + b.part) / b.spans)::float8 END),
       ARRAY[
           coalesce(sum(b.whole) FILTER (WHERE b.quarter = 0)::int8, 0) + coalesce(sum(b.part) FILTER (WHERE b.quarter = 0 AND b.part IS NOT NULL), 0),
           coalesce(sum(b.whole) FILTER (WHERE b.quarter = 1)::int8, 0) + coalesce(sum(b.part) FILTER (WHERE b.quarter = 1 AND b.part IS NOT NULL), 0),
           coalesce(sum(b.whole) FILTER (WHERE b.quarter = 2)::int8, 0) + coalesce(sum(b.part) FILTER (WHERE b.quarter = 2 AND b.part IS NOT NULL), 0),
           coalesce(sum(b.whole) FILTER (WHERE b.quarter = 3)::int8, 0) + coalesce(sum(b.part) FILTER (WHERE b.quarter = 3 AND b.part IS NOT NULL), 0)
       ]::float8[],
       ARRAY[count(*) FILTER (WHERE b.quarter = 0), count(*) FILTER (WHERE b.quarter = 1),
             count(*) FILTER (WHERE b.quarter = 2), count(*) FILTER (WHERE b.quarter = 3)]::int4[]
FROM (
    SELECT b.*, date_part('epoch', b.bin)::int8 / 900 % 4 AS quarter
    FROM (
        SELECT ARRAY(SELECT ROW(aggregate_key, datastream, seconds, bicycles, valid_from,
               valid_until)::doorfiets.pairing_member FROM member_stream) AS members,
               ARRAY(SELECT ROW(aggregate_key, hour, seconds, streams)::doorfiets.pairing_hour FROM aggregate_key_hour WHERE seconds > 0
               AND streams > 1) AS hours,
               ARRAY(SELECT ROW(datastream, hour, started_at, spans, CASE WHEN part IS NULL THEN value END, part)::doorfiets.pairing_reading
                     FROM seen
                     WHERE spans > 0 AND datastream IN (SELECT datastream FROM member_stream JOIN aggregate_key_hour USING (aggregate_key) WHERE streams > 1)) AS readings
        OFFSET 0) known
    CROSS JOIN LATERAL doorfiets.paired_bins(known.members, known.hours, known.readings) b) b
GROUP BY 1, 2;

-- by_any_means --
-- The planner may choose again.
SELECT set_config('enable_nestloop', 'on', true), set_config('enable_sort', 'on', true);

-- site_hour --
-- An hour of a mode at a site: the bins in which all of its channels are whole.
SELECT v.place AS site, v.facet AS mode, h.hour, coalesce(b.rows, 0) AS rows, coalesce(b.paired, 0) AS paired,
       h.expected, b.total, b.maximum, coalesce(f.quality_flags, 0) AS quality_flags,
       CASE WHEN coalesce(b.rows = b.paired, true) AND h.expected = 3600 / h.seconds
            THEN doorfiets.whole_quarters(b.quarters, b.quarter_rows, h.seconds) END AS quarters, f.quarter_flags, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_hour h USING (aggregate_key)
LEFT JOIN paired b ON b.aggregate_key = h.aggregate_key AND b.hour = h.hour
LEFT JOIN flagged f ON f.aggregate_key = h.aggregate_key AND f.hour = h.hour
WHERE v.kind = 'site'
ORDER BY v.place, v.facet, h.hour;

-- share_hour --
-- An hour of a share on a screenline: its bicycles beside all that it counts, of the same bins.
SELECT v.place AS screenline, v.facet AS variant, h.hour, coalesce(b.bicycles, 0) AS numerator,
       coalesce(b.total, 0) AS denominator, coalesce(b.paired, 0) AS paired, h.expected,
       coalesce(f.quality_flags, 0) AS quality_flags, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_hour h USING (aggregate_key)
LEFT JOIN paired b ON b.aggregate_key = h.aggregate_key AND b.hour = h.hour
LEFT JOIN flagged f ON f.aggregate_key = h.aggregate_key AND f.hour = h.hour
WHERE v.kind = 'share'
ORDER BY v.place, v.facet, h.hour;

-- datastream_day --
-- Expected are the intervals of the real local day in which the datastream is valid and can measure, whether rows exist or not.
SELECT w.datastream, w.day, w.started_at, w.ended_at, h.rows, h.valid,
       CASE WHEN x.open IS NULL
            THEN greatest(0, extract(epoch FROM least(w.ended_at, d.valid_until) - greatest(w.started_at, d.valid_from)))::int4 / d.seconds
            WHEN greatest(w.started_at, d.valid_from) < least(w.ended_at, d.valid_until)
            THEN api.whole_bins(x.open * tstzmultirange(tstzrange(greatest(w.started_at, d.valid_from), least(w.ended_at, d.valid_until))), d.seconds)
            ELSE 0 END AS expected,
       h.total, h.minimum, h.maximum, h.quality_flags, %(rule)s AS rule
FROM (
    SELECT DISTINCT c.datastream, y.day, y.started_at, y.ended_at
    FROM claimed c JOIN day_hour y USING (hour)) w
JOIN doorfiets.datastream d USING (datastream)
LEFT JOIN stream_window x USING (datastream)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.rows), 0) AS rows, coalesce(sum(t.valid), 0) AS valid, sum(t.total) AS total,
           min(t.minimum) AS minimum, max(t.maximum) AS maximum, coalesce(bit_or(t.quality_flags), 0) AS quality_flags
    FROM doorfiets.datastream_hour t
    WHERE t.datastream = w.datastream AND t.hour >= w.started_at AND t.hour < w.ended_at) h;

-- put_aggregate_key_days --
-- What the calendar and the expectations expect of a local day, whether rows exist or not: of every hour that begins in an expectation.
INSERT INTO aggregate_key_day
SELECT w.aggregate_key, w.day, w.started_at, w.ended_at,
       coalesce(sum(CASE WHEN p.open IS NULL THEN api.bins_of_hours(p.seconds, p.valid_from, p.valid_until, w.started_at, w.ended_at)
           ELSE api.whole_bins(p.open * tstzmultirange(tstzrange(greatest(p.valid_from, w.started_at), least(p.valid_until, w.ended_at))), p.seconds) END), 0)
FROM (
    SELECT DISTINCT v.aggregate_key, y.day, y.started_at, y.ended_at
    FROM aggregate_key_hour v JOIN day_hour y USING (hour)) w
LEFT JOIN expectation p ON p.aggregate_key = w.aggregate_key AND p.seconds > 0 AND p.valid_from < w.ended_at AND w.started_at < p.valid_until
GROUP BY w.aggregate_key, w.day, w.started_at, w.ended_at;

-- site_day --
-- A local day of a mode at a site: the sum of its hours, beside what was expected of the whole day.
SELECT v.place AS site, v.facet AS mode, w.day, w.started_at, w.ended_at, h.rows, h.paired, w.expected, h.total, h.maximum, h.quality_flags,
       h.flagged, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_day w USING (aggregate_key)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.rows), 0) AS rows, coalesce(sum(t.paired), 0) AS paired, sum(t.total) AS total,
           max(t.maximum) AS maximum, coalesce(bit_or(t.quality_flags), 0) AS quality_flags,
           array_agg(t.quality_flags ORDER BY t.hour) FILTER (WHERE t.quality_flags <> 0) AS flagged
    FROM doorfiets.site_hour t
    WHERE t.site = v.place AND t.mode = v.facet AND t.hour >= w.started_at AND t.hour < w.ended_at) h
WHERE v.kind = 'site';

-- share_day --
-- A local day of a share on a screenline: the sums of its hours, beside what was expected of the whole day.
SELECT v.place AS screenline, v.facet AS variant, w.day, w.started_at, w.ended_at, h.numerator, h.denominator, h.paired,
       w.expected, h.quality_flags, h.flagged, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_day w USING (aggregate_key)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.numerator), 0) AS numerator, coalesce(sum(t.denominator), 0) AS denominator,
           coalesce(sum(t.paired), 0) AS paired, coalesce(bit_or(t.quality_flags), 0) AS quality_flags,
           array_agg(t.quality_flags ORDER BY t.hour) FILTER (WHERE t.quality_flags <> 0) AS flagged
    FROM doorfiets.share_hour t
    WHERE t.screenline = v.place AND t.variant = v.facet AND t.hour >= w.started_at AND t.hour < w.ended_at) h
WHERE v.kind = 'share';

-- link_day --
-- The cyclists of the site that counts a link, or of the link whose count it assumes.
SELECT l.link, w.day, w.started_at, w.ended_at, c.link AS counted_on, l.site IS NOT NULL AS measured, s.total AS cyclists, s.paired, s.expected,
       s.quality_flags, %(rule)s AS rule
FROM aggregate_key v
JOIN aggregate_key_day w USING (aggregate_key)
JOIN doorfiets.link c ON c.site = v.place
JOIN doorfiets.link l ON l.link = c.link OR l.assumed_from = c.link
JOIN doorfiets.site_day s ON s.site = v.place AND s.mode = v.facet AND s.day = w.day
WHERE v.kind = 'site' AND v.facet = 'bicycles';

-- route_links --
-- Every link of every route that a touched day concerns, in the order of the route; cyclists only where three quarters were counted.
-- Of a link that nobody counted the day has its intervals too, on the grid of its counter and in its measuring windows, else quarters.
SELECT r.route, w.day, w.started_at, w.ended_at, l.name, l.length_km, l.green, l.site IS NOT NULL AS measured,
       CASE WHEN d.expected > 0 AND d.paired * 4 >= d.expected * 3 THEN d.cyclists::float8 END AS cyclists,
       coalesce(d.paired, 0) AS paired,
       CASE WHEN d.expected > 0 THEN d.expected ELSE coalesce((
           SELECT sum(api.bins_expected(e.seconds, e.valid_from, e.valid_until, w.started_at, w.ended_at, e.placed_windows))::int4
           FROM doorfiets.expectation e
           WHERE e.kind = 'site' AND e.place = c.site AND e.facet = 'bicycles' AND e.direction = '' AND e.placed_windows <> '{}'
             AND e.valid_from < w.ended_at AND w.started_at < e.valid_until),
           extract(epoch FROM w.ended_at - w.started_at)::int4 / coalesce(n.seconds, 900)) END AS expected,
       coalesce(d.quality_flags, 0) AS quality_flags
FROM (
    SELECT DISTINCT rl.route, d.day, d.started_at, d.ended_at FROM aggregate_key v
    JOIN aggregate_key_day d USING (aggregate_key)
    JOIN doorfiets.link c ON c.site = v.place
    JOIN doorfiets.link l ON l.link = c.link OR l.assumed_from = c.link
    JOIN doorfiets.route_link rl ON rl.link = l.link
    WHERE v.kind = 'site' AND v.facet = 'bicycles') w
JOIN doorfiets.route_link r USING (route)
JOIN doorfiets.link l USING (link)
LEFT JOIN doorfiets.link_day d ON d.link = l.link AND d.day = w.day
LEFT JOIN doorfiets.link c ON c.link = coalesce(l.assumed_from, l.link)
LEFT JOIN LATERAL (
    SELECT doorfiets.grid(s.seconds) AS seconds FROM doorfiets.site_stream s WHERE s.site = c.site AND s.mode = 'bicycles') n ON true
ORDER BY r.route, w.day, r.position;

-- route_day --
-- One day of one route, as streams.domain.usage computes it from its links.
SELECT %(route)s AS route, %(day)s::date AS day, %(started_at)s::timestamptz AS started_at, %(ended_at)s::timestamptz AS ended_at,
       %(bicycle_km)s::float8 AS bicycle_km, %(measured_bicycle_km)s::float8 AS measured_bicycle_km,
       %(length_km)s::float8 AS length_km, %(measured_km)s::float8 AS measured_km, %(assumed_km)s::float8 AS assumed_km,
       %(missing_km)s::float8 AS missing_km, %(mean_cyclists)s::float8 AS mean_cyclists, %(through_ratio)s::float8 AS through_ratio,
       %(uniformity)s::float8 AS uniformity, %(green_share)s::float8 AS green_share, %(withheld)s::jsonb AS withheld, %(paired)s::int4 AS paired,
       %(expected)s::int4 AS expected, %(quality_flags)s::int4 AS quality_flags, %(rule)s AS rule;

-- in_turn --
-- Two sessions that mark the same years wait for each other here, not crosswise.
SELECT pg_advisory_xact_lock(7364205);
