-- Hours are UTC buckets, so both autumn hours stand apart; hours without a row are filled as gaps.
SELECT $__timeGroupAlias(h.hour,'1h',NULL), api.name_with_owner(s.name, s.owner) AS metric, h.share AS aandeel
FROM api.share_hour h JOIN api.screenline s USING (screenline)
WHERE $__timeFilter(h.hour) AND h.variant = 'motor' AND h.screenline IN (${screenline:sqlstring})
ORDER BY 1, 2
