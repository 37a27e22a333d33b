-- findings --
-- What was found about runs of datastreams, what is newest first: what stands, or also what was withdrawn; of one device, or of all.
SELECT f.finding, d.sensor AS device, f.place, coalesce(f.channel, '') AS channel, f.quantity, f.flag, f.started_at,
       CASE WHEN isfinite(f.ended_at) THEN f.ended_at END AS ended_at, f.rule, f.evidence, f.reason, f.found_at, f.withdrawn_at
FROM api.finding f JOIN doorfiets.datastream d USING (datastream)
WHERE (%(sensor)s::text IS NULL OR d.sensor = %(sensor)s) AND (%(all)s OR f.withdrawn_at IS NULL)
ORDER BY f.started_at DESC, f.finding DESC;
