"""What was read of the content is found again at the next start: the same or none, and nothing of anybody else's."""

import compileall
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

import content
from content import library
from content.keeping.folder import MOST, Kept
from content.library import FaultyContent, Hits, Library
from tests import ready
from tests.content.test_folders import split

ROOT = Path(__file__).parents[3]
# Says what a process of its own makes of a deck, with a folder for what is kept.
BEGINS = """
import sys
from pathlib import Path
from content import library
"""
SAYS = """
read = library.load(Path(sys.argv[1]), kept=Path(sys.argv[2]))
found = read.find("fresh and malty cups")
print(read.version, [tip.title for tip in read.tips], [str(one) for one in read.warnings])
print(*(f"{match.passage.entry.id} {match.score:.6f}" for match in found.matches))
print("read" if "content.reading.folder" in sys.modules else "found")
"""


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """Give a deck of many files, with a warning of each kind of file that may not be there."""
    folder = tmp_path / "deck"
    folder.mkdir()
    split(folder, order=None)
    (folder / "notes.yaml").write_text("a: 1\n")
    shutil.rmtree(folder / "glossary")
    for file in folder.rglob("*.yaml"):  # no text of it may explain what there is no glossary for
        file.write_text(re.sub(r"\[([^]]+)\]\(term:[a-z-]+\)", r"\1", file.read_text()))
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Name a folder that is not there yet."""
    return tmp_path / "caches" / "pm-compare"


def says(deck: Path, kept: Path, *, root: Path = ROOT, starts: bool = False) -> tuple[str, str]:
    """Give what a new process of the code in a folder says of the deck, and whether it `read` or `found` it.

    One that `starts` by itself hashes as no other does; all others of our own code hash alike.
    """
    if root == ROOT and not starts:
        ended = ready.ended(BEGINS, SAYS, str(deck), str(kept))
    else:
        argv = (sys.executable, "-c", BEGINS + SAYS, str(deck), str(kept))
        ended = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 # our own arguments
    assert ended.stderr == ""
    *said, how = ended.stdout.splitlines()
    return "\n".join(said), how


def values(read: Library) -> tuple[object, ...]:
    """Give all that a library tells of its entries."""
    known = (read.deck, read.dimensions, read.tips, read.dilemmas, read.references, read.terms)
    return (*known, read.warnings, read.version, dict(read.places))


def answered(read: Library) -> tuple[object, ...]:
    """Give all of that, and what a search finds."""
    return (*values(read), read.find("fresh and malty cups"))


def anew(deck: Path, kept: Path | None) -> Library:
    """Load a deck of which nothing is in use in this process."""
    return library.load(deck, kept=kept)


def test_what_is_found_is_what_was_read(deck: Path, kept: Path) -> None:
    """All of it, in a process of its own, and whoever finds it loads nothing that reads."""
    first, how = says(deck, kept)
    assert how == "read"
    assert says(deck, kept) == (first, "found")
    assert values(anew(deck, kept)) == values(anew(deck, None))
    named = {Path(warning.file).name for warning in anew(deck, None).warnings}
    assert named == {"glossary.yaml", "notes.yaml", "order.yaml"}


def test_whoever_cites_a_document_has_it_in_common(deck: Path, kept: Path) -> None:
    """As when it is read: a document that many cite takes its room once."""
    says(deck, kept)
    found = anew(deck, kept)
    cited = [source.reference for tip in (*found.dimensions, *found.tips) for source in tip.sources]
    assert len(cited) > len(set(cited))
    assert {id(each) for each in cited} <= {id(each) for each in found.references}


def test_a_copy_elsewhere_is_told_by_its_own_names(deck: Path, kept: Path, tmp_path: Path) -> None:
    """The same files are the same content in whatever folder, and faults are where they lie there."""
    says(deck, kept)
    other = shutil.copytree(deck, tmp_path / "other")
    assert says(other, kept)[1] == "found"
    found = anew(other, kept)
    assert values(found) == values(anew(other, None))
    assert {Path(place.file).parts[: len(other.parts)] for place in found.places.values()} == {other.parts}
    assert all(warning.file.startswith(f"{other}/") for warning in found.warnings)


def _turned(file: Path) -> None:
    data = bytearray(file.read_bytes())
    place = next(found.end() - 1 for found in re.finditer(rb"title: \W*\w", data))
    data[place] ^= 0x20  # a small letter for a capital
    file.write_bytes(bytes(data))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a byte of a tip": lambda deck: _turned(deck / "tips" / "taste.yaml"),
    "a byte of a reference": lambda deck: _turned(deck / "references.yaml"),
    "a byte of a dimension": lambda deck: _turned(deck / "dimensions" / "taste.yaml"),
    "a byte of a dilemma": lambda deck: _turned(deck / "dilemmas" / "taste.yaml"),
    "a byte of the deck": lambda deck: _turned(deck / "deck.yaml"),
    "a file more": lambda deck: (deck / "order.yaml").write_text("order:\n  - count-cups\n  - cool-water\n"),
    "a file less": lambda deck: (deck / "tips" / "caffeine.yaml").unlink(),
    "another name": lambda deck: (deck / "tips" / "taste.yaml").rename(deck / "tips" / "zest.yaml"),
    "one that is not read": lambda deck: (deck / "more.yaml").write_text("a: 1\n"),
    "one less that is not read": lambda deck: (deck / "notes.yaml").unlink(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_is_changed_in_the_folder_is_read(change: Callable[[Path], object], deck: Path, kept: Path) -> None:
    """Each file counts by its name and every byte, and what was before is found again once it is there again."""
    before = anew(deck, kept)
    old = values(before)
    untouched = shutil.copytree(deck, deck.parent / "untouched")
    change(deck)
    after = values(anew(deck, kept))
    assert after != old
    assert after == values(anew(deck, None))
    del before
    shutil.rmtree(deck)
    shutil.copytree(untouched, deck)
    assert values(anew(deck, kept)) == old


def test_faulty_content_is_never_kept(deck: Path, kept: Path) -> None:
    """Its faults are the same each time, and nothing of it is there to be found."""
    (deck / "tips" / "taste.yaml").write_text("tips: 7\n")
    said = []
    for folder in (None, kept, kept):
        with pytest.raises(FaultyContent) as caught:
            library.load(deck, kept=folder)
        said.append((caught.value.faults, caught.value.warnings))
    assert said[0] == said[1] == said[2]
    assert not kept.exists()


def test_a_file_whose_name_is_not_utf_8_is_in_nobodys_way(deck: Path, kept: Path) -> None:
    """Each start reads anew then, and names it in the same warning."""
    Path(os.fsdecode(os.fsencode(deck) + b"/caf\xe9.yaml")).touch()
    first, how = says(deck, kept)
    assert how == "read"
    assert r"caf\\xe9.yaml" in first
    assert says(deck, kept) == (first, "read")


def test_other_code_reads_for_itself(deck: Path, kept: Path, tmp_path: Path) -> None:
    """One byte of any module makes other code, and so does another module; a copy of the code is the same."""
    first, _ = says(deck, kept)
    package, copied = Path(str(content.__path__[0])), tmp_path / "copied"
    shutil.copytree(package, copied / "content", ignore=shutil.ignore_patterns("ai-pm"))
    assert says(deck, kept, root=copied) == (first, "found")
    for name in ("markdown.py", "search/tables.py", "reading/more.py"):
        with (copied / "content" / name).open("a") as file:
            file.write("#\n")
        assert says(deck, kept, root=copied) == (first, "read")
    assert says(deck, kept, root=copied) == (first, "found")
    assert says(deck, kept) == (first, "found")


def test_what_another_msgspec_wrote_is_not_read(deck: Path, kept: Path) -> None:
    """It writes what is kept, and says nowhere that it will always read it alike."""
    first, _ = says(deck, kept)
    other = f"import msgspec\nmsgspec.__version__ = '0.1'\n{BEGINS}{SAYS}"
    argv = (sys.executable, "-c", other, str(deck), str(kept))
    ended = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 # our own arguments
    assert ended.stdout.splitlines() == [*first.splitlines(), "read"]
    assert says(deck, kept) == (first, "found")


def test_code_that_is_updated_while_it_starts_keeps_nothing(deck: Path, kept: Path, tmp_path: Path) -> None:
    """What runs is the code before, of which the files tell nothing any more; the next start reads by the new code."""
    package, copied = Path(str(content.__path__[0])), tmp_path / "copied"
    shutil.copytree(package, copied / "content", ignore=shutil.ignore_patterns("ai-pm"))
    update = """
