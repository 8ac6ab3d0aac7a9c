"""The services that carry messages, one file each: PagerDuty, Slack, Statuspage, Jira, Confluence, a signed webhook, and everything that apprise knows.

No adapter imports another; `slack_blocks` and `slack_errors` are what Slack's two share. Each fits `Channel` (and `Pager`) of `app/service_ports.py`, renders a message in its service's own form, and says what its
answers mean: try again, settle, alarm, or a setting to mend. Nothing here retries: a message's next attempt is its row in the store.
"""
