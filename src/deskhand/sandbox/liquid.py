"""Conditions in texts: `{% if ticket.priority == 'Urgent' %}...{% elsif ... %}...{% else %}...{% endif %}` and `{% unless ... %}`.

Other tags are left out of the text, as are those that nobody closes.
"""

import re
from collections.abc import Callable

Look = Callable[[str], object]
"""The value of a name such as ticket.priority, None where it is not known."""

_PIECES = re.compile(r"(\{%-?.*?-?%\})", re.DOTALL)
_COMPARED = re.compile(r"(.+?)\s*(==|!=|\bcontains\b)\s*(.+)", re.DOTALL)


def decided(text: str, look: Look) -> str:
    """A text with its conditions decided: the parts that hold stay."""
    kept: list[str] = []
    open_: list[_Branch] = []
    for place, piece in enumerate(_PIECES.split(text)):
        if place % 2 == 0:  # between two tags
            if not open_ or open_[-1].shown:
                kept.append(piece)
            continue
        word, _, rest = piece.strip("{}%- \n\t").partition(" ")
        if word in ("if", "unless"):
            open_.append(_Branch(within=not open_ or open_[-1].shown))
            open_[-1].turn(_holds(rest, look) == (word == "if"))
        elif open_ and word in ("elsif", "else"):
            open_[-1].turn(word == "else" or _holds(rest, look))
        elif open_ and word in ("endif", "endunless"):
            open_.pop()
    return "".join(kept)


class _Branch:
    """One condition: whether it stands within text that is shown, whether a part was taken, and whether the present one is shown."""

    def __init__(self, *, within: bool) -> None:
        self.within = within
        self.taken = False
        self.shown = False

    def turn(self, holds: bool) -> None:  # noqa: FBT001 - the one fact
        """Go on to the next part."""
        self.shown = self.within and not self.taken and holds
        self.taken = self.taken or holds


def _holds(condition: str, look: Look) -> bool:
    if " or " in condition:
        return any(_holds(part, look) for part in condition.split(" or "))
    if " and " in condition:
        return all(_holds(part, look) for part in condition.split(" and "))
    compared = _COMPARED.fullmatch(condition.strip())
    if compared is None:
        return _value(condition, look) not in ("", "false")
    left, right = _value(compared[1], look), _value(compared[3], look)
    if compared[2] == "contains":
        return right in left
    return (left == right) == (compared[2] == "==")


def _value(word: str, look: Look) -> str:
    """A text in quotes, a number, or what a name stands for."""
    word = word.strip()
    if word[:1] in ("'", '"') and word[-1:] == word[:1]:
        return word[1:-1]
    if word.isdecimal():
        return word
    found = {"true": "true", "false": "false", "nil": "", "blank": "", "empty": ""}.get(word, look(word))
    return "" if found is None else str(found)
