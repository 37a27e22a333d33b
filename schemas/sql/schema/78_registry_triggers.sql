-- What the registry says, noted when it is written (48): nothing that remembers goes without.
SET ROLE owner;

DO $$
DECLARE
    registered text;
BEGIN
    FOREACH registered IN ARRAY ARRAY[
        'owner', 'data_source', 'district', 'quantity', 'denominator', 'site', 'channel', 'station', 'device', 'placement', 'device_history', 'datastream',
        'link', 'route', 'route_link', 'screenline', 'screenline_channel', 'calendar_entry', 'expectation']
    LOOP
        EXECUTE format('CREATE TRIGGER registry_written AFTER INSERT OR UPDATE OR DELETE ON doorfiets.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION doorfiets.note_registry_write()', registered);
    END LOOP;
END $$;

RESET ROLE;
