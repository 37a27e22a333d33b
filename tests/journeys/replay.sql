-- whole --
-- Stored rows as they are, down to revision and moment of computing.
SELECT 'hour', t::text FROM doorfiets.datastream_hour t JOIN doorfiets.datastream USING (datastream) WHERE sensor LIKE %(sensors)s
UNION ALL
SELECT 'day', t::text FROM doorfiets.datastream_day t JOIN doorfiets.datastream USING (datastream) WHERE sensor LIKE %(sensors)s
UNION ALL
SELECT 'site', s::text FROM doorfiets.site_day s
WHERE site IN (SELECT site FROM doorfiets.channel JOIN doorfiets.datastream USING (channel) WHERE sensor LIKE %(sensors)s)
ORDER BY 1, 2;

-- contents --
-- Their contents without names; revision and times depend on when a batch arrived.
SELECT 'hour', substr(source, 1, 3) || right(sensor, 2), hour::text, rows, valid, expected, total, minimum, maximum
FROM doorfiets.datastream_hour JOIN doorfiets.datastream USING (datastream) WHERE sensor LIKE %(sensors)s
UNION ALL
SELECT 'day', substr(source, 1, 3) || right(sensor, 2), day::text, rows, valid, expected, total, minimum, maximum
FROM doorfiets.datastream_day JOIN doorfiets.datastream USING (datastream) WHERE sensor LIKE %(sensors)s
UNION ALL
SELECT 'site', replace(site, %(prefix)s, ''), day::text, rows, paired, expected, total, NULL, maximum
FROM doorfiets.site_day WHERE site LIKE 'file-' || %(sensors)s
ORDER BY 1, 2, 3;

-- duplicates --
-- The number of duplicates that were counted of some sensors.
SELECT coalesce(sum(duplicates), 0)::int FROM doorfiets.feed JOIN doorfiets.datastream USING (datastream) WHERE sensor LIKE %(sensors)s;
