"""Air as it is told: corrections beside the measured value, means that hold, and the indices."""
