"""What is wrong with a content file is said at once, with the line it stands on and what to do about it."""

from datetime import date
from pathlib import Path

import pytest

from content import library
from content.model import Fault
from tests.content import decks

TODAY = date(2026, 11, 23)
TWIN = (
    "{id: leaf-study, title: T, authors: A, year: 2024, url: https://example.org/t, fact: F, checked: primary, "
    "checked_on: 2026-11}"
)


def faults_after(folder: Path, name: str, old: str, new: str) -> list[tuple[int, str]]:
    """Change one thing in one file, and give the faults as line and sentence, all of them in that file."""
    report = library.check(decks.written(folder, {name: (old, new)}), TODAY)
    assert {fault.file for fault in report.faults} <= {str(folder / name)}
    return [(fault.line, fault.sentence) for fault in report.faults]


def test_a_sound_deck_has_neither_faults_nor_warnings(tmp_path: Path) -> None:
    """What docs/writing.md allows is not complained about."""
    assert library.check(decks.written(tmp_path), TODAY) == library.Report((), ())


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("deck.yaml", "title: Taste & smell", "titel: Taste", "unknown key `titel`; did you mean `title`?"),
        ("deck.yaml", "left: Green tea", "left: Green tea\n  colour: green", "unknown key `colour`: no deck has it"),
        ("deck.yaml", "right: More of it.", "right: More.\n    right: More.", "`right` stands here a second time"),
        ("deck.yaml", "right: More of it.", "right:", "`right` has no text"),
        ("deck.yaml", "right: More of it.", 'right: " "', "`right` has no text"),
        ("deck.yaml", "right: More of it.", "right: [More of it.]", "`right` is one text, not a list"),
        ("deck.yaml", "How many cups?", "How many: cups?", "a colon with a space makes YAML read a key"),
        ("deck.yaml", "aliases: [sleep, jitters]", "aliases: sleep", "`aliases` is a list"),
        ("deck.yaml", "mag: detail", "mag: detial", "`detial` is no level; did you mean `detail`?"),
        ("deck.yaml", "mag: detail", '":mag:": detail', "`:mag:` is no name of a reaction"),
        ("deck.yaml", "id: tea", "id: Tea!", "`Tea!` cannot be an id"),
        ("deck.yaml", "number: 2", "number: two", "`number` is a whole number"),
        ("deck.yaml", "number: 2", 'number: "2"', "`number` is a whole number"),
        ("deck.yaml", "number: 2", "number: 02", "`number` is a whole number"),
        ("deck.yaml", "number: 2", "number: 3", "no dimension has the number 2"),
        ("deck.yaml", "minutes: 5", "minutes: 61", "`minutes` is 61: it must be from 5 to 60"),
        ("deck.yaml", "short: Caffeine", "short: on", 'YAML would misread on as something else: quote it, as "on"'),
        ("deck.yaml", "short: Caffeine", "short: 9:30", 'quote it, as "9:30"'),
        ("deck.yaml", "short: Caffeine", "short: 1.10", 'quote it, as "1.10"'),
        ("deck.yaml", "short: Caffeine", "short: null", 'quote it, as "null"'),
        ("deck.yaml", "short: Caffeine", "short: ':mag: it'", "`:mag:` is an emoji on Slack only"),
        ("deck.yaml", "short: Caffeine", "short: The `caffeine`", "`short` is drawn as it is"),
        (
            "deck.yaml",
            "short: Caffeine",
            "short: Caffeine in all its forms",
            "25 characters, at most 24 fit: shorten it by 1",
        ),
        ("deck.yaml", "short: Caffeine", 'short: "a\\nb"', "`short` is one line"),
        ("deck.yaml", "short: Caffeine", 'short: "a\\u202eb"', "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("deck.yaml", "short: Caffeine", "short: a\u200bb", "U+200B ZERO WIDTH SPACE"),
        ("deck.yaml", "short: Caffeine", "short: a\x07b", "U+0007 control character"),
        ("deck.yaml", "short: Caffeine", 'short: "a\\tb"', "U+0009, a tab"),
        ("deck.yaml", "checked: 2026-10", "checked: 2026-12", "which is yet to come"),
        ("deck.yaml", "checked: 2026-10", "checked: 2026-13", "`checked` is a year and month such as 2026-11"),
        ("deck.yaml", "checked: 2026-10", "checked: Oct 2026", "`checked` is a year and month such as 2026-11"),
        ("deck.yaml", "ref: water-guide", "ref: water-gide", "no `water-gide`; did you mean `water-guide`?"),
        ("deck.yaml", "[the study](ref:leaf-study)", "[it](ref:unheard-of)", "no `unheard-of`: add it there"),
        ("deck.yaml", "[the study](ref:leaf-study)", "[it](http://example.org)", "it must begin with https://"),
        ("deck.yaml", "**little**", "![little](x)", "in `left`, an image cannot be drawn"),
        ("deck.yaml", "Second cup:", "<b>Second</b> cup:", "in `example`, HTML cannot be drawn"),
        ("deck.yaml", "Nobody slept.", "&x Nobody slept.", "`&x` names a value"),
        ("deck.yaml", "Nobody slept.", "!x Nobody slept.", "`!x` is read as a tag"),
        ("deck.yaml", "right: More of it.", "right: More.\n    <<: {a: b}", "`<<` merges other keys in"),
        ("deck.yaml", "right: More of it.", "right: More.\n    ? [a]\n    : b", "a key must be one word"),
        ("deck.yaml", "right: More of it.", "right: *More*", "a text cannot begin with `*`"),
        ("deck.yaml", "right: More of it.", "right: `More`", "the sign ` cannot begin a text"),
        ("deck.yaml", "right: More of it.", "right: More: of it", "a colon with a space stands in a text"),
        (
            "deck.yaml",
            "right: More of it.",
            "right: [More](https://example.org) of it",
            "does not fit the lines above it",
        ),
        ("deck.yaml", "right: More of it.", 'right: "More', "a quotation mark opens here"),
        ("deck.yaml", "right: More of it.", "right: >- More", "the text begins on the line below"),
        ("deck.yaml", "aliases: [sleep, jitters]", "aliases: [sleep", "a bracket opens here and is not closed"),
        (
            "deck.yaml",
            "aliases: [sleep, jitters]",
            "aliases: [sleep, sleep]",
            "the alias `sleep` stands in this list already",
        ),
        ("deck.yaml", "aliases: [sleep, jitters]", "aliases: [AROMA!]", "the alias `AROMA!` leads to `taste` already"),
        ("deck.yaml", "aliases: [sleep, jitters]", 'aliases: ["1"]', "the alias `1` leads to `taste` already"),
        (
            "deck.yaml",
            "aliases: [sleep, jitters]",
            "aliases: [Tips]",
            "`Tips` is a word the command itself understands",
        ),
        ("deck.yaml", "aliases: [sleep, jitters]", "aliases: ['?!']", "`?!` has no letter or digit"),
        ("deck.yaml", "title: Caffeine and sleep", "title: taste SMELL", "leads to `taste` already"),
        ("deck.yaml", "\ndimensions:", "\n---\ndimensions:", "`---` begins a second document"),
        ("deck.yaml", "  - id: taste", "  - only words\n  - id: taste", "a dimension consists of keys and values"),
        (
            "deck.yaml",
            "      - ref: leaf-study\n",
            "      - leaf-study\n      - ref: leaf-study\n",
            "a source consists of keys",
        ),
        ("deck.yaml", "- ref: water-guide", "- ref: leaf-study", "`leaf-study` is a source of this dimension already"),
        (
            "deck.yaml",
            "    detail:\n      example: Nobody slept.",
            "    detail: Nobody slept.\n    x:\n      y: z",
            "a detail consists",
        ),
        ("deck.yaml", "mag: detail", "mag: [detail]", "`this` is no level: write one of detail, sources, exercise"),
        ("deck.yaml", "Nobody slept.", "x" * 901, "`example` has 901 characters, at most 900 fit: shorten it by 1"),
        ("deck.yaml", "Nobody slept.", "x" * 9000, "`example` has 9000 characters"),
        ("deck.yaml", "More of it.", "x" * 9000, "`right` has 9000 characters"),
        ("deck.yaml", "More of it.", f"See [x](https://example.org/{'x' * 470}) " * 4, "`right` takes 1995 characters"),
        ("deck.yaml", "kind: business", "kind: busines", "`busines`; did you mean `business`?"),
        ("deck.yaml", "kind: business", "kind: consumer", "there is an example of kind `consumer` already"),
        ("deck.yaml", "title: A cup at home", "titel: A cup", "unknown key `titel`; did you mean `title`?"),
        ("tips.yaml", "    try: Put", "    tries: Put", "unknown key `tries`; did you mean `try`?"),
        (
            "deck.yaml",
            "questions:\n      - Who pours?\n",
            "questions:\n",
            "`questions` has 9, exactly 10 are wanted: add some",
        ),
        ("deck.yaml", "formula: Empty cups", "formula: " + "x" * 250 + " cups", "`formula` has 2"),
        ("deck.yaml", "trap: It falls", "traps: It falls", "unknown key `traps`; did you mean `trap`?"),
        ("deck.yaml", "ref: leaf-study\n    checklist", "ref: leaf\n    checklist", "the references have no `leaf`"),
        ("deck.yaml", "moving: Begin", "movin: Begin", "unknown key `movin`; did you mean `moving`?"),
        ("deck.yaml", "version: 2", "version: 0", "`version` is 0: it must be from 1 to 9999"),
        ("deck.yaml", "term:tannin", "term:tanin", "the glossary has no `tanin`; did you mean `tannin`?"),
        ("deck.yaml", "term:tannin", "term:Tannin", "`term:Tannin` names no term: write `term:` and its id"),
        ("tips.yaml", "[tannins](term:tannin)", "[tannins](term:bean)", "the glossary has no `bean`: add it there"),
        ("dilemmas.yaml", "  - id: guest", "  - only words\n  - id: guest", "a dilemma consists of keys and values"),
        ("dilemmas.yaml", "      - label: Use", "      - words\n      - label: Use", "a choice consists of keys"),
        (
            "dilemmas.yaml",
            "label: Offer juice",
            "label: Pour it now",
            "`Pour it now` is a choice of this dilemma already",
        ),
        (
            "dilemmas.yaml",
            "label: Offer juice",
            "label: pour it NOW!",
            "`pour it NOW!` is a choice of this dilemma already",
        ),
        ("dilemmas.yaml", "label: Offer juice", "label: " + "x" * 71, "`label` has 71 characters, at most 70 fit"),
        ("dilemmas.yaml", "against: They", "aganst: They", "unknown key `aganst`; did you mean `against`?"),
        ("dilemmas.yaml", "against: They", "against: " + "x" * 250 + " they", "`against` has "),
        ("dilemmas.yaml", "label: Wait", "label: Brew it again", "`Brew it again` is a choice of this twist already"),
        ("dilemmas.yaml", "label: Wait", "label: " + "x" * 71, "`label` has 71 characters, at most 70 fit"),
        ("dilemmas.yaml", "situation: Now", "situations: Now", "unknown key `situations`; did you mean `situation`?"),
        ("dilemmas.yaml", "situation: Now", "situation: " + "x" * 450 + " now", "`situation` has 4"),
        ("dilemmas.yaml", "they [wait](term:tannin)", "they [wait](term:bean)", "the glossary has no `bean`"),
        ("dilemmas.yaml", decks.TWIST, "    twist: Now they wait.\n", "a twist consists of keys and values"),
        ("dilemmas.yaml", "asks: [thin", "asks: ['?!', thin", "`?!` has no letter or digit that people could type"),
        ("dilemmas.yaml", "asks: [thin", "asks: ['Quick, brew!', thin", "`quick brew` is asked on line 6"),
        ("dilemmas.yaml", "dimension: taste", "dimension: smell", "there is no dimension `smell`"),
        ("dilemmas.yaml", "ref: water-guide", "ref: guide", "the references have no `guide`"),
        ("tips.yaml", "  - id: count", "  - only words\n  - id: count", "a tip consists of keys and values"),
        ("glossary.yaml", "  - id: tannin", "  - only words\n  - id: tannin", "a term consists of keys and values"),
        (
            "references.yaml",
            "  - id: water",
            "  - only words\n  - id: water",
            "a reference consists of keys and values",
        ),
        ("references.yaml", "https://example.org/leaf", "https://example.org:x/", "`url` must begin with https://"),
        ("tips.yaml", "id: count-cups", "id: cool-water", "the id `cool-water` stands on line 2 already"),
        ("tips.yaml", "title: Count your cups", "title: Let the water: cool", "a colon with a space stands in a text"),
        ("tips.yaml", "title: Count your cups", "title: LET the water cool!", "stands on line 5 already"),
        ("tips.yaml", "dimension: caffeine", "dimension: cafeine", "no dimension `cafeine`; did you mean `caffeine`?"),
        ("references.yaml", "https://example.org/leaf", "http://example.org/leaf", "`url` must begin with https://"),
        ("references.yaml", "https://example.org/leaf", "https://localhost", "`url` must begin with https://"),
        ("references.yaml", "checked: primary", "checked: no", "what is not checked may not be cited"),
        (
            "references.yaml",
            "checked: primary",
            "checked: yes",
            "`checked` is `yes`: it must be one of primary, second",
        ),
        ("tips.yaml", "checked: 2026-11", "checked: yes", "`checked` is a year and month such as 2026-11, not `yes`"),
        ("references.yaml", "checked: primary", "checked: primery", "`primery`; did you mean `primary`?"),
        (
            "references.yaml",
            "references:\n",
            f"references:\n  - {TWIN}\n",
            "the id `leaf-study` stands on line 2 already",
        ),
        ("glossary.yaml", "dimension: taste", "dimension: smell", "no dimension `smell`"),
    ],
)
def test_each_fault_is_one_sentence_at_its_line(tmp_path: Path, name: str, old: str, new: str, sentence: str) -> None:
    """One thing wrong gives its own sentence, at the line of what was changed or just below it."""
    found = faults_after(tmp_path, name, old, new)
    first = decks.line_of(name, old)
    assert [line for line, said in found if sentence in said], found
    for line, said in found:
        if sentence in said:
            assert first <= line <= first + new.count("\n")


