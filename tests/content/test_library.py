"""What a sound deck becomes, and that no text in the files can do more than be reported."""

import gc
import sqlite3
import threading
import time
import weakref
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from content import library
from content.inline import Bullets, Link, Paragraph, Strong, Text, links, plain
from content.levels import LEVELS
from content.reading import yaml as library_yaml
from tests.content import decks


def test_the_files_become_the_types_of_the_model(tmp_path: Path) -> None:
    """Every value arrives as written, references resolved to what they cite."""
    deck = library.load(decks.written(tmp_path))
    assert (deck.deck.title, deck.deck.left, deck.deck.right) == ("Green tea vs black tea", "Green tea", "Black tea")
    assert dict(deck.deck.reactions) == dict(zip(("mag", "books", "test_tube"), LEVELS, strict=True))
    taste = deck.dimensions[0]
    assert (taste.id, taste.number, taste.title, taste.aliases) == ("taste", 1, "Taste & smell", ("flavour", "aroma"))
    assert taste.left == (Text("Grassy and light, with "), Strong((Text("little"),)), Text(" bitterness."))
    assert taste.right[1] == Link("https://example.org/leaf", (Text("the study"),))
    assert plain(taste.shift) == 'From "is it fresh?" to "is it strong?"'
    assert [section.label for section in taste.detail] == [
        "A worked example",
        "Questions to ask",
        "What to measure",
        "What to watch out for",
    ]
    assert taste.detail[0].prose == (
        Paragraph((Text("Two cups, same water."),)),
        Bullets(((Text("First cup: two minutes."),), (Text("Second cup: four minutes."),))),
    )
    assert taste.sources[0].reference is deck.references[0]
    assert (taste.exercise.title, taste.exercise.minutes, len(taste.exercise.steps)) == ("Taste both blind", 10, 2)
    tip = deck.tips[0]
    assert (tip.id, tip.dimension, plain(tip.try_this)) == (
        "cool-water",
        "taste",
        "Wait three minutes before you pour.",
    )
    assert [section.label for section in tip.detail] == ["A worked example", "What to watch out for"]
    assert (deck.references[0].year, deck.references[1].caution) == ("2024", "Never say boiling.")
    assert deck.terms[0].aliases == ("tannic acid",)


def test_things_are_found_by_id_and_neighbours_wrap(tmp_path: Path) -> None:
    """What has gone is None, never an error; the last dimension's next is the first."""
    deck = library.load(decks.written(tmp_path))
    first, last = deck.dimensions
    assert deck.dimension("caffeine") is last
    assert deck.tip("count-cups") is deck.tips[1]
    assert deck.dimension("gone") is None
    assert deck.tip("gone") is None
    assert deck.neighbours(first) == (last, last)
    assert deck.neighbours(last) == (first, first)


def test_dimensions_come_by_number_and_tips_as_written(tmp_path: Path) -> None:
    """The order on cards is the numbers', that of the weekly tips is the file's."""
    swapped = (
        decks.DECK.replace("number: 1", "number: 0").replace("number: 2", "number: 1").replace("number: 0", "number: 2")
    )
    deck = library.load(decks.written(tmp_path, {"deck.yaml": (decks.DECK, swapped)}))
    assert [dimension.id for dimension in deck.dimensions] == ["caffeine", "taste"]
    assert [tip.id for tip in deck.tips] == ["cool-water", "count-cups"]


def test_the_version_tells_contents_apart(tmp_path: Path) -> None:
    """The same files have the same version, any change another."""
    first = library.load(decks.written(tmp_path)).version
    assert library.load(tmp_path).version == first
    second = library.load(decks.written(tmp_path, {"glossary.yaml": ("It comes late.", "It comes early.")})).version
    assert len({first, second}) == 2


def test_the_same_files_are_read_once_while_in_use(tmp_path: Path) -> None:
    """A library in use is shared by whoever loads the same files; any difference that would show makes another."""
    first = library.load(decks.written(tmp_path))
    assert library.load(tmp_path) is first
    assert library.load(str(tmp_path)) is first
    assert library.load(tmp_path, date(2030, 1, 1)) is not first
    (tmp_path / "tip.yaml").write_text("tips: []\n", encoding="utf-8")
    (warning,) = library.load(tmp_path).warnings
    assert "this file is not read" in warning.sentence
    (tmp_path / "tip.yaml").unlink()
    assert library.load(tmp_path) is first
    decks.written(tmp_path, {"glossary.yaml": ("It comes late.", "It comes early.")})
    assert library.load(tmp_path) is not first


def test_a_library_nobody_uses_is_let_go(tmp_path: Path) -> None:
    """Sharing keeps nothing alive."""
    gone = weakref.ref(library.load(decks.written(tmp_path)))
    gc.collect()
    assert gone() is None


def test_windows_lines_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    """Files from any editor read alike."""
    expected = library.load(decks.written(tmp_path)).dimensions
    for name, text in decks.FILES.items():
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert library.load(tmp_path).dimensions == expected


