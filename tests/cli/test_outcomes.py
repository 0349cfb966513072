"""`python -m bot stats` and `record`: read back as the programs read them that they are written for."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from bot.cli.outcomes import cells, page, picture
from cards.compose import counts
from cards.compose.counts import GROUPS, PARTS, Line, Summary
from content import wording
from handlers.outcomes import counting
from store.database.access import Database
from store.learning import tallies
from store.learning.outcomes import Outcomes
from store.learning.tallies import Crowd, Tallied
from store.posts import Post, Posts
from tests import databases
from tests.cards import gallery_outcomes
from tests.cli.program import Ended, typed
from tests.store import rows

TEAM, ROOM = "T024BE7LD", "C024BE91L"
CHANNEL = ("--workspace", TEAM, "--channel", ROOM)
SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
DECK = gallery_outcomes.deck()
TIP = DECK.tips[0]
COUNTS = {"recalled": 4, "missed": 3, "useful": 2, "detail": 6}


def post(number: int, **fields: Any) -> Post:  # noqa: ANN401 # each takes its field's own type
    """Give a post of a tip in the room, a week after the one before."""
    place = {"workspace": TEAM, "conversation": ROOM, "kind": "tip", "version": TIP.version}
    at = {"created_at": rows.NOW + timedelta(weeks=number), "subject": f"tip/{TIP.id}"}
    return rows.post(f"{number}.0", **{**place, **at, **fields})


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """Give a folder whose database has three posts of a room, one of another, and what was done with them."""
    database = Database(databases.put(tmp_path / "bot.db"))
    posts = (post(0), post(1, kind="share", subject="dimension/risks", version=1), post(2, subject="tip/=gone"))
    async with database.write() as connection:
        await Posts().remember(connection, [*posts, post(3, conversation="C0THER")])
        subject = f"tip/{TIP.id}"
        done = {Tallied("slack", TEAM, ROOM, subject, what): n for what, n in COUNTS.items()}  # type: ignore[arg-type]
        await tallies.add_all(connection, done, dict.fromkeys(done, Crowd(5, 5)))
    await database.close()
    return tmp_path


async def ran(folder: Path, *words: str) -> Ended:
    """Run a command that ends well."""
    ended = await asyncio.to_thread(typed, folder, *words, COLUMNS="160")
    assert ended.code == 0, ended.err
    return ended


async def test_the_table_adds_up(folder: Path) -> None:
    """A line for each topic, everything below, and in words what may be broken down."""
    out = (await ran(folder, "stats", *CHANNEL)).out
    assert "What came of the tips, since 23 November 2026" in out
    everything = next(line for line in out.splitlines() if "everything" in line)
    assert [int(word) for word in everything.replace("│", " ").split() if word.isdigit()] == [3, 6, 0, 7, 2]
    assert "Recall questions answered: right 4, not quite 3" in out
    assert "Opinions: useful –, wrong –" in out
    wider = (await ran(folder, "stats")).out
    assert "weekly tips 3" in wider
    assert "Nothing to count yet" in (await ran(folder, "stats", "--workspace", "T0THER")).out


async def test_csv_has_a_row_for_each_subject(folder: Path) -> None:
    """As many numbers as the head names; parts that may not be told are empty; no cell begins a formula."""
    out = (await ran(folder, "stats", *CHANNEL, "--csv")).out
    head, *body = list(csv.reader(io.StringIO(out)))
    assert head[:3] == ["topic", "subject", "title"]
    assert {part for parts in PARTS.values() for part in parts} - {"votes"} <= set(head)
    assert all(len(row) == len(head) for row in body)
    table = {row[1]: dict(zip(head, row, strict=True)) for row in body}
    tip = table[f"tip/{TIP.id}"]
    assert (tip["topic"], tip["title"]) == (TIP.dimension, TIP.title)
    assert (tip["posted"], tip["asked"], tip["recalled"], tip["missed"]) == ("1", "7", "4", "3")
    assert (tip["opinions"], tip["useful"]) == ("2", "")
    assert table["tip/=gone"]["title"] == "'=gone"
    assert not [cell for row in body for cell in row if cell.startswith(("=", "+", "-", "@"))]


async def test_json_tells_a_script_everything(folder: Path) -> None:
    """Totals are the sums of the topics', and these of their subjects'; what may not be told is null."""
    told = json.loads((await ran(folder, "stats", *CHANNEL, "--json")).out)
    assert set(told) == {"since", "everything", "topics", "tips_by_month", "told_to_writers"}
    assert datetime.fromisoformat(told["since"]) == rows.NOW
    for group in GROUPS:
        assert told["everything"][group] == sum(topic[group] for topic in told["topics"])
        assert all(topic[group] == sum(one[group] for one in topic["subjects"]) for topic in told["topics"])
    assert told["tips_by_month"] == {"2026-11": 1, "2026-12": 1}
    assert told["everything"]["parts"]["recalled"] == 4
    assert told["everything"]["parts"]["useful"] is None


def bars(svg: str) -> tuple[ET.Element, list[ET.Element]]:
    """Read a picture, with its bars."""
    root = ET.fromstring(svg)  # noqa: S314 # our own
    return root, [one for one in root.iter(f"{SVG}rect") if one.get("x")]


async def test_the_picture_is_drawn_to_scale_and_says_what_it_shows(folder: Path) -> None:
    """Bars as long as their numbers, all of it inside the frame, and in words for who does not see it."""
    await ran(folder, "stats", *CHANNEL, "--plot", "stats.svg")
    written = (folder / "stats.svg").read_text(encoding="utf-8")
    assert (await ran(folder, "stats", *CHANNEL, "--plot", "-")).out == written
    summary = gallery_outcomes.summary()
    for drawn, topics in ((picture.drawn(summary), summary.topics), (written, ())):
        root, found = bars(drawn)
        assert root.get("role") == "img"
        named = {one.get("id"): one.text or "" for one in root if one.get("id")}
        assert (root.get("aria-labelledby") or "").split() == list(named)
        assert all(f"{topic.name}: {topic.responses}" in named["desc"] for topic in topics)
        wide, high = (float(root.get(side) or 0) for side in ("width", "height"))
        for one in found:
            assert float(one.get("x") or 0) + float(one.get("width") or 0) <= wide - 40
            assert float(one.get("y") or 0) + float(one.get("height") or 0) <= high - 40
        assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
    widths = [float(one.get("width") or 0) for one in bars(picture.drawn(summary))[1]]
    done = [topic.responses for topic in summary.topics]
    assert [round(width / max(widths), 3) for width in widths] == [round(n / max(done), 3) for n in done]


def test_a_picture_of_nothing_says_so() -> None:
    """It is a picture all the same, and no bar stands for nothing."""
    root, found = bars(picture.drawn(counting.summary(DECK, Outcomes())))
    assert found == []
    assert "Nothing to count yet" in "".join(root.itertext())


@given(some.text())
def test_no_cell_begins_a_formula(words: str) -> None:
    """Whatever the words, they are read back as they are, with an apostrophe before what would be a formula."""
    [[cell]] = list(csv.reader(io.StringIO(cells.table([words], []), newline="")))
    assert cell in {words, f"'{words}"}
    assert not cell.strip().startswith(("=", "+", "-", "@")) or cell.startswith("'")


@pytest.mark.parametrize(
    "before", ["", " ", "\u00a0", "\u2003", "\u3000", "\u200b", "\ufeff", "\u202e", "\0", "\u2800\u0301"]
)
@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(1)", "＝1"])
def test_what_is_not_seen_hides_no_formula(before: str, begins: str) -> None:
    """Spaces of any width, and of none, marks and control characters: programs may drop them and see the rest."""
    assert cells.safe(f"{before}{begins}") == f"'{before}{begins}"


@pytest.mark.parametrize("words", ["\t1", "a=1", "\u2003a", "\u200b", ""])
def test_other_words_stay_as_they_are(words: str) -> None:
    """But a tab or a line's end at the beginning, which OWASP names too."""
    assert cells.safe(words) == (f"'{words}" if "\t" in words else words)


