"""Loading what a long command needs, without looking through it for rubbish meanwhile."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Everything that is loaded within stays: the collector rests until it is there, and never looks through it again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
