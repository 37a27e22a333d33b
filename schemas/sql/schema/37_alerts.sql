-- What somebody has to be told of (record 28): alerts as process `watch` raised them, and the messages about them that it sends.
SET ROLE owner;

-- One row for each time that a rule held for a subject: a place, a stage, a reason, a file system, a certificate; by name, at most one that has not ended.
-- `pending` holds and is not yet old enough to be said; `firing` was said; `ended` says why: cleared, maintenance (somebody is at work), replaced (by an
-- alert that says more), unruled (the rule is gone). `since` is when it began, `clearing_at` since when it does not hold any more; `content` is what was
-- measured last, as operations.alerts has it.
CREATE TABLE doorfiets.alert (
    alert int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL,
    subject text NOT NULL,
    name text NOT NULL,
    owner text,
    severity text NOT NULL CHECK (severity IN ('warning', 'critical')),
    state text NOT NULL CHECK (state IN ('pending', 'firing', 'ended')),
    since timestamptz NOT NULL CHECK (isfinite(since)),
    seen_at timestamptz NOT NULL,
    fired_at timestamptz CHECK (fired_at >= seen_at),
    last_sent_at timestamptz,
    clearing_at timestamptz,
    ended_at timestamptz,
    ended text CHECK (ended IN ('cleared', 'maintenance', 'replaced', 'unruled')),
    content jsonb NOT NULL,
    CHECK ((state = 'ended') = (ended IS NOT NULL AND ended_at IS NOT NULL)),
    CHECK (state = 'pending' OR fired_at IS NOT NULL)
);
CREATE UNIQUE INDEX open_alert ON doorfiets.alert (rule, subject) WHERE state <> 'ended';
CREATE INDEX alert_ended ON doorfiets.alert (ended_at) WHERE state = 'ended';

-- A message about alerts to one receiver, written in the transaction that changed them. One that waits is tried again until it is sent, or given up after a
-- day; a newer one about the same alerts takes its place. `next_attempt_at` is also how long whoever sends it has it for itself.
CREATE TABLE doorfiets.alert_message (
    message int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    receiver text NOT NULL,
    alerts int8[] NOT NULL,
    content jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    attempts int4 NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    sent_at timestamptz,
    given_up_at timestamptz,
    problem text
);
CREATE INDEX alert_message_waiting ON doorfiets.alert_message (receiver, next_attempt_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX alert_message_made ON doorfiets.alert_message (made_at);

RESET ROLE;
