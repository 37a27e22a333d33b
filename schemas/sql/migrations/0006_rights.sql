-- Who may do what: no service owns a table, none deletes an observation, readers see `api` only, writers the tables that they name.
-- The bytes of a refused message are read by nobody but `backup`.
SET ROLE owner;

GRANT USAGE ON SCHEMA doorfiets TO registrar, keep, tally, backup;
GRANT USAGE ON SCHEMA api TO api, grafana_staff, grafana_public, backup;
GRANT SELECT ON ALL TABLES IN SCHEMA doorfiets TO backup;
GRANT SELECT ON ALL TABLES IN SCHEMA api TO api, grafana_staff, grafana_public, backup;

GRANT SELECT ON doorfiets.municipality, doorfiets.district, doorfiets.quantity, doorfiets.site, doorfiets.channel, doorfiets.station,
    doorfiets.datastream, doorfiets.link, doorfiets.route, doorfiets.route_link, doorfiets.screenline, doorfiets.screenline_channel,
    doorfiets.denominator, doorfiets.site_stream, doorfiets.screenline_stream, doorfiets.observation, doorfiets.dirty, doorfiets.tally_hour,
    doorfiets.site_day, doorfiets.share_hour, doorfiets.share_day, doorfiets.link_day, doorfiets.route_day TO registrar;
GRANT SELECT ON doorfiets.datastream, doorfiets.quantity, doorfiets.observation, doorfiets.fence, doorfiets.dirty, doorfiets.feed TO keep;
GRANT SELECT (digest, first_heard_at, last_heard_at, hearings) ON doorfiets.rejection TO keep;
GRANT SELECT ON doorfiets.municipality, doorfiets.datastream, doorfiets.link, doorfiets.route_link, doorfiets.site_stream,
    doorfiets.screenline_stream, doorfiets.observation, doorfiets.dirty, doorfiets.tally_hour, doorfiets.tally_day, doorfiets.site_hour,
    doorfiets.site_day, doorfiets.share_hour, doorfiets.share_day, doorfiets.link_day, doorfiets.route_day, doorfiets.air_hour,
    doorfiets.published TO tally;

GRANT INSERT, UPDATE, DELETE ON doorfiets.municipality, doorfiets.district, doorfiets.quantity, doorfiets.site, doorfiets.channel, doorfiets.station,
    doorfiets.datastream, doorfiets.link, doorfiets.route, doorfiets.route_link, doorfiets.screenline, doorfiets.screenline_channel,
    doorfiets.denominator TO registrar;
GRANT INSERT, UPDATE ON doorfiets.dirty TO registrar;
-- Figures of links, routes and screenlines that are no more go with them.
GRANT DELETE ON doorfiets.share_hour, doorfiets.share_day, doorfiets.link_day, doorfiets.route_day TO registrar;

GRANT INSERT ON doorfiets.observation TO keep;
GRANT UPDATE (ended_at, value, uptime, doubts, heard_at, revised_at, revision) ON doorfiets.observation TO keep;
GRANT INSERT, UPDATE ON doorfiets.fence, doorfiets.dirty, doorfiets.rejection, doorfiets.feed TO keep;

GRANT DELETE, UPDATE ON doorfiets.dirty TO tally;
GRANT INSERT, UPDATE ON doorfiets.tally_hour, doorfiets.tally_day, doorfiets.site_hour, doorfiets.site_day, doorfiets.share_hour, doorfiets.share_day,
    doorfiets.link_day, doorfiets.route_day, doorfiets.air_hour, doorfiets.published TO tally;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA api FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO api, grafana_staff, grafana_public, backup;

RESET ROLE;
