-- What was found out about runs of a datastream afterwards (record 27): by a check of many observations, or entered by a person. Nothing is deleted:
-- a finding that no longer holds is withdrawn, an entry is undone by another entry.
SET ROLE owner;

-- What a person said about a place, a channel or a device for some time, in the order in which it was said. `exclude`: what was measured does not count;
-- `maintenance`: likewise, and nobody is alerted meanwhile; `restore`: the entry `undoes` is void from its beginning. The subject is one of the four; an
-- end of 'infinity' is still open, until an entry of the same kind about the same beginning closes it. What the registry forgets, which it does only where
-- nothing was observed, takes along what was said of it.
CREATE TABLE doorfiets.exclusion (
    entry int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('exclude', 'maintenance', 'restore')),
    undoes int8 UNIQUE REFERENCES doorfiets.exclusion ON DELETE CASCADE,
    site text REFERENCES doorfiets.site ON DELETE CASCADE,
    channel text REFERENCES doorfiets.channel ON DELETE CASCADE,
    station text REFERENCES doorfiets.station ON DELETE CASCADE,
    device text REFERENCES doorfiets.device ON DELETE CASCADE,
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
    entry int8 REFERENCES doorfiets.exclusion ON DELETE CASCADE,
    found_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz CHECK (withdrawn_at >= found_at)
);
-- By their ends: what comes live is asked about those that have not ended, however many there were.
CREATE INDEX standing_finding ON doorfiets.finding (datastream, ended_at) WHERE withdrawn_at IS NULL;
CREATE INDEX standing_finding_end ON doorfiets.finding (ended_at) WHERE withdrawn_at IS NULL;
CREATE INDEX finding_of_entry ON doorfiets.finding (entry) WHERE entry IS NOT NULL;

-- Whether a run is about an observation: about its start. A row of both autumn hours (quality flag dst_merged, bit 4) starts in the first one, and holds the
-- same interval of the second, an hour later. (Who asks for runs says also `ended_at > observed_at`, which an index answers.)
CREATE FUNCTION doorfiets.is_about(started_at timestamptz, ended_at timestamptz, observed_at timestamptz, quality_flags int4) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN (started_at <= observed_at AND observed_at < ended_at)
    OR (quality_flags & 4 <> 0 AND started_at <= observed_at + interval '1 hour' AND observed_at + interval '1 hour' < ended_at);

-- Entries that hold: of several of one kind about one subject and beginning the last, unless it is undone; with that the ones before it are, too.
CREATE VIEW doorfiets.effective_entry AS
SELECT * FROM doorfiets.exclusion e
WHERE e.kind <> 'restore'
  AND NOT EXISTS (SELECT FROM doorfiets.exclusion r WHERE r.undoes = e.entry)
  AND NOT EXISTS (
      SELECT FROM doorfiets.exclusion n
      WHERE n.entry > e.entry AND n.kind = e.kind AND n.started_at = e.started_at
        AND (n.site, n.channel, n.station, n.device) IS NOT DISTINCT FROM (e.site, e.channel, e.station, e.device));

-- The runs that follow from entries: of every datastream that is valid at any time of one, and speaks for its subject, whenever it was registered. Every
-- interval is meant of which a moment is: a run begins with the interval in which its entry does.
CREATE VIEW doorfiets.entry_run AS
WITH about AS (  -- one question each, which an index answers
    SELECT e.entry, e.kind, e.started_at, e.ended_at, d.datastream, d.seconds, d.valid_from, d.valid_until
    FROM doorfiets.effective_entry e JOIN doorfiets.channel c USING (site) JOIN doorfiets.datastream d ON d.channel = c.channel
    UNION ALL
    SELECT e.entry, e.kind, e.started_at, e.ended_at, d.datastream, d.seconds, d.valid_from, d.valid_until
    FROM doorfiets.effective_entry e JOIN doorfiets.datastream d USING (channel)
    UNION ALL
    SELECT e.entry, e.kind, e.started_at, e.ended_at, d.datastream, d.seconds, d.valid_from, d.valid_until
    FROM doorfiets.effective_entry e JOIN doorfiets.datastream d USING (station)
    UNION ALL
    SELECT e.entry, e.kind, e.started_at, e.ended_at, d.datastream, d.seconds, d.valid_from, d.valid_until
    FROM doorfiets.effective_entry e JOIN doorfiets.datastream d ON d.sensor = e.device)
SELECT datastream, CASE kind WHEN 'maintenance' THEN 'maintenance' ELSE 'by_hand' END AS flag,
       CASE kind WHEN 'maintenance' THEN 1048576 ELSE 524288 END AS bit,
       date_bin(seconds * interval '1 second', started_at, 'epoch') AS started_at, ended_at, entry, kind
FROM about WHERE valid_from < ended_at AND started_at < valid_until;

-- Stretches whose observations have yet to get the flags of the findings that stand about them, written with what changes the findings: a long run is
-- flagged piece by piece, and whoever goes on after a crash finds here what is left.
CREATE TABLE doorfiets.flags_due (
    datastream int4 NOT NULL REFERENCES doorfiets.datastream ON DELETE CASCADE,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL CHECK (ended_at > started_at)
);
CREATE INDEX flags_due_of_datastream ON doorfiets.flags_due (datastream);

-- How far the checks of a site or station have come: `due_from` is the oldest hour that changed since, noted at `due_at`, null where none did.
CREATE TABLE doorfiets.place_check (
    kind text NOT NULL CHECK (kind IN ('site', 'station')),
    place text NOT NULL,
    due_from timestamptz,
    due_at timestamptz NOT NULL DEFAULT now(),
    noted int8 NOT NULL DEFAULT 0,  -- grows with every change that is noted: what came while it was checked is still due
    checked_at timestamptz,
    PRIMARY KEY (kind, place)
) WITH (fillfactor = 50);

-- How far the changes of `datastream_hour` are noted in `place_check`; one row.
CREATE TABLE doorfiets.check_position (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    followed_until xid8 NOT NULL
);

RESET ROLE;
