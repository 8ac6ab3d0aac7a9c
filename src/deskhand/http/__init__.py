"""The transport under the adapters: one guarded session, one table of failures, one place that retries reads.

The types of requests that adapters need are handed on from here, so that the library has one owner.
"""

from requests import PreparedRequest
from requests.adapters import BaseAdapter
from requests.auth import AuthBase, HTTPBasicAuth

__all__ = ["AuthBase", "BaseAdapter", "HTTPBasicAuth", "PreparedRequest"]
