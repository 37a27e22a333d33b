"""Processing: `store` stores observations exactly once, `aggregate` recomputes the aggregates that rest on them."""
