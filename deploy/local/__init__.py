"""One machine that runs everything: the real services, started, watched and stopped together."""
