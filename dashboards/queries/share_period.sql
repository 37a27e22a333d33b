-- Pooled over the local days that begin in the period, by the one function that the site and the API use too.
SELECT api.name_with_owner(l.name, l.owner) AS "tellijn",
       p.share AS "fietsaandeel",
       p.low AS "ondergrens",
       p.high AS "bovengrens",
       p.numerator::float8 AS "fietsers",
       p.denominator::float8 AS "alle voertuigen",
       p.coverage AS "dekking",
       p.days_with_share AS "dagen met aandeel",
       p.days AS "dagen in periode",
       coalesce(CASE p.withheld ->> 'code'
                    WHEN 'coverage_below' THEN 'dekking onder 75 %'
                    WHEN 'modes_missing' THEN 'niet alle vervoerwijzen werden geteld'
                    WHEN 'outside_window' THEN 'buiten de meettijd'
                    WHEN 'nobody_counted' THEN 'niemand geteld' END, CASE WHEN l.illustrative THEN 'voorbeeldtellijn' ELSE '' END) AS "opmerking"
FROM api.screenline l
JOIN api.owner o USING (owner)
CROSS JOIN LATERAL (
    SELECT min(day) AS from_day, max(day) + 1 AS until_day FROM api.local_days($__timeFrom(), $__timeTo(), o.timezone) HAVING count(*) > 0) d
CROSS JOIN LATERAL api.share_period(l.screenline, 'motor', d.from_day, d.until_day) p
WHERE l.screenline IN (${screenline:sqlstring})
ORDER BY 1, l.screenline
