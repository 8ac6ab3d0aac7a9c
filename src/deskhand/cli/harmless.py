"""What a terminal is shown: words of tickets may hold sequences that colour, move, hide or retitle; none of them gets through to it."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment

from deskhand.core.plain import plain


class Harmless(RenderHook):
    """Takes what is not seen out of everything that a console prints."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Each of them, without what is not seen."""
        return [_Harmless(one) for one in renderables]


class _Harmless:
    """One thing to print, whatever it is made of."""

    def __init__(self, inner: ConsoleRenderable) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Its parts, with our own colours and without those of others."""
        for part in console.render(self._inner, options):
            yield part if part.control else Segment(plain(part.text), part.style)
