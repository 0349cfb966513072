"""Tell on which days a conversation wants no tip: its own list of dates, and a country's public holidays."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, lru_cache

import structlog

from cards.compose import faults as typed_faults
from cards.reason import OWN_DATE
from scheduler import typed_dates
from scheduler.weekly import ScheduleError
from store.due_subscriptions import Due
from store.subscriptions import Subscription

MAX_DATES = 60  # dates and spans in a list: two lines of a form say more than anybody plans ahead
_LONGEST_SPAN = timedelta(days=366)
_ALIASES = {"UK": "GB"}  # what everybody writes, though ISO 3166-1 does not
_SMALL = {"and", "of", "the"}  # words of a country's name that are written small

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


def parse_dates(text: str, today: date) -> tuple[str, ...]:
    """Read a list of dates and spans as people write them: `24 Dec, 28.12.2026 to 2 Jan`; `today` is their local day.

    Gives them in order, each once: `2026-12-24`, `2026-12-28/2027-01-02`. Raises ScheduleError that says under
    `quiet_dates`, once for the whole list, what is wrong with it.
    """
    typed = list(typed_dates.pieces(text, today))
    spans = [(one.first, one.last) for one in typed if one.first is not None and one.last is not None]
    backward = [(first, last) for first, last in spans if last < first]
    past = list(dict.fromkeys(last for first, last in spans if first <= last < today))
    found = {first.isoformat() if first == last else f"{first}/{last}" for first, last in spans}
    fault = ""
    if unread := [one.typed for one in typed if one.first is None]:
        fault = typed_faults.no_dates(unread)
    elif backward:
        fault = typed_faults.backward(backward)
    elif past:
        fault = typed_faults.past_dates(past)
    elif any(last - first > _LONGEST_SPAN for first, last in spans):
        fault = typed_faults.LONG_SPAN
    elif len(found) > MAX_DATES:
        fault = typed_faults.MANY_DATES.format(len(found), MAX_DATES)
    if fault:
        raise ScheduleError({"quiet_dates": fault})
    return tuple(sorted(found))


def still_to_come(dates: Sequence[str], today: date) -> tuple[str, ...]:
    """Leave out of a list the days that have passed, `today` being the local one."""
    return tuple(one for one in dates if one.rpartition("/")[2] >= today.isoformat())


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


def _span(piece: str) -> tuple[date, date] | None:
    """Read one date or a span as it is stored, or give None."""
    first, slash, last = piece.partition("/")
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
