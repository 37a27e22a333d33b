"""Which years, neighbours and chains an indicator needs: decided here, read and written by the sinks."""
