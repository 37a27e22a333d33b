"""The console of operators: pages behind a login, as a process of its own."""
