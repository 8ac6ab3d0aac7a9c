"""What the worker tells over HTTP: whether it is alive and ready, and its figures. Read only."""
