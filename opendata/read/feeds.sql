-- feed_summary --
-- How many feeds are in which state now.
SELECT status, count(*) AS feeds FROM api.feed WHERE valid_from <= %(now)s AND %(now)s < valid_until GROUP BY status;

-- feeds_in_trouble --
-- Feeds with which somebody has something to do, worst first.
SELECT f.place_name, f.quantity, f.status, f.last_ended_at, f.seconds
FROM api.feed f
WHERE f.valid_from <= %(now)s AND %(now)s < f.valid_until AND f.status NOT IN ('ok', 'maintenance', 'closed')
ORDER BY f.rank, f.last_ended_at NULLS FIRST, f.place_name LIMIT 12;
