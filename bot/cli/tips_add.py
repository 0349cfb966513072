"""Turn weekly tips on for an operator, in one channel or in hundreds, say what that changed, and list them."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

from msgspec.structs import replace
from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from bot import app
from bot.cli import platform_ids
from bot.clock import Clock
from bot.errors import OperatorError
from bot.settings.checked import Settings
from cards.compose import phrases, reasons
from cards.reason import Cause
from cards.zones import names
from messengers.base import Address
from scheduler import weekly
from scheduler.subscriptions import turning_on
from scheduler.subscriptions.turning_on import Addition, Begun
from scheduler.weekly import Schedule, ScheduleError
from store.subscriptions import ChangedBy, Subscription, Subscriptions

KEYS = ("workspace", "channel", "weekday", "at", "zone")
_PIPE = 1000  # columns, wider than any table here
OPTIONAL = "dimensions"  # ids, as a list or a text with commas
SWITCH_ON, ANYONE = "--switch-on", "--anyone"
_BATCH = 500  # channels in a transaction
_LONG = 1000  # channels from which a progress bar is shown
_MOST = 20  # channels of which something is said; of a file with hundreds, `tips list` shows the others
_MIGHT: Mapping[ChangedBy, str] = {
    "owner": "only the owners might",
    "admins": "only the owners and workspace admins might",
    "anyone": "anyone might",
}


def entries(
    options: Mapping[str, str | None], source: TextIO | None, known: Collection[str] = ()
) -> tuple[Addition, ...]:
    """Read the channels to turn on: one from options, or a JSON list of objects with the same keys.

    `known` are the ids of the content's dimensions.

    Raises:
        OperatorError: names everything that is missing or wrong, at once.
    """
    if source is not None:
        if any(options.values()):
            raise OperatorError("Give either --from FILE or the options of one channel, not both.")
        return _all_entries(_listed(source), known, lambda index: f"entry {index}: ")
    return _all_entries([dict(options)], known, lambda _index: "")


class _Object(dict[str, Any]):
    """An object of the file, which knows of keys that stand in it twice."""

    twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    made.twice = tuple(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
    return made


def _listed(source: TextIO) -> list[Any]:
    try:
        listed = json.load(source, object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise OperatorError(
            f"{source.name} is not UTF-8 text, from byte {error.start} on: save it as UTF-8."
        ) from error
    except ValueError as error:
        raise OperatorError(f"{source.name} is not JSON: {error}") from error
    except RecursionError as error:
        raise OperatorError(f"{source.name} goes too deep: it must hold a list of objects, and no more.") from error
    if not isinstance(listed, list):
        raise OperatorError(f"{source.name} must hold a JSON list of objects with the keys {', '.join(KEYS)}.")
    return listed


def _all_entries(listed: Sequence[Any], known: Collection[str], name: Callable[[int], str]) -> tuple[Addition, ...]:
    read: list[Addition] = []
    faults: list[str] = []
    for index, one in enumerate(listed, 1):
        try:
            read.append(_entry(one, known))
        except OperatorError as error:
            faults += [f"{name(index)}{line}" for line in str(error).splitlines()]
    times = Counter(entry.address for entry in read)
    faults += [
        f"{address.conversation} in {address.workspace} is named {count} times."
        for address, count in times.items()
        if count > 1
    ]
    if faults:
        raise OperatorError("\n".join(["Nothing was changed.", *faults]))
    return tuple(read)


def _entry(one: object, known: Collection[str]) -> Addition:
    """Read one channel; OperatorError names everything that is wrong with it."""
    if not isinstance(one, Mapping):
        raise OperatorError(f"must be an object with the keys {', '.join(KEYS)}.")
    faults = []
    unknown = sorted(set(one) - {*KEYS, OPTIONAL})
    if twice := getattr(one, "twice", ()):
        faults.append(f"{', '.join(twice)} stands there twice.")
    if unknown:
        faults.append(f"unknown key {', '.join(unknown)}; known are {', '.join((*KEYS, OPTIONAL))}.")
    given = {key: one[key] for key in KEYS if one.get(key) not in (None, "")}
    wrong = [key for key, value in given.items() if not isinstance(value, str)]
    texts = {key: str(value).strip() for key, value in given.items() if key not in wrong}
    workspace, channel = platform_ids.understood(texts.get("workspace", ""), texts.get("channel", ""))
    if workspace:
        given["workspace"] = workspace  # a channel's link may have named it
    missing = [key for key in KEYS if key not in given]
    if missing:
        faults.append(f"missing {', '.join(missing)}.")
    if wrong:
        faults.append(f"{', '.join(wrong)} must be text.")
    if wrong_id := platform_ids.fault(workspace, channel):
        faults.append(wrong_id)
    dimensions, fault = _dimensions(one.get(OPTIONAL), known)
    faults += [fault] if fault else []
    try:
        # What is missing stands in as something right: it is named already.
        schedule = Schedule.typed(texts.get("weekday", "monday"), texts.get("at", "09:00"), texts.get("zone", "UTC"))
    except ScheduleError as error:
        raise OperatorError("\n".join([*faults, *error.faults.values()])) from error
    if faults:
        raise OperatorError("\n".join(faults))
    platform = platform_ids.platform(workspace)
    address = Address(platform.name if platform else "", workspace, channel)
    if platform_ids.is_person(workspace, channel):
        return Addition(address, schedule, address.conversation, "owner", dimensions)
    return Addition(address, schedule, dimensions=dimensions)


def flagged(entry: Addition, *, switches_on: bool, is_anyones: bool) -> Addition:
    """Give an entry as the command's flags want it; a person's own tips are nobody else's to change."""
    widened: ChangedBy | None = "anyone" if is_anyones and entry.changed_by is None else entry.changed_by
    return replace(entry, turns_on=switches_on, changed_by=widened)


