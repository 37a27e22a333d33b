-- The registry: what stands where, and since when. Written by `registrar` from reviewed files, read by everybody.
SET ROLE owner;

CREATE TABLE doorfiets.municipality (
    municipality text PRIMARY KEY,
    name text NOT NULL,
    timezone text NOT NULL,
    publisher text NOT NULL,
    contact_email text NOT NULL,
    contact_url text NOT NULL,
    licence text NOT NULL,
    attributions text[] NOT NULL,
    note text NOT NULL
);
CREATE UNIQUE INDEX one_municipality ON doorfiets.municipality ((true));

CREATE TABLE doorfiets.district (
    district text PRIMARY KEY,
    name text NOT NULL,
    geometry jsonb NOT NULL
);

-- The catalogue of schemas.quantities, so that SQL speaks the same units.
CREATE TABLE doorfiets.quantity (
    quantity text PRIMARY KEY,
    unit text NOT NULL,
    fold text NOT NULL CHECK (fold IN ('sum', 'mean')),
    label text NOT NULL,
    unit_label text NOT NULL,
    plausible_low float8 NOT NULL,
    plausible_high float8 NOT NULL
);

CREATE TABLE doorfiets.site (
    site text PRIMARY KEY,
    name text NOT NULL,
    district text NOT NULL REFERENCES doorfiets.district,
    longitude float8 NOT NULL,
    latitude float8 NOT NULL,
    illustrative boolean NOT NULL,
    note text NOT NULL
);

CREATE TABLE doorfiets.channel (
    channel text PRIMARY KEY,
    site text NOT NULL REFERENCES doorfiets.site,
    mode text NOT NULL REFERENCES doorfiets.quantity,
    direction text NOT NULL
);

CREATE TABLE doorfiets.station (
    station text PRIMARY KEY,
    name text NOT NULL,
    district text NOT NULL REFERENCES doorfiets.district,
    longitude float8 NOT NULL,
    latitude float8 NOT NULL,
    kind text NOT NULL CHECK (kind IN ('official', 'citizen')),
    environment text NOT NULL CHECK (environment IN ('background', 'traffic')),
    illustrative boolean NOT NULL,
    note text NOT NULL
);

-- One quantity as one sensor reports it, for as long as that is so. A replaced counter is a new row; its channel keeps the history.
CREATE TABLE doorfiets.datastream (
    datastream int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sensor text NOT NULL,
    source text NOT NULL,
    quantity text NOT NULL REFERENCES doorfiets.quantity,
    channel text REFERENCES doorfiets.channel,
    station text REFERENCES doorfiets.station,
    seconds int4 NOT NULL CHECK (seconds > 0 AND 3600 % seconds = 0),  -- length of one interval
    origin text NOT NULL CHECK (origin IN ('measured', 'recorded', 'simulated')),
    method text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > valid_from),
    CHECK ((channel IS NULL) <> (station IS NULL)),
    UNIQUE (sensor, source, valid_from)
);
CREATE INDEX datastream_of_channel ON doorfiets.datastream (channel);
CREATE INDEX datastream_of_station ON doorfiets.datastream (station);

-- Lengths in km, width in m, the rest fractions of the length.
CREATE TABLE doorfiets.link (
    link text PRIMARY KEY,
    name text NOT NULL,
    start_place text NOT NULL,
    end_place text NOT NULL,
    length_km float8 NOT NULL CHECK (length_km > 0),
    green boolean NOT NULL,
    greenery float8 NOT NULL,
    priority float8 NOT NULL,
    width_m float8 NOT NULL,
    asphalt float8 NOT NULL,
    site text REFERENCES doorfiets.site,
    assumed_from text REFERENCES doorfiets.link DEFERRABLE INITIALLY DEFERRED,
    illustrative boolean NOT NULL,
    geometry jsonb NOT NULL,
    CHECK (site IS NULL OR assumed_from IS NULL)
);

CREATE TABLE doorfiets.route (
    route text PRIMARY KEY,
    name text NOT NULL,
    illustrative boolean NOT NULL,
    note text NOT NULL
);

CREATE TABLE doorfiets.route_link (
    route text NOT NULL REFERENCES doorfiets.route,
    position int4 NOT NULL,
    link text NOT NULL REFERENCES doorfiets.link,
    PRIMARY KEY (route, position)
);

CREATE TABLE doorfiets.screenline (
    screenline text PRIMARY KEY,
    name text NOT NULL,
    illustrative boolean NOT NULL,
    note text NOT NULL
);

CREATE TABLE doorfiets.screenline_channel (
    screenline text NOT NULL REFERENCES doorfiets.screenline,
    channel text NOT NULL REFERENCES doorfiets.channel,
    PRIMARY KEY (screenline, channel)
);

-- The named variants of the cycling share: which modes a denominator may hold (schemas.quantities.DENOMINATORS).
CREATE TABLE doorfiets.denominator (
    variant text NOT NULL,
    mode text NOT NULL REFERENCES doorfiets.quantity,
    PRIMARY KEY (variant, mode)
);

-- Which datastreams must speak for a site in one mode.
CREATE VIEW doorfiets.site_stream AS
SELECT c.site, c.mode, d.datastream, d.seconds, d.valid_from, d.valid_until
FROM doorfiets.channel c JOIN doorfiets.datastream d USING (channel);

-- Which datastreams must speak for a screenline in one variant. A variant exists where bicycles are counted and a mode that makes the variant.
CREATE VIEW doorfiets.screenline_stream AS
WITH counted AS (
    SELECT DISTINCT sc.screenline, c.mode FROM doorfiets.screenline_channel sc JOIN doorfiets.channel c USING (channel)),
variant AS (
    SELECT c.screenline, 'motor' AS variant FROM counted c
    WHERE c.mode <> 'bicycles' AND c.mode IN (SELECT mode FROM doorfiets.denominator WHERE variant = 'motor')
    UNION
    SELECT c.screenline, 'all' FROM counted c WHERE c.mode = 'pedestrians')
SELECT sc.screenline, d.variant, c.mode, s.datastream, s.seconds, s.valid_from, s.valid_until
FROM doorfiets.screenline_channel sc
JOIN variant v USING (screenline)
JOIN doorfiets.channel c USING (channel)
JOIN doorfiets.denominator d ON d.variant = v.variant AND d.mode = c.mode
JOIN doorfiets.datastream s USING (channel)
WHERE EXISTS (SELECT FROM counted b WHERE b.screenline = sc.screenline AND b.mode = 'bicycles');

RESET ROLE;
