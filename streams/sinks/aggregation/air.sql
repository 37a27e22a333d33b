-- touched --
-- The hours of stations of which something was claimed; an hour is a number here, counted from 1970 on.
SELECT DISTINCT d.station, extract(epoch FROM c.hour)::int8 / 3600
FROM claimed c JOIN doorfiets.datastream d USING (datastream) WHERE d.station IS NOT NULL;

-- air_hour --
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
    GROUP BY a.station, a.quantity, a.layer, a.hour) m;

-- network --
-- Every station with its datastreams, in the order of streams.domain.air.network.Stream.
SELECT d.station, s.kind, s.environment, s.region, d.quantity, d.layer, d.instrument, d.kappa,
       ceil(extract(epoch FROM d.valid_from) / 3600)::int8, ceil(extract(epoch FROM d.valid_until) / 3600)::int8
FROM doorfiets.datastream d JOIN doorfiets.station s USING (station) ORDER BY d.datastream;

-- hours --
-- What is known of each layer in a stretch of hours: mean, valid, expected and flags by hour.
SELECT w.station, w.quantity, w.layer, k.hours::text
FROM json_to_recordset(%(rows)s::json) AS w(station text, quantity text, layer text, first int8, last int8)
CROSS JOIN LATERAL (
    SELECT json_object_agg(extract(epoch FROM a.hour)::int8 / 3600, json_build_array(a.mean, a.valid, a.expected, a.quality_flags)) AS hours
    FROM doorfiets.air_hour a
    WHERE a.station = w.station AND a.quantity = w.quantity AND a.layer = w.layer
      AND a.hour >= to_timestamp(w.first * 3600) AND a.hour <= to_timestamp(w.last * 3600)) k
WHERE k.hours IS NOT NULL;

-- corrected_air_hour --
-- What a correction makes of an hour; the layer names its rule.
SELECT station, quantity, layer, to_timestamp(hour * 3600) AS hour, mean, withheld, valid, expected, basis, quality_flags, layer AS rule
FROM json_to_recordset(%(rows)s::json)
    AS c(station text, quantity text, layer text, hour int8, mean float8, withheld jsonb, valid int4, expected int4, basis jsonb,
           quality_flags int4);

-- drop_corrected --
-- Corrections that the registry no longer names; what was computed from them is computed again.
WITH gone AS (
    DELETE FROM doorfiets.air_hour t
    USING json_to_recordset(%(rows)s::json) AS g(station text, quantity text, layer text, hour int8)
    WHERE (t.station, t.quantity, t.layer, t.hour) = (g.station, g.quantity, g.layer, to_timestamp(g.hour * 3600))
    RETURNING t.station, t.quantity, t.hour)
INSERT INTO doorfiets.indicator_due (kind, subject, facet, year, due_at)
SELECT DISTINCT 'station', g.station, g.quantity, extract(year FROM g.hour AT TIME ZONE m.timezone)::int4, now()
FROM gone g JOIN doorfiets.station USING (station) JOIN doorfiets.owner m USING (owner)
ON CONFLICT (kind, subject, facet, year) DO NOTHING;

-- moved --
-- The hours of which particulate matter was written just now.
SELECT DISTINCT station, extract(epoch FROM hour)::int8 / 3600
FROM doorfiets.air_hour WHERE changed_in = pg_current_xact_id() AND quantity = ANY (%(particulates)s);

-- air_index_hour --
-- The indices of an hour, as streams.domain.air.indices judges them.
SELECT station, scheme, to_timestamp(hour * 3600) AS hour, value, level, withheld, valid, expected, basis, quality_flags, %(rule)s AS rule
FROM json_to_recordset(%(rows)s::json)
    AS i(station text, scheme text, hour int8, value int4, level text, withheld jsonb, valid int4, expected int4, basis jsonb,
           quality_flags int4);
