-- datastream_hour --
-- Every hour from the observations alone, written for clarity, not for speed. Expected are the intervals that lie wholly in the measuring window, one by one.
SELECT h.*, (
    SELECT count(*) FROM generate_series(h.hour, h.hour + interval '1 hour' - d.seconds * interval '1 second', d.seconds * interval '1 second') AS n(start)
    CROSS JOIN LATERAL (SELECT tstzrange(n.start, n.start + d.seconds * interval '1 second') AS length) l
    WHERE d.measuring_window = 'always'
       OR api.measuring_time(ARRAY[doorfiets.placed_window(d.datastream)], lower(l.length), upper(l.length)) @> l.length)::int AS expected
FROM (
    SELECT o.datastream, date_trunc('hour', o.started_at, 'UTC') AS hour,
           count(*)::int AS rows, coalesce(sum(o.spans) FILTER (WHERE o.ok), 0)::int AS valid,
           sum(o.value::numeric) FILTER (WHERE o.ok) AS total, min(o.value) FILTER (WHERE o.ok) AS minimum, max(o.value) FILTER (WHERE o.ok) AS maximum,
           bit_or(o.flags) AS quality_flags
    FROM seen o GROUP BY o.datastream, 2) h
JOIN doorfiets.datastream d USING (datastream);

-- datastream_day --
-- Days in the time zone of whose datastream it is, from the observations too.
SELECT o.datastream, (o.started_at AT TIME ZONE m.timezone)::date AS day,
       count(*)::int AS rows, coalesce(sum(o.spans) FILTER (WHERE o.ok), 0)::int AS valid,
       sum(o.value::numeric) FILTER (WHERE o.ok) AS total, min(o.value) FILTER (WHERE o.ok) AS minimum, max(o.value) FILTER (WHERE o.ok) AS maximum,
       bit_or(o.flags) AS quality_flags
FROM seen o JOIN doorfiets.datastream_owner m USING (datastream) GROUP BY 1, 2;

-- site_hour --
-- What an hour of a site and mode counts, with the flags of all that was observed of its streams, counted or not.
SELECT site, mode, hour, coalesce(rows, 0) AS rows, coalesce(paired, 0) AS paired, total, maximum, quality_flags
FROM counted_site_hour
RIGHT JOIN (
    SELECT s.site, s.mode, o.hour, bit_or(o.flags) AS quality_flags
    FROM seen o JOIN stream s ON s.datastream = o.datastream AND s.valid_from <= o.hour AND o.hour < s.valid_until
    GROUP BY 1, 2, 3) observed USING (site, mode, hour);

-- counted_site_hour --
-- An hour of a site and mode: bins of the shortest length that holds whole intervals of every stream, whole in every stream that is valid then, all
-- alike in being merged.
SELECT site, mode, hour, count(*) FILTER (WHERE paired)::int AS rows, coalesce(sum(spans) FILTER (WHERE paired), 0)::int AS paired,
       sum(total) FILTER (WHERE paired) AS total, (max(total / spans) FILTER (WHERE paired))::float8 AS maximum
FROM (
    SELECT b.site, b.mode, date_trunc('hour', b.bin, 'UTC') AS hour, b.bin, sum(b.total) AS total, max(b.spans) AS spans,
           bool_and(b.whole) AND max(b.spans) = min(b.spans)
           AND count(*) = (SELECT count(*) FROM stream s WHERE s.site = b.site AND s.mode = b.mode AND s.valid_from <= b.bin AND b.bin < s.valid_until)
           AS paired
    FROM (
        SELECT s.site, s.mode, o.datastream, date_bin(w.width, o.started_at, 'epoch') AS bin, sum(o.value::numeric) AS total,
               max(o.spans) AS spans, sum(s.seconds) * interval '1 second' >= w.width AS whole
        FROM seen o
        JOIN stream s USING (datastream)
        JOIN LATERAL (
            SELECT (SELECT min(c) FROM generate_series(max(x.seconds), 3600, max(x.seconds)) c WHERE 0 = ALL (SELECT c % unnest(array_agg(DISTINCT x.seconds))))
                   * interval '1 second' AS width
            FROM stream x
            WHERE x.site = s.site AND x.mode = s.mode AND x.valid_from <= o.started_at AND o.started_at < x.valid_until) w ON true
        WHERE o.ok GROUP BY 1, 2, 3, 4, w.width) b
    GROUP BY b.site, b.mode, b.bin) bins
GROUP BY site, mode, hour;

-- site_day --
-- Days of a site and mode in its owner's time zone, from its recomputed hours.
SELECT site, mode, (hour AT TIME ZONE m.timezone)::date AS day, sum(rows)::int AS rows, sum(paired)::int AS paired, sum(total) AS total,
       max(maximum) AS maximum, bit_or(quality_flags) AS quality_flags
FROM recomputed_site_hour JOIN doorfiets.site USING (site) JOIN doorfiets.owner m USING (owner) GROUP BY 1, 2, 3;

-- share_hour --
-- What an hour of a share counts, with the flags likewise.
SELECT screenline, variant, hour, coalesce(numerator, 0) AS numerator, coalesce(denominator, 0) AS denominator, coalesce(paired, 0) AS paired, quality_flags
FROM counted_share_hour
RIGHT JOIN (
    SELECT c.screenline, c.variant, o.hour, bit_or(o.flags) AS quality_flags
    FROM seen o JOIN crossing c ON c.datastream = o.datastream AND c.valid_from <= o.hour AND o.hour < c.valid_until
    GROUP BY 1, 2, 3) observed USING (screenline, variant, hour);

