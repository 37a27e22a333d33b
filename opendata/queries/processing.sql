-- watermark --
-- Until when everything that was published is received, stored and added up, and what waits at each stage; no row or nulls where nothing was marked.
SELECT received_until, stored_until, aggregated_until, receive_backlog, store_backlog, aggregate_backlog, measured_at, store_measured_at
FROM api.watermark;

-- waiting --
-- The hours of a range in which something of a subject waits to be added up.
SELECT api.waiting(%(kind)s, %(subject)s, %(facet)s, %(direction)s, %(start)s, %(end)s) AS waiting;

-- waiting_indicators --
-- The same for its indicators, with the years that are computed again.
SELECT coalesce(api.waiting(%(kind)s, %(subject)s, NULL, NULL, %(start)s, %(end)s), '{}')
       + coalesce(api.waiting_years(%(kind)s, %(subject)s), '{}') AS waiting;
