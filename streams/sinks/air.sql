-- touched --
-- The hours of stations of which something was claimed.
SELECT DISTINCT d.station, c.hour FROM claimed c JOIN doorfiets.datastream d USING (datastream) WHERE d.station IS NOT NULL;

-- air_hour --
-- The mean of an hour of which three quarters were measured; null otherwise (Dir. 2008/50, Annex VII). What stations say themselves and what their
-- publisher made of it, each in the unit of the catalogue. A layer whose datastreams changed their name keeps its row, without anything in it.
INSERT INTO doorfiets.air_hour AS t (station, quantity, layer, hour, mean, withheld, valid, expected, rule)
SELECT m.station, m.quantity, m.layer, m.hour, m.mean, CASE WHEN m.mean IS NULL THEN 'dekking onder 75 %%' END, m.valid, m.expected, %(rule)s
FROM (
    SELECT a.station, a.quantity, a.layer, a.hour, coalesce(sum(h.valid), 0) AS valid, coalesce(sum(3600 / d.seconds), 0) AS expected,
           CASE WHEN sum(h.valid) > 0 AND sum(h.valid) * 4 >= sum(3600 / d.seconds) * 3
                THEN (sum(h.total * d.scale::numeric) / sum(h.valid))::float8 END AS mean
    FROM (
        SELECT DISTINCT d.station, d.quantity, d.layer, c.hour FROM claimed c JOIN doorfiets.datastream d USING (datastream)
        WHERE d.station IS NOT NULL
        UNION
        SELECT b.station, b.quantity, b.layer, b.hour FROM claimed c JOIN doorfiets.datastream d USING (datastream)
        JOIN doorfiets.air_hour b ON b.station = d.station AND b.quantity = d.quantity AND b.layer IN ('measured', 'publisher') AND b.hour = c.hour) a
    LEFT JOIN doorfiets.datastream d
        ON d.station = a.station AND d.quantity = a.quantity AND d.layer = a.layer AND d.valid_from <= a.hour AND a.hour < d.valid_until
    LEFT JOIN LATERAL (
        SELECT sum(t.total) AS total, sum(t.valid) AS valid FROM doorfiets.tally_hour t
        WHERE t.datastream = d.datastream AND t.hour = a.hour) h ON true
    GROUP BY a.station, a.quantity, a.layer, a.hour) m
ON CONFLICT (station, quantity, layer, hour) DO UPDATE SET
    mean = excluded.mean, withheld = excluded.withheld, valid = excluded.valid, expected = excluded.expected, rule = excluded.rule,
    revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (t.mean, t.withheld, t.valid, t.expected, t.rule) IS DISTINCT FROM
    (excluded.mean, excluded.withheld, excluded.valid, excluded.expected, excluded.rule);

-- network --
-- Every station with its datastreams, in the order of streams.domain.air.network.Stream.
SELECT d.station, s.kind, s.environment, s.region, d.quantity, d.layer, d.instrument, d.kappa, d.valid_from, d.valid_until
FROM doorfiets.datastream d JOIN doorfiets.station s USING (station) ORDER BY d.datastream;

-- hours --
SELECT station, quantity, layer, hour, mean, valid, expected
FROM unnest(%(station)s::text[], %(quantity)s::text[], %(layer)s::text[], %(hour)s::timestamptz[]) AS w(station, quantity, layer, hour)
JOIN doorfiets.air_hour USING (station, quantity, layer, hour);

-- put_corrected --
INSERT INTO doorfiets.air_hour AS t (station, quantity, layer, hour, mean, withheld, valid, expected, basis, rule)
SELECT station, quantity, layer, hour, mean, withheld, valid, expected, basis::jsonb, layer
FROM unnest(%(station)s::text[], %(quantity)s::text[], %(layer)s::text[], %(hour)s::timestamptz[], %(mean)s::float8[], %(withheld)s::text[],
            %(valid)s::int4[], %(expected)s::int4[], %(basis)s::text[])
    AS n(station, quantity, layer, hour, mean, withheld, valid, expected, basis)
ON CONFLICT (station, quantity, layer, hour) DO UPDATE SET
    mean = excluded.mean, withheld = excluded.withheld, valid = excluded.valid, expected = excluded.expected, basis = excluded.basis,
    rule = excluded.rule, revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (t.mean, t.withheld, t.valid, t.expected, t.basis, t.rule) IS DISTINCT FROM
    (excluded.mean, excluded.withheld, excluded.valid, excluded.expected, excluded.basis, excluded.rule);

-- drop_corrected --
-- A correction that the registry no longer names.
DELETE FROM doorfiets.air_hour t
USING unnest(%(station)s::text[], %(quantity)s::text[], %(layer)s::text[], %(hour)s::timestamptz[]) AS g(station, quantity, layer, hour)
WHERE (t.station, t.quantity, t.layer, t.hour) = (g.station, g.quantity, g.layer, g.hour);

-- judged_before --
-- Which of these hours have an index already; one that has none gets it with its own readings.
SELECT DISTINCT station, hour
FROM unnest(%(station)s::text[], %(hour)s::timestamptz[]) AS w(station, hour)
JOIN doorfiets.air_index_hour USING (station, hour)
WHERE scheme = ANY (%(schemes)s::text[]);

-- air_index_hour --
INSERT INTO doorfiets.air_index_hour AS t (station, scheme, hour, value, level, withheld, valid, expected, basis, rule)
SELECT station, scheme, hour, value, level, withheld, valid, expected, basis::jsonb, %(rule)s
FROM unnest(%(station)s::text[], %(scheme)s::text[], %(hour)s::timestamptz[], %(value)s::int4[], %(level)s::text[], %(withheld)s::text[],
            %(valid)s::int4[], %(expected)s::int4[], %(basis)s::text[])
    AS n(station, scheme, hour, value, level, withheld, valid, expected, basis)
ON CONFLICT (station, scheme, hour) DO UPDATE SET
    value = excluded.value, level = excluded.level, withheld = excluded.withheld, valid = excluded.valid, expected = excluded.expected,
    basis = excluded.basis, rule = excluded.rule, revision = t.revision + 1, computed_at = now(), changed_in = pg_current_xact_id()
WHERE (t.value, t.level, t.withheld, t.valid, t.expected, t.basis, t.rule) IS DISTINCT FROM
    (excluded.value, excluded.level, excluded.withheld, excluded.valid, excluded.expected, excluded.basis, excluded.rule);
