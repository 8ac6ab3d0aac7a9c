"""Switches of the sandbox: where it is not known what Zendesk does, either behaviour can be chosen."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Options:
    """One field per unknown. The defaults are what is most likely; the comment after each says what the other choice shows.

    Times are in seconds.
    """

    hold_back: int = 60
    """How long the incremental exports withhold what is new (300 in older accounts)."""
    start_time_error: Literal["new", "old"] = "new"
    """A too recent start_time: 400 with a list of errors, or the older 422 with a sentence."""
    export_slas: bool = False
    """Whether `include=slas` does anything on the incremental ticket export."""
    cursor_life: int | None = None
    """After how many seconds an export cursor is answered with 400 InvalidCursor; None never."""
    plan_has_slas: bool = True
    """False: an account whose plan has no SLA policies; the sideload stays away."""
    no_slas_status: Literal[403, 404] = 403
    """How such an account answers /slas."""
    incremental_closed: bool = False
    """True: the incremental exports answer 403, as may happen to third-party clients."""
    group_change: Literal["clear", "refuse"] = "clear"
    """A new group that the assignee is not in: the assignee is cleared, or 422."""
    solve_unassigned: Literal["assign", "allow", "refuse"] = "assign"
    """Solving a ticket without assignee: the agent who solves takes it, nothing happens, or 422."""
    noop_update: Literal["audit", "nothing"] = "audit"
    """An update that changes nothing leaves an audit without events, or no audit at all."""
    noop_moves_updated_at: bool = False
    """Whether such an update moves updated_at all the same."""
    failed_rows: Literal["flagged", "indexed"] = "flagged"
    """Failed rows of a job carry action and success, or index and error only."""
    too_many_jobs_status: Literal[429, 422] = 429
    """The status that goes with TooManyJobs."""
    update_many_counts: bool = True
    """Whether each ticket of update_many counts towards its 30 updates in 10 minutes."""
    batch_tag_edits: bool = False
    """Whether additional_tags and remove_tags work in the batch form of update_many."""
    updates_limit: Literal["account", "trial"] = "account"
    """`trial`: 20 instead of 100 ticket updates a minute, and an endpoint limit on the ticket list."""
    header_spelling: Literal["ratelimit", "rate-limit"] = "ratelimit"
    """How the rate headers are spelled (2023: with a hyphen)."""
    rate_limit_body: Literal["text", "json", "html"] = "text"
    """What the body of a 429 is."""
    holiday_end_inclusive: bool = True
    """Whether the end date of a holiday is closed too."""
    gone_breaches: Literal["deleted", "gone"] = "deleted"
    """A breach that did not come to pass stays as a deleted metric event, or is gone."""
    schedule_edits: Literal["at_once", "next_update"] = "at_once"
    """When a change of opening hours moves the breaches foreseen: at once, or with the ticket's next update."""
    slas_stage_done: Literal["achieved", "completed"] = "achieved"
    """How a fulfilled SLA metric is called."""
    slas_keep_done: bool = False
    """Whether fulfilled metrics stay in the `slas` sideload."""
    anonymous_me: bool = True
    """Whether users/me answers 200 with an anonymous user to nobody, and to whoever has a wrong password or API token."""
    password_access: bool = False
    """Whether Basic authentication with a password works."""
    unknown_subdomain: Literal["404", "redirect"] = "404"
    """How another account's host is answered."""
    job_start: float = 2.0
    """How long a job stays queued."""
    job_row: float = 0.02
    """How long a job works on each row."""
    comment_limit: int = 65_536
    """Bytes of a comment's text that are kept."""
    collapse_text: bool = True
    """Whether runs of spaces and blank lines of a plain comment are collapsed, as for agents."""
    archive_after: int = 120 * 86_400
    """How long a ticket stays closed before it is archived."""
    search_lag: int = 0
    """How long a change takes to be found by search."""
    metric_event_delay: int = 0
    """How long metric events usually take to show, with their original times (up to 12 s were seen)."""
    metric_event_lag: int = 0
    """How long those of the late tickets take (11 to 13 minutes were seen)."""
    late_metric_share: float = 1.0
    """The share of tickets whose metric events are late by that lag."""
    tickets_total: bool = False
    """Whether cursor pages of tickets carry `tickets_total`."""
    client_scopes: str = ""
    """The scopes that OAuth clients are allowed to ask for, with spaces between them; empty: whatever they like, as for clients of old."""
    macro_scopes: bool = True
    """Whether macros and dynamic content have OAuth scopes of their own; False: only `read` and `write` do for them."""
    macro_values: Literal["real", "plain"] = "real"
    """`real`: macro values come back as Zendesk returns them, ids as strings."""
    macro_text: Literal["kept", "tidied"] = "kept"
    """`tidied`: HTML of macros comes back as the editor of real accounts leaves it: one line, entities, other order of attributes."""
    locales: str = "en-US"
    """The account's locales with commas between them, the default first."""
    list_delay: int = 0
    """How long a new ticket stays out of the lists of requested, assigned and followed tickets."""
    era: Literal["2024", "2023"] = "2024"
    """Keys that came after 2023 are there (job_type of jobs, generated_timestamp of a ticket in the answer to its creation), or not yet."""
    accidents_take_time: bool = True
    """Whether a time-out or latency moves the simulated clock."""
