"""The pure functions of processing: no clock, no input or output."""
