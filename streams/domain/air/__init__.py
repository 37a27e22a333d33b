"""Air as it is published: corrections beside the measured value, means that hold, and the indices."""
