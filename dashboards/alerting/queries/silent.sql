-- How many intervals of its own rhythm each feed has missed. A place that is silent as a whole has an alert of its own, and so has what fell silent with
-- many others. What is closed, in maintenance or recorded elsewhere owes nothing, and what nothing came of yet cannot fall silent.
WITH feed AS (
    SELECT datastream, place, place_name, coalesce(channel, quantity) AS name, coalesce(missed_intervals, 0) AS missed,
           status = 'silent' AND since >= $__timeFrom() AS fell, status = 'silent' AND since < $__timeFrom() AS before
    FROM api.feed WHERE status NOT IN ('closed', 'maintenance', 'never_received') AND origin <> 'recorded'),
many AS (
    SELECT 100 * count(*) FILTER (WHERE fell) > :percent * count(*) FILTER (WHERE NOT before)
           AND count(DISTINCT place) FILTER (WHERE fell) >= :sites AS holds
    FROM feed),
place AS (SELECT place, min(missed) AS missed FROM feed GROUP BY place)
SELECT f.place AS site, f.place_name AS name, f.name AS feed, f.datastream::text AS datastream,
       CASE WHEN p.missed > :missed OR m.holds AND f.fell THEN 0 ELSE f.missed END::float8 AS value
FROM feed f JOIN place p USING (place) CROSS JOIN many m
ORDER BY f.datastream
