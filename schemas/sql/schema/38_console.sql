-- The console (record 29): who may log in, who is logged in, what was acknowledged, and what people did.
SET ROLE owner;

-- Accounts of people. `digest` is an argon2id hash in its own notation. One that is disabled stays, since the audit names it.
CREATE TABLE doorfiets.account (
    account text PRIMARY KEY CHECK (account ~ '^[a-z0-9][a-z0-9._-]{0,39}$'),
    role text NOT NULL CHECK (role IN ('viewer', 'operator')),
    digest text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),  -- of password or role
    disabled_at timestamptz
);

-- Who is logged in: the SHA-256 of a random token that only the browser has. It ends when nothing was asked for a while, and after some hours in any case.
CREATE TABLE doorfiets.console_session (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    account text NOT NULL REFERENCES doorfiets.account ON DELETE CASCADE,
    started_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
CREATE INDEX console_session_of_account ON doorfiets.console_session (account);

-- What an operator has taken note of: a feed in a status. It holds until the feed has another status, or has come into this one again.
CREATE TABLE doorfiets.acknowledgement (
    datastream int4 PRIMARY KEY REFERENCES doorfiets.datastream ON DELETE CASCADE,
    status text NOT NULL,
    note text NOT NULL CHECK (note <> ''),
    account text NOT NULL,
    acknowledged_at timestamptz NOT NULL DEFAULT now()
);

-- What people did, written in the transaction of the act: who, when, what, about what, what was there before and after, and how it ended. `refused` is
-- an act that was tried and not carried out.
CREATE TABLE doorfiets.audit (
    audit int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    account text NOT NULL,
    act text NOT NULL,
    subject text NOT NULL DEFAULT '',
    before jsonb,
    after jsonb,
    result text NOT NULL CHECK (result IN ('done', 'refused')),
    detail text NOT NULL DEFAULT ''
);
CREATE INDEX audit_latest ON doorfiets.audit (at DESC);

RESET ROLE;
