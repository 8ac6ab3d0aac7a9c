"""One suite for each port, run against everything that implements it."""
