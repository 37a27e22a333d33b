"""What an operator asks of a running platform: how it is, which feeds are silent, what was refused and set aside."""
