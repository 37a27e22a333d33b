"""The checks of `doorfiets doctor`: each measures something, says whether that is well, and has a remedy."""
