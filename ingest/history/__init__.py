"""History enters by the same door: publishers' files become the same observations as live messages."""
