"""What is looked after every few seconds: a loop of named steps on one connection, as process `watch`."""
