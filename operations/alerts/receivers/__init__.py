"""The receivers of alerts: each sends one message within a bounded time, or says why it could not."""
