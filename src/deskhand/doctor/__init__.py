"""What `deskhand doctor` looks at, theme by theme.

Nothing here changes anything: the account is read through a transport that refuses writes, the database through a connection that only looks.

    finding                  what a check found: ok, warn, fail or skip, in words, with what to do
    subject                  what is looked at: the settings, and what they lead to
    examine                  all checks in order, each by itself

A check is a function from the subject to findings, and a line in `examine.CHECKS`. It raises what it likes: that is a finding too, and the others go on.
"""
