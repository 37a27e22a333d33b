-- Air in layers, with what each rests on, and the indices of every hour.
SET ROLE owner;

-- `basis` is what a corrected mean rests on: the humidity and the kappa of a swelling, the factor of a region and its kits.
ALTER TABLE doorfiets.air_hour
    ADD COLUMN withheld text,  -- why the mean is null
    ADD COLUMN basis jsonb NOT NULL DEFAULT '{}';
-- Nothing is told anew by it, so nothing is remembered.
ALTER TABLE doorfiets.air_hour DISABLE TRIGGER USER;
UPDATE doorfiets.air_hour SET withheld = 'dekking onder 75 %' WHERE mean IS NULL;
ALTER TABLE doorfiets.air_hour ENABLE TRIGGER USER;

-- A past row is a row as it was, so its table has the same columns in the same order.
ALTER TABLE doorfiets.air_hour_past RENAME TO air_hour_before;
CREATE TABLE doorfiets.air_hour_past (LIKE doorfiets.air_hour, replaced_at timestamptz NOT NULL);
INSERT INTO doorfiets.air_hour_past (station, quantity, hour, mean, valid, expected, revision, computed_at, rule, changed_in, layer, withheld, basis, replaced_at)
SELECT station, quantity, hour, mean, valid, expected, revision, computed_at, rule, changed_in, layer,
       CASE WHEN mean IS NULL THEN 'dekking onder 75 %' END, '{}', replaced_at
FROM doorfiets.air_hour_before;
DROP TABLE doorfiets.air_hour_before;
CREATE INDEX ON doorfiets.air_hour_past (station, quantity, layer, hour);

-- One index (schemas.air_indices) of one hour at a station. `valid` of `expected` pollutants took part; `basis` holds their sub-indices, the worst of them,
-- the layer that each was taken from, how particulate matter was averaged, and whether the index was raised because all were equal.
CREATE TABLE doorfiets.air_index_hour (
    station text NOT NULL,
    scheme text NOT NULL,  -- index and version of its table
    hour timestamptz NOT NULL,
    value int4,
    level text,
    basis jsonb NOT NULL DEFAULT '{}',
    withheld text,  -- why the value is null
    valid int4 NOT NULL,
    expected int4 NOT NULL,
    revision int4 NOT NULL DEFAULT 1,
    computed_at timestamptz NOT NULL DEFAULT now(),
    rule text NOT NULL,
    changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (station, scheme, hour)
);
CREATE INDEX air_index_hour_changed ON doorfiets.air_index_hour (changed_in);
CREATE INDEX air_index_hour_computed ON doorfiets.air_index_hour (computed_at);
CREATE TABLE doorfiets.air_index_hour_past (LIKE doorfiets.air_index_hour, replaced_at timestamptz NOT NULL);
CREATE INDEX ON doorfiets.air_index_hour_past (station, scheme, hour);
CALL doorfiets.remember('doorfiets.air_index_hour', 'o.hour + interval ''1 hour''');

-- What stations say themselves; the other layers are asked for by name.
CREATE OR REPLACE VIEW api.air_hour WITH (security_barrier) AS
SELECT station, quantity, hour, mean, withheld, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule, layer
FROM doorfiets.air_hour WHERE layer = 'measured';

CREATE VIEW api.air_layer_hour WITH (security_barrier) AS
SELECT station, quantity, layer, hour, mean, withheld, basis, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule
FROM doorfiets.air_hour;

CREATE VIEW api.air_index_hour WITH (security_barrier) AS
SELECT station, scheme, hour, value, level, withheld, basis, valid, expected, api.coverage(valid, expected) AS coverage, revision, computed_at, rule
FROM doorfiets.air_index_hour;

-- A correction that no instrument stands behind any more goes.
GRANT DELETE ON doorfiets.air_hour TO tally;
GRANT SELECT, INSERT, UPDATE ON doorfiets.air_index_hour TO tally;
GRANT SELECT ON doorfiets.air_hour_past, doorfiets.air_index_hour, doorfiets.air_index_hour_past TO backup;
GRANT SELECT ON api.air_layer_hour, api.air_index_hour TO api, grafana_staff, grafana_public, backup;

RESET ROLE;
