"""The only writers of observations and tallies, with their SQL beside them."""