with Path("content/search/vocabulary.py").open("a") as file:
    file.write("def words(texts): return ()")
"""
    argv = (sys.executable, "-c", BEGINS + update + SAYS, str(deck), str(kept))
    subprocess.run(argv, cwd=copied, check=True, capture_output=True)  # noqa: S603 # our own arguments
    assert says(deck, kept, root=copied) == (says(deck, tmp_path / "none", root=copied)[0], "read")


def test_code_that_cannot_be_told_from_other_code_keeps_nothing(deck: Path, kept: Path, tmp_path: Path) -> None:
    """As where it was installed compiled alone."""
    package, copied = Path(str(content.__path__[0])), tmp_path / "copied"
    shutil.copytree(package, copied / "content", ignore=shutil.ignore_patterns("__pycache__", "ai-pm"))
    assert compileall.compile_dir(copied, quiet=1, legacy=True)
    for file in copied.rglob("*.py"):
        file.unlink()
    assert says(deck, kept, root=copied)[1] == "read"
    assert not kept.exists()


def _of(kept: Path, part: str) -> Path:
    (file,) = kept.glob(f"*.{part}")
    return file


def _shortened(kept: Path, part: str) -> None:
    os.truncate(_of(kept, part), 100)


def _turned_bit(kept: Path, part: str) -> None:
    data = bytearray(_of(kept, part).read_bytes())
    data[len(data) // 2] ^= 1
    _of(kept, part).write_bytes(bytes(data))


def _another(kept: Path, part: str) -> None:
    other = next(file for file in kept.iterdir() if file.suffix != f".{part}")
    shutil.copy(other, _of(kept, part))


def _sealed_nonsense(kept: Path, part: str) -> None:
    Kept(kept, _of(kept, part).stem).write(part, b"nonsense")


def _sealed_code(kept: Path, part: str) -> None:
    Kept(kept, _of(kept, part).stem).write(part, b"cos\nsystem\n(S'echo taken over >&2'\ntR.")


def _folder_in_place(kept: Path, part: str) -> None:
    file = _of(kept, part)
    file.unlink()
    file.mkdir()


def _link(kept: Path, part: str) -> None:
    file = _of(kept, part)
    file.rename(kept / "elsewhere")
    file.symlink_to(kept / "elsewhere")


def _pipe(kept: Path, part: str) -> None:
    file = _of(kept, part)
    file.unlink()
    os.mkfifo(file)


def _endless(kept: Path, part: str) -> None:
    os.truncate(_of(kept, part), 1 << 42)  # no memory holds it, and it takes no room on the disk


def _open_to_others(kept: Path, part: str) -> None:
    _of(kept, part).chmod(0o620)


BROKEN = (
    *(_shortened, _turned_bit, _another, _sealed_nonsense, _sealed_code),
    *(_link, _pipe, _endless, _open_to_others),
)


@pytest.mark.parametrize("part", ["deck", "index"])
@pytest.mark.parametrize("spoil", BROKEN)
def test_what_cannot_be_trusted_is_made_anew(
    spoil: Callable[[Path, str], None], part: str, deck: Path, kept: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Cut, changed, exchanged, or where another user could have written it: without a word about it."""
    first = answered(anew(deck, kept))
    before = {each: _of(kept, each).read_bytes() for each in ("deck", "index")}
    spoil(kept, part)
    spoilt = {each: _of(kept, each).lstat().st_ino for each in before}
    assert answered(anew(deck, kept)) == first
    after = {each: _of(kept, each).lstat() for each in before}
    assert [each for each in before if after[each].st_ino != spoilt[each]] == [part]  # the other was found
    assert stat.S_IMODE(after[part].st_mode) == 0o600
    assert stat.S_ISREG(after[part].st_mode)
    assert {each: _of(kept, each).read_bytes() for each in before} == before
    assert answered(anew(deck, kept)) == first
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("part", ["deck", "index"])
def test_a_folder_where_a_part_belongs_is_in_nobodys_way(part: str, deck: Path, kept: Path) -> None:
    """Each start makes that part anew."""
    first, _ = says(deck, kept)
    _folder_in_place(kept, part)
    assert says(deck, kept) == (first, "read" if part == "deck" else "found")
    assert _of(kept, part).is_dir()


