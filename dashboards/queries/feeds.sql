-- The status of every feed, worst first; lateness is measured in intervals of its own rhythm.
SELECT f.status AS "status",
       f.since AS "sinds",
       f.place_name AS "plek",
       coalesce(f.channel, '') AS "telkanaal",
       q.label AS "grootheid",
       CASE f.origin WHEN 'measured' THEN 'gemeten' WHEN 'recorded' THEN 'opgenomen' ELSE 'gesimuleerd' END AS "herkomst",
       f.last_ended_at AS "gemeten tot",
       f.last_received_at AS "laatst gehoord",
       f.completeness AS "24 uur",
       f.every AS "interval",
       f.missed_intervals AS "gemiste intervallen",
       f.stored AS "metingen",
       f.duplicates AS "dubbel",
       f.corrections AS "gecorrigeerd",
       f.overtaken AS "ingehaald"
FROM api.feed f JOIN api.quantity q USING (quantity)
ORDER BY f.rank, f.missed_intervals DESC NULLS LAST, f.place_name, f.datastream
