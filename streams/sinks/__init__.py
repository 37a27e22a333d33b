"""The only writers of observations and aggregates, SQL beside them; what adds up an hour is in `aggregation`."""
