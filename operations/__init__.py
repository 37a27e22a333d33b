"""Tools of operators: the condition of a running platform, its feeds, what was refused and what was set aside."""
