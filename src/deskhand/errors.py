"""Everything that can go wrong in a way a person can mend.

    DeskhandError                     base: a sentence, a hint, an exit code
    ├── UsageError                    the command was typed wrongly                      64
    ├── SettingsError                 a setting is missing or contradicts another         1
    ├── PolicyInvalid                 documents under policies/ have mistakes             1
    ├── MacrosError               macros as code
    │   ├── MacrosInvalid             templates have mistakes, or findings that count     7
    │   ├── LimitPassed               a plan changes more than a person allowed           4
    │   ├── PlanOutdated              account, names or commit moved since the plan       5
    │   ├── Undecided                 a conflict, or a macro that has to be adopted       6
    │   └── PartlyDone                some writes were done, and some were not            3
    ├── NotKnown                      a ticket, rule or run that nobody has seen          1
    ├── WrongState                    not possible with what it is now; look first        1
    ├── TrailBroken                   somebody altered the audit trail                    1
    ├── DeskError                     what Zendesk, or another service, answered
    │   ├── RateLimited               429: try again after `retry_after` seconds          1
    │   ├── Transient                 nothing was done; the same call may work later      1
    │   ├── Unknown                   a write may or may not have been done               1
    │   ├── Conflict                  the ticket changed since it was read (409)          1
    │   └── Rejected                  refused for good; repeating it changes nothing      1
    │       └── AccessRefused         credentials, role, plan or scope (401, 403)         1
    └── StoreError                    the database
        ├── StoreBusy                 another worker holds it                             1
        ├── StoreFull                 no space left; nothing was written                  1
        ├── StoreMissing              there is none yet                                   1
        └── StoreNewer                made by a newer deskhand                            1

An error takes facts and builds its own sentence; `hint` says what to do about it. Rendering is the command line's work.
"""


class DeskhandError(Exception):
    """Something a person can mend."""

    hint: str = ""
    exit_code: int = 1

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        """Say what happened in one sentence; `hint` says what to do, and replaces the class's own advice."""
        super().__init__(message or (self.__doc__ or "").splitlines()[0])
        if hint:
            self.hint = hint


class UsageError(DeskhandError):
    """The command was typed wrongly."""

    exit_code = 64


class SettingsError(DeskhandError):
    """A setting is missing or contradicts another."""


class PolicyInvalid(DeskhandError):
    """The policies have mistakes, so none of them was loaded."""

    hint = "Mend the places named above; `deskhand check DIR` shows them again, and DESKHAND_POLICIES names the folder."


class MacrosError(DeskhandError):
    """Macros as code could not do what was asked; nothing was written."""


class MacrosInvalid(MacrosError):
    """The templates have mistakes, so nothing was compared with Zendesk."""

    hint = "`deskhand macros lint` shows them again."
    exit_code = 7


class LimitPassed(MacrosError):
    """More would change than a person allowed, so nothing was written."""

    hint = "Look at the plan; if it is meant, name the number as said above."
    exit_code = 4


class PlanOutdated(MacrosError):
    """Something moved since the plan was made, so nothing was written."""

    hint = "Make a new plan, read it, and apply that one."
    exit_code = 5


class Undecided(MacrosError):
    """A person has to decide something first, so nothing was written."""

    exit_code = 6


class PartlyDone(MacrosError):
    """Some writes were done, and some were not."""

    hint = "Read the reasons, mend them, and apply the same plan again: what is done already is left alone."
    exit_code = 3


class NotKnown(DeskhandError):
    """Nothing is known under that name or number."""


class WrongState(DeskhandError):
    """It cannot be done with what it is now."""


class TrailBroken(DeskhandError):
    """Somebody altered the audit trail."""

    hint = (
        "Deskhand alters no entry, so somebody did who can write to the database or the file. Keep it as it is, and look for the newest backup or export that"
        " still holds: `deskhand trail verify --file FILE`. From where the two differ, look at who had access since."
    )


class DeskError(DeskhandError):
    """Zendesk or another service, or the way to it, did not do what was asked."""

    def __init__(self, message: str = "", *, status: int | None = None, hint: str = "") -> None:
        """`status` is the HTTP status, or None where no answer came."""
        super().__init__(message, hint=hint)
        self.status = status


class RateLimited(DeskError):
    """Zendesk asked us to slow down."""

    hint = "Nothing to do: the worker waits as long as it was asked to, then goes on."

    def __init__(self, message: str = "", *, retry_after: float, status: int | None = 429, hint: str = "") -> None:
        """`retry_after` is in seconds from now."""
        super().__init__(message, status=status, hint=hint)
        self.retry_after = retry_after


class Transient(DeskError):
    """The call was not carried out; the same call may work later."""

    hint = "Try it again; a worker that runs does so by itself. If it lasts, look at the status page of whoever did not answer, and at your network."


class Unknown(DeskError):
    """A write was sent and its answer never came: it may or may not have been done."""

    hint = "It may have been done. The worker looks for it, where it can, before it sends anything again."


class Conflict(DeskError):
    """The ticket changed after it was read, so Zendesk refused the write (409)."""

    hint = "Nothing to do: the ticket is read and judged again."


class Rejected(DeskError):
    """Zendesk refused the call for good; repeating it changes nothing."""

    hint = "Read the reason above; the ticket is left as it was."

    def __init__(
        self, message: str = "", *, status: int | None = None, code: str = "", detail: str = "", hint: str = ""
    ) -> None:
        """`code` is Zendesk's own error name (`RecordInvalid`), `detail` its details in one line."""
        super().__init__(message, status=status, hint=hint)
        self.code = code
        self.detail = detail


class AccessRefused(Rejected):
    """Zendesk refused the credentials, the role, the plan or the scope (401, 403)."""

    hint = "Check the OAuth client and that its user is an admin: see 'Connecting to an account' in the README."


class StoreError(DeskhandError):
    """The database could not do what was asked."""


class StoreBusy(StoreError):
    """Another worker is using this database."""

    hint = "Stop the other worker, or give this one its own DESKHAND_DATABASE_URL."


class StoreFull(StoreError):
    """There is no space left for the database, so nothing was written."""

    hint = "Free space on the volume of the database; the worker goes on by itself."


class StoreMissing(StoreError):
    """There is no database yet."""

    hint = "Start the worker once (`deskhand run` or `deskhand once`), or correct DESKHAND_DATABASE_URL."


class StoreNewer(StoreError):
    """The database was made by a newer deskhand."""

    hint = "Install that version again, or point DESKHAND_DATABASE_URL at another database."
