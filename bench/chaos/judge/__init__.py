"""The judge: plain SQL over the database and the load's record; it imports nothing of the platform."""
