"""The chaos experiment: a load, faults at random moments from a seed, and a judge that uses no code of the platform."""
