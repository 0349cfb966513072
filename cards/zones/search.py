"""Find the time zone that a person means by what they type: a place, an abbreviation, an offset or a zone's name."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import chain

from rapidfuzz.distance import OSA

from cards.zones import names, places
from cards.zones.fold import folded
from cards.zones.places import Hit, Place, Places

NONE = "No zone of that name"
MOST = 100  # zones found, far more than anybody reads
_READ = 300  # places that begin with what is typed; more are never among the first hundred zones
_LONGEST = 80  # characters; no place has a longer name
_REGIONS = ("Africa", "America", "Asia", "Australia", "Europe", "Pacific")
_FOLDED_REGIONS = frozenset(folded(region) for region in _REGIONS)
_IN_A_REGION = 8  # zones, those of the most people
_BIG = 500_000  # people: `Washington` is the city before it is the state
_WORD = 2  # letters
_WORDS = 8  # more are no place's name
_SPELLING = 2  # letters by which a place's name is spelt otherwise
_LETTERS = 3  # `LA`, `NYC`: what people call a city by, not one of its names in some language
_OFFSET = re.compile(r"(?:utc|gmt|z)? ?([+\-−–]) ?(\d{1,2})(?:[:.]?([0-5]\d))?(?: h)?")
_BARE = re.compile(r"\d{1,2}:[0-5]\d")
_BRACKETS = re.compile(r"\([^()]*\)")
_BESIDE = re.compile(r"[/,;&]| or | and ")
# What people add to what a clock is called.
_TAIL = re.compile(r"\b(?:time ?zone|local time|time|zone)$")


@dataclass(frozen=True, slots=True)
class Found:
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
    hits = [*_called(known, query), *_inside(known, query)] or [hit.place for hit in _heaviest(known.near(query))]
    found = {hit.zones[0]: Found(hit.zones[0], _shown(hit, hit.zones[0])) for hit in reversed(hits) if hit.zones}
    return list(found.values())[::-1]


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
    return {region: [zone for zone in ordered if zone.startswith(f"{region}/")][:_IN_A_REGION] for region in _REGIONS}


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
    some = False
    for place in chain(_called(known, query), _inside(known, query), _beginning(known, query), _worded(known, query)):
        some = some or bool(place.zones)
        yield place
    if not some:
        yield from _of_parts(known, typed) or (hit.place for hit in _heaviest(known.near(query)))


def _called(known: Places, query: str) -> Iterator[Place]:
    hits = [hit for said in dict.fromkeys((query, _bare(query))) for hit in known.called(said)]
    by_kind = {kind: [hit for hit in hits if hit.place.kind == kind] for kind in "zanscl"}
    yield from (hit.place for hit in by_kind["z"])
    yield from (hit.place for hit in by_kind["a"])
    yield from (hit.place for hit in by_kind["n"] if not hit.is_alias)
    yield from _of_region(known, query)
    yield from (hit.place for hit in by_kind["l"])
    yield from (
        hit.place for hit in _heaviest(hit for hit in by_kind["c"] if hit.place.people >= _BIG and not hit.is_alias)
    )
    rest = [*(hit for hit in by_kind["n"] if hit.is_alias), *by_kind["s"], *by_kind["c"]]
    ordered = [hit.place for hit in _heaviest(rest, is_short=len(query) <= _LETTERS)]
    if len(query) <= _LETTERS:  # `CA`, `IN`: each of them first, and then the rest of their zones
        yield from (replace(place, zones=place.zones[:1]) for place in ordered)
    yield from ordered


def _of_region(known: Places, query: str) -> Iterator[Place]:
    if query in _FOLDED_REGIONS:
        yield from (place for place in known.zones if _within_region(place.zones, query))


def _bare(query: str) -> str:
    return _TAIL.sub("", query.removeprefix("the ")).strip() or query


def _inside(known: Places, query: str) -> Iterator[Place]:
    """Give places that are named with where they are: `Portland, OR`, `Austin TX USA`, `Europe/Munich`."""
    words = query.split()[:_WORDS]
    region, *rest = words
    if rest and region in _FOLDED_REGIONS:
        called = _called(known, " ".join(rest))
        yield from (replace(place, zones=_within_region(place.zones, region)) for place in called)
    yield from (hit.place for hit in _heaviest(_named_inside(known, words)))


def _named_inside(known: Places, words: Sequence[str]) -> list[Hit]:
    found: list[Hit] = []
    for cut in range(len(words) - 1, 0, -1):
        start, end = " ".join(words[:cut]), " ".join(words[cut:])
        if around := _wheres(known, end):
            named = [*known.called(start), *_named_inside(known, words[:cut])]
            found += [hit for hit in named if _is_within(hit.place, around)]
        if around := _wheres(known, start):
            found += [hit for hit in known.called(end) if _is_within(hit.place, around)]
    return found


def _wheres(known: Places, key: str) -> set[str]:
    return {hit.place.where for hit in known.called(key) if hit.place.kind in {"n", "s"}}


def _within_region(zones: Sequence[str], region: str) -> tuple[str, ...]:
    return tuple(zone for zone in zones if zone.casefold().startswith(f"{region}/"))


def _is_within(place: Place, around: Collection[str]) -> bool:
    return place.where in around or place.where.partition(".")[0] in around


def _of_parts(known: Places, typed: str) -> list[Place]:
    """Give the places of words side by side, `PST/PDT` or `(GMT+01:00) Amsterdam, Berlin`, if all are known."""
    plain = _BRACKETS.sub("", typed)
    if whole := list(_called(known, folded(plain))):
        return whole
    parts = [folded(part) for part in _BESIDE.split(plain) if part.strip()]
    found = [list(_called(known, part)) for part in parts[:_WORDS] if part]
    return [place for places_ in found for place in places_] if all(found) else []


def _beginning(known: Places, query: str) -> Iterator[Place]:
    yield from (hit.place for hit in known.beginning(query, _READ))


def _worded(known: Places, query: str) -> Iterator[Place]:
    """Give zones in whose name, country and the database's remark every typed word begins a word."""
    typed, remarks = query.split(), _remarks()
    if any(len(word) < _WORD for word in typed):
        return
    for place in known.zones:
        said = remarks[place.shown]
        if all(any(word.startswith(each) for word in said) for each in typed):
            yield place


