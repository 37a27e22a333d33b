"""The mill: `keep` stores what was heard exactly once, `tally` recomputes what follows from it."""
