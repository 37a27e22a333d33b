"""The explorer of a place: periods, comparisons, events, records and rhythm, each state of it an address."""
