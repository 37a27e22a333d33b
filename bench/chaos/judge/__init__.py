"""The judge: plain SQL over the database and the load's own record; it imports nothing of the platform."""
