"""Find the places that a person names: by what they are called, and by where they are, `Portland, OR`."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec.structs import replace

from cards.zones import places
from cards.zones.fold import folded
from cards.zones.places import Hit, Place, Places
from content import likeness

REGIONS = ("Africa", "America", "Asia", "Australia", "Europe", "Pacific")
SHORT_REGIONS = {"eu": "europe"}
_FOLDED_REGIONS = frozenset(folded(region) for region in REGIONS)
_BIG = 500_000  # people: `Washington` is the city before it is the state
_WORDS = 8  # more are no place's name
_SPELLING = 2  # letters by which a place's name is spelt otherwise
_LETTERS = 3  # `LA`, `NYC`: what people call a city by, not one of its names in some language
_CITY_LETTERS = frozenset({"la", "sf", "nyc"})  # more often the city than the country or state whose code it is
_LETTERED = frozenset({"US", "CA", "AU"})  # countries whose people know states by their letters
_BRACKETS = re.compile(r"\(([^()]*)\)")
_BESIDE = re.compile(r"[/,;&]| or | and ")
# What people add to what a clock is called.
_TAIL = re.compile(r"\b(?:time ?zone|local time|time|zone)$")


def called(known: Places, query: str) -> Iterator[Place]:
    """Give what is called exactly so, likeliest first."""
    hits = [hit for said in dict.fromkeys((query, _bare(query))) for hit in known.called(said)]
    by_kind = {kind: [hit for hit in hits if hit.place.kind == kind] for kind in "zanscl"}
    yield from (hit.place for hit in by_kind["z"])
    codes = [] if query in _CITY_LETTERS else heaviest(hit for hit in hits if _is_code(hit, query))
    if not any(hit.place.kind == "s" and by_kind["l"] for hit in codes):  # `ACT` is the state, which has a zone
        yield from (hit.place for hit in by_kind["a"])
    yield from (hit.place for hit in by_kind["n"] if not hit.is_alias)
    yield from _of_region(known, query)
    yield from (hit.place for hit in by_kind["l"])
    yield from (
        hit.place for hit in heaviest(hit for hit in by_kind["c"] if hit.place.people >= _BIG and not hit.is_alias)
    )
    yield from (replace(place, zones=place.zones[:1]) for place in (hit.place for hit in codes))
    rest = [*(hit for hit in by_kind["n"] if hit.is_alias), *by_kind["s"], *by_kind["c"]]
    ordered = [hit.place for hit in heaviest(rest, is_short=len(query) <= _LETTERS)]
    if len(query) <= _LETTERS:  # `CA`, `IN`: each of them first, and then the rest of their zones
        yield from (replace(place, zones=place.zones[:1]) for place in ordered)
    yield from ordered


def _is_code(hit: Hit, query: str) -> bool:
    if not hit.is_alias or len(query) > _LETTERS:
        return False
    place = hit.place
    if place.kind == "n":
        return len(query) == _LETTERS or place.where.casefold() == query
    return place.kind == "s" and place.where.partition(".")[0] in _LETTERED


def _of_region(known: Places, query: str) -> Iterator[Place]:
    query = SHORT_REGIONS.get(query, query)
    if query in _FOLDED_REGIONS:
        yield from (place for place in known.zones if _within_region(place.zones, query))


def _bare(query: str) -> str:
    return _TAIL.sub("", query.removeprefix("the ")).strip() or query


def inside(known: Places, query: str) -> Iterator[Place]:
    """Give places that are named with where they are: `Portland, OR`, `Austin TX USA`, `Europe/Munich`."""
    words = query.split()[:_WORDS]
    region, *rest = words
    if rest and region in _FOLDED_REGIONS:
        found = called(known, " ".join(rest))
        yield from (replace(place, zones=_within_region(place.zones, region)) for place in found)
    yield from (hit.place for hit in heaviest(_named_inside(known, words)))


def _named_inside(known: Places, words: Sequence[str]) -> list[Hit]:
    found: list[Hit] = []
    for cut in range(len(words) - 1, 0, -1):
        start, end = " ".join(words[:cut]), " ".join(words[cut:])
        found += [*_narrowed(known, start, end), *_narrowed(known, end, start)]
        if around := _wheres(known, end):
            named = [*known.called(start), *_named_inside(known, words[:cut])]
            found += [hit for hit in named if _is_within(hit.place, around)]
        if around := _wheres(known, start):
            found += [hit for hit in known.called(end) if _is_within(hit.place, around)]
    return found


def _narrowed(known: Places, clock: str, place: str) -> list[Hit]:
    """Give those who go by a clock at a place, `IST (Ireland)`."""
    clocks = [hit for hit in known.called(clock) if hit.place.kind == "a"]
    if not clocks:
        return []
    inside = {zone for hit in known.called(place) if hit.place.kind in "nscz" for zone in hit.place.zones}
    kept = [replace(hit.place, zones=tuple(zone for zone in hit.place.zones if zone in inside)) for hit in clocks]
    return [replace(hit, place=place_) for hit, place_ in zip(clocks, kept, strict=True) if place_.zones]


def _wheres(known: Places, key: str) -> set[str]:
    return {hit.place.where for hit in known.called(key) if hit.place.kind in {"n", "s"}}


def _within_region(zones: Sequence[str], region: str) -> tuple[str, ...]:
    return tuple(zone for zone in zones if zone.casefold().startswith(f"{region}/"))


def _is_within(place: Place, around: Collection[str]) -> bool:
    return place.where in around or place.where.partition(".")[0] in around


def of_parts(known: Places, typed: str) -> list[Place]:
    """Give the places of words side by side, `PST/PDT` or `(GMT+01:00) Amsterdam, Berlin`, if all are known.

    What is behind the last comma may be where the others are: `Cairo, Illinois` is never Egypt.
    """
    plain = _BRACKETS.sub("", typed)
    bracketed = [said for said in _BRACKETS.findall(typed) if known.called(folded(said))]
    typed = ", ".join((plain, *bracketed))
    if not bracketed and (whole := list(called(known, folded(plain)))):
        return whole
    parts = [folded(part) for part in _BESIDE.split(typed) if folded(part)][:_WORDS]
    found = [list(called(known, part)) for part in parts]
    if not all(found):
        return []
    around = _around(known, folded(typed.rpartition(",")[2])) if "," in typed and len(parts) > 1 else []
    if not around:
        return [place for places_ in found for place in places_]
    wheres = {place.where for place in around}
    return [place for places_ in found[:-1] for place in places_ if _is_within(place, wheres)] or around


def _around(known: Places, key: str) -> list[Place]:
    """Give the nations and states of that name, if it is not rather a city's that has a zone."""
    hits = known.called(key)
    kept = heaviest(hit for hit in hits if hit.place.kind in "ns")
    if len(key) <= _LETTERS:
        # `TN` is Tennessee behind a city, not Tunisia.
        kept = sorted(
            (hit for hit in kept if not hit.is_alias or _is_code(hit, key)), key=lambda hit: hit.place.kind != "s"
        )
    is_lettered = any(hit.place.kind == "s" and hit.place.where.partition(".")[0] in _LETTERED for hit in kept)
    is_city = any(hit.place.kind == "z" for hit in hits)
    return [] if is_city and not is_lettered else [hit.place for hit in kept]


def heaviest(hits: Iterable[Hit], *, is_short: bool = False) -> list[Hit]:
    """Order by how many people mean it."""
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
        return place.people / (2 if likeness.slips(hit.name, own, _SPELLING) <= _SPELLING else places.SELDOM)
    return place.people
