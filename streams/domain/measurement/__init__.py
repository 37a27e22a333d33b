"""What has no interval on the grid of its datastream: which measurements there are, and which rows follow from them."""
