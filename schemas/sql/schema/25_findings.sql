-- What was found out about runs of a datastream afterwards (record 27): by a check of many observations, or entered by a person. Nothing is deleted:
-- a finding that no longer holds is withdrawn, an entry is undone by another entry.
SET ROLE owner;

-- What a person said about a place, a channel or a device for some time, in the order in which it was said. `exclude`: what was measured does not count;
-- `maintenance`: likewise, and nobody is alerted meanwhile; `restore`: the entry `undoes` is void from its beginning. The subject is one of the four; an
-- end of 'infinity' is still open, until an entry of the same kind about the same beginning closes it.
CREATE TABLE doorfiets.exclusion (
    entry int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('exclude', 'maintenance', 'restore')),
    undoes int8 REFERENCES doorfiets.exclusion,
    site text REFERENCES doorfiets.site,
    channel text REFERENCES doorfiets.channel,
    station text REFERENCES doorfiets.station,
    device text REFERENCES doorfiets.device,
    started_at timestamptz NOT NULL CHECK (isfinite(started_at)),
    ended_at timestamptz NOT NULL CHECK (ended_at > started_at),
    reason text NOT NULL CHECK (reason <> ''),
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((kind = 'restore') = (undoes IS NOT NULL)),
    CHECK (num_nonnulls(site, channel, station, device) = 1)
);

-- A run of one datastream and the quality flag that it got. `evidence` has the measured values that tell why, by the names of its rule
-- (streams.domain.quality); `rule` is the version of that rule, or `entry`. An end of 'infinity' is a run that goes on: what comes gets the flag as well.
-- One that stands has no `withdrawn_at`.
CREATE TABLE doorfiets.finding (
    finding int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    datastream int4 NOT NULL REFERENCES doorfiets.datastream ON DELETE CASCADE,
    flag text NOT NULL,
    bit int4 NOT NULL,
    started_at timestamptz NOT NULL CHECK (isfinite(started_at)),
    ended_at timestamptz NOT NULL CHECK (ended_at > started_at),
    rule text NOT NULL,
    evidence jsonb NOT NULL,
    entry int8 REFERENCES doorfiets.exclusion,
    found_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz CHECK (withdrawn_at >= found_at)
);
CREATE INDEX standing_finding ON doorfiets.finding (datastream, started_at) WHERE withdrawn_at IS NULL;
CREATE INDEX standing_finding_end ON doorfiets.finding (ended_at) WHERE withdrawn_at IS NULL;

RESET ROLE;