def test_a_folder_that_others_may_write_is_not_used(deck: Path, kept: Path) -> None:
    """Neither read nor written, however sound what lies in it is."""
    first, _ = says(deck, kept)
    kept.chmod(0o702)
    before = {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in kept.iterdir()}
    assert says(deck, kept) == (first, "read")
    assert {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in kept.iterdir()} == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_what_another_user_owns_is_not_read(deck: Path, kept: Path) -> None:
    """Neither a file, nor one of ours in a folder of theirs."""
    first, _ = says(deck, kept)
    os.chown(_of(kept, "deck"), 65534, 65534)
    assert says(deck, kept) == (first, "read")
    assert says(deck, kept) == (first, "found")
    os.chown(kept, 65534, 65534)
    assert says(deck, kept) == (first, "read")


def test_nobody_else_may_look_at_it(deck: Path, kept: Path) -> None:
    """The folder is made for its owner alone, and so are the files."""
    anew(deck, kept).prepare()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept.iterdir()} == {0o600}
    assert {file.suffix for file in kept.iterdir()} == {".deck", ".index"}


def test_a_folder_that_cannot_be_made_or_written_costs_nothing_but_time(deck: Path, tmp_path: Path) -> None:
    """As on a disk that is read-only."""
    (tmp_path / "file").touch()
    first = answered(anew(deck, None))
    for nowhere in (tmp_path / "file" / "below", Path("/proc/nowhere"), tmp_path / ("x" * 300)):
        assert answered(anew(deck, nowhere)) == answered(anew(deck, nowhere)) == first
    assert says(deck, nowhere)[1] == "read"


