"""Build the inline text of cards from plain words, people, links and moments."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from cards.zones import names
from content.inline import Command, Emphasis, Inline, Link, Moment, Person, Rich, Strong, Text

_FORGOTTEN = "forgotten"  # store.personal.FORGOTTEN: stands where the id of a person stood
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def rich(*parts: str | Inline | Rich) -> Rich:
    """Join words, inlines and texts into one text; empty words vanish."""
    joined: list[Inline] = []
    for part in parts:
        match part:
            case str():
                if part:
                    joined.append(Text(part))
            case tuple():
                joined.extend(part)
            case _:
                joined.append(part)
    return tuple(joined)


def strong(words: str) -> Strong:
    """Give words of strong importance."""
    return Strong((Text(words),))


def emphasis(words: str) -> Emphasis:
    """Give stressed words."""
    return Emphasis((Text(words),))


def titled(title: str) -> str:
    """Quote a title; quotation marks inside it become single ones."""
    inside = re.sub(r'"([^"]*)"', r"‘\1’", title)
    return f"“{inside}”"


def there(words: str) -> Command:
    """Give what is to be typed in another place than the one where it is read."""
    return Command(words, is_elsewhere=True)


def link(url: str, words: str) -> Link:
    """Give words that open an https address."""
    return Link(url, (Text(words),))


def person(id_: str) -> Inline:
    """Name a person by the platform's id, or the operator where no person did it."""
    if id_ == _FORGOTTEN:
        return Text("somebody who had their data deleted")
    return Person(id_) if id_ else Text("the operator of this bot")


def people(ids: Sequence[str]) -> Rich:
    """Name several people: `@a, @b and @c`."""
    parts: list[str | Inline] = []
    for index, id_ in enumerate(ids):
        parts += ["" if index == 0 else " and " if index == len(ids) - 1 else ", ", person(id_)]
    return rich(*parts)


def number(count: int) -> str:
    """Spell a small number out: 7 -> `seven`; digits above twelve."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def month(checked_on: str) -> str:
    """Turn `2026-11` into `November 2026`."""
    year, _, index = checked_on.partition("-")
    return f"{_MONTHS[int(index) - 1]} {year}"


def _local(moment: datetime, zone: str) -> tuple[datetime, str]:
    """Give a moment by a zone's clocks, with the zone: UTC where nobody knows it, or its calendar has ended."""
    clock = names.clock(zone)
    try:
        return moment.astimezone(clock), clock.key
    except OverflowError:  # the last day of the year 9999, from the east
        return moment.astimezone(UTC), "UTC"


def date_words(iso: str) -> str:
    """Say a date, or a span with both ends: `24 December 2026`, `24 December 2026 to 2 January 2027`."""
    try:
        days = [date.fromisoformat(part) for part in iso.split("/")]
    except ValueError:
        return iso
    return " to ".join(f"{one.day} {_MONTHS[one.month - 1]} {one.year}" for one in days)


def moment(at: datetime, zone: str) -> Moment:
    """Give a moment that is to come or to be compared with one's own day, said by the clocks of `zone` elsewhere."""
    return Moment(_local(at, zone)[0], moment_words(at, zone), " your time")


def past(at: datetime, zone: str) -> Moment:
    """Give a moment of the past, of which many stand in a list."""
    return Moment(_local(at, zone)[0], moment_words(at, zone))


def brief(at: datetime, zone: str) -> Moment:
    """Give a moment of the past that is said briefly: `23 Nov 14:05 (Europe/Paris)`."""
    local, name = _local(at, zone)
    return Moment(local, f"{local.day} {_MONTHS[local.month - 1][:3]} {local:%H:%M} ({name})")


def day(moment: datetime, zone: str) -> str:
    """Say a moment's local day: `Monday 30 November`."""
    local, _ = _local(moment, zone)
    return f"{WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def moment_words(moment: datetime, zone: str) -> str:
    """Say a moment in local time: `Monday 30 November 2026, 09:00 (Europe/Paris)`."""
    local, name = _local(moment, zone)
    return f"{day(moment, zone)} {local.year}, {local:%H:%M} ({name})"


def utc_words(moment: datetime) -> str:
    """Say a moment in UTC: `2026-11-30 08:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