# --- the record


class Read(HTMLParser):
    """What a page holds: its tags with their attributes, and its words."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(written)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See that what ends was open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note words that are read, not the style."""
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        """Give the attributes of each such tag."""
        return (attributes for name, attributes in self.tags if name == tag)


async def test_the_record_is_a_table_that_can_be_read_back(folder: Path) -> None:
    """Dates, topics, versions and sources of the days that were named; roles and systems are blank."""
    words = ("record", *CHANNEL, "--from", "2026-11-23", "--to", "2026-12-06", "--csv", "record.csv")
    await ran(folder, *words)
    written = (folder / "record.csv").read_bytes().decode()
    table = list(csv.DictReader(io.StringIO(written, newline="")))
    assert [row["date"] for row in table] == ["2026-11-23", "2026-11-30"]
    first = table[0]
    assert (first["what"], first["title"], first["version"]) == ("Weekly tip", TIP.title, str(TIP.version))
    assert int(first["sources"]) == len(first["source_list"].split("; "))
    assert all(f"<{one.reference.url}>" in first["source_list"] for one in TIP.sources)
    assert (first["opened"], first["asked"]) == ("6", "7")
    assert {(row["roles"], row["ai_systems"]) for row in table} == {("", "")}
    assert (await ran(folder, *words[:-1], "-")).out.replace("\r\n", "\n") == written.replace("\r\n", "\n")


