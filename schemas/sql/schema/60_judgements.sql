-- What may be published of a number, and over which days it is told: functions of the readers.
SET ROLE owner;

-- How much of its bucket a number rests on, from 0 to 1; null where nothing was expected.
CREATE FUNCTION api.coverage(valid int4, expected int4) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN least(1.0, valid::float8 / nullif(expected, 0));

-- Shares and means under 75 % coverage are withheld.
CREATE FUNCTION api.enough(valid int4, expected int4) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN expected > 0 AND valid * 4 >= expected * 3;

-- Wilson interval of x out of n, z = 1.959964 (domain handbook, cycling share): sampling error only, not the bias of the counters.
-- Null where nothing was counted.
CREATE FUNCTION api.wilson_low(x float8, n float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(0, (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n))
    FROM (SELECT x / n AS p, 1.959964::float8 AS z WHERE n > 0) counted
$$;

CREATE FUNCTION api.wilson_high(x float8, n float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(1, (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n))
    FROM (SELECT x / n AS p, 1.959964::float8 AS z WHERE n > 0) counted
$$;

-- What may be published of x out of n: the share with its interval, or why it is withheld. The one judgement for hours, days and periods.
CREATE FUNCTION api.judged_share(numerator numeric, denominator numeric, paired int4, expected int4)
RETURNS TABLE (share float8, low float8, high float8, withheld text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT x / n, api.wilson_low(x, n), api.wilson_high(x, n),
           CASE WHEN coalesce(expected, 0) = 0 THEN 'niet alle vervoerwijzen werden geteld'
                WHEN NOT api.enough(paired, expected) THEN 'dekking onder 75 %'
                WHEN denominator = 0 THEN 'niemand geteld' END
    FROM (SELECT numerator::float8 AS x, CASE WHEN api.enough(paired, expected) THEN nullif(denominator, 0)::float8 END AS n) shown
$$;

-- The share if the bicycles were really this factor times what was counted, and the rest were right (domain handbook, cycling share).
CREATE FUNCTION api.calibrated_share(share float8, factor float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN factor * share / (factor * share + 1 - share);

-- What readers call an end of a link: its district without a number, or the region; another word is a name already.
CREATE FUNCTION api.place_name(place text, district text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN place = 'region' THEN 'de regio' ELSE coalesce(regexp_replace(district, '^Wijk [0-9]+ ', ''), place) END;

-- The one status of a feed, for page, console, dashboard and alert: by its own interval, worst word wins. From bad to good: 'stil' for
-- three intervals, 'zonder waarde' when it speaks but the last three intervals hold nothing that counts, 'laat', 'goed'.
CREATE FUNCTION api.feed_status(last_ended_at timestamptz, last_valid_ended_at timestamptz, seconds int4, valid_until timestamptz, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN valid_until <= at THEN 'afgesloten'
    WHEN last_ended_at IS NULL THEN 'nooit gehoord'
    WHEN extract(epoch FROM at - last_ended_at) >= 3 * seconds THEN 'stil'
    WHEN last_valid_ended_at IS NULL OR extract(epoch FROM last_ended_at - last_valid_ended_at) >= 3 * seconds THEN 'zonder waarde'
    WHEN extract(epoch FROM at - last_ended_at) >= 1.5 * seconds THEN 'laat'
    ELSE 'goed'
END;

-- What stood at a moment; null is now, and then the planner leaves the past out by these constraints.
CREATE FUNCTION api.stood(computed_at timestamptz, replaced_at timestamptz, at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (at IS NULL AND replaced_at = 'infinity'::timestamptz) OR (computed_at <= at AND at < replaced_at);

RESET ROLE;