def _dimensions(given: object, known: Collection[str]) -> tuple[tuple[str, ...], str]:
    """Read which dimensions tips are drawn from, and say what is wrong with them; null and none are all."""
    listed = given.replace(",", " ").split() if isinstance(given, str) else [] if given is None else given
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        return (), f"{OPTIONAL} must be a list of ids, or a text with commas."
    wrong = [one for one in listed if one not in known]
    if wrong:
        return (), f"{', '.join(wrong)} is not a dimension of this content; there are {', '.join(known)}."
    return tuple(one for one in known if one in listed), ""


async def add_tips(
    settings: Settings, found: Sequence[Addition], clock: Clock, *, introduce: bool, console: Console
) -> Sequence[Begun]:
    """Turn tips on in each channel, change them where there are some; with `introduce`, introductions are planned too.

    Gives what became of each. Shows a progress bar on `console` when there are many.
    """
    begun: list[Begun] = []
    batches: Iterable[Sequence[Addition]] = [found[start : start + _BATCH] for start in range(0, len(found), _BATCH)]
    if len(found) >= _LONG:
        batches = track(list(batches), "Turning tips on", console=console)
    async with app.database_up_to_date(settings) as database:
        for batch in batches:
            async with database.write() as connection:
                begun += await turning_on.add_each(connection, batch, introduce=introduce, now=clock())
    return begun


def sentences(begun: Sequence[Begun]) -> Iterator[str]:
    """Say in how many channels tips are on, then a line for each in which something else is to be known."""
    on = sum(one.subscription.state == "on" for one in begun)
    if on or not begun:
        yield f"Weekly tips are on in {on} channel{'' if on == 1 else 's'}."
    lines = [line for one in begun if one.before is not None for line in _lines(one.before, one.subscription)]
    yield from lines[:_MOST]
    if len(lines) > _MOST:
        yield f"… and {len(lines) - _MOST} more such lines; `python -m bot tips list` shows every channel."


def _lines(before: Subscription, after: Subscription) -> Iterator[str]:
    where = f"{after.conversation} in {after.workspace}"
    if before.state == "on":
        pass
    elif after.state == "on":
        yield f"{where}: switched on again; they were {_how(before)}."
    elif after.state == "starting":
        yield f"{where}: they begin once their introduction is posted."
    else:
        yield f"{where}: set, and still {_how(after)}; {SWITCH_ON} turns them on."
    if after.changed_by == "anyone" != before.changed_by:
        yield f"{where}: anyone may change them now; {_MIGHT[before.changed_by]} before."


def _how(one: Subscription) -> str:
    """Say how tips that are not on stand: `off`, `paused until Monday …`, `paused because …`."""
    if one.state == "starting":
        return "waiting for their introduction"
    if one.state == "off":
        return "off"
    if one.reason != Cause.PERSON:
        return f"paused because {reasons.cause(one.reason)}"
    return f"paused until {phrases.moment_words(one.paused_until, one.zone)}" if one.paused_until else "paused"


async def list_tips(settings: Settings) -> list[dict[str, Any]]:
    """List every channel's tips as JSON-ready objects; moments are ISO 8601 in UTC, null where none is planned."""
    async with app.database_up_to_date(settings) as database, database.read() as connection:
        return [row(one) for one in await Subscriptions().every(connection)]


def row(one: Subscription) -> dict[str, Any]:
    """Give a channel's tips as a JSON-ready object."""
    return {
        "platform": one.platform,
        "workspace": one.workspace,
        "channel": one.conversation,
        "weekday": weekly.WEEKDAYS[one.weekday],
        "at": one.at,
        "zone": one.zone,
        "state": one.state,
        "reason": one.reason,
        "paused_until": one.paused_until.isoformat() if one.paused_until else None,
        "owner": one.owner,
        "co_owners": list(one.co_owners),
        "changed_by": one.changed_by,
        "dimensions": list(one.dimensions),
        "quiet_dates": list(one.quiet_dates),
        "quiet_country": one.quiet_country,
        "next": one.next_run_at.isoformat() if one.next_run_at else None,
        "seen": len(one.seen),
    }


def print_tips(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print the list as a table for a person."""
    if not rows:
        console.print("No channel has weekly tips. Turn them on with: python -m bot tips add --help")
        return
    columns = ("workspace", "channel", "state", "weekday", "at", "zone", "next")
    table = Table(*(Column(name, overflow="fold") for name in columns))
    for each in rows:
        shown = {**each, "next": brief(each["next"], each["zone"])}
        table.add_row(*(str(shown[name] or "") for name in columns))
    console.print(table)


def console() -> Console:
    """Give where tables are printed: as wide as the terminal, and into a file or a pipe as wide as they are."""
    return Console() if sys.stdout.isatty() else Console(width=_PIPE)


def brief(moment: str | None, zone: str) -> str:
    """Shorten an ISO 8601 moment for a table that fits a terminal, by a zone's clocks: `2026-11-30 09:00+01:00`."""
    if not moment:
        return ""
    told = datetime.fromisoformat(moment)
    try:
        local = told.astimezone(names.clock(zone))
    except OverflowError:  # the last day of the year 9999, from the east
        local = told
    return local.isoformat(" ", "minutes")
