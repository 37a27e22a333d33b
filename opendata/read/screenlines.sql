-- screenlines --
-- Screenlines with their sites and the denominators counted there; one screenline, or all of them.
SELECT s.screenline, s.owner, s.name, s.illustrative, s.note,
       coalesce((SELECT jsonb_agg(x.site ORDER BY x.site) FROM api.screenline_site x WHERE x.screenline = s.screenline), '[]') AS sites,
       coalesce((SELECT jsonb_agg(jsonb_build_object('site', x.site, 'name', p.name, 'owner', p.owner) ORDER BY p.name)
           FROM api.screenline_site x JOIN api.site p USING (site) WHERE x.screenline = s.screenline), '[]') AS named_sites,
       coalesce((SELECT jsonb_agg(jsonb_build_object('variant', v.variant, 'modes', v.modes, 'origins', v.origins) ORDER BY v.variant DESC)
           FROM api.screenline_variant v WHERE v.screenline = s.screenline), '[]') AS variants,
       coalesce((SELECT jsonb_agg(jsonb_build_object('site', x.site, 'mode', x.mode, 'method', x.method) ORDER BY x.site, x.mode, x.valid_from)
           FROM api.screenline_method x WHERE x.screenline = s.screenline), '[]') AS methods
FROM api.screenline s
WHERE %(screenline)s::text IS NULL OR s.screenline = %(screenline)s
ORDER BY s.screenline;
