"""Read the clock: the real one, or for the playground one that a file shifts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

Clock = Callable[[], datetime]


class ShiftRefusedError(Exception):
    """A shifted clock was asked for against a real platform."""


def real() -> datetime:
    """Give the moment it is, aware, in UTC."""
    return datetime.now(UTC)


def shifted(offset_file: Path, *addresses: str) -> Clock:
    """Give a clock that runs `offset_file`'s number of seconds ahead of the real one; an unreadable file is no shift.

    Raises:
        ShiftRefusedError: one of the platforms' `addresses` is not on this machine: a real channel must never get tips
            by a shifted clock.
    """
    if not all(is_loopback(urlsplit(address).hostname or "") for address in addresses):
        raise ShiftRefusedError(
            "--clock-offset-file is for the playground: SLACK_API_URL must be on this machine, and so must TEAMS_CLOUD "
            "where Teams is set up."
        )

    def now() -> datetime:
        try:
            return real() + timedelta(seconds=float(offset_file.read_text(encoding="ascii")))
        except (OSError, ValueError, OverflowError):
            return real()

    return now


def starting_at(moment: datetime) -> Clock:
    """Give a clock that shows `moment` now and runs on from there."""
    shift = moment - real()
    return lambda: real() + shift


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine itself."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        address = ip_address(host)
        return (getattr(address, "ipv4_mapped", None) or address).is_loopback
    except ValueError:
        return False
