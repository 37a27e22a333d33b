-- ask --
-- A request that waits for process `replay`.
INSERT INTO doorfiets.replay_request (kind, selection, dry_run, anyway, requested_by)
VALUES (%(kind)s, %(selection)s, %(dry_run)s, %(anyway)s, %(by)s) RETURNING request;

-- requests --
-- The newest requests, without the results of their messages.
SELECT request, kind, selection, dry_run, anyway, requested_by, requested_at, state, started_at, finished_at, done, summary, problem
FROM doorfiets.replay_request ORDER BY request DESC LIMIT %(most)s;

-- request --
-- One request, with the results of its first messages.
SELECT request, kind, selection, dry_run, anyway, requested_by, requested_at, state, started_at, finished_at, done, results, summary, problem
FROM doorfiets.replay_request WHERE request = %(request)s;
