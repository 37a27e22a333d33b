-- How many feeds are in which status now, worst first.
SELECT f.status AS status, count(*) AS feeds, min(f.since) AS since
FROM api.feed f
GROUP BY f.status
ORDER BY min(f.rank)
