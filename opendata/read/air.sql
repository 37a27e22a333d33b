-- air_hours --
-- Every hour of every quantity that a station should measure, in one layer; of a corrected layer, every hour of which there is a row.
WITH available AS (
    SELECT * FROM api.air_layer_hour_version
    WHERE station = %(station)s AND layer = %(layer)s AND hour >= %(start)s AND hour < %(end)s AND (%(quantity)s::text IS NULL OR quantity = %(quantity)s)
      AND api.held_at(computed_at, replaced_at, %(at)s)),
bucket AS (
    SELECT h AS started_at, q.quantity,
           max(api.bins_expected(q.seconds, h, h + interval '1 hour', h, h + interval '1 hour', array_remove(ARRAY[q.placed_window], NULL))) AS expected, array_agg(DISTINCT q.origin) AS origins, bool_or(q.layer = %(layer)s) AS own
    FROM api.station_quantity q, generate_series(date_trunc('hour', %(start)s::timestamptz, 'UTC'), %(end)s::timestamptz, '1 hour') h
    WHERE q.station = %(station)s AND (%(quantity)s::text IS NULL OR q.quantity = %(quantity)s)
      AND q.valid_from <= h AND h < q.valid_until AND h >= %(start)s AND h < %(end)s
      AND (q.layer = %(layer)s OR %(layer)s NOT IN ('measured', 'publisher') AND q.layer = 'measured')
    GROUP BY h, q.quantity)
SELECT b.started_at, b.started_at + interval '1 hour' AS ended_at, NULL::date AS day, b.quantity, t.mean AS value, t.basis, t.rule,
       coalesce(t.withheld, CASE WHEN t.mean IS NOT NULL THEN NULL WHEN b.expected = 0 THEN api.reason('outside_window') ELSE api.reason('not_received') END) AS reason, coalesce(t.valid, 0) AS valid,
       coalesce(t.expected, b.expected) AS expected, coalesce(t.quality_flags, 0) AS quality_flags, b.origins, coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at
FROM bucket b
LEFT JOIN available t ON t.quantity = b.quantity AND t.hour = b.started_at
WHERE b.own OR t.hour IS NOT NULL
ORDER BY b.started_at, b.quantity;

-- air_hours_state --
-- A name of all hours of a station in a range, which differs after every change of one of them.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at))) AS state
FROM api.air_layer_hour_version
WHERE station = %(station)s AND layer = %(layer)s AND hour >= %(start)s AND hour < %(end)s AND (%(quantity)s::text IS NULL OR quantity = %(quantity)s)
  AND api.held_at(computed_at, replaced_at, %(at)s);

-- air_start --
-- Since when a station measures.
SELECT min(valid_from) AS valid_from FROM api.station_quantity WHERE station = %(station)s;

-- air_layers --
-- In which layers a station has hours.
SELECT DISTINCT layer FROM api.station_quantity WHERE station = %(station)s
UNION SELECT l.layer FROM unnest(ARRAY['publisher', 'barkjohn-1', 'koehler-1', 'regional-1']) l(layer)
WHERE EXISTS (SELECT FROM api.air_layer_hour h WHERE h.station = %(station)s AND h.layer = l.layer);

-- air_indices --
-- Every hour of a range with the index of one table at a station, or of all (null).
SELECT hour AS started_at, hour + interval '1 hour' AS ended_at, NULL::date AS day, scheme, value, level, withheld AS reason, basis, valid, expected, quality_flags,
       (SELECT array_agg(DISTINCT q.origin) FROM api.station_quantity q
        WHERE q.station = %(station)s AND q.valid_from <= i.hour AND i.hour < q.valid_until) AS origins, revision, computed_at AS revised_at, rule
FROM api.air_index_hour_version i
WHERE station = %(station)s AND hour >= %(start)s AND hour < %(end)s AND (%(scheme)s::text IS NULL OR scheme = %(scheme)s)
  AND api.held_at(computed_at, replaced_at, %(at)s)
ORDER BY hour, scheme;

-- air_indices_state --
-- A name of all index hours of a station in a range likewise.
SELECT concat_ws('-', count(*), sum(revision), extract(epoch FROM max(computed_at))) AS state
FROM api.air_index_hour_version
WHERE station = %(station)s AND hour >= %(start)s AND hour < %(end)s AND (%(scheme)s::text IS NULL OR scheme = %(scheme)s)
  AND api.held_at(computed_at, replaced_at, %(at)s);
