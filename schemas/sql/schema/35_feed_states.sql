-- What is known of feeds beside their newest reading, and the states that they were in (record 28).
SET ROLE owner;

-- The newest voltage of a device's battery, in V, kept by `store` where the registry or its profile says which of its fields that is: one row a device.
-- A device that is not registered any more is in no view.
CREATE TABLE doorfiets.battery (
    device text PRIMARY KEY,
    measured_at timestamptz NOT NULL,
    voltage float8 NOT NULL
) WITH (fillfactor = 50);

-- The fields that the profile of a device says are the voltage of its battery, in the order of the profile.
CREATE VIEW doorfiets.battery_field AS
SELECT v.device, coalesce(nullif(p.field->>'source', ''), p.field->>'field') AS source, p.place
FROM doorfiets.device v, jsonb_array_elements(v.profile_content->'field') WITH ORDINALITY AS p(field, place)
WHERE jsonb_typeof(v.profile_content->'field') = 'array' AND p.field->>'quantity' = 'battery';

-- Of the 24 whole hours until `ended_at`, which are in the sums: how many intervals were measured, and how many could have been. `watch` writes what differs.
CREATE TABLE doorfiets.feed_completeness (
    datastream int4 PRIMARY KEY REFERENCES doorfiets.datastream ON DELETE CASCADE,
    ended_at timestamptz NOT NULL,
    rows int4 NOT NULL,
    valid int4 NOT NULL,
    expected int4 NOT NULL
) WITH (fillfactor = 50);

-- The states of a feed, each from `since` until `until`, one after the other; the present one is until 'infinity'. `reason` is a code of
-- schemas.feed_states with what was measured when `watch` saw it, at `seen_at`; null where all is well.
CREATE TABLE doorfiets.feed_state (
    datastream int4 NOT NULL REFERENCES doorfiets.datastream ON DELETE CASCADE,
    status text NOT NULL,
    since timestamptz NOT NULL CHECK (isfinite(since)),
    until timestamptz NOT NULL DEFAULT 'infinity' CHECK (until > since),
    reason jsonb,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (datastream, since)
);
CREATE UNIQUE INDEX feed_state_present ON doorfiets.feed_state (datastream) WHERE until = 'infinity';
CREATE INDEX feed_state_seen ON doorfiets.feed_state (seen_at);
CREATE INDEX feed_state_ended ON doorfiets.feed_state (until) WHERE until < 'infinity';

RESET ROLE;