@lru_cache(maxsize=1)
def _remarks() -> Mapping[str, tuple[str, ...]]:
    countries = {row[0]: row[1] for row in names.table("iso3166.tab")}
    said = {name: (countries[code], *remark) for code, _, name, *remark in names.table("zone.tab")}
    return {name: tuple(folded(" ".join((name, *said.get(name, ())))).split()) for name in names.listed()}


def _heaviest(hits: Iterable[Hit], *, is_short: bool = False) -> list[Hit]:
    return sorted(hits, key=lambda hit: (_is_big(hit), _weight(hit, is_short=is_short)), reverse=True)


def _is_big(hit: Hit) -> bool:
    return hit.place.kind == "c" and hit.place.people >= _BIG and not hit.is_alias


def _weight(hit: Hit, *, is_short: bool) -> float:
    place = hit.place
    if place.kind == "c" and is_short and place.people >= _BIG:
        return place.people
    if place.kind == "s":  # a city's name that is a state's too
        return place.people / (places.SELDOM if hit.is_alias else 2)
    if hit.is_alias:
        # `Odessa` is a spelling of Odesa, where `Waterloo` is what Austin was once called.
        own = folded(place.shown.partition(",")[0])
        return place.people / (2 if OSA.distance(hit.name, own) <= _SPELLING else places.SELDOM)
    return place.people


def _shown(place: Place, zone: str) -> str:
    match place.kind:
        case "c" | "s" | "n":
            is_its_city = folded(place.shown.partition(",")[0]) == folded(zone.rpartition("/")[2])
            return "" if is_its_city else place.shown
        case _:
            return ""
