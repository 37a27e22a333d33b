-- What may be published of a number, and over which days: functions of the readers.
SET ROLE owner;

-- How much of its bucket a number rests on, from 0 to 1; null where nothing was expected.
CREATE FUNCTION api.coverage(valid int4, expected int4) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE WHEN expected > 0 AND valid IS NOT NULL THEN least(1.0, valid::float8 / expected) END;

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

-- A reason as it is stored and passed on: a code of schemas.reasons with its parameters.
CREATE FUNCTION api.reason(code text, parameters jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN jsonb_build_object('code', code, 'parameters', parameters);

-- Why nothing counted where these flags stand: a code of schemas.reasons, null where none of them excludes. What a person said explains all else, a fault
-- that the sensor reports explains a value that is not plausible, and a run of many intervals explains one of them.
CREATE FUNCTION api.excluded_reason(quality_flags int4) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN CASE
    WHEN quality_flags & 1048576 <> 0 THEN api.reason('maintenance')
    WHEN quality_flags & 524288 <> 0 THEN api.reason('by_hand')
    WHEN quality_flags & 256 <> 0 THEN api.reason('status_bad')
    WHEN quality_flags & 1024 <> 0 THEN api.reason('dead')
    WHEN quality_flags & 2048 <> 0 THEN api.reason('blind')
    WHEN quality_flags & 32768 <> 0 THEN api.reason('saturated')
    WHEN quality_flags & 65536 <> 0 THEN api.reason('sentinel')
    WHEN quality_flags & 4096 <> 0 THEN api.reason('stuck')
    WHEN quality_flags & 8192 <> 0 THEN api.reason('spike')
    WHEN quality_flags & 1 <> 0 THEN api.reason('implausible_value')
    WHEN quality_flags & 2097152 <> 0 THEN api.reason('outside_window')
    WHEN quality_flags & 128 <> 0 THEN api.reason('few_samples') END;

-- A channel that is not whole, as a parameter of reasons: what it counts in which direction (and where, at a screenline), the code of the reason why, and on
-- how many days of a longer period. Why is what its flags say; else nothing was received, or what was received did not count.
CREATE FUNCTION api.missing_channel(site text, mode text, direction text, quality_flags int4, received boolean, days int4) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN jsonb_strip_nulls(jsonb_build_object('site', site, 'mode', mode, 'direction', direction, 'days', days, 'why',
    coalesce(api.excluded_reason(quality_flags)->>'code', CASE WHEN received THEN 'no_valid_reading' ELSE 'not_received' END)));

-- The same of channels that are needed together: how many of them are valid, and which are not (`missing_channel`).
CREATE FUNCTION api.channels_reason(valid int4, channels int4, missing jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN
    api.reason('channels_missing', jsonb_build_object('valid', valid, 'channels', channels, 'missing', coalesce(missing, '[]')));

-- Why an hour or more of some channels together is not whole: those that are not; null where none is missing. `withheld` is said with them.
CREATE FUNCTION api.incomplete_reason(withheld jsonb, missing jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN CASE
    WHEN missing IS NULL OR withheld->>'code' <> 'coverage_below' THEN withheld
    WHEN withheld IS NULL THEN api.reason('channels_incomplete', jsonb_build_object('missing', missing))
    ELSE api.reason('coverage_below_of_channels', withheld->'parameters' || jsonb_build_object('missing', missing)) END;

-- That too little of what was expected is valid: how much, in whole percent, rounded down.
CREATE FUNCTION api.coverage_below(valid int4, expected int4) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN
    api.reason('coverage_below', jsonb_build_object('valid', coalesce(valid::int8 * 100 / nullif(expected, 0), 0), 'needed', 75));

-- What may be published of x out of n: the share with its interval, or why it is withheld. The one judgement for hours, days and periods.
CREATE FUNCTION api.share_if_covered(numerator numeric, denominator numeric, paired int4, expected int4)
RETURNS TABLE (share float8, low float8, high float8, withheld jsonb)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1 AS $$
    SELECT x / n, api.wilson_low(x, n), api.wilson_high(x, n),
           CASE WHEN coalesce(expected, 0) = 0 THEN api.reason('modes_missing')
                WHEN NOT api.enough(paired, expected) THEN api.coverage_below(paired, expected)
                WHEN denominator = 0 THEN api.reason('nobody_counted') END
    FROM (SELECT numerator::float8 AS x, CASE WHEN api.enough(paired, expected) THEN nullif(denominator, 0)::float8 END AS n) shown
$$;

-- The share if the bicycles were really this factor times what was counted, and the rest were right (domain handbook, cycling share).
CREATE FUNCTION api.calibrated_share(share float8, factor float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN factor * share / (factor * share + 1 - share);

-- What readers call an end of a link: its district without a number, or `region`; another word is a name already.
CREATE FUNCTION api.place_name(place text, district text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN place = 'region' THEN place ELSE coalesce(regexp_replace(district, '^Wijk [0-9]+ ', ''), place) END;

-- The one status of a feed, for pages, console, command line, dashboards and alerts, from what is measured about it (doorfiets.measured_feed): the first that
-- holds. `missed` and `unmeasured` count intervals of its own rhythm: since it last said anything, and since it last said something that counts; `delay` is in
-- seconds; what is null is not judged. What is recorded elsewhere owes nothing: it is never silent, late or incomplete.
CREATE FUNCTION api.feed_status(
    closed boolean, in_maintenance boolean, received boolean, live boolean, missed float8, delay float4, wrong_clock boolean, stuck boolean, dead boolean,
    suspect boolean, unmeasured float8, excluded float8, battery float8, battery_low float8, completeness float8) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN closed THEN 'closed'
    WHEN in_maintenance THEN 'maintenance'
    WHEN NOT received THEN 'never_received'
    WHEN live AND missed >= 3 THEN 'silent'
    WHEN live AND missed >= 1.5 THEN 'late'
    WHEN live AND (delay > 120 OR delay < -60) OR wrong_clock THEN 'clock'
    WHEN stuck THEN 'stuck'
    WHEN dead THEN 'dead'
    WHEN suspect OR live AND (unmeasured >= 3 OR excluded > 0.1) THEN 'suspect'
    WHEN battery < battery_low THEN 'battery'
    WHEN live AND completeness < 0.95 THEN 'partial'
    ELSE 'ok'
END;

-- Why a feed has its status: a code of schemas.feed_states with what was measured.
CREATE FUNCTION api.feed_reason(code text, parameters jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN jsonb_build_object('code', code, 'parameters', parameters);

-- The place of a status in a list: what somebody should look at first comes first (schemas.feed_states).
CREATE FUNCTION api.feed_rank(status text) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN array_position(
    ARRAY['silent', 'late', 'clock', 'stuck', 'dead', 'suspect', 'battery', 'partial', 'never_received', 'maintenance', 'ok', 'closed'], status);

-- What stood at a moment; null is now, and then the planner leaves the past out by these constraints.
CREATE FUNCTION api.held_at(computed_at timestamptz, replaced_at timestamptz, at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (at IS NULL AND replaced_at = 'infinity'::timestamptz) OR (computed_at <= at AND at < replaced_at);

RESET ROLE;