def test_only_so_many_files_stay(tmp_path: Path) -> None:
    """Those used last, with nothing else in the folder touched; and what an ended writer left goes in its turn."""
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o700)
    left = kept / f"{'0' * 64}.left.new"
    left.touch()
    (kept / f"{'1' * 64}.deck").mkdir()  # in nobody's way
    others = [kept / name for name in ("bot.db", "notes.new", f"{'a' * 64}.gz")]
    for other in others:
        other.touch()
    for path in kept.iterdir():
        os.utime(path, (1, 1))
    places = [Kept(kept, f"{number:064x}") for number in range(MOST)]
    for number, place in enumerate(places):
        place.write("deck", b"%d" % number)
        os.utime(kept / f"{place.key}.deck", (10 + number, 10 + number))
    assert not left.exists()
    assert places[0].read("deck") == b"0"  # used now
    Kept(kept, "f" * 64).write("deck", b"new")
    assert places[1].read("deck") is None
    assert [place.read("deck") for place in places[:1] + places[2:]] == [b"0", *(b"%d" % one for one in range(2, MOST))]
    assert all(other.exists() for other in others)


def test_two_processes_at_once_keep_the_same(deck: Path, kept: Path) -> None:
    """Neither waits for the other, and the third finds it whole; however each hashes."""
    with ThreadPoolExecutor() as threads:
        both = [threads.submit(says, deck, kept, starts=starts) for starts in (True, False)]
    assert len({each.result()[0] for each in both}) == 1
    assert says(deck, kept)[1] == "found"
    assert not list(kept.glob("*.new"))


def test_a_day_to_judge_by_reads_anew(deck: Path, kept: Path) -> None:
    """As `check` does."""
    anew(deck, kept)
    file = _of(kept, "deck")
    file.unlink()
    report = library.check(deck)
    assert report.faults == ()
    assert not list(kept.glob("*.deck"))


def test_the_shipped_content_answers_alike(shipped_content: Library) -> None:
    """With the index that was kept as with the one that was built."""
    index = shipped_content._index  # noqa: SLF001 # files alone would take a second each
    image = index.search.image()
    assert image.startswith(b"SQLite format 3")
    again = replace(shipped_content, _index=replace(index, kept=None))
    for words in ("who signs off a launch", "evalution", "rollback plan", "what is a golden set", "xyzzy"):
        found, built = shipped_content.search(words), again.search(words)
        assert found == built
        assert isinstance(found, Hits) or words == "xyzzy"
    with sqlite3.connect(":memory:") as connection:
        connection.deserialize(image)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
