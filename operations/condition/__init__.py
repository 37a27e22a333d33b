"""The condition of a running stack, as `doorfiets status` shows it, asked of every service within a few seconds."""
