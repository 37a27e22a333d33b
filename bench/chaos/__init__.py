"""Chaos: a load, faults at random moments from a seed, and a judge who knows nothing of our code."""
