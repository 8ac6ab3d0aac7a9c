"""Replaying what real accounts were asked, and comparing what they answered with what the sandbox answers."""
