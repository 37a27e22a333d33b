"""Pure arithmetic of the mill: no clock, no input or output."""
