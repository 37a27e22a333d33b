"""Processing: `store` stores what was received exactly once, `aggregate` recomputes what follows from it."""
