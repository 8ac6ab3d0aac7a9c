"""What the worker tells over HTTP: whether it is alive and ready, and its figures; and where Zendesk tells it that something changed."""
