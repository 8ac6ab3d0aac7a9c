"""Macros as values: what one is, when two are the same, what would have to change, and how much change is too much.

value     a macro, its actions, its canonical form and content hash
markup    HTML in one fixed form, and the text that a reader sees
marker    the line in a description that says whose macro it is
record    a macro as wanted, as bound, as it is in Zendesk
compare   base, live and wanted, field by field
plan      from all of these to the items of a plan
limits    how many changes a plan may hold
codec     a plan and its parts as JSON, and back
"""
