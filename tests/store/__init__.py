"""Tests of the store's parts, beyond the contract that all stores share."""
