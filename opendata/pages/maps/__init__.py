"""Maps of the pages: which places, drawn by the server, and as data for a script that draws them better."""
