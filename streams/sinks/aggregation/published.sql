-- The statements that write published tables, and those that follow them. Made by `doorfiets generate` from `schemas/published.py` and from the
-- arithmetic beside this file: `write_*` stores rows and revises those that differ; `compare_*` does so where most stand already, and locks none
-- that is right; `insert_*` is for where none stand; `changed_*` gives the rows that transactions of a range have written, each with its key in the
-- topic; OFFSET 0 lets a row be turned into JSON once.

-- write_datastream_hour --
INSERT INTO doorfiets.datastream_hour AS t (
    datastream, hour, rows, valid, expected, total, minimum, maximum, quality_flags, quarters, quarter_flags, rule)
SELECT
    n.datastream, n.hour, n.rows, n.valid, n.expected, n.total, n.minimum, n.maximum, n.quality_flags, n.quarters,
    n.quarter_flags, n.rule
FROM (
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
    ORDER BY c.datastream, c.hour) n
ON CONFLICT (datastream, hour) DO UPDATE SET
    rows = excluded.rows, valid = excluded.valid, expected = excluded.expected, total = excluded.total,
    minimum = excluded.minimum, maximum = excluded.maximum, quality_flags = excluded.quality_flags,
    quarters = excluded.quarters, quarter_flags = excluded.quarter_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.rows, t.valid, t.expected, t.total, t.minimum, t.maximum, t.quality_flags, t.quarters, t.quarter_flags, t.rule) IS DISTINCT FROM (
    excluded.rows, excluded.valid, excluded.expected, excluded.total, excluded.minimum, excluded.maximum,
    excluded.quality_flags, excluded.quarters, excluded.quarter_flags, excluded.rule);

-- compare_datastream_hour --
INSERT INTO doorfiets.datastream_hour AS t (
    datastream, hour, rows, valid, expected, total, minimum, maximum, quality_flags, quarters, quarter_flags, rule)
SELECT
    n.datastream, n.hour, n.rows, n.valid, n.expected, n.total, n.minimum, n.maximum, n.quality_flags, n.quarters,
    n.quarter_flags, n.rule
FROM (
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
    ORDER BY c.datastream, c.hour) n
WHERE NOT EXISTS (
    SELECT FROM doorfiets.datastream_hour o WHERE o.datastream = n.datastream AND o.hour = n.hour
    AND (
        o.rows, o.valid, o.expected, o.total, o.minimum, o.maximum, o.quality_flags, o.quarters, o.quarter_flags, o.rule) IS NOT DISTINCT FROM (
        n.rows, n.valid, n.expected, n.total, n.minimum, n.maximum, n.quality_flags, n.quarters, n.quarter_flags, n.rule))
ON CONFLICT (datastream, hour) DO UPDATE SET
    rows = excluded.rows, valid = excluded.valid, expected = excluded.expected, total = excluded.total,
    minimum = excluded.minimum, maximum = excluded.maximum, quality_flags = excluded.quality_flags,
    quarters = excluded.quarters, quarter_flags = excluded.quarter_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.rows, t.valid, t.expected, t.total, t.minimum, t.maximum, t.quality_flags, t.quarters, t.quarter_flags, t.rule) IS DISTINCT FROM (
    excluded.rows, excluded.valid, excluded.expected, excluded.total, excluded.minimum, excluded.maximum,
    excluded.quality_flags, excluded.quarters, excluded.quarter_flags, excluded.rule);

-- insert_datastream_hour --
INSERT INTO doorfiets.datastream_hour AS t (
    datastream, hour, rows, valid, expected, total, minimum, maximum, quality_flags, quarters, quarter_flags, rule)
SELECT
    n.datastream, n.hour, n.rows, n.valid, n.expected, n.total, n.minimum, n.maximum, n.quality_flags, n.quarters,
    n.quarter_flags, n.rule
FROM (
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
    ORDER BY c.datastream, c.hour) n;

