-- failures --
-- What was set aside because it can never be stored or computed, the newest first: records of the log, and hours of datastreams.
SELECT failed_at AS at, topic || '/' || partition || ' offset ' || log_offset || CASE WHEN item > 0 THEN ' item ' || item ELSE '' END AS what,
       reason, sensor, detail, coalesce(length(payload), 0) AS bytes, CASE WHEN %(whole)s THEN encode(payload, 'base64') END AS payload
FROM doorfiets.failed_record
UNION ALL
SELECT since, to_char(hour AT TIME ZONE 'UTC', '"hour" YYYY-MM-DD"T"HH24:MI"Z"'), 'not computed', d.sensor || ' ' || d.source, problem, 0, NULL
FROM doorfiets.failed_hour JOIN doorfiets.datastream d USING (datastream)
ORDER BY 1 DESC, 2;