def test_what_is_missing_is_named_where_it_should_stand(tmp_path: Path) -> None:
    """A missing key is reported at the beginning of what it is missing from."""
    found = faults_after(tmp_path, "deck.yaml", "    short: Caffeine\n", "")
    assert found == [(decks.line_of("deck.yaml", "id: caffeine"), "this dimension has no `short`: add it")]


def test_a_twist_leaves_a_choice(tmp_path: Path) -> None:
    """One way out is none to vote on."""
    found = faults_after(tmp_path, "dilemmas.yaml", decks.SECOND_OF_TWIST, "")
    line = decks.line_of("dilemmas.yaml", "      choices:\n        - label: Brew")
    assert found == [(line, "`choices` has 1, from 2 to 4 are wanted: add some")]


def test_a_question_leads_to_a_dilemma_or_to_a_tip(tmp_path: Path) -> None:
    """Not to both: whoever asks it gets one answer first."""
    found = faults_after(tmp_path, "dilemmas.yaml", "asks: [thin", "asks: [where does the time go, thin")
    assert found == []
    changed = decks.TIPS.replace("    idea: People", "    asks: [Where does the time go?]\n    idea: People")
    (tmp_path / "tips.yaml").write_text(changed, encoding="utf-8")
    (fault,) = library.check(tmp_path, TODAY).faults
    where = f"in {tmp_path / 'tips.yaml'}:{changed[: changed.index('    asks')].count(chr(10)) + 1}"
    assert (Path(fault.file).name, fault.sentence) == (
        "dilemmas.yaml",
        f"`where does the time go` is asked {where} already: leave it to the one that answers it best",
    )


