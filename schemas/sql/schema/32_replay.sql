-- Requests to decode messages again (record 30): made by the console, carried out by process `replay`.
SET ROLE owner;

-- `selection` is a schemas.replay.RejectionSelection, or a RawSelection; `results` are those of the first messages, at most so many as
-- schemas.replay.MOST_RESULTS, `summary` counts all. One that is stopped was refused again for the most part, and nothing of it was published.
CREATE TABLE doorfiets.replay_request (
    request int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('rejections', 'raw')),
    selection jsonb NOT NULL,
    dry_run boolean NOT NULL,
    anyway boolean NOT NULL DEFAULT false,  -- also where most of it is refused again
    requested_by text NOT NULL CHECK (requested_by <> ''),
    requested_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'stopped', 'failed')),
    attempts int4 NOT NULL DEFAULT 0,  -- a process that ends in the middle begins again, three times at most
    started_at timestamptz,
    finished_at timestamptz,
    done int8 NOT NULL DEFAULT 0,
    results jsonb NOT NULL DEFAULT '[]',
    summary jsonb NOT NULL DEFAULT '{}',
    problem text
);
CREATE INDEX replay_request_open ON doorfiets.replay_request (request) WHERE state IN ('waiting', 'running');

RESET ROLE;
