"""Read the days that somebody types, dates and spans as people write them: `24 Dec`, `24.12.2026`, `Dec 24 - Jan 2`."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_MONTHS_BEGIN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBER_OF = {name: number for number, name in enumerate(_MONTHS_BEGIN, 1)}
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+)?"
_NTH = r"\d{1,2}(?:st|nd|rd|th|\.)?"
_YEAR = r"(?:,?\s*\d{4})?"
# In this order: what is longer and surer first.
_DATE = "|".join(
    (
        r"\d{4}-\d{1,2}-\d{1,2}",
        r"\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4}|\d{2})?",
        r"\d{1,2}/\d{1,2}/\d{4}",
        rf"{_WEEKDAY}{_NTH}\s*(?:of\s+)?(?:{_MONTHS})\b\.?{_YEAR}",
        rf"{_WEEKDAY}(?:{_MONTHS})\.?\s*{_NTH}{_YEAR}",
    )
)
# What people put between the two ends of a span: dashes as they type them, and words.
_TO = r"\s*(?:/|\.\.\.?|…|–|—|-|\bto\b|\bthrough\b|\buntil\b|\btill\b)\s*"
_ENDS = r"(?=[\s,;]|$)"
# A day alone has the month of the span's other end.
_SPAN = rf"(?:from\s+)?(?P<first>{_DATE}|{_NTH}){_TO}(?P<last>{_DATE}|{_NTH}){_ENDS}|(?P<one>{_DATE}){_ENDS}"
_GAP = re.compile(r"(?:[\s,;]+|\band\b)*", re.IGNORECASE)
_REST = re.compile(r"[^,;\n]+")
_HALF_A_YEAR = timedelta(days=183)  # a span without a year that is longer has its ends the wrong way round
_CENTURY = 2000  # of `24.12.26`
_TWO_DIGITS = 100
_DECEMBER = 12


class Piece(Struct, frozen=True):
    """A date or a span as it was typed; its ends are None where it is none, and may be the wrong way round."""

    typed: str
    first: date | None = None
    last: date | None = None


class _Read(Struct, frozen=True):
    """What somebody typed of a date; what they left out is None."""

    day: int
    month: int | None = None
    year: int | None = None

    def on(self, year: int) -> date:
        """Give the date in a year; ValueError where there is no such day."""
        if self.month is None:
            raise ValueError("no month")
        return date(self.year or year, self.month, self.day)


def pieces(text: str, today: date) -> Iterator[Piece]:
    """Cut a list apart and read it; a date without a year is the next such day, from `today` on."""
    # Not at import, for which this is slow and of which few have need; re keeps what it compiled.
    span = re.compile(_SPAN, re.IGNORECASE)
    at = 0
    while (at := _end(_GAP.match(text, at), at)) < len(text):
        found = span.match(text, at)
        if found is None:
            rest = _REST.match(text, at)
            at = _end(rest, len(text))
            yield Piece(rest[0].strip() if rest is not None else "")
            continue
        at = found.end()
        yield _piece(found, today)


def _end(found: re.Match[str] | None, otherwise: int) -> int:
    return found.end() if found is not None else otherwise


def _piece(found: re.Match[str], today: date) -> Piece:
    typed = found[0].strip()
    try:
        if found["one"]:
            day = _coming(_read(found["one"]), today)
            return Piece(typed, day, day)
        return Piece(typed, *_both(_read(found["first"]), _read(found["last"]), today))
    except ValueError:
        return Piece(typed)


def _read(typed: str) -> _Read:
    """Read a date's parts; ValueError where it can be read in two ways, `05/06/2026`."""
    numbers = [int(number) for number in re.findall(r"\d+", typed)]
    if re.match(r"\d{4}-", typed):
        year, month, day = numbers
        return _Read(day, month, year)
    if "/" in typed:
        first, second, year = numbers
        if first <= _DECEMBER and second <= _DECEMBER and first != second:
            raise ValueError("either may be the month")
        return _Read(max(first, second), min(first, second), year)
    name = re.search(_MONTHS, re.sub(rf"^{_WEEKDAY}", "", typed, flags=re.IGNORECASE), re.IGNORECASE)
    day, *others = numbers[:3]
    if name is not None:
        return _Read(day, _NUMBER_OF[name[0][:3].lower()], *others)
    if not others:
        return _Read(day)
    month, *years = others
    in_full = [one if one >= _TWO_DIGITS else one + _CENTURY for one in years]
    return _Read(day, month, *in_full)


def _coming(read: _Read, today: date) -> date:
    """Give the next such day; ValueError where no year has one, as of 31 November."""
    this = _in_or_after(read, today.year)
    return this if read.year or this >= today else _in_or_after(read, today.year + 1)


def _in_or_after(read: _Read, year: int) -> date:
    """Give the day in a year, or of 29 February in the next that has one."""
    leap = 29
    if (read.day, read.month, read.year) == (leap, 2, None):
        year += next(more for more in range(9) if _is_leap(year + more))
    return read.on(year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _both(first: _Read, last: _Read, today: date) -> tuple[date, date]:
    """Give both ends of a span; what one of them does not say, the other does."""
    if first.month is None:
        first = _Read(first.day, last.month, first.year)
    if last.month is None:
        last = _Read(last.day, first.month, last.year)
    if first.year and last.year:
        return first.on(first.year), last.on(last.year)
    if first.year:
        begin = first.on(first.year)
        end = last.on(begin.year)
        later = last.on(begin.year + 1)
        return begin, later if end < begin and later - begin <= _HALF_A_YEAR else end
    end = _coming(last, today)
    begin = first.on(end.year)
    earlier = first.on(end.year - 1)
    return (earlier if begin > end and end - earlier <= _HALF_A_YEAR else begin), end