def test_a_list_in_a_folded_text_is_caught(tmp_path: Path) -> None:
    """`>-` would join a list's lines into one sentence: the line where it goes wrong is named."""
    found = faults_after(tmp_path, "deck.yaml", "example: |-", "example: >-")
    assert [line for line, _ in found] == [decks.line_of("deck.yaml", "- Second cup")]
    assert "begin the text with `|-`" in found[0][1]


def test_an_alias_of_yaml_is_refused_where_it_stands(tmp_path: Path) -> None:
    """A value repeated by alias is one fault beside that of its name; the text is not called empty as well."""
    changed = decks.DECK.replace("Nobody slept.", "&x Nobody slept.").replace("- A racing heart.", "- *x")
    found = faults_after(tmp_path, "deck.yaml", decks.DECK, changed)
    assert [said.partition(":")[0] for _, said in found] == ["`&x` names a value", "`*x` repeats another value"]


def test_every_fault_is_reported_at_once_by_file_and_line(tmp_path: Path) -> None:
    """Faults of all files come together, sorted, each as `file:line: sentence`."""
    decks.written(
        tmp_path,
        {
            "deck.yaml": ("title: Taste & smell", "titel: Taste"),
            "tips.yaml": ("minutes: 15", "minutes: 1"),
            "references.yaml": ("year: 2024", "year: 9:30"),
            "glossary.yaml": ("dimension: taste", "dimension: tast"),
        },
    )
    with pytest.raises(library.FaultyContent) as caught:
        library.load(tmp_path, TODAY)
    faults = caught.value.faults
    assert [Path(fault.file).name for fault in faults] == ["deck.yaml", "glossary.yaml", "references.yaml", "tips.yaml"]
    assert str(caught.value).splitlines()[0].startswith(f"{tmp_path / 'deck.yaml'}:16: unknown key")
    changed = (
        (tmp_path / "deck.yaml").read_text().replace("short: Caffeine", "short: on").replace("minutes: 5", "minutes: 4")
    )
    (tmp_path / "deck.yaml").write_text(changed)
    lines = [fault.line for fault in library.check(tmp_path, TODAY).faults if fault.file.endswith("deck.yaml")]
    assert len(lines) == 3
    assert lines == sorted(lines)


