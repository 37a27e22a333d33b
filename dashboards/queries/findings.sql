-- What was found about counters in the range and was not withdrawn: dead, blind and stuck ones, and clocks that are wrong; the newest first.
SELECT f.flag AS flag,
       f.place_name AS place,
       f.started_at AS started_at,
       nullif(f.ended_at, 'infinity') AS ended_at
FROM api.finding f
WHERE f.withdrawn_at IS NULL AND f.flag IN ('dead', 'blind', 'stuck', 'clock_skew') AND f.started_at <= $__timeTo() AND f.ended_at >= $__timeFrom()
ORDER BY f.started_at DESC, f.finding
