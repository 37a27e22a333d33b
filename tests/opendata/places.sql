-- The invented city on a map: two of its links are drawn, the centre is a square, and the north two squares of which one has a hole. Rounded so that a
-- test can say what lies where.

UPDATE doorfiets.link SET geometry = '{"type": "LineString", "coordinates": [[6.5, 53.0], [6.6, 53.1]]}' WHERE link = 'vaart-1';
UPDATE doorfiets.link SET geometry = '{"type": "LineString", "coordinates": [[6.6, 53.1], [6.6, 53.2], [6.7, 53.2]]}' WHERE link = 'vaart-2';
UPDATE doorfiets.district SET geometry = '{"type": "Polygon", "coordinates": [[[6.5, 52.9], [6.6, 52.9], [6.6, 53.0], [6.5, 53.0], [6.5, 52.9]]]}'
WHERE district = 'centrum';
UPDATE doorfiets.district SET geometry = '{"type": "MultiPolygon", "coordinates": [
    [[[6.5, 53.0, 7], [6.6, 53.0, 7], [6.6, 53.1, 7], [6.5, 53.1, 7], [6.5, 53.0, 7]], [[6.52, 53.02], [6.58, 53.02], [6.58, 53.08], [6.52, 53.08], [6.52, 53.02]]],
    [[[6.8, 53.0], [6.9, 53.0], [6.9, 53.1], [6.8, 53.1], [6.8, 53.0]]]]}'
WHERE district = 'noord';
