"""The nouns, the wire and the tables of doorfiets: no I/O, and nothing of ours imported."""
