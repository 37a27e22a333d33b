"""The local stack: the real services on one machine, started, supervised and stopped together."""