@pytest.mark.parametrize("name", sorted(decks.FILES))
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "the file is empty"),
        (b"# nothing\n", "the file is empty"),
        (b"- a\n", "consists of keys and values"),
        (b"a: 1\nb: \xff\n", "this is not UTF-8"),
        ("deck: x".encode("utf-16"), "this is not UTF-8"),
        (b"[" * 5000, "nested too deeply"),
        (b"a" * 2_000_001, "the file is larger than 2,000,000 bytes"),
    ],
)
def test_a_file_of_another_kind_is_one_fault(tmp_path: Path, name: str, data: bytes, sentence: str) -> None:
    """A file that cannot be read at all is reported once, and nothing else is blamed for it."""
    decks.written(tmp_path)
    (tmp_path / name).write_bytes(data)
    faults = library.check(tmp_path, TODAY).faults
    assert [(fault.file, sentence in fault.sentence) for fault in faults] == [(str(tmp_path / name), True)]


def test_missing_files_are_named(tmp_path: Path) -> None:
    """Three files are needed; a deck without a glossary is sound, with a warning."""
    assert [Path(fault.file).name for fault in library.check(tmp_path).faults] == [
        "deck.yaml",
        "references.yaml",
        "tips.yaml",
    ]
    decks.written(tmp_path)
    (tmp_path / "glossary.yaml").unlink()
    report = library.check(tmp_path)
    assert {fault.sentence.partition(":")[0] for fault in report.faults} == {"the glossary has no `tannin`"}
    for name, text in decks.FILES.items():
        if name != "glossary.yaml":
            (tmp_path / name).write_text(text.replace("(term:tannin)", "(ref:leaf-study)"))
    assert library.load(tmp_path).terms == ()
    assert "there is no glossary" in str(library.load(tmp_path).warnings)


