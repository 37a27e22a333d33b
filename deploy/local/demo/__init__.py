"""The demo: the whole platform, a year of recordings, simulated sensors, and proof that the numbers are right."""
