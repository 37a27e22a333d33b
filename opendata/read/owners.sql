-- owners --
-- Whose the places are, who publishes, and in which zone their days lie; the host, whose name stands above the pages, first.
SELECT owner, kind, name, timezone, publisher, contact_email, contact_url, licence, attributions, note,
       calibration_low, calibration_high, host, applied_state, applied_at
FROM api.owner ORDER BY host DESC, owner;

-- data_sources --
-- Data of others that are passed on, and by which owner.
SELECT data_source, owner, holder, licence, licence_url, attribution FROM api.data_source ORDER BY data_source;

-- waiting_places --
-- Routes and screenlines of an owner that wait for places which nobody has applied yet.
SELECT kind, subject, missing FROM api.waiting_place WHERE owner = %(owner)s ORDER BY kind, subject;
