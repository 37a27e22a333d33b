-- Of each screenline the share, pooled over the local days that begin in the range by the one function that the site and the API use too.
SELECT api.name_with_owner(l.name, l.owner) || CASE WHEN l.illustrative THEN #{example} ELSE '' END AS screenline,
       p.share AS share,
       api.calibrated_share(p.share, o.calibration_low) AS calibrated_low,
       api.calibrated_share(p.share, o.calibration_high) AS calibrated_high,
       p.coverage AS coverage,
       p.withheld ->> 'code' AS reason,
       p.numerator::float8 AS bicycles,
       p.denominator::float8 AS traffic,
       p.days_with_share AS days_known,
       p.days AS days
FROM api.screenline l
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL (
    SELECT min(day) AS from_day, max(day) + 1 AS until_day FROM api.local_days($__timeFrom(), $__timeTo(), o.timezone) HAVING count(*) > 0) d
CROSS JOIN LATERAL api.share_period(l.screenline, 'motor', d.from_day, d.until_day) p
WHERE EXISTS (SELECT FROM api.screenline_variant v WHERE v.screenline = l.screenline AND v.variant = 'motor')
ORDER BY 1, l.screenline
