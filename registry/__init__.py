"""What the owners say is where: their files read and checked, applied to the database, and what follows for history."""
