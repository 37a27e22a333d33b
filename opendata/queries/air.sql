-- air_hours --
-- Every hour of every quantity that a station should measure.
WITH bucket AS (
    SELECT h AS started_at, q.quantity, 3600 / max(q.seconds) AS expected, array_agg(DISTINCT q.origin) AS origins
    FROM api.station_quantity q, generate_series(date_trunc('hour', %(start)s::timestamptz, 'UTC'), %(end)s::timestamptz, '1 hour') h
    WHERE q.station = %(station)s AND (%(quantity)s::text IS NULL OR q.quantity = %(quantity)s)
      AND q.valid_from <= h AND h < q.valid_until AND h >= %(start)s AND h < %(end)s
    GROUP BY h, q.quantity)
SELECT b.started_at, b.started_at + interval '1 hour' AS ended_at, NULL::date AS day, b.quantity, n.unit_label AS unit, t.mean AS value,
       coalesce(t.withheld, CASE WHEN t.mean IS NULL THEN 'geen meting ontvangen' END) AS reason, coalesce(t.valid, 0) AS valid,
       coalesce(t.expected, b.expected) AS expected, 0 AS doubts, b.origins, coalesce(t.revision, 0) AS revision, t.computed_at AS revised_at
FROM bucket b JOIN api.quantity n USING (quantity)
LEFT JOIN api.air_hour t ON t.station = %(station)s AND t.quantity = b.quantity AND t.hour = b.started_at
ORDER BY b.started_at, b.quantity;

-- air_start --
-- Since when a station measures.
SELECT min(valid_from) AS valid_from FROM api.station_quantity WHERE station = %(station)s;
