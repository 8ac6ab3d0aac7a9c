"""Everything else that apprise knows: mail, Teams, SMS, and a hundred more. The last one of a chain, since apprise says no more than yes or no.

It is an optional part: `pip install 'deskhand[apprise]'`. Each address has a thread of its own for each message and at most one at a time, because what
apprise's plugins do cannot be stopped; it is waited for so long and no longer. Their own retries, templates, escapes and emoji are switched off.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock, Thread
from typing import Final

from deskhand import logs
from deskhand.core.brief_note import brief_note
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.core.plain import cut, line, plain, short
from deskhand.errors import SettingsError, Transient, Unknown

DEADLINE: Final = 20.0
"""Seconds for all addresses of a channel together."""
SLOW: Final = 3.5
"""Seconds after which a no may be an answer that came too late: apprise waits four for one, and does not tell which no it was."""
LONGEST: Final = 4_000
"""Characters of a text, where the service itself takes more."""
TITLE: Final = 200
_PINGS: Final = re.compile(
    r"(?<!\w)@(?=[\w&!])|@(?=(?:everyone|here|channel|all)\b)|<(?=\s*(?:[!@#&]|https?:|mailto:))", re.IGNORECASE
)
"""Signs that begin a mention or a link somewhere; those inside a mail address do not."""
_JOINER: Final = "\u2060"

log = logs.get(__name__)

Say = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Address:
    """One place that apprise reaches. `kind` is the beginning of its URL, which is no secret; `say` takes title and text and answers yes or no.

    `longest` is how much text it takes; `titled` is whether it has titles, else the title is put before the text.
    """

    kind: str
    say: Say
    longest: int = LONGEST
    titled: bool = True


Open = Callable[[str], Address | None]


class Others:
    """The addresses of one setting. A message has arrived where at least one of them took it."""

    service: Final = "apprise"
    again: Final = "accept"

    def __init__(self, channel: Channel, urls: str, now: Callable[[], datetime], *, opener: Open | None = None) -> None:
        """`urls` are apprise's own, with spaces or lines between them. Raises SettingsError for one that apprise cannot read, naming its place in the list."""
        setting = f"DESKHAND_APPRISE_URLS{f'_{channel.key}' if channel.key else ''}"
        self._channel, self._now = channel, now
        opener = opener or with_apprise(channel.name)
        self._lines: list[_Line] = []
        for number, url in enumerate(urls.split(), 1):
            address = opener(url)
            if address is None:
                raise SettingsError(
                    f"apprise cannot read address {number} of {setting}",
                    hint="Try it alone with `apprise -b test ADDRESS`; spaces separate addresses, so %20 is one inside them.",
                )
            self._lines.append(_Line(address))
        if not self._lines:
            raise SettingsError(f"{setting} has no address", hint="Give apprise's URLs, with spaces between them.")

    @property
    def name(self) -> str:
        """Its name in the policies."""
        return self._channel.name

    def carries(self, message: Message) -> bool:
        """All but public words, which are for the status page alone, and issues."""
        return message.verb in ("page", "tell", "close")

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:  # noqa: ARG002 - nothing here has threads
        """Tell every address at once, and wait until all have answered or the time is up."""
        end = time.monotonic() + DEADLINE
        tries = [one.begin(message) for one in self._lines]
        for one in tries:
            one.join(max(end - time.monotonic(), 0.0))
        reached = sum(one.came == "yes" for one in tries)
        missed = [f"{one.kind}: {one.came or 'no answer in time'}" for one in tries if one.came != "yes"]
        if reached:
            if missed:
                log.warning("partly_told", channel=self.name, missed=missed)
            return Receipt(message.key, state=f"{reached} of {len(tries)} addresses")
        said = f"channel '{self.name}' by apprise: {', '.join(missed)}"
        if all(one.came in ("no", _BUSY) for one in tries):
            raise Transient(said, hint=_NO)
        raise Unknown(said, hint="Nothing to do: a page is sent again, everything else is not. " + _NO)

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:  # noqa: ARG002 - the port's own signature
        """Never anything: apprise can only tell."""
        return None


