"""What was refused, or received, is decoded again with the present registry, and published through the same door."""
