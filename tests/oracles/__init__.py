"""Agreement with answers that others worked out, over recorded cases."""
