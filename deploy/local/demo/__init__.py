"""The demo: the whole platform, a year of recordings, a street that speaks, and proof that the numbers are right."""
