-- site_days --
-- What is published of one site's bicycles in the recorded year.
SELECT day, total::float8 AS total, rows, paired, expected
FROM api.site_day
WHERE site = %(site)s AND mode = 'bicycles' AND day >= %(first)s AND day < %(last)s
ORDER BY day;

-- channel_months --
-- The sum over all channels of a counter, by month.
SELECT to_char(t.day, 'YYYY-MM') AS month, sum(t.total)::float8 AS total
FROM doorfiets.datastream_day t JOIN doorfiets.datastream d USING (datastream)
WHERE d.sensor = %(counter)s AND t.day >= %(first)s AND t.day < %(last)s
GROUP BY 1;

-- stored --
-- How many readings with a value are stored of some counters.
SELECT count(o.value) AS stored
FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream)
WHERE d.sensor = ANY (%(counters)s);

-- waiting --
-- Hours that are still to be computed.
SELECT count(*) AS hours FROM doorfiets.dirty_hour;
