"""The endpoints. Importing this package registers them all."""

from deskhand.sandbox.api import bulk, exports, many, oauth, people, settings, tickets, writing

__all__ = ["bulk", "exports", "many", "oauth", "people", "settings", "tickets", "writing"]
