"""Pure arithmetic of processing: no clock, no input or output."""
