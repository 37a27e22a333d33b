-- data_state --
-- The state of the data, asked once by each request: of the registry, of all numbers, and until when everything that was published is received, stored and
-- added up, with what waits at each stage; nulls where nothing was marked.
SELECT d.registry, d.revision, w.received_until, w.stored_until, w.aggregated_until, w.receive_backlog, w.store_backlog, w.aggregate_backlog,
       w.measured_at, w.store_measured_at, w.aggregate_measured_at, s.applied_state,
       pg_current_snapshot()::text AS snapshot, api.registry_writes() AS registry_writes, api.progress(w::text) AS progress
FROM api.data_revision d
LEFT JOIN api.applied_state s ON true
LEFT JOIN api.watermark w ON true;

-- watermark --
-- How far the platform has come, and the state of the registry that is in force, for who asks nothing else: its readiness and its metrics; no row or nulls
-- where nothing was marked.
SELECT w.received_until, w.stored_until, w.aggregated_until, w.receive_backlog, w.store_backlog, w.aggregate_backlog, w.measured_at, w.store_measured_at,
       w.aggregate_measured_at, s.applied_state
FROM api.watermark w
LEFT JOIN api.applied_state s ON true;

-- waiting --
-- The hours of a range in which something of a subject waits to be added up.
SELECT api.waiting(%(kind)s, %(subject)s, %(facet)s, %(direction)s, %(start)s, %(end)s) AS waiting;

-- waiting_indicators --
-- The same for its indicators, with the years that are computed again.
SELECT coalesce(api.waiting(%(kind)s, %(subject)s, NULL, NULL, %(start)s, %(end)s), '{}')
       + coalesce(api.waiting_years(%(kind)s, %(subject)s), '{}') AS waiting;

-- alive --
-- The shortest question there is.
SELECT 1 AS alive;

-- look --
-- What moved since the snapshot of the look before, for all who hold an answer; at the first look there is none. No row where nothing was written since.
SELECT snapshot, registry_writes, progress, processed_until, waiting, changed FROM api.look(%(seen)s::pg_snapshot);
