"""The transport under the adapters: one guarded session, one table of failures, one place that retries reads."""