-- changed_datastream_hour --
SELECT 'datastream_hour/' || array_to_string(ARRAY[
    replace(r.content ->> 'datastream', '+00:00', 'Z'), replace(r.content ->> 'hour', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.datastream_hour t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_datastream_day --
INSERT INTO doorfiets.datastream_day AS t (
    datastream, day, started_at, ended_at, rows, valid, expected, total, minimum, maximum, quality_flags, rule)
SELECT
    n.datastream, n.day, n.started_at, n.ended_at, n.rows, n.valid, n.expected, n.total, n.minimum, n.maximum,
    n.quality_flags, n.rule
FROM (
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
        WHERE t.datastream = w.datastream AND t.hour >= w.started_at AND t.hour < w.ended_at) h) n
ON CONFLICT (datastream, day) DO UPDATE SET
    started_at = excluded.started_at, ended_at = excluded.ended_at, rows = excluded.rows, valid = excluded.valid,
    expected = excluded.expected, total = excluded.total, minimum = excluded.minimum, maximum = excluded.maximum,
    quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.started_at, t.ended_at, t.rows, t.valid, t.expected, t.total, t.minimum, t.maximum, t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.started_at, excluded.ended_at, excluded.rows, excluded.valid, excluded.expected, excluded.total,
    excluded.minimum, excluded.maximum, excluded.quality_flags, excluded.rule);

-- compare_datastream_day --
INSERT INTO doorfiets.datastream_day AS t (
    datastream, day, started_at, ended_at, rows, valid, expected, total, minimum, maximum, quality_flags, rule)
SELECT
    n.datastream, n.day, n.started_at, n.ended_at, n.rows, n.valid, n.expected, n.total, n.minimum, n.maximum,
    n.quality_flags, n.rule
FROM (
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
        WHERE t.datastream = w.datastream AND t.hour >= w.started_at AND t.hour < w.ended_at) h) n
WHERE NOT EXISTS (
    SELECT FROM doorfiets.datastream_day o WHERE o.datastream = n.datastream AND o.day = n.day
    AND (
        o.started_at, o.ended_at, o.rows, o.valid, o.expected, o.total, o.minimum, o.maximum, o.quality_flags, o.rule) IS NOT DISTINCT FROM (
        n.started_at, n.ended_at, n.rows, n.valid, n.expected, n.total, n.minimum, n.maximum, n.quality_flags, n.rule))
ON CONFLICT (datastream, day) DO UPDATE SET
    started_at = excluded.started_at, ended_at = excluded.ended_at, rows = excluded.rows, valid = excluded.valid,
    expected = excluded.expected, total = excluded.total, minimum = excluded.minimum, maximum = excluded.maximum,
    quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.started_at, t.ended_at, t.rows, t.valid, t.expected, t.total, t.minimum, t.maximum, t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.started_at, excluded.ended_at, excluded.rows, excluded.valid, excluded.expected, excluded.total,
    excluded.minimum, excluded.maximum, excluded.quality_flags, excluded.rule);

-- insert_datastream_day --
INSERT INTO doorfiets.datastream_day AS t (
    datastream, day, started_at, ended_at, rows, valid, expected, total, minimum, maximum, quality_flags, rule)
SELECT
    n.datastream, n.day, n.started_at, n.ended_at, n.rows, n.valid, n.expected, n.total, n.minimum, n.maximum,
    n.quality_flags, n.rule
FROM (
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
        WHERE t.datastream = w.datastream AND t.hour >= w.started_at AND t.hour < w.ended_at) h) n;

