-- How many intervals of their own rhythm all feeds of a place have missed at least. What fell silent with many others has one alert for all of it. What is
-- closed, in maintenance or recorded elsewhere owes nothing, and what nothing came of yet cannot fall silent.
WITH feed AS (
    SELECT place, place_name, coalesce(missed_intervals, 0) AS missed,
           status = 'silent' AND since >= $__timeFrom() AS fell, status = 'silent' AND since < $__timeFrom() AS before
    FROM api.feed WHERE status NOT IN ('closed', 'maintenance', 'never_received') AND origin <> 'recorded'),
many AS (
    SELECT 100 * count(*) FILTER (WHERE fell) > :percent * count(*) FILTER (WHERE NOT before)
           AND count(DISTINCT place) FILTER (WHERE fell) >= :sites AS holds
    FROM feed)
SELECT f.place AS site, min(f.place_name) AS name, CASE WHEN m.holds AND bool_and(f.fell) THEN 0 ELSE min(f.missed) END::float8 AS value
FROM feed f CROSS JOIN many m
GROUP BY f.place, m.holds
ORDER BY f.place