-- counted_share_hour --
-- The same pairing over all crossings of a screenline, in which every mode of the variant must be whole.
SELECT screenline, variant, hour, coalesce(sum(bicycles) FILTER (WHERE paired), 0) AS numerator, coalesce(sum(total) FILTER (WHERE paired), 0) AS denominator,
       coalesce(sum(spans) FILTER (WHERE paired), 0)::int AS paired
FROM (
    SELECT b.screenline, b.variant, date_trunc('hour', b.bin, 'UTC') AS hour, b.bin, sum(b.total) AS total,
           coalesce(sum(b.total) FILTER (WHERE b.mode = 'bicycles'), 0) AS bicycles, max(b.spans) AS spans,
           bool_and(b.whole) AND max(b.spans) = min(b.spans)
           AND count(*) = (SELECT count(*) FROM crossing c WHERE c.screenline = b.screenline AND c.variant = b.variant
                           AND c.valid_from <= b.bin AND b.bin < c.valid_until)
           AND count(DISTINCT b.mode) = (SELECT count(DISTINCT c.mode) FROM crossing c WHERE c.screenline = b.screenline AND c.variant = b.variant)
           AS paired
    FROM (
        SELECT c.screenline, c.variant, c.mode, o.datastream, date_bin(w.width, o.started_at, 'epoch') AS bin, sum(o.value::numeric) AS total,
               max(o.spans) AS spans, sum(c.seconds) * interval '1 second' >= w.width AS whole
        FROM seen o
        JOIN crossing c USING (datastream)
        JOIN LATERAL (
            SELECT (SELECT min(b) FROM generate_series(max(x.seconds), 3600, max(x.seconds)) b WHERE 0 = ALL (SELECT b % unnest(array_agg(DISTINCT x.seconds))))
                   * interval '1 second' AS width
            FROM crossing x
            WHERE x.screenline = c.screenline AND x.variant = c.variant AND x.valid_from <= o.started_at AND o.started_at < x.valid_until) w ON true
        WHERE o.ok GROUP BY 1, 2, 3, 4, 5, w.width) b
    GROUP BY b.screenline, b.variant, b.bin) bins
GROUP BY screenline, variant, hour;

-- share_day --
-- Days of shares in the time zone of the screenline's owner, from the recomputed hours.
SELECT screenline, variant, (hour AT TIME ZONE m.timezone)::date AS day, sum(numerator) AS numerator, sum(denominator) AS denominator,
       sum(paired)::int AS paired, bit_or(quality_flags) AS quality_flags
FROM recomputed_share_hour JOIN doorfiets.screenline USING (screenline) JOIN doorfiets.owner m USING (owner) GROUP BY 1, 2, 3;

-- link_day --
-- Cyclists on a link, from the recomputed days of its site or of the link that it takes them from.
SELECT l.link, s.day, counted.link AS counted_on, l.link = counted.link AS measured, s.total AS cyclists, s.paired, s.quality_flags
FROM doorfiets.link l
JOIN doorfiets.link counted ON counted.link = coalesce(l.assumed_from, l.link)
JOIN recomputed_site_day s ON s.site = counted.site AND s.mode = 'bicycles';

-- air_hour --
-- Hourly means at stations, withheld under 75 %.
SELECT d.station, d.quantity, d.layer, t.hour,
       CASE WHEN t.valid * 4 >= t.expected * 3 THEN (t.total * d.scale::numeric / t.valid)::float8 END AS mean, t.valid, t.quality_flags
FROM recomputed_datastream_hour t JOIN doorfiets.datastream d USING (datastream) WHERE d.station IS NOT NULL;

-- sent_air_hour --
-- The layers as they were sent; corrections are computed from them, and have test vectors of their own.
SELECT * FROM doorfiets.air_hour WHERE layer IN ('measured', 'publisher');

-- seen --
-- All observations with their hour, the flags of message and findings together, whether they count, and how many intervals a row holds.
SELECT *, date_trunc('hour', started_at, 'UTC') AS hour, quality_flags | found_flags AS flags,
       value IS NOT NULL AND uptime > 0 AND (quality_flags | found_flags) & 3784065 = 0 AS ok,
       CASE WHEN quality_flags & 4 = 4 THEN 2 ELSE 1 END AS spans FROM doorfiets.observation;

-- stream --
-- The datastreams of sites.
SELECT c.site, c.mode, d.datastream, d.seconds, d.valid_from, d.valid_until FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel);

-- crossing --
-- The datastreams of screenlines.
SELECT * FROM doorfiets.screenline_stream;

-- differing --
-- Rows that are on one side only or differ; a row without any valid interval and without flags is the same as none.
SELECT {keys}, ({mine})::text AS recomputed, ({theirs})::text AS stored
FROM {recomputed} r FULL JOIN {stored} t USING ({keys})
WHERE (coalesce(r.{filled}, 0) > 0 OR coalesce(t.{filled}, 0) > 0 OR coalesce(r.quality_flags, 0) <> 0 OR coalesce(t.quality_flags, 0) <> 0)
  AND ({mine}) IS DISTINCT FROM ({theirs});
