"""Published air: corrections beside the measured value, means with their coverage, and the indices."""
