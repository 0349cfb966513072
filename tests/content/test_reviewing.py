"""What `check` finds beside faults of the format: tips that say the same, hard reading, versions left as they were."""

import os
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.cli import check
from content import library
from content.authoring import readability, similarity, versions
from content.inline import Text
from content.library import FaultyContent
from tests.content import decks

TODAY = date(2026, 11, 27)
# Two of the tips that ship, told anew sentence by sentence.
RETOLD = {
    "ask-five-times": """Try the same question more than once
A feature that is normal and works once works always. With AI that is not so. Put the same question to it five times and
compare the answers next to each other. In ten minutes you see what a demo hides: how much answers vary, in wording only
or in the facts too. Every user gets just one of them.
Take three real questions, an easy one, a typical one and a nasty one. Ask each of them five times in new sessions. Mark
the facts that differ and show the worst pair to the team.""",
    "goal-without-ai": """Describe the outcome and leave AI out
Write down what your AI project is for in a single sentence that has no AI, no model and no smart in it. When nothing is
left, you were holding a technology without a user. When it still makes sense you can test it, and you notice if a
simple form or filter gets there faster.
Take an AI item from the roadmap and rewrite its goal like this. Read it to somebody in support or sales and ask what
they would build.""",
}
SHIPPED = Path("content/ai-pm")


@pytest.mark.parametrize("name", RETOLD)
def test_a_tip_told_anew_is_found(name: str) -> None:
    """The threshold lies between what ships and what says the same in other words, with room on both sides."""
    tips = library.load(SHIPPED).tips
    told = next(tip for tip in tips if tip.id == name)
    anew = replace(told, id="anew", title="", idea=(Text(RETOLD[name]),), try_this=())
    first, second, *_ = similarity.pairs((*tips, anew))
    assert (first.tip.id, first.other.id) == ("anew", name)
    assert first.likeness > similarity.TOO_ALIKE + 10
    assert second.likeness < similarity.TOO_ALIKE - 5


def test_tips_alike_are_a_fault(tmp_path: Path) -> None:
    """The later of two is named at its line, with the one it repeats."""
    decks.written(tmp_path)
    again = decks.TIPS.partition("  - id: count-cups")[0].replace("id: cool-water", "id: cold-water")
    again = again.replace("Let the water cool", "Let the hot water cool").removeprefix("tips:\n")
    (tmp_path / "tips.yaml").write_text(f"{decks.TIPS}{again}", encoding="utf-8")
    report = check.content(tmp_path, TODAY)
    (fault,) = report.faults
    assert fault.line == decks.TIPS.count("\n") + 1
    assert fault.sentence.startswith("`cold-water` says much of what `cool-water` says (")
    assert "Tips most alike, under 45 of 100: " in report.as_text()


def test_hard_reading_is_a_fault(tmp_path: Path) -> None:
    """Long words in long sentences are sent back; the report says how the others read."""
    pytest.importorskip("textstat", reason="textstat is one of the developers' packages")
    hard = "Notwithstanding organizational considerations, practitioners systematically operationalize probabilistic "
    decks.written(tmp_path, {"tips.yaml": ("idea: People forget the third.", f"idea: {hard}infrastructure.")})
    report = check.content(tmp_path, TODAY)
    (fault,) = report.faults
    assert fault.line == decks.line_of("tips.yaml", "id: count-cups")
    assert "at most 10: write shorter sentences" in fault.sentence
    assert "Reading grade of the tips, at most 10: mean " in report.as_text()


def test_grades_are_left_out_where_they_cannot_be_computed(tmp_path: Path) -> None:
    """Without textstat the check does all the rest, and says so."""
    report = replace(check.content(decks.written(tmp_path), TODAY), grades=None)
    assert "Reading grades need the developers' packages (requirements-dev.txt)" in report.as_text()
    assert '"grades": {}' in report.as_json()


def test_grades_come_hardest_first() -> None:
    """What is to be looked at first stands first."""
    pytest.importorskip("textstat", reason="textstat is one of the developers' packages")
    grades = readability.grades(library.load(SHIPPED).tips)
    assert grades
    assert [grade.years for grade in grades] == sorted((grade.years for grade in grades), reverse=True)
    assert 0 < grades[0].years <= readability.MOST


