"""Quiet dates: what people type, which days are meant, and whose holidays."""

from datetime import date

import pytest

from cards.compose import phrases
from scheduler import quiet_dates
from scheduler.weekly import ScheduleError
from tests.store import rows

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("", ()),
        (" \n", ()),
        ("2026-12-25", ("2026-12-25",)),
        ("2026-12-25, 2026-12-25;2026-11-30\n2027-01-01", ("2026-11-30", "2026-12-25", "2027-01-01")),
        ("2026-12-24/2027-01-02", ("2026-12-24/2027-01-02",)),
        ("2026-12-24 to 2027-01-02 2027-05-01", ("2026-12-24/2027-01-02", "2027-05-01")),
        ("2026-12-24..2027-01-02, 2027-05-01 - 2027-05-03", ("2026-12-24/2027-01-02", "2027-05-01/2027-05-03")),
        ("2026-12-24 – 2027-01-02", ("2026-12-24/2027-01-02",)),  # a dash as people type it
        ("2026-12-25/2026-12-25", ("2026-12-25",)),
        ("24 Dec", ("2026-12-24",)),
        ("24 Nov", ("2027-11-24",)),  # the next there is
        ("27.11.", ("2026-11-27",)),
        ("24.12.2026 1.1.27", ("2026-12-24", "2027-01-01")),
        ("Dec 24 - Jan 2", ("2026-12-24/2027-01-02",)),
        ("dec 24th, 2026, 1st of May 2027", ("2026-12-24", "2027-05-01")),
        ("from Thursday, 24 December until Sat 2 Jan", ("2026-12-24/2027-01-02",)),
        ("24-26 Dec and Dec 30-31", ("2026-12-24/2026-12-26", "2026-12-30/2026-12-31")),
        ("24.-26.12.2026", ("2026-12-24/2026-12-26",)),
        ("24 Dec 2026 to 2 Jan", ("2026-12-24/2027-01-02",)),
        ("24 Dec to 2 Jan 2028", ("2027-12-24/2028-01-02",)),
        ("20 Nov to 2 Dec", ("2026-11-20/2026-12-02",)),  # has begun
        ("24/12/2026, 12/31/2026", ("2026-12-24", "2026-12-31")),
        ("29 Feb", ("2028-02-29",)),
    ],
)
def test_dates_as_people_write_them(text: str, dates: tuple[str, ...]) -> None:
    """Dates and spans, however they are put apart; in order, each once; and what comes out can go in again."""
    assert quiet_dates.parse_dates(text, TODAY) == dates
    assert quiet_dates.parse_dates(" ".join(dates), TODAY) == dates
    assert quiet_dates.parse_dates(", ".join(phrases.date_words(one) for one in dates), TODAY) == dates


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-13-01", "cannot read “2026-13-01” as a date"),
        ("31 November", "cannot read “31 November”"),
        ("2026-02-30/2026-03-01", "cannot read “2026-02-30/2026-03-01”"),
        ("2026-12-24/", "cannot read “2026-12-24/”"),
        ("20261225", "cannot read “20261225”"),
        ("24", "cannot read “24”"),
        ("05/06/2027", "cannot read “05/06/2027”"),  # of May or of June
        ("24 Decade", "cannot read “24 Decade”"),
        ("2027-01-02 to 2026-12-24", "comes after the last. Write 24 December 2026 to 2 January 2027."),
        ("26 Dec - 24 Dec", "comes after the last. Write 24 December 2026 to 26 December 2026."),
        ("26 Dec 2026 - 24 Dec", "comes after the last. Write 24 December 2026 to 26 December 2026."),
        ("24 Dec 2025, 2026-11-26", "24 December 2025 and 26 November 2026 have passed."),
        ("24 Dec 2025", "24 December 2025 has passed."),
        ("2026-11-01 to 2026-11-26, 2026-11-26", "26 November 2026 has passed."),
        ("2026-01-01 to 2027-06-01", "longer than a year"),
        (" ".join(f"2027-{month:02}-{day:02}" for month in range(1, 5) for day in range(1, 20)), "at most 60"),
        (
            "soon, later, 24 Dec, whenever it suits, never",
            "I cannot read “soon”, “later”, “whenever it suits” and 1 more as a date. Write 24 Dec, 24.12.2026",
        ),
    ],
)
def test_what_is_no_date_is_said_in_words(text: str, words: str) -> None:
    """Each mistake has its sentence beside the field."""
    with pytest.raises(ScheduleError) as caught:
        quiet_dates.parse_dates(text, TODAY)
    assert words in caught.value.faults["quiet_dates"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ""),
        (" de ", "DE"),
        ("DE-by", "DE-BY"),
        ("de-Augsburg", "DE-Augsburg"),
        ("Germany", "DE"),
        ("bosnia and herzegovina", "BA"),
        ("Guinea-Bissau", "GW"),
        ("uk", "GB"),
        ("UK-SCT", "GB-SCT"),
    ],
)
def test_countries_by_code_and_name(text: str, code: str) -> None:
    """Codes in any case, English names, and parts of a country."""
    assert quiet_dates.parse_country(text) == code


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Atlantis", "“Atlantis” is not a country with a calendar"),
        ("XX-YY", "“XX-YY” is not a country with a calendar"),
        ("DE-XX", "not a part of DE with a calendar; write BB, BE, BW"),
        ("US-", "not a part of US with a calendar; write AK, AL"),
        ("AF-KAB", "write AF for all of it"),
    ],
)
def test_what_is_no_country_is_said_in_words(text: str, words: str) -> None:
    """The sentence names what can be written instead."""
    with pytest.raises(ScheduleError) as caught:
        quiet_dates.parse_country(text)
    assert words in caught.value.faults["quiet_country"]


def test_every_country_has_a_name_and_a_calendar() -> None:
    """All are listed by English name, and each can be asked about any year."""
    countries = quiet_dates.countries()
    assert len(countries) > 200
    assert [name for _, name in countries] == sorted(name for _, name in countries)
    assert {"FR": "France", "HK": "Hong Kong", "CD": "DR Congo"}.items() <= dict(countries).items()
    for code, name in countries:
        assert quiet_dates.parse_country(code) == quiet_dates.parse_country(name) == code
    silent = [
        code
        for code, _ in countries
        if not any(
            quiet_dates.why(rows.subscription(quiet_country=code), date.fromordinal(day))
            for day in range(739_617, 740_000)
        )
    ]
    assert len(silent) < 20  # some islands have no public holidays of their own


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-12-25", "Christmas Day (DE-BY)"),
        ("2027-01-06", "Epiphany (DE-BY)"),
        ("2026-12-23", "quiet date"),
        ("2026-12-26", "quiet date"),  # what somebody wrote down comes before the calendar
        ("2026-12-31", "quiet date"),
        ("2026-12-24", ""),
        ("2027-01-07", ""),
    ],
)
def test_why_a_day_is_quiet(day: str, why: str) -> None:
    """By the list, spans with both their ends, or by the calendar in English."""
    standing = rows.subscription(quiet_dates=("2026-12-23", "2026-12-26/2026-12-31"), quiet_country="DE-BY")
    assert quiet_dates.why(standing, date.fromisoformat(day)) == why
    assert quiet_dates.why(rows.subscription(), date.fromisoformat(day)) == ""


@pytest.mark.parametrize("country", ["XX", "DE-XX"])
def test_a_calendar_that_has_gone_silences_nothing(country: str) -> None:
    """A code from another version of the calendars: tips go on coming."""
    assert quiet_dates.why(rows.subscription(quiet_country=country), date(2026, 12, 25)) == ""
