"""How a running stack is: what `doorfiets status` shows, asked of every service within a few seconds."""
