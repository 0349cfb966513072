"""Say the same of an outcome on every platform: how long a wait is, and what is recorded of how it ended."""

from typing import assert_never

from messengers.base import Outcome, Posted, Refused, Slowed, Unknown

_LONGEST = 86_400.0  # seconds; what asks for more, or for `inf`, is asked again after a day
# Nothing left this machine, so trying again is safe.
UNREACHABLE = Slowed(30.0, is_limit=False)


def retry_after(written: str, otherwise: float) -> float:
    """Read a `Retry-After` header, in seconds; `otherwise` where it names none."""
    try:
        seconds = float(written or otherwise)
    except ValueError:
        return otherwise
    return min(seconds, _LONGEST) if seconds >= 1 else 1.0  # never so for NaN


def ending(outcome: Outcome) -> str:
    """Give what is recorded of how a call ended: `ok`, or the platform's code."""
    match outcome:
        case Posted():
            return "ok"
        case Slowed():
            return "ratelimited"
        case Refused(code):
            return code
        case Unknown():
            return "unknown"
        case _:
            assert_never(outcome)
