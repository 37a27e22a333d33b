-- tables --
-- What waits for a receipt, the boots it is of, what was refused and why, and some counts.
CREATE TABLE IF NOT EXISTS message (
    place INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice
    boot INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    readings INTEGER NOT NULL,
    ended_at REAL NOT NULL,  -- the end of its newest reading, in seconds since 1970
    sha256 BLOB NOT NULL,
    payload BLOB NOT NULL,
    UNIQUE (boot, seq)
);
CREATE TABLE IF NOT EXISTS boot (
    boot INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL UNIQUE,  -- what a receipt calls it
    next_seq INTEGER NOT NULL DEFAULT 0,
    begun INTEGER NOT NULL DEFAULT 0  -- the platform has said something of it
);
CREATE TABLE IF NOT EXISTS refused (
    place INTEGER PRIMARY KEY,
    boot TEXT NOT NULL,
    seq INTEGER NOT NULL,
    reason TEXT NOT NULL,
    refused_at REAL NOT NULL,
    payload BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS count (name TEXT PRIMARY KEY, value REAL NOT NULL);

-- heads --
-- The oldest message of every boot that the platform knows nothing of, in the order of the boots.
SELECT min(m.place) FROM message m JOIN boot b USING (boot) WHERE NOT b.begun GROUP BY b.boot ORDER BY b.boot LIMIT :most;

-- oldest --
-- The first messages of the spool.
SELECT place FROM message ORDER BY place LIMIT :most;

-- newest --
-- The last messages of the spool that ended after a moment.
SELECT place FROM (SELECT place, ended_at FROM message ORDER BY place DESC LIMIT :most) WHERE ended_at >= :since ORDER BY place;

-- one --
-- One message whole, with the name of its boot.
SELECT m.place, b.name, m.seq, m.readings, m.ended_at, m.sha256, m.payload FROM message m JOIN boot b USING (boot) WHERE m.place = :place;

-- in_range --
-- Messages of a boot that a receipt names.
SELECT place FROM message WHERE boot = :boot AND seq BETWEEN :low AND :high;

-- forget_boots --
-- Boots of which nothing waits any more: a receipt that still names one has nothing to release.
DELETE FROM boot WHERE boot NOT IN (SELECT boot FROM message);

-- put --
-- A message that is spooled.
INSERT INTO message (boot, seq, readings, ended_at, sha256, payload) VALUES (:boot, :seq, :readings, :ended_at, :sha256, :payload);

-- refuse --
-- A message that the platform refused, beside the spool, with the reason.
INSERT OR REPLACE INTO refused
SELECT m.place, b.name, m.seq, :reason, :at, m.payload FROM message m JOIN boot b USING (boot) WHERE m.boot = :boot AND m.seq = :seq;

-- forget_refused --
-- Of what was refused the last ones are kept, for whoever comes to look.
DELETE FROM refused WHERE place NOT IN (SELECT place FROM refused ORDER BY place DESC LIMIT :most);

-- add --
-- A count that grows, or shrinks.
INSERT INTO count VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value;

-- set --
-- A number that is noted.
INSERT INTO count VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- waiting --
-- What has no receipt: messages, readings, bytes, the ends of the oldest and the newest reading, and of how many boots.
SELECT count(*), coalesce(sum(readings), 0), coalesce(sum(length(payload)), 0), min(ended_at), max(ended_at), count(DISTINCT boot) FROM message;

-- reasons --
-- How many of the refused messages that are kept were refused for which reason.
SELECT reason, count(*) FROM refused GROUP BY reason ORDER BY reason;
