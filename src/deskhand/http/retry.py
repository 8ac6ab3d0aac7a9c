"""Reads are tried again, here and nowhere else. A write's next attempt is its outbox row."""

from collections.abc import Callable
from typing import Final, TypeVar

import tenacity

from deskhand.errors import RateLimited, Transient

T = TypeVar("T")
Wait = Callable[[float], None]
"""Waits so many seconds, less if the worker is to stop; in simulated time it moves the clock."""

ATTEMPTS: Final = 5
LONGEST: Final = 30.0
_jitter = tenacity.wait_random_exponential(multiplier=0.5, max=LONGEST)


def reading(wait: Wait, do: Callable[[], T], *, attempts: int = ATTEMPTS) -> T:
    """Do a read; after RateLimited wait as long as was asked, after Transient a random while that doubles, five times at most.

    Raises the last error as it was.
    """
    again = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type((RateLimited, Transient)),
        wait=_pause,
        stop=tenacity.stop_after_attempt(attempts),
        sleep=wait,
        reraise=True,
    )
    return again(do)


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds before the next attempt."""
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after if isinstance(error, RateLimited) else _jitter(state)
