"""Find the time zone that a person means by what they type: a place, an abbreviation, an offset or a zone's name."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain

from msgspec import Struct

from cards.zones import called, names, places
from cards.zones.fold import folded
from cards.zones.places import Place, Places

NONE = "No zone of that name"
MOST = 100  # zones found, far more than anybody reads
_READ = 300  # places that begin with what is typed; more are never among the first hundred zones
_LONGEST = 80  # characters; no place has a longer name
_IN_A_REGION = 8  # zones, those of the most people
_WORD = 2  # letters
# Of these alone no zone is meant: `East Coast`, `South Asia`.
_VAGUE = frozenset(
    {
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "northeast",
        "northwest",
        "southeast",
        "southwest",
        "central",
        "middle",
        "most",
        "areas",
        "area",
        "coast",
        "bay",
        "region",
        "africa",
        "america",
        "asia",
        "europe",
        "pacific",
        "atlantic",
    }
)
_REGION_ALONE = frozenset(map(folded, called.REGIONS)) | {"atlantic"}
_OFFSET = re.compile(r"(?:utc|gmt|z)? ?([+\-−–]) ?(\d{1,2})(?:[:.]?([0-5]\d))?(?: h)?")
_BARE = re.compile(r"\d{1,2}:[0-5]\d")


class Found(Struct, frozen=True):
    """A zone, and the place it was found by as it is shown; '' where the zone's own name says it."""

    zone: str
    place: str = ""


def matching(words: str, now: datetime) -> list[Found]:
    """Give the zones that are meant by the typed words, likeliest first and each once, or none.

    Nothing typed gives widely used zones. An offset (`+2`, `UTC-05:00`) is the one in force at `now`, which is aware;
    all else means the same all year. A word that is no place's gives nothing, never what merely looks like it.
    """
    typed = words[:_LONGEST].strip()
    if not typed:
        return [Found(zone) for zone in names.WIDELY_USED]
    if (minutes := _minutes(typed)) is not None:
        return [Found(zone) for zone in _likeliest(names.at_offset(minutes, now))]
    return list(_found(typed)) if folded(typed) else []


# Everybody types the same beginnings; about 2 MB where all of them are long.
@lru_cache(maxsize=1024)
def _found(typed: str) -> tuple[Found, ...]:
    found: dict[str, Found] = {}
    for place in _places(places.known(), typed):
        for zone in place.zones:
            found.setdefault(zone, Found(zone, _shown(place, zone)))
        if len(found) >= MOST:
            break
    return tuple(found.values())[:MOST]


def meant(words: str) -> list[Found]:
    """Give the zones of what is called exactly so, or but for a slip: what one would name to who typed it wrong."""
    query = folded(words[:_LONGEST])
    if not query:
        return []
    known = places.known()
    hits = _exact(known, query)
    if not hits and not _is_vague(query):
        hits = called.of_parts(known, words[:_LONGEST]) or [hit.place for hit in called.heaviest(known.near(query))]
    found: dict[str, Found] = {}
    for hit in hits:
        for zone in hit.zones[:1]:
            found.setdefault(zone, Found(zone, _shown(hit, zone)))
    return list(found.values())


def is_offset(words: str) -> bool:
    """Say whether that is an offset: `+2`, `UTC-05:00`."""
    return _minutes(words.strip()) is not None


def abbreviated(words: str) -> str:
    """Give the zone that is meant by an abbreviation, `America/New_York` for `EST`, or ''."""
    hits = places.known().called(folded(words))
    return next((hit.place.zones[0] for hit in hits if hit.place.kind == "a" and hit.place.zones), "")


def current(name: str) -> str:
    """Give the name a zone goes by today: `Asia/Kolkata` for `Asia/Calcutta`; others as they are."""
    if not name or name in names.listed():
        return name
    return next((hit.place.zones[0] for hit in places.known().called(folded(name)) if hit.place.shown == name), name)


def by_region() -> dict[str, list[str]]:
    """List each region's zones of the most people, for who finds none by its name."""
    ordered = [place.shown for place in places.known().zones]
    return {
        region: [zone for zone in ordered if zone.startswith(f"{region}/")][:_IN_A_REGION] for region in called.REGIONS
    }


def label(found: Found, now: datetime, most: int) -> str:
    """Name a zone with its offset at `now` and the place it was found by, in at most `most` characters."""
    zone = names.label(found.zone, now)
    if not found.place:
        return zone
    parts = found.place.split(", ")
    said = [f"{zone} · {', '.join(part)}" for part in (parts, dict.fromkeys((parts[0], parts[-1])), parts[:1])]
    return next((each for each in said if len(each) <= most), zone)


def _minutes(typed: str) -> int | None:
    plain = typed.casefold()
    offset = _OFFSET.fullmatch(f"+{plain}" if _BARE.fullmatch(plain) else plain)
    if offset is None:
        return None
    minutes = int(offset[2]) * 60 + int(offset[3] or 0)
    return minutes if offset[1] == "+" else -minutes


def _likeliest(zones: Collection[str]) -> list[str]:
    by_people = [place.shown for place in places.known().zones]
    return sorted(zones, key=lambda zone: (zone != "UTC", names.rank(zone), by_people.index(zone)))


def _places(known: Places, typed: str) -> Iterator[Place]:
    """Give places from the likeliest on: what is called so, what begins so, what has those words; else a slip."""
    query = folded(typed)
    if _is_vague(query) or query in called.SHORT_REGIONS:
        yield from _exact(known, query)
        return
    some = False
    for place in chain(_exact(known, query), _beginning(known, query), _worded(known, query)):
        some = some or bool(place.zones)
        yield place
    if not some:
        yield from called.of_parts(known, typed) or (hit.place for hit in called.heaviest(known.near(query)))


def _exact(known: Places, query: str) -> list[Place]:
    if _is_vague(query):  # `East Africa` is a clock's name
        return [place for place in called.called(known, query) if place.kind in "an"]
    return [*called.called(known, query), *called.inside(known, query)]


def _is_vague(query: str) -> bool:
    return query not in _REGION_ALONE and _VAGUE.issuperset(query.split())


def _beginning(known: Places, query: str) -> Iterator[Place]:
    yield from (hit.place for hit in known.beginning(query, _READ))


def _worded(known: Places, query: str) -> Iterator[Place]:
    """Give zones in whose name and country every typed word is, the last of them perhaps not to its end."""
    *typed, last = query.split()
    if any(len(word) < _WORD for word in (*typed, last)):
        return
    whole = [f" {word} " for word in typed]
    begins = f" {last}"
    for place in known.zones:
        said = _said()[place.shown]
        if begins in said and all(word in said for word in whole):
            yield place


@lru_cache(maxsize=1)
def _said() -> Mapping[str, str]:
    """Give each zone's words, a blank before and behind each: a row of them is searched sooner than a set."""
    countries = {row[0]: row[1] for row in names.table("iso3166.tab")}
    of_zone = {name: countries[code] for code, _, name, *_ in names.table("zone.tab")}
    said = {name: folded(f"{name} {of_zone.get(name, '')}").split() for name in names.listed()}
    return {name: f" {' '.join(words)} " for name, words in said.items()}


def _shown(place: Place, zone: str) -> str:
    match place.kind:
        case "c" | "s" | "n":
            is_its_city = folded(place.shown.partition(",")[0]) == folded(zone.rpartition("/")[2])
            return "" if is_its_city else place.shown
        case _:
            return ""