def changed(folder: Path, name: str, old: str, new: str) -> tuple[list[str], list[str]]:
    """Change one thing in a deck that was accepted, and give the sentences of its faults and warnings."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    report = check.content(folder, TODAY)
    return [fault.sentence for fault in report.faults], [warning.sentence for warning in report.warnings]


def accepted(folder: Path) -> Path:
    """Give a deck whose texts are all accepted."""
    assert check.accept(decks.written(folder), TODAY) == 5
    assert check.content(folder, TODAY).warnings == ()
    return folder


def test_a_deck_without_versions_is_left_alone(tmp_path: Path) -> None:
    """Whoever does not count versions is not asked to."""
    assert check.content(decks.written(tmp_path), TODAY).warnings == ()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("tips.yaml", "the third", "the fourth", "`count-cups` has changed since its version 1: make it `version: 2`"),
        ("tips.yaml", "- Guests.", "- Hosts.", "`count-cups` has changed since its version 1: make it `version: 2`"),
        ("deck.yaml", "Who pours?", "Who spills?", "`taste` has changed since its version 2: make it `version: 3`"),
        ("dilemmas.yaml", "Offer juice", "Offer milk", "`guest-in-a-hurry` has changed since its version 1: make it"),
        ("dilemmas.yaml", "promised tea", "asked for tea", "`guest-in-a-hurry` has changed since its version 1: make"),
        ("dilemmas.yaml", "two more came", "three came", "`guest-in-a-hurry` has changed since its version 1: make it"),
        ("dilemmas.yaml", "The impatient one", "The other", "`guest-in-a-hurry` has changed since its version 1: make"),
        (
            "tips.yaml",
            "version: 3",
            "version: 2",
            "`cool-water` was accepted as version 3: a version never goes back, so make it",
        ),
    ],
)
def test_a_text_changed_without_its_version_is_warned_of(
    tmp_path: Path, name: str, old: str, new: str, said: str
) -> None:
    """The warning stays until the version is raised, and cannot be accepted away."""
    accepted(tmp_path)
    faults, (warning,) = changed(tmp_path, name, old, new)
    assert (faults, warning.startswith(said)) == ([], True), warning
    assert check.accept(tmp_path, TODAY) == 0
    assert [found.sentence for found in check.content(tmp_path, TODAY).warnings] == [warning]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("tips.yaml", "checked: 2026-11", "checked: 2026-10"),
        ("tips.yaml", "try: >-\n      Wait three minutes before you pour.", "try: Wait three minutes before you pour."),
        ("deck.yaml", "title: Green tea vs", "title: Tea: green vs".replace(": g", " g")),
        ("tips.yaml", "tips:\n", "# a comment\ntips:\n"),
        ("dilemmas.yaml", "quick brew", "fast brew"),
    ],
)
def test_what_changes_no_text_needs_no_version(tmp_path: Path, name: str, old: str, new: str) -> None:
    """A claim checked again, another line break, a comment: nothing a reader would see as another text."""
    assert changed(accepted(tmp_path), name, old, new) == ([], [])


def test_a_version_that_went_back_is_told_what_it_is_to_be(tmp_path: Path) -> None:
    """That of the accepted text, or one more where the text is another."""
    accepted(tmp_path)
    _, (same,) = changed(tmp_path, "tips.yaml", "version: 3", "version: 1")
    _, (other,) = changed(tmp_path, "tips.yaml", "Boiling water", "Hot water")
    assert (same.rpartition("so ")[2], other.rpartition("so ")[2]) == ("make it `version: 3`", "make it `version: 4`")


def test_a_raised_version_waits_to_be_accepted(tmp_path: Path) -> None:
    """New, changed and gone texts are one warning together, until they are accepted."""
    accepted(tmp_path)
    changed(tmp_path, "tips.yaml", "the third", "the fourth")
    changed(tmp_path, "tips.yaml", "id: count-cups\n", "id: count-cups\n    version: 2\n")
    faults, (warning,) = changed(tmp_path, "dilemmas.yaml", "id: guest-in-a-hurry", "id: guest-in-no-hurry")
    assert faults == []
    assert warning == "3 texts are new, changed or gone: `python -m bot check --accept` takes note of it"
    assert check.accept(tmp_path, TODAY) == 3
    assert check.content(tmp_path, TODAY).warnings == ()


def test_an_id_that_has_gone_is_never_used_again(tmp_path: Path) -> None:
    """Old posts still point to it: another text under it would answer their buttons."""
    accepted(tmp_path)
    changed(tmp_path, "dilemmas.yaml", "id: guest-in-a-hurry", "id: guest-in-no-hurry")
    check.accept(tmp_path, TODAY)
    (fault,), _ = changed(tmp_path, "dilemmas.yaml", "id: guest-in-no-hurry", "id: guest-in-a-hurry")
    assert fault == ("`guest-in-a-hurry` was used before, and posts in channels still point to it: choose another id")
    with pytest.raises(FaultyContent, match="was used before"):
        check.accept(tmp_path, TODAY)


@pytest.mark.parametrize(
    "text", ["", "accepted: []\n", "accepted: {}\n", "accepted: {tip/a: b}\ngone: []\n", "accepted: {a: [b]}\ngone: []"]
)
def test_a_lock_that_was_edited_is_a_fault(tmp_path: Path, text: str) -> None:
    """What nobody should write by hand is not guessed at."""
    accepted(tmp_path)
    (tmp_path / "versions.yaml").write_text(text, encoding="utf-8")
    (fault,) = check.content(tmp_path, TODAY).faults
    assert "is not as `check --accept` writes it" in fault.sentence


def test_only_one_dimension_is_spoken_of(tmp_path: Path) -> None:
    """A writer of one dimension is not bothered with the others' files."""
    report = check.content(SHIPPED, TODAY, kept=Path(os.environ["CONTENT_CACHE"]))
    risks = check.only(report, "risks")
    assert {pair for pair in risks.nearest if "risks" not in (pair.tip.dimension, pair.other.dimension)} == set()
    assert 0 < len(risks.nearest) < len(report.nearest)
    broken = replace(report, path=decks.written(tmp_path, _BROKEN), faults=library.check(tmp_path, TODAY).faults)
    assert len(broken.faults) == 2
    assert check.only(broken, "taste").faults == broken.faults  # in single files: they belong to all
    with pytest.raises(check.UnknownDimensionError, match="there are taste, caffeine"):
        check.only(broken, "tips")


_BROKEN = {"tips.yaml": ("minutes: 15", "minutes: 1"), "deck.yaml": ("short: Taste", "shrt: Taste")}


def test_versions_lists_what_has_one(tmp_path: Path) -> None:
    """Dimensions, tips and dilemmas have versions; terms and references are checked otherwise."""
    names = versions.versioned(library.load(decks.written(tmp_path)))
    assert {name: entry.version for name, entry in names.items()} == {
        "dimension/taste": 2,
        "dimension/caffeine": 1,
        "tip/cool-water": 3,
        "tip/count-cups": 1,
        "dilemma/guest-in-a-hurry": 1,
    }