-- changed_datastream_day --
SELECT 'datastream_day/' || array_to_string(ARRAY[
    replace(r.content ->> 'datastream', '+00:00', 'Z'), replace(r.content ->> 'day', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.datastream_day t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_site_hour --
INSERT INTO doorfiets.site_hour AS t (
    site, mode, hour, rows, paired, expected, total, maximum, quality_flags, quarters, quarter_flags, rule)
SELECT
    n.site, n.mode, n.hour, n.rows, n.paired, n.expected, n.total, n.maximum, n.quality_flags, n.quarters,
    n.quarter_flags, n.rule
FROM (
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
    ORDER BY v.place, v.facet, h.hour) n
ON CONFLICT (site, mode, hour) DO UPDATE SET
    rows = excluded.rows, paired = excluded.paired, expected = excluded.expected, total = excluded.total,
    maximum = excluded.maximum, quality_flags = excluded.quality_flags, quarters = excluded.quarters,
    quarter_flags = excluded.quarter_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.rows, t.paired, t.expected, t.total, t.maximum, t.quality_flags, t.quarters, t.quarter_flags, t.rule) IS DISTINCT FROM (
    excluded.rows, excluded.paired, excluded.expected, excluded.total, excluded.maximum, excluded.quality_flags,
    excluded.quarters, excluded.quarter_flags, excluded.rule);

-- compare_site_hour --
INSERT INTO doorfiets.site_hour AS t (
    site, mode, hour, rows, paired, expected, total, maximum, quality_flags, quarters, quarter_flags, rule)
SELECT
    n.site, n.mode, n.hour, n.rows, n.paired, n.expected, n.total, n.maximum, n.quality_flags, n.quarters,
    n.quarter_flags, n.rule
FROM (
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
    ORDER BY v.place, v.facet, h.hour) n
WHERE NOT EXISTS (
    SELECT FROM doorfiets.site_hour o WHERE o.site = n.site AND o.mode = n.mode AND o.hour = n.hour
    AND (
        o.rows, o.paired, o.expected, o.total, o.maximum, o.quality_flags, o.quarters, o.quarter_flags, o.rule) IS NOT DISTINCT FROM (
        n.rows, n.paired, n.expected, n.total, n.maximum, n.quality_flags, n.quarters, n.quarter_flags, n.rule))
ON CONFLICT (site, mode, hour) DO UPDATE SET
    rows = excluded.rows, paired = excluded.paired, expected = excluded.expected, total = excluded.total,
    maximum = excluded.maximum, quality_flags = excluded.quality_flags, quarters = excluded.quarters,
    quarter_flags = excluded.quarter_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.rows, t.paired, t.expected, t.total, t.maximum, t.quality_flags, t.quarters, t.quarter_flags, t.rule) IS DISTINCT FROM (
    excluded.rows, excluded.paired, excluded.expected, excluded.total, excluded.maximum, excluded.quality_flags,
    excluded.quarters, excluded.quarter_flags, excluded.rule);

-- insert_site_hour --
INSERT INTO doorfiets.site_hour AS t (
    site, mode, hour, rows, paired, expected, total, maximum, quality_flags, quarters, quarter_flags, rule)
SELECT
    n.site, n.mode, n.hour, n.rows, n.paired, n.expected, n.total, n.maximum, n.quality_flags, n.quarters,
    n.quarter_flags, n.rule
FROM (
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
    ORDER BY v.place, v.facet, h.hour) n;

-- changed_site_hour --
SELECT 'site_hour/' || array_to_string(ARRAY[
    replace(r.content ->> 'site', '+00:00', 'Z'), replace(r.content ->> 'mode', '+00:00', 'Z'),
    replace(r.content ->> 'hour', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.site_hour t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_site_day --
INSERT INTO doorfiets.site_day AS t (
    site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, quality_flags, flagged, rule)
SELECT
    n.site, n.mode, n.day, n.started_at, n.ended_at, n.rows, n.paired, n.expected, n.total, n.maximum, n.quality_flags,
    n.flagged, n.rule
FROM (
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
    WHERE v.kind = 'site') n
ON CONFLICT (site, mode, day) DO UPDATE SET
    started_at = excluded.started_at, ended_at = excluded.ended_at, rows = excluded.rows, paired = excluded.paired,
    expected = excluded.expected, total = excluded.total, maximum = excluded.maximum,
    quality_flags = excluded.quality_flags, flagged = excluded.flagged, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.started_at, t.ended_at, t.rows, t.paired, t.expected, t.total, t.maximum, t.quality_flags, t.flagged, t.rule) IS DISTINCT FROM (
    excluded.started_at, excluded.ended_at, excluded.rows, excluded.paired, excluded.expected, excluded.total,
    excluded.maximum, excluded.quality_flags, excluded.flagged, excluded.rule);

-- compare_site_day --
INSERT INTO doorfiets.site_day AS t (
    site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, quality_flags, flagged, rule)
SELECT
    n.site, n.mode, n.day, n.started_at, n.ended_at, n.rows, n.paired, n.expected, n.total, n.maximum, n.quality_flags,
    n.flagged, n.rule
FROM (
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
    WHERE v.kind = 'site') n
WHERE NOT EXISTS (
    SELECT FROM doorfiets.site_day o WHERE o.site = n.site AND o.mode = n.mode AND o.day = n.day
    AND (
        o.started_at, o.ended_at, o.rows, o.paired, o.expected, o.total, o.maximum, o.quality_flags, o.flagged, o.rule) IS NOT DISTINCT FROM (
        n.started_at, n.ended_at, n.rows, n.paired, n.expected, n.total, n.maximum, n.quality_flags, n.flagged, n.rule))
ON CONFLICT (site, mode, day) DO UPDATE SET
    started_at = excluded.started_at, ended_at = excluded.ended_at, rows = excluded.rows, paired = excluded.paired,
    expected = excluded.expected, total = excluded.total, maximum = excluded.maximum,
    quality_flags = excluded.quality_flags, flagged = excluded.flagged, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.started_at, t.ended_at, t.rows, t.paired, t.expected, t.total, t.maximum, t.quality_flags, t.flagged, t.rule) IS DISTINCT FROM (
    excluded.started_at, excluded.ended_at, excluded.rows, excluded.paired, excluded.expected, excluded.total,
    excluded.maximum, excluded.quality_flags, excluded.flagged, excluded.rule);

-- insert_site_day --
INSERT INTO doorfiets.site_day AS t (
    site, mode, day, started_at, ended_at, rows, paired, expected, total, maximum, quality_flags, flagged, rule)
SELECT
    n.site, n.mode, n.day, n.started_at, n.ended_at, n.rows, n.paired, n.expected, n.total, n.maximum, n.quality_flags,
    n.flagged, n.rule
FROM (
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
    WHERE v.kind = 'site') n;

-- changed_site_day --
SELECT 'site_day/' || array_to_string(ARRAY[
    replace(r.content ->> 'site', '+00:00', 'Z'), replace(r.content ->> 'mode', '+00:00', 'Z'),
    replace(r.content ->> 'day', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.site_day t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_share_hour --
INSERT INTO doorfiets.share_hour AS t (
    screenline, variant, hour, numerator, denominator, paired, expected, quality_flags, rule)
SELECT
    n.screenline, n.variant, n.hour, n.numerator, n.denominator, n.paired, n.expected, n.quality_flags, n.rule
FROM (
    -- An hour of a share on a screenline: its bicycles beside all that it counts, of the same bins.
    SELECT v.place AS screenline, v.facet AS variant, h.hour, coalesce(b.bicycles, 0) AS numerator,
           coalesce(b.total, 0) AS denominator, coalesce(b.paired, 0) AS paired, h.expected,
           coalesce(f.quality_flags, 0) AS quality_flags, %(rule)s AS rule
    FROM aggregate_key v
    JOIN aggregate_key_hour h USING (aggregate_key)
    LEFT JOIN paired b ON b.aggregate_key = h.aggregate_key AND b.hour = h.hour
    LEFT JOIN flagged f ON f.aggregate_key = h.aggregate_key AND f.hour = h.hour
    WHERE v.kind = 'share'
    ORDER BY v.place, v.facet, h.hour) n
ON CONFLICT (screenline, variant, hour) DO UPDATE SET
    numerator = excluded.numerator, denominator = excluded.denominator, paired = excluded.paired,
    expected = excluded.expected, quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.numerator, t.denominator, t.paired, t.expected, t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.numerator, excluded.denominator, excluded.paired, excluded.expected, excluded.quality_flags, excluded.rule);

-- compare_share_hour --
INSERT INTO doorfiets.share_hour AS t (
    screenline, variant, hour, numerator, denominator, paired, expected, quality_flags, rule)
SELECT
    n.screenline, n.variant, n.hour, n.numerator, n.denominator, n.paired, n.expected, n.quality_flags, n.rule
FROM (
    -- An hour of a share on a screenline: its bicycles beside all that it counts, of the same bins.
    SELECT v.place AS screenline, v.facet AS variant, h.hour, coalesce(b.bicycles, 0) AS numerator,
           coalesce(b.total, 0) AS denominator, coalesce(b.paired, 0) AS paired, h.expected,
           coalesce(f.quality_flags, 0) AS quality_flags, %(rule)s AS rule
    FROM aggregate_key v
    JOIN aggregate_key_hour h USING (aggregate_key)
    LEFT JOIN paired b ON b.aggregate_key = h.aggregate_key AND b.hour = h.hour
    LEFT JOIN flagged f ON f.aggregate_key = h.aggregate_key AND f.hour = h.hour
    WHERE v.kind = 'share'
    ORDER BY v.place, v.facet, h.hour) n
WHERE NOT EXISTS (
    SELECT FROM doorfiets.share_hour o WHERE o.screenline = n.screenline AND o.variant = n.variant AND o.hour = n.hour
    AND (
        o.numerator, o.denominator, o.paired, o.expected, o.quality_flags, o.rule) IS NOT DISTINCT FROM (
        n.numerator, n.denominator, n.paired, n.expected, n.quality_flags, n.rule))
ON CONFLICT (screenline, variant, hour) DO UPDATE SET
    numerator = excluded.numerator, denominator = excluded.denominator, paired = excluded.paired,
    expected = excluded.expected, quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.numerator, t.denominator, t.paired, t.expected, t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.numerator, excluded.denominator, excluded.paired, excluded.expected, excluded.quality_flags, excluded.rule);

-- insert_share_hour --
INSERT INTO doorfiets.share_hour AS t (
    screenline, variant, hour, numerator, denominator, paired, expected, quality_flags, rule)
SELECT
    n.screenline, n.variant, n.hour, n.numerator, n.denominator, n.paired, n.expected, n.quality_flags, n.rule
FROM (
    -- An hour of a share on a screenline: its bicycles beside all that it counts, of the same bins.
    SELECT v.place AS screenline, v.facet AS variant, h.hour, coalesce(b.bicycles, 0) AS numerator,
           coalesce(b.total, 0) AS denominator, coalesce(b.paired, 0) AS paired, h.expected,
           coalesce(f.quality_flags, 0) AS quality_flags, %(rule)s AS rule
    FROM aggregate_key v
    JOIN aggregate_key_hour h USING (aggregate_key)
    LEFT JOIN paired b ON b.aggregate_key = h.aggregate_key AND b.hour = h.hour
    LEFT JOIN flagged f ON f.aggregate_key = h.aggregate_key AND f.hour = h.hour
    WHERE v.kind = 'share'
    ORDER BY v.place, v.facet, h.hour) n;

-- changed_share_hour --
SELECT 'share_hour/' || array_to_string(ARRAY[
    replace(r.content ->> 'screenline', '+00:00', 'Z'), replace(r.content ->> 'variant', '+00:00', 'Z'),
    replace(r.content ->> 'hour', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.share_hour t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_share_day --
INSERT INTO doorfiets.share_day AS t (
    screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, quality_flags, flagged,
    rule)
SELECT
    n.screenline, n.variant, n.day, n.started_at, n.ended_at, n.numerator, n.denominator, n.paired, n.expected,
    n.quality_flags, n.flagged, n.rule
FROM (
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
    WHERE v.kind = 'share') n
ON CONFLICT (screenline, variant, day) DO UPDATE SET
    started_at = excluded.started_at, ended_at = excluded.ended_at, numerator = excluded.numerator,
    denominator = excluded.denominator, paired = excluded.paired, expected = excluded.expected,
    quality_flags = excluded.quality_flags, flagged = excluded.flagged, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.started_at, t.ended_at, t.numerator, t.denominator, t.paired, t.expected, t.quality_flags, t.flagged, t.rule) IS DISTINCT FROM (
    excluded.started_at, excluded.ended_at, excluded.numerator, excluded.denominator, excluded.paired, excluded.expected,
    excluded.quality_flags, excluded.flagged, excluded.rule);

-- compare_share_day --
INSERT INTO doorfiets.share_day AS t (
    screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, quality_flags, flagged,
    rule)
SELECT
    n.screenline, n.variant, n.day, n.started_at, n.ended_at, n.numerator, n.denominator, n.paired, n.expected,
    n.quality_flags, n.flagged, n.rule
FROM (
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
    WHERE v.kind = 'share') n
WHERE NOT EXISTS (
    SELECT FROM doorfiets.share_day o WHERE o.screenline = n.screenline AND o.variant = n.variant AND o.day = n.day
    AND (
        o.started_at, o.ended_at, o.numerator, o.denominator, o.paired, o.expected, o.quality_flags, o.flagged, o.rule) IS NOT DISTINCT FROM (
        n.started_at, n.ended_at, n.numerator, n.denominator, n.paired, n.expected, n.quality_flags, n.flagged, n.rule))
ON CONFLICT (screenline, variant, day) DO UPDATE SET
    started_at = excluded.started_at, ended_at = excluded.ended_at, numerator = excluded.numerator,
    denominator = excluded.denominator, paired = excluded.paired, expected = excluded.expected,
    quality_flags = excluded.quality_flags, flagged = excluded.flagged, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.started_at, t.ended_at, t.numerator, t.denominator, t.paired, t.expected, t.quality_flags, t.flagged, t.rule) IS DISTINCT FROM (
    excluded.started_at, excluded.ended_at, excluded.numerator, excluded.denominator, excluded.paired, excluded.expected,
    excluded.quality_flags, excluded.flagged, excluded.rule);

-- insert_share_day --
INSERT INTO doorfiets.share_day AS t (
    screenline, variant, day, started_at, ended_at, numerator, denominator, paired, expected, quality_flags, flagged,
    rule)
SELECT
    n.screenline, n.variant, n.day, n.started_at, n.ended_at, n.numerator, n.denominator, n.paired, n.expected,
    n.quality_flags, n.flagged, n.rule
FROM (
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
    WHERE v.kind = 'share') n;

-- changed_share_day --
SELECT 'share_day/' || array_to_string(ARRAY[
    replace(r.content ->> 'screenline', '+00:00', 'Z'), replace(r.content ->> 'variant', '+00:00', 'Z'),
    replace(r.content ->> 'day', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.share_day t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_link_day --
INSERT INTO doorfiets.link_day AS t (
    link, day, started_at, ended_at, counted_on, measured, cyclists, paired, expected, quality_flags, rule)
SELECT
    n.link, n.day, n.started_at, n.ended_at, n.counted_on, n.measured, n.cyclists, n.paired, n.expected, n.quality_flags,
    n.rule
FROM (
    -- The cyclists of the site that counts a link, or of the link whose count it assumes.
    SELECT l.link, w.day, w.started_at, w.ended_at, c.link AS counted_on, l.site IS NOT NULL AS measured, s.total AS cyclists, s.paired, s.expected,
           s.quality_flags, %(rule)s AS rule
    FROM aggregate_key v
    JOIN aggregate_key_day w USING (aggregate_key)
    JOIN doorfiets.link c ON c.site = v.place
    JOIN doorfiets.link l ON l.link = c.link OR l.assumed_from = c.link
    JOIN doorfiets.site_day s ON s.site = v.place AND s.mode = v.facet AND s.day = w.day
    WHERE v.kind = 'site' AND v.facet = 'bicycles') n
ON CONFLICT (link, day) DO UPDATE SET
    started_at = excluded.started_at, ended_at = excluded.ended_at, counted_on = excluded.counted_on,
    measured = excluded.measured, cyclists = excluded.cyclists, paired = excluded.paired, expected = excluded.expected,
    quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.started_at, t.ended_at, t.counted_on, t.measured, t.cyclists, t.paired, t.expected, t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.started_at, excluded.ended_at, excluded.counted_on, excluded.measured, excluded.cyclists, excluded.paired,
    excluded.expected, excluded.quality_flags, excluded.rule);

-- changed_link_day --
SELECT 'link_day/' || array_to_string(ARRAY[
    replace(r.content ->> 'link', '+00:00', 'Z'), replace(r.content ->> 'day', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.link_day t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_route_day --
INSERT INTO doorfiets.route_day AS t (
    route, day, started_at, ended_at, bicycle_km, measured_bicycle_km, length_km, measured_km, assumed_km, missing_km,
    mean_cyclists, through_ratio, uniformity, green_share, paired, expected, withheld, quality_flags, rule)
SELECT
    n.route, n.day, n.started_at, n.ended_at, n.bicycle_km, n.measured_bicycle_km, n.length_km, n.measured_km,
    n.assumed_km, n.missing_km, n.mean_cyclists, n.through_ratio, n.uniformity, n.green_share, n.paired, n.expected,
    n.withheld, n.quality_flags, n.rule
FROM (
    -- One day of one route, as streams.domain.usage computes it from its links.
    SELECT %(route)s AS route, %(day)s::date AS day, %(started_at)s::timestamptz AS started_at, %(ended_at)s::timestamptz AS ended_at,
           %(bicycle_km)s::float8 AS bicycle_km, %(measured_bicycle_km)s::float8 AS measured_bicycle_km,
           %(length_km)s::float8 AS length_km, %(measured_km)s::float8 AS measured_km, %(assumed_km)s::float8 AS assumed_km,
           %(missing_km)s::float8 AS missing_km, %(mean_cyclists)s::float8 AS mean_cyclists, %(through_ratio)s::float8 AS through_ratio,
           %(uniformity)s::float8 AS uniformity, %(green_share)s::float8 AS green_share, %(withheld)s::jsonb AS withheld, %(paired)s::int4 AS paired,
           %(expected)s::int4 AS expected, %(quality_flags)s::int4 AS quality_flags, %(rule)s AS rule) n
ON CONFLICT (route, day) DO UPDATE SET
    started_at = excluded.started_at, ended_at = excluded.ended_at, bicycle_km = excluded.bicycle_km,
    measured_bicycle_km = excluded.measured_bicycle_km, length_km = excluded.length_km,
    measured_km = excluded.measured_km, assumed_km = excluded.assumed_km, missing_km = excluded.missing_km,
    mean_cyclists = excluded.mean_cyclists, through_ratio = excluded.through_ratio, uniformity = excluded.uniformity,
    green_share = excluded.green_share, paired = excluded.paired, expected = excluded.expected,
    withheld = excluded.withheld, quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.started_at, t.ended_at, t.bicycle_km, t.measured_bicycle_km, t.length_km, t.measured_km, t.assumed_km,
    t.missing_km, t.mean_cyclists, t.through_ratio, t.uniformity, t.green_share, t.paired, t.expected, t.withheld,
    t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.started_at, excluded.ended_at, excluded.bicycle_km, excluded.measured_bicycle_km, excluded.length_km,
    excluded.measured_km, excluded.assumed_km, excluded.missing_km, excluded.mean_cyclists, excluded.through_ratio,
    excluded.uniformity, excluded.green_share, excluded.paired, excluded.expected, excluded.withheld,
    excluded.quality_flags, excluded.rule);

-- changed_route_day --
SELECT 'route_day/' || array_to_string(ARRAY[
    replace(r.content ->> 'route', '+00:00', 'Z'), replace(r.content ->> 'day', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.route_day t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_air_hour --
INSERT INTO doorfiets.air_hour AS t (
    station, quantity, layer, hour, mean, withheld, valid, expected, basis, quality_flags, rule)
SELECT
    n.station, n.quantity, n.layer, n.hour, n.mean, n.withheld, n.valid, n.expected, n.basis, n.quality_flags, n.rule
FROM (
    -- The mean of an hour of which three quarters were measured; null otherwise (Dir. 2008/50, Annex VII). What stations say themselves and what
    -- their publisher made of it, each in the unit of the catalogue. A layer whose datastreams changed their name keeps its row, without
    -- anything in it.
    SELECT m.station, m.quantity, m.layer, m.hour, m.mean, CASE WHEN m.outside THEN jsonb_build_object('code', 'outside_window', 'parameters', jsonb_build_object())
           WHEN m.mean IS NULL THEN jsonb_build_object('code', 'coverage_below', 'parameters',
               jsonb_build_object('valid', coalesce(m.valid * 100 / nullif(m.expected, 0), 0)::int4, 'needed', 75)) END AS withheld,
           m.valid, m.expected, '{}'::jsonb AS basis, m.quality_flags, %(rule)s AS rule
    FROM (
        SELECT a.station, a.quantity, a.layer, a.hour, coalesce(sum(h.valid), 0) AS valid, coalesce(sum(x.expected), 0) AS expected,
               coalesce(sum(x.expected) = 0 AND bool_or(w.open IS NOT NULL), false) AS outside, coalesce(bit_or(h.quality_flags), 0) AS quality_flags,
               CASE WHEN sum(h.valid) > 0 AND sum(h.valid) * 4 >= sum(x.expected) * 3
                    THEN (sum(h.total * d.scale::numeric) / sum(h.valid))::float8 END AS mean
        FROM (
            SELECT DISTINCT d.station, d.quantity, d.layer, c.hour FROM claimed c JOIN doorfiets.datastream d USING (datastream)
            WHERE d.station IS NOT NULL
            UNION
            SELECT d.station, d.quantity, b.layer, c.hour FROM claimed c JOIN doorfiets.datastream d USING (datastream)
            CROSS JOIN LATERAL (
                SELECT o.layer FROM doorfiets.air_hour o
                WHERE o.station = d.station AND o.quantity = d.quantity AND o.hour = c.hour
                  AND o.layer = CASE d.layer WHEN 'measured' THEN 'publisher' ELSE 'measured' END LIMIT 1) b) a
        LEFT JOIN doorfiets.datastream d
            ON d.station = a.station AND d.quantity = a.quantity AND d.layer = a.layer AND d.valid_from <= a.hour AND a.hour < d.valid_until
        LEFT JOIN stream_window w ON w.datastream = d.datastream
        CROSS JOIN LATERAL (
            SELECT CASE WHEN w.open IS NULL THEN 3600 / d.seconds
                        ELSE api.whole_bins(w.open * tstzmultirange(tstzrange(a.hour, a.hour + interval '1 hour')), d.seconds) END AS expected) x
        LEFT JOIN LATERAL (
            SELECT sum(t.total) AS total, sum(t.valid) AS valid, bit_or(t.quality_flags) AS quality_flags FROM doorfiets.datastream_hour t
            WHERE t.datastream = d.datastream AND t.hour = a.hour) h ON true
        GROUP BY a.station, a.quantity, a.layer, a.hour) m) n
ON CONFLICT (station, quantity, layer, hour) DO UPDATE SET
    mean = excluded.mean, withheld = excluded.withheld, valid = excluded.valid, expected = excluded.expected,
    basis = excluded.basis, quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.mean, t.withheld, t.valid, t.expected, t.basis, t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.mean, excluded.withheld, excluded.valid, excluded.expected, excluded.basis, excluded.quality_flags,
    excluded.rule);

-- write_corrected_air_hour --
INSERT INTO doorfiets.air_hour AS t (
    station, quantity, layer, hour, mean, withheld, valid, expected, basis, quality_flags, rule)
SELECT
    n.station, n.quantity, n.layer, n.hour, n.mean, n.withheld, n.valid, n.expected, n.basis, n.quality_flags, n.rule
FROM (
    -- What a correction makes of an hour; the layer names its rule.
    SELECT station, quantity, layer, to_timestamp(hour * 3600) AS hour, mean, withheld, valid, expected, basis, quality_flags, layer AS rule
    FROM json_to_recordset(%(rows)s::json)
        AS c(station text, quantity text, layer text, hour int8, mean float8, withheld jsonb, valid int4, expected int4, basis jsonb,
               quality_flags int4)) n
ON CONFLICT (station, quantity, layer, hour) DO UPDATE SET
    mean = excluded.mean, withheld = excluded.withheld, valid = excluded.valid, expected = excluded.expected,
    basis = excluded.basis, quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.mean, t.withheld, t.valid, t.expected, t.basis, t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.mean, excluded.withheld, excluded.valid, excluded.expected, excluded.basis, excluded.quality_flags,
    excluded.rule);

-- changed_air_hour --
SELECT 'air_hour/' || array_to_string(ARRAY[
    replace(r.content ->> 'station', '+00:00', 'Z'), replace(r.content ->> 'quantity', '+00:00', 'Z'),
    replace(r.content ->> 'layer', '+00:00', 'Z'), replace(r.content ->> 'hour', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.air_hour t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_air_index_hour --
INSERT INTO doorfiets.air_index_hour AS t (
    station, scheme, hour, value, level, basis, withheld, valid, expected, quality_flags, rule)
SELECT
    n.station, n.scheme, n.hour, n.value, n.level, n.basis, n.withheld, n.valid, n.expected, n.quality_flags, n.rule
FROM (
    -- The indices of an hour, as streams.domain.air.indices judges them.
    SELECT station, scheme, to_timestamp(hour * 3600) AS hour, value, level, withheld, valid, expected, basis, quality_flags, %(rule)s AS rule
    FROM json_to_recordset(%(rows)s::json)
        AS i(station text, scheme text, hour int8, value int4, level text, withheld jsonb, valid int4, expected int4, basis jsonb,
               quality_flags int4)) n
ON CONFLICT (station, scheme, hour) DO UPDATE SET
    value = excluded.value, level = excluded.level, basis = excluded.basis, withheld = excluded.withheld,
    valid = excluded.valid, expected = excluded.expected, quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.value, t.level, t.basis, t.withheld, t.valid, t.expected, t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.value, excluded.level, excluded.basis, excluded.withheld, excluded.valid, excluded.expected,
    excluded.quality_flags, excluded.rule);

-- changed_air_index_hour --
SELECT 'air_index_hour/' || array_to_string(ARRAY[
    replace(r.content ->> 'station', '+00:00', 'Z'), replace(r.content ->> 'scheme', '+00:00', 'Z'),
    replace(r.content ->> 'hour', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.air_index_hour t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;

-- write_indicator_value --
INSERT INTO doorfiets.indicator_value AS t (
    kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld,
    basis, valid, expected, quality_flags, rule)
SELECT
    n.kind, n.subject, n.facet, n.indicator, n.period, n.first_day, n.last_day, n.started_at, n.ended_at, n.part,
    n.value, n.low, n.high, n.withheld, n.basis, n.valid, n.expected, n.quality_flags, n.rule
FROM (
    -- The indicators of what was computed.
    SELECT kind, subject, facet, indicator, period, first_day, last_day, started_at, ended_at, part, value, low, high, withheld, basis, valid, expected, quality_flags,
           rule
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
        kind text, subject text, facet text, indicator text, period text, first_day date, last_day date, started_at timestamptz, ended_at timestamptz,
        part int4, value float8, low float8, high float8, withheld jsonb, basis jsonb, valid int4, expected int4, quality_flags int4,
        rule text)) n
ON CONFLICT (kind, subject, facet, indicator, period, first_day, part) DO UPDATE SET
    last_day = excluded.last_day, started_at = excluded.started_at, ended_at = excluded.ended_at, value = excluded.value,
    low = excluded.low, high = excluded.high, withheld = excluded.withheld, basis = excluded.basis,
    valid = excluded.valid, expected = excluded.expected, quality_flags = excluded.quality_flags, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (
    t.last_day, t.started_at, t.ended_at, t.value, t.low, t.high, t.withheld, t.basis, t.valid, t.expected,
    t.quality_flags, t.rule) IS DISTINCT FROM (
    excluded.last_day, excluded.started_at, excluded.ended_at, excluded.value, excluded.low, excluded.high,
    excluded.withheld, excluded.basis, excluded.valid, excluded.expected, excluded.quality_flags, excluded.rule);

-- changed_indicator_value --
SELECT 'indicator_value/' || array_to_string(ARRAY[
    replace(r.content ->> 'kind', '+00:00', 'Z'), replace(r.content ->> 'subject', '+00:00', 'Z'),
    replace(r.content ->> 'facet', '+00:00', 'Z'), replace(r.content ->> 'indicator', '+00:00', 'Z'),
    replace(r.content ->> 'period', '+00:00', 'Z'), replace(r.content ->> 'first_day', '+00:00', 'Z'),
    replace(r.content ->> 'part', '+00:00', 'Z')], '/'),
    (r.content - 'changed_in')::text, t.changed_in::text
FROM doorfiets.indicator_value t CROSS JOIN LATERAL (SELECT to_jsonb(t) AS content OFFSET 0) r
WHERE t.changed_in >= %(from)s::xid8 AND t.changed_in < %(until)s::xid8
ORDER BY t.changed_in;
