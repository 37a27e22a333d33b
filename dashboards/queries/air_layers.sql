-- The layers of each quantity at each station side by side: means over the hours of the range that have one. None replaces another; they rest on different hours.
SELECT api.name_with_owner(t.name, t.owner) AS station,
       a.quantity AS quantity,
       avg(a.mean) FILTER (WHERE a.layer = 'measured') AS measured,
       avg(a.mean) FILTER (WHERE a.layer = 'publisher') AS publisher,
       avg(a.mean) FILTER (WHERE a.layer = 'barkjohn-1') AS barkjohn,
       avg(a.mean) FILTER (WHERE a.layer = 'koehler-1') AS koehler,
       avg(a.mean) FILTER (WHERE a.layer = 'regional-1') AS regional,
       count(a.mean) FILTER (WHERE a.layer IN ('measured', 'publisher')) AS hours
FROM api.air_layer_hour a JOIN api.station t USING (station)
WHERE $__timeFilter(a.hour) AND a.station IN (${station:sqlstring})
GROUP BY t.station, t.name, t.owner, a.quantity
ORDER BY 1, t.station, a.quantity
