"""The only writers of observations and aggregates, with their SQL beside them."""