@pytest.mark.parametrize(
    ("change", "at", "sentence"),
    [
        (("checked: 2026-10", "checked: 2025-10"), "checked: 2026-10", "last checked in 2025-10"),
        (("    test_tube: exercise\n", ""), "reactions:", "no reaction opens `exercise`"),
        (("From calm to awake.", "From #1 to #2"), "shift: From calm", "for a comment"),
        (("[sleep, jitters]", "[sleep, data sources]"), "aliases: [sleep", "may read `data sources` as something"),
        (("[sleep, jitters]", "[bed time, bed-time]"), "aliases: [sleep", "`bed-time` and `bed time` are typed alike"),
    ],
)
def test_what_is_only_odd_is_a_warning(tmp_path: Path, change: tuple[str, str], at: str, sentence: str) -> None:
    """A warning leaves the content usable, and is found in the library too."""
    decks.written(tmp_path, {"deck.yaml": change})
    (warning,) = library.load(tmp_path, TODAY).warnings
    assert (Path(warning.file).name, warning.line) == ("deck.yaml", decks.line_of("deck.yaml", at))
    assert sentence in warning.sentence


def test_a_dimension_without_tips_is_a_warning(tmp_path: Path) -> None:
    """A dimension of which the weekly tips never speak is named where it is described."""
    decks.written(tmp_path, {"tips.yaml": ("dimension: caffeine", "dimension: taste")})
    (warning,) = library.load(tmp_path, TODAY).warnings
    assert (Path(warning.file).name, warning.line) == ("deck.yaml", decks.line_of("deck.yaml", "id: caffeine"))
    assert "no tip belongs to `caffeine`" in warning.sentence


