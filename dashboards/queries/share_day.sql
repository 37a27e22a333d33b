-- The share of one screenline on stored local days, and how low and how high it is if bicycles are counted as wrongly as the owner says they may be; a day
-- without a row, or of which too little was measured, is a gap.
SELECT l.started_at AS time, part.name AS metric, part.value AS share
FROM api.screenline s
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL api.local_days($__timeFrom(), $__timeTo(), o.timezone) l
LEFT JOIN api.share_day d ON d.screenline = s.screenline AND d.day = l.day AND d.variant = 'motor'
CROSS JOIN LATERAL (VALUES (#{share}, d.share), (#{calibrated_low}, api.calibrated_share(d.share, o.calibration_low)),
    (#{calibrated_high}, api.calibrated_share(d.share, o.calibration_high))) AS part (name, value)
WHERE s.screenline IN (${screenline:sqlstring})
ORDER BY 1, 2