def test_values_stay_what_was_typed(tmp_path: Path) -> None:
    """Quoted surprises of YAML 1.1, years and numbers in a text arrive letter for letter."""
    typed = {"short: Taste": 'short: "on"', "aliases: [flavour, aroma]": 'aliases: ["1.10", "9:30", 2024, "007"]'}
    text = decks.DECK
    for old, new in typed.items():
        text = text.replace(old, new)
    deck = library.load(decks.written(tmp_path, {"deck.yaml": (decks.DECK, text)}))
    assert deck.dimensions[0].short == "on"
    assert deck.dimensions[0].aliases == ("1.10", "9:30", "2024", "007")


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="this PyYAML was built without libyaml: there is one reader only")
def test_both_readers_of_yaml_give_the_same_nodes(tmp_path: Path) -> None:
    """With or without libyaml, values, lines and faults are the same."""
    decks.written(tmp_path)
    broken = (
        decks.DECK.replace("Nobody slept.", "&x Nobody").replace("- Old leaves.", "- *x").replace("awake.", "#1 !t")
    )
    for text in (
        *decks.FILES.values(),
        broken,
        "a: b: c",
        "a: **b**",
        "a: 'b",
        "a: @b",
        "a: >- b",
        "\ta: b",
        "",
        "[" * 99,
    ):
        read = []
        for loader in (yaml.SafeLoader, yaml.CSafeLoader):
            file, decoded = library_yaml.opened("x", text.encode())
            assert decoded is not None
            read.append((library_yaml.root(file, decoded, loader), file.faults, file.warnings))
        assert read[0] == read[1]


def test_a_hundred_tips_load_in_half_a_second(tmp_path: Path) -> None:
    """A start and a reload are quick however long the deck grows; the bound is some three times what it takes."""
    body = decks.TIPS.removeprefix("tips:\n").split("  - id: count-cups")[0]
    tips = "".join(
        body.replace("id: cool-water", f"id: tip-{number}").replace(
            "Let the water cool", f"Let it cool, number {number}"
        )
        for number in range(100)
    )
    decks.written(tmp_path, {"tips.yaml": (decks.TIPS, f"tips:\n{tips}")})
    taken = []
    for _ in range(3):
        begun = time.process_time()
        assert len(library.load(tmp_path).tips) == 100
        taken.append(time.process_time() - begun)
    assert min(taken) < 0.5


def test_a_library_is_searched_from_any_thread(tmp_path: Path) -> None:
    """Threads that search at the same time all get the answer of one that searches alone."""
    deck = library.load(decks.written(tmp_path))
    expected = deck.find("bitterness of tannins")
    found: list[library.Found] = []
    threads = [
        threading.Thread(target=lambda: found.extend(deck.find("bitterness of tannins") for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert isinstance(expected, library.Hits)
    assert found == [expected] * 200


def test_a_replaced_library_gives_its_memory_back(tmp_path: Path) -> None:
    """After a reload nothing keeps the old index open."""
    deck = library.load(decks.written(tmp_path))
    search = weakref.ref(deck._index.search)  # noqa: SLF001 - whether it goes away cannot be seen from outside
    connection = deck._index.search._postings._connection  # noqa: SLF001 - likewise
    del deck
    gc.collect()
    assert search() is None
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


FRAGMENTS = st.sampled_from(
    [
        "id: x",
        "- ",
        "  - ",
        ": ",
        "|-\n",
        ">-\n",
        "*a",
        "&a",
        "!t",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "#",
        "---",
        "...",
        "<<: ",
        "? ",
    ]
) | st.text(max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(decks.FILES)), st.data())
def test_any_text_in_a_file_is_read_or_reported(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    """Loading raises FaultyContent and nothing else, whatever a writer puts anywhere into a file."""
    text = decks.FILES[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    folder = tmp_path_factory.mktemp("deck")
    decks.written(folder)
    inserted = "".join(data.draw(st.lists(FRAGMENTS, max_size=4)))
    changed = text[:start] + inserted + text[end:]
    (folder / name).write_text(changed, encoding="utf-8", errors="surrogatepass", newline="")
    report = library.check(folder, date(2026, 11, 23))
    for fault in (*report.faults, *report.warnings):
        assert fault.sentence
        assert fault.line >= 1
        assert "\n" not in str(fault)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_no_deck(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Files of any bytes are reported, each at least once."""
    folder = tmp_path_factory.mktemp("deck")
    for name in decks.FILES:
        (folder / name).write_bytes(data)
    with pytest.raises(library.FaultyContent) as caught:
        library.load(folder)
    assert len({fault.file for fault in caught.value.faults}) == len(decks.FILES)


@pytest.mark.parametrize("name", ["nowhere", "a\0b", "x" * 5000])
def test_no_folder_is_one_fault(tmp_path: Path, name: str) -> None:
    """A wrong path is said like any fault, once."""
    (fault,) = library.check(tmp_path / name).faults
    assert str(fault) == f"{tmp_path / name}:1: there is no such folder: name the one that holds deck.yaml"


def test_links_of_a_text_are_addresses_only(tmp_path: Path) -> None:
    """No `ref:` is left for a renderer to trip over."""
    deck = library.load(decks.written(tmp_path))
    found = [url for dimension in deck.dimensions for url in links((*dimension.left, *dimension.right))]
    assert found == ["https://example.org/leaf"]