def test_two_references_with_one_address_are_a_warning(tmp_path: Path) -> None:
    """The same document under two ids is shown as two."""
    decks.written(tmp_path, {"references.yaml": ("example.org/water", "example.org/leaf")})
    (warning,) = library.load(tmp_path, TODAY).warnings
    assert "`leaf-study` has the same address" in warning.sentence


def test_a_reference_nobody_cites_is_a_warning(tmp_path: Path) -> None:
    """What is cited nowhere may be a forgotten citation."""
    extra = decks.REFERENCES.replace("references:\n", "").replace("leaf-study", "loose-leaf").replace("/leaf", "/loose")
    decks.written(tmp_path, {"references.yaml": (decks.REFERENCES, decks.REFERENCES + extra.split("  - id: water")[0])})
    (warning,) = library.load(tmp_path, TODAY).warnings
    assert warning.sentence.startswith("nothing cites `loose-leaf`")


def test_a_stray_file_beside_the_four_is_a_warning(tmp_path: Path) -> None:
    """A misnamed file would otherwise be silently without effect."""
    decks.written(tmp_path)
    (tmp_path / "tip.yaml").write_text("tips: []\n")
    assert library.load(tmp_path, TODAY).warnings == (
        Fault(str(tmp_path / "tip.yaml"), 1, "this file is not read; did you mean `tips.yaml`?"),
    )


def test_without_today_no_date_is_judged(tmp_path: Path) -> None:
    """The clock is read elsewhere; who does not say the day gets no opinion about it."""
    decks.written(tmp_path, {"deck.yaml": ("checked: 2026-10", "checked: 2999-10")})
    assert library.check(tmp_path) == library.Report((), ())
