"""The page's clock: when the bot's next tip is due, and moving the emulator's time there."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp

from playground.shared.clock import EmulatorClock, TooFarError
from playground.shared.values import Json

GAUGE = re.compile(r"^pm_compare_next_tip_timestamp_seconds(?:\{[^}]*\})?\s+(\S+)", re.MULTILINE)
ASKING = 3.0
HOUR, DAY = 3600, 86_400  # seconds
CHANGES_WITHIN = 2 * 366  # days in which the next change is looked for


def zone(name: str) -> ZoneInfo:
    """The zone of a person, or UTC where the name means nothing here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def shown(clock: EmulatorClock, tz: str) -> Json:
    """The time of a person in the zone `tz`."""
    now = clock.now()
    offset = dt.datetime.fromtimestamp(now, zone(tz)).utcoffset()
    return {
        "now": now,
        "offset": clock.offset,
        "zone_offset": offset.total_seconds() if offset else 0.0,
        "tz": tz,
    }


def to_clock_change(clock: EmulatorClock, tz: str) -> tuple[str | None, str]:
    """Moves the shown time to an hour before the zone's next change of its clocks; (why not, what will happen)."""
    here = zone(tz)
    found = _next_change(here, clock.now())
    if found is None:
        return f"{tz} does not change its clocks in the coming two years. Be somebody else, whose zone does.", ""
    try:
        clock.move_to(found - HOUR)
    except TooFarError as error:
        return str(error), ""
    before, after = (dt.datetime.fromtimestamp(moment, here) for moment in (found - 1, found))
    goes = "forward" if _offset(here, found) > _offset(here, found - 1) else "back"
    day = f"{before:%A} {before.day} {before:%B %Y}"
    was = before + dt.timedelta(seconds=1)
    return (
        None,
        f"It is an hour before the change. In {tz} clocks go {goes} on {day}, from {was:%H:%M} to {after:%H:%M}.",
    )


def _next_change(here: ZoneInfo, now: float) -> float | None:
    """Unix seconds, to the second, of the next moment at which the zone's offset is another one."""
    start = math.floor(now) + HOUR + 1  # what is under an hour away can't be gone to
    for day in range(CHANGES_WITHIN):
        low, high = start + day * DAY, start + (day + 1) * DAY
        if _offset(here, low) == _offset(here, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(here, middle) == _offset(here, low) else (low, middle)
        return float(high)
    return None


def _offset(here: ZoneInfo, moment: float) -> float:
    offset = dt.datetime.fromtimestamp(moment, here).utcoffset()
    return offset.total_seconds() if offset else 0.0


async def next_tip(request_url: str | None) -> float | None:
    """Unix seconds of the next due tip, as the bot's `/metrics` tells; None: nothing planned, or no answer."""
    if request_url is None:
        return None
    parts = urlsplit(request_url)
    timeout = aiohttp.ClientTimeout(total=ASKING)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{parts.scheme}://{parts.netloc}/metrics") as response,
        ):
            text = await response.text()
    except (aiohttp.ClientError, TimeoutError):
        return None
    moments = [float(found) for found in GAUGE.findall(text)]
    return min((moment for moment in moments if moment > 0 and math.isfinite(moment)), default=None)


async def move(clock: EmulatorClock, request_url: str | None, wanted: Mapping[str, Any], *, typed: str) -> str | None:
    """Moves the shown time by `shift` seconds, to a `moment`, `to` the next tip, or back to real time (`reset`).

    Returns words when there is nowhere to go; `typed` is what switches tips on in a channel.
    """
    try:
        if wanted.get("reset"):
            clock.reset()
        elif "shift" in wanted:
            clock.shift(_seconds(wanted["shift"]))
        elif "moment" in wanted:
            clock.move_to(_seconds(wanted["moment"]))
        elif wanted.get("to") == "next-tip":
            return await _move_to_next_tip(clock, request_url, typed)
    except TooFarError as error:
        return str(error)
    return None


async def _move_to_next_tip(clock: EmulatorClock, request_url: str | None, typed: str) -> str | None:
    moment = await next_tip(request_url)
    if moment is None:
        return f"No tip is scheduled yet. Type {typed} in a channel to switch them on."
    if moment <= clock.now():
        return "The next tip is due already: the bot looks every few seconds, it is on its way."
    clock.move_to(moment + 1.0)
    return None


def _seconds(given: object) -> float:
    """The number that the page sent; JSON has no word for NaN but null, and Python's takes integers of any length."""
    if not isinstance(given, int | float):
        raise TooFarError
    try:
        return float(given)
    except OverflowError:
        raise TooFarError from None