_BUSY: Final = "still busy with an earlier message"
_NO: Final = (
    "apprise does not say why: try the address with `apprise -vv -b test ADDRESS`; it is in DESKHAND_APPRISE_URLS."
)


class _Try(Thread):
    """One message to one address, in a thread that nobody has to wait for. `came` is empty until it ended."""

    def __init__(self, kind: str, act: Callable[[], bool] | None) -> None:
        super().__init__(name=f"apprise-{kind}", daemon=True)
        self.kind, self._act = kind, act
        self.came = "" if act is not None else _BUSY

    def run(self) -> None:
        """Do it. A plugin of others may raise anything, and its words may hold the address, so only the kind of it is kept."""
        began = time.monotonic()
        assert self._act is not None
        try:
            done = self._act()
        except Exception as error:  # noqa: BLE001 - a boundary: code of others
            self.came = f"failed ({type(error).__name__})"
            return
        late = time.monotonic() - began > SLOW
        self.came = "yes" if done else "no, after a while" if late else "no"

    def join(self, timeout: float | None = None) -> None:
        """Wait for it, where it was begun at all."""
        if self._act is not None:
            super().join(timeout)


class _Line:
    """An address with the last try of it: there is at most one at a time."""

    def __init__(self, address: Address) -> None:
        self._address, self._lock = address, Lock()
        self._last: _Try | None = None

    def begin(self, message: Message) -> _Try:
        """Begin to tell it; where the last try hangs still, none is begun."""
        with self._lock:
            if self._last is not None and self._last.is_alive():
                return _Try(self._address.kind, None)
            title, text = words(message, self._address)
            self._last = _Try(self._address.kind, lambda: self._address.say(title, text))
            self._last.start()
            return self._last


def words(message: Message, address: Address) -> tuple[str, str]:
    """Title and text for an address: plain, within its limit, and with nothing in it that pings anybody."""
    notice = message.notice
    title = cut(harmless(short(notice.title, TITLE)) or f"Ticket {message.ticket_id}", TITLE)
    facts = "\n".join(f"{short(label, TITLE)}: {short(value, TITLE)}" for label, value in notice.facts)
    links = "\n".join(f"{short(one.text, TITLE)}: {short(one.url, 2_000)}" for one in notice.links)
    brief = plain(brief_note(notice.brief)) if notice.brief is not None else ""
    parts = (short(notice.text, LONGEST, lines=True), facts, line(notice.url), links, brief)
    room = min(address.longest, LONGEST) - (0 if address.titled else len(title) + 2)
    return title, cut(harmless("\n\n".join(one for one in parts if one)[: 2 * LONGEST]), max(room, 20)) or title


def harmless(text: str) -> str:
    """Text in which no service finds a mention or a link in angle brackets: a word joiner, which is not seen, keeps the signs from their names."""
    return _PINGS.sub(lambda found: found[0] + _JOINER, text)


def with_apprise(channel: str) -> Open:
    """How addresses are opened: by apprise, as it is installed. Raises SettingsError where it is not."""
    try:
        import apprise  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise SettingsError(
            f"channel '{channel}' needs apprise, which is not installed",
            hint="Install it with `pip install 'deskhand[apprise]'`, or take the channel out of the policies.",
        ) from None
    logs.silence("apprise")

    def opened(url: str) -> Address | None:
        asset = apprise.AppriseAsset(async_mode=False, interpret_escapes=False, interpret_emojis=False)
        asset.http_redirects = False
        service = apprise.Apprise.instantiate(url, asset=asset)
        if service is None:
            return None
        service.retry = 0
        one = apprise.Apprise(asset=asset)
        one.add(service)
        text = apprise.NotifyFormat.TEXT

        def say(title: str, body: str) -> bool:
            return bool(one.notify(body=body, title=title, body_format=text))

        longest, titled = int(service.body_maxlen), int(service.title_maxlen) > 0
        return Address(url.partition(":")[0][:30].lower(), say, longest, titled)

    return opened
