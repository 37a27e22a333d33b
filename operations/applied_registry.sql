-- owners --
-- The owners that are applied: the SHA-256 over the files of each, and since when it is in force.
SELECT owner AS id, name, applied_state, applied_at FROM api.owner ORDER BY owner;

-- state --
-- The SHA-256 over the applied states of all owners; no row where none is applied.
SELECT applied_state FROM api.applied_state;

-- waiting --
-- Routes and screenlines that wait, each with the places that it names and nobody has applied yet.
SELECT kind, subject AS id, missing FROM api.waiting_place ORDER BY kind, subject;
