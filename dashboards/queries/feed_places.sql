-- The worst status at each place, how many of its feeds are in it, and the worst of all its feeds: how late readings come, how wrong its clock can be, and how much of 24
-- hours was measured. A reading of the future (a delay below zero) comes from a clock that is ahead.
SELECT (array_agg(f.status ORDER BY f.rank))[1] AS status,
       f.place_name AS place,
       CASE WHEN count(DISTINCT f.origin) = 1 THEN min(f.origin) ELSE 'mixed' END AS origin,
       count(*) AS feeds,
       count(*) FILTER (WHERE f.status <> 'ok' AND f.status <> 'closed') AS feeds_with_a_problem,
       min(f.since) FILTER (WHERE f.status <> 'ok' AND f.status <> 'closed') AS since,
       max(f.last_ended_at) AS last_ended_at,
       max(f.missed_intervals) FILTER (WHERE f.status <> 'closed') AS missed_intervals,
       max(f.delay)::float8 AS delay,
       greatest(-min(f.delay), 0)::float8 AS clock_ahead,
       min(f.completeness) AS completeness
FROM api.feed f
GROUP BY f.place, f.place_name
ORDER BY min(f.rank), max(f.missed_intervals) DESC NULLS LAST, f.place_name, f.place
