-- The invented city as one of which all is well at this moment: every feed has just spoken, every stage has just measured, the last day was counted whole,
-- and the air is good. Two feeds owe nothing: one has ended, one is recorded elsewhere and has not spoken for a month.
UPDATE doorfiets.datastream SET valid_until = now() - interval '1 day' WHERE datastream = 2;
DELETE FROM doorfiets.feed;
INSERT INTO doorfiets.feed (datastream, last_started_at, last_ended_at, last_received_at, stored, duplicates, corrections, last_valid_ended_at, delay)
SELECT datastream, moment - interval '15 minutes', moment, moment, 1, 0, 0, moment, 1
FROM doorfiets.datastream
CROSS JOIN LATERAL (SELECT now() - CASE WHEN datastream = 1 THEN interval '30 days' ELSE interval '1 minute' END AS moment) m;
INSERT INTO doorfiets.fence (topic, epoch, partition, next_offset) VALUES ('observations', 'cluster/topic', 0, 1);
INSERT INTO doorfiets.watermark (bridge, partition, published_until, waiting) VALUES ('one', 0, now(), 0);
INSERT INTO doorfiets.stage (stage, worker, backlog, processed_until, measured_at) VALUES ('store', 'one', 0, NULL, now()), ('aggregate', 'one', 0, now(), now());
INSERT INTO doorfiets.share_hour (screenline, variant, hour, numerator, denominator, paired, expected, rule)
SELECT line, 'motor', hour, 30, 96, 4, 4, 'pair-1'
FROM unnest(ARRAY['centrum', 'spoor']) line,
     generate_series(date_trunc('hour', now(), 'UTC') - interval '30 hours', date_trunc('hour', now(), 'UTC'), '1 hour') hour;
INSERT INTO doorfiets.air_index_hour (station, scheme, hour, value, level, valid, expected, rule)
SELECT station, 'lki-2014', date_trunc('hour', now(), 'UTC') - hours * interval '1 hour', 3, 'good', 3, 4, 'index-1'
FROM unnest(ARRAY['park', 'singel']) station, generate_series(1, 2) hours;
INSERT INTO doorfiets.rejection (digest, reason, detail, topic, dialect, sensor, first_received_at, last_received_at, receptions)
VALUES ('\x01', 'unknown_sensor', '', 'x', 'ours', 'x', now() - interval '1 day', now() - interval '1 day', 500);
