"""The account itself: its settings, time zones and locales."""

from deskhand.sandbox.account_settings import settings
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.refusal import not_found
from deskhand.sandbox.render import with_url
from deskhand.sandbox.route import Ask, route
from deskhand.sandbox.zones import IANA, zone


@route("GET", "/account/settings")
def account(ask: Ask) -> Row:
    """The account's settings."""
    return {"settings": settings(ask.world)}


@route("GET", "/time_zones")
def time_zones(ask: Ask) -> Row:
    """The names of time zones with their IANA zones and present offsets."""
    now = ask.sandbox.clock.now()
    rows = []
    for name in sorted(IANA):
        offset = int((now.astimezone(zone(name)).utcoffset() or now - now).total_seconds() // 60)
        sign = "+" if offset >= 0 else "-"
        rows.append(
            {
                "translation": None,
                "name": name,
                "iana_name": IANA[name],
                "offset": offset,
                "formatted_offset": f"GMT{sign}{abs(offset) // 60:02}:{abs(offset) % 60:02}",
            }
        )
    return {"time_zones": rows, "count": len(rows)}


_NAMES = {"en-US": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}


def locale_rows(ask: Ask) -> list[Row]:
    """The account's locales; the default is number 1."""
    rows: list[Row] = [
        {"id": 1 if number == 0 else 100 + number, "locale": name, "name": _NAMES.get(name, name), "native_name": _NAMES.get(name, name),
         "presentation_name": _NAMES.get(name, name), "rtl": False, "default": number == 0, "created_at": "2009-07-21T00:38:15Z",
         "updated_at": "2012-02-01T17:56:02Z"}
        for number, name in enumerate(ask.world.options.locales.split(","))
    ]  # fmt: skip
    return [with_url(ask.base, "locales", row) for row in rows]


def _locales(ask: Ask) -> Row:
    """The account's locales."""
    rows = locale_rows(ask)
    return {"locales": rows, "next_page": None, "previous_page": None, "count": len(rows)}


for _path in ("/locales", "/locales/agent", "/locales/public"):
    route("GET", _path, role=None)(_locales)


@route("GET", "/locales/current", role=None)
def current_locale(ask: Ask) -> Row:
    """The locale of whoever asks."""
    return {"locale": locale_rows(ask)[0]}


@route("GET", "/locales/detect_best_locale", role=None)
def best_locale(ask: Ask) -> Row:
    """The locale that suits best."""
    return current_locale(ask)


@route("GET", "/locales/{id}", role=None)
def locale(ask: Ask, key: str) -> Row:
    """One of them, by number or name."""
    found = next((row for row in locale_rows(ask) if key.lower() in (str(row["id"]), row["locale"].lower())), None)
    if found is None:
        raise not_found()
    return {"locale": found}


@route("GET", "/brands/check_host_mapping", role="admin")
def host_mapping(ask: Ask) -> Row:
    """No host is mapped here."""
    return {
        "cname": ask.query.get("host_mapping"),
        "expected_cnames": [f"{ask.world.subdomain}.zendesk.com"],
        "is_valid": False,
        "reason": "not_a_cname",
    }
