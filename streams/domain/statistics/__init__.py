"""Annual and seasonal statistics of counts: pure arithmetic, each function with its formula, unit and source."""