async def test_the_record_is_a_page_that_loads_nothing(folder: Path) -> None:
    """In a language, with headings, captions and heads of columns; no script; the law with its source and month."""
    await ran(folder, "record", *CHANNEL, "--html", "record.html")
    read = Read((folder / "record.html").read_text(encoding="utf-8"))
    assert read.open == []
    assert next(read.all("html")) == {"lang": "en"}
    assert len(list(read.all("h1"))) == 1
    assert len(list(read.all("table"))) == len(list(read.all("caption"))) == 3
    assert all(cell.get("scope") in {"col", "row"} for cell in read.all("th"))
    assert {tag for tag, _ in read.tags} & {"script", "img", "link", "iframe", "object", "form"} == set()
    assert not [name for _, attributes in read.tags for name in attributes if name == "src" or name.startswith("on")]
    assert "https://eur-lex.europa.eu/eli/reg/2024/1689/2026-07-27/eng#art_4" in [a["href"] for a in read.all("a")]
    for part in (TIP.title, "2026/1744", "checked November 2026", "Not legal advice", "AI systems they use", "=gone"):
        assert part in read.text
    assert "Period 23 November 2026 to 7 December 2026" in read.text


def test_nothing_on_the_page_is_taken_for_markup() -> None:
    """Titles, names and addresses come from files and platforms: they are words, whatever they hold."""
    kept = gallery_outcomes.kept(gallery_outcomes.summary(), *gallery_outcomes.entries())
    read = Read(page.drawn(kept, NOW))
    assert "<script>alert(1)</script>" in read.text
    assert not list(read.all("script"))
    assert "https://example.com/b?c=1&d=2" in [a["href"] for a in read.all("a")]
    assert "2 *" not in read.text
    assert "1 *" in read.text  # the sources of a version that was posted in another one


@given(some.text())
def test_no_file_holds_what_nobody_sees(words: str) -> None:
    """Neither the page nor the picture: no control characters, nothing that turns a line, and both can be written."""
    kept = replace(gallery_outcomes.kept(gallery_outcomes.summary()), name=f"{words}\0\u202e\ud800", workspace=words)
    named = counts.added_up("", "", [Line("", f"{words}\0", {"recalled": 5})])
    for written in (page.drawn(kept, NOW), picture.drawn(Summary(counts.added_up("", "", [named])))):
        written.encode()
        assert wording.unseen(written) == ""


async def test_the_record_is_a_table_on_a_terminal_too(folder: Path) -> None:
    """Without a file it is printed."""
    out = (await ran(folder, "record", *CHANNEL)).out
    assert TIP.title in out
    assert "Not legal advice" in out
    assert (
        "Nothing was posted there in that time" in (await ran(folder, "record", *CHANNEL, "--from", "2027-06-01")).out
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("stats", "--csv", "--json"), "Choose one of --csv, --json and --plot"),
        (("stats", "--channel", ROOM), "Name the channel's workspace too"),
        (("stats", "--workspace", TEAM, "--channel", "U061F7AUR"), "is a person"),
        (("record", "--workspace", TEAM, "--channel", "D024BE91L"), "D024BE91L"),
        (("record", *CHANNEL, "--platform", "teams"), "is a workspace on slack, not on teams"),
        (("record", *CHANNEL, "--from", "2026-12-01", "--to", "2026-11-01"), "--from is after --to"),
        (("record", *CHANNEL, "--html", "nowhere/record.html"), "could not be written"),
        (("record", *CHANNEL, "--from", "soon"), "soon"),
    ],
)
async def test_what_cannot_be_done_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    """What one person gets alone is shown to no operator, and a mistake is named."""
    ended = await asyncio.to_thread(typed, folder, *words)
    assert ended.code != 0
    assert said in ended.err
