"""Tell on which days a conversation wants no tip: its own list of dates, and a country's public holidays."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache

import structlog

from cards.compose import faults as typed_faults
from cards.reason import OWN_DATE
from scheduler.weekly import ScheduleError
from store.due_subscriptions import Due
from store.subscriptions import Subscription

MAX_DATES = 60  # dates and spans in a list: two lines of a form say more than anybody plans ahead
_LONGEST_SPAN = timedelta(days=366)
_ALIASES = {"UK": "GB"}  # what everybody writes, though ISO 3166-1 does not
_SMALL = {"and", "of", "the"}  # words of a country's name that are written small
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# What people put between the two ends of a span; a hyphen only between spaces, for dates have hyphens of their own.
_SPAN = re.compile(r"\s*(?:/|\.\.\.?|…|–|—|\bto\b|\buntil\b)\s*|\s+-\s+", re.IGNORECASE)  # dashes as people type them
_GAP = re.compile(r"[\s,;]+")

log = structlog.get_logger()


def why(subscription: Subscription | Due, day: date) -> str:
    """Say why no tip comes on a local date: `Christmas Day (DE)`, `quiet date`; '' where nothing speaks against it."""
    if subscription.quiet_dates and _is_listed(subscription.quiet_dates, day):
        return OWN_DATE
    if subscription.quiet_country:
        name = _holidays(subscription.quiet_country, day.year).get(day)
        if name:
            return f"{name} ({subscription.quiet_country})"
    return ""


def parse_dates(text: str) -> tuple[str, ...]:
    """Read a list of dates and spans as people write them: `2026-12-25, 2026-12-28 to 2027-01-02`.

    Gives them in order, each once: `2026-12-25`, `2026-12-28/2027-01-02`. Raises ScheduleError that names what is wrong
    under `quiet_dates`.
    """
    found: set[str] = set()
    faults: list[str] = []
    for piece in _pieces(text):
        span = _span(piece)
        if span is None:
            faults.append(typed_faults.NO_SPAN.format(piece))
        elif span[1] < span[0]:
            faults.append(typed_faults.BACKWARD_SPAN.format(piece))
        elif span[1] - span[0] > _LONGEST_SPAN:
            faults.append(typed_faults.LONG_SPAN.format(piece))
        else:
            found.add(span[0].isoformat() if span[0] == span[1] else f"{span[0]}/{span[1]}")
    if not faults and len(found) > MAX_DATES:
        faults.append(typed_faults.MANY_DATES.format(len(found), MAX_DATES))
    if faults:
        raise ScheduleError({"quiet_dates": " ".join(faults)})
    return tuple(sorted(found))


def parse_country(text: str) -> str:
    """Read a country, or a part of one: `DE`, `de-by`, `Germany`; gives its code, '' for none.

    Raises ScheduleError that says so under `quiet_country`.
    """
    typed = text.strip()
    if not typed:
        return ""
    country, dash, part = typed.upper().partition("-")
    country = _ALIASES.get(country, country)
    parts = _parts().get(country)
    if parts is not None and not dash:
        return country
    code = next((name for name in parts or () if dash and name.upper() == part), None)
    if code is not None:
        return f"{country}-{code}"
    by_name = {name.casefold(): code for code, name in countries()}
    name = typed.casefold().replace("-", " ")
    if name in by_name:
        return by_name[name]
    if parts is not None:
        raise ScheduleError({"quiet_country": typed_faults.no_part(typed, country, parts)})
    raise ScheduleError({"quiet_country": typed_faults.NO_COUNTRY.format(typed)})


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """List the countries whose public holidays are known: ISO 3166-1 code and English name, sorted by name."""
    from holidays import registry  # noqa: PLC0415 # slow: it takes as long as all of ours; most bots never need it

    named = ((codes[1], _spoken(key)) for key, codes in registry.COUNTRIES.items())
    return tuple(sorted(named, key=lambda country: country[1]))


def _pieces(text: str) -> Iterator[str]:
    """Cut a list apart where people do: at commas, semicolons and line ends, and at spaces, but not inside a span."""
    joined = _SPAN.sub("/", text.strip())
    return (piece for piece in _GAP.split(joined) if piece)


def _span(piece: str) -> tuple[date, date] | None:
    """Read one date or a span, or give None."""
    first, slash, last = piece.partition("/")
    if not _ISO_DATE.fullmatch(first) or (slash and not _ISO_DATE.fullmatch(last)):
        return None
    try:
        begin = date.fromisoformat(first)
        return begin, date.fromisoformat(last) if slash else begin
    except ValueError:
        return None


def _is_listed(dates: tuple[str, ...], day: date) -> bool:
    return any(first <= day <= last for first, last in _spans(dates))


@lru_cache(maxsize=4096)
def _spans(dates: tuple[str, ...]) -> tuple[tuple[date, date], ...]:
    return tuple(span for span in map(_span, dates) if span is not None)


# A year of a country is computed in about a millisecond, and asked for by every subscription of that country.
@lru_cache(maxsize=2048)
def _holidays(country: str, year: int) -> dict[date, str]:
    """Give a country's public holidays of a year, in English where the calendar knows it."""
    import holidays  # noqa: PLC0415 # as in countries()

    code, _, part = country.partition("-")
    language = next((one for one in _languages().get(code, ()) if one.startswith("en")), None)
    try:
        calendar = holidays.country_holidays(code, subdiv=part or None, years=year, expand=False, language=language)
    except NotImplementedError:  # written when another version of the calendars was installed
        log.warning("tips.calendar_unknown", country=country)
        return {}
    return {day: name for day, name in calendar.items() if day.year == year}


@cache
def _languages() -> dict[str, list[str]]:
    import holidays  # noqa: PLC0415 # as in countries()

    return holidays.list_localized_countries()


@cache
def _parts() -> dict[str, tuple[str, ...]]:
    """Give the parts of each country that have a code: what stands in `DE-BY` after the hyphen."""
    import holidays  # noqa: PLC0415 # as in countries()

    supported = holidays.list_supported_countries(include_aliases=False)
    # A few are words of several, for which no code exists: they would not fit the column.
    return {country: tuple(part for part in parts if part.isalnum()) for country, parts in supported.items()}


def _spoken(key: str) -> str:
    """Turn `bosnia_and_herzegovina` into the name people read."""
    if key == "hongkong":
        return "Hong Kong"
    words = key.split("_")
    return " ".join(word if word in _SMALL else "DR" if word == "dr" else word.capitalize() for word in words)
