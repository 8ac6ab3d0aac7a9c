"""The endpoints. Importing this package registers them all."""

from deskhand.sandbox.api import bulk, exports, tickets, writing

__all__ = ["bulk", "exports", "tickets", "writing"]
