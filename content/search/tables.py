"""Write down what a search looks up, as tables of an SQLite database in memory that can be kept as bytes.

The full-text tables hold where words stand and not the texts, which the entries have; a text that is looked up whole is
known by its mark. So 10,000 questions take a megabyte, and no objects.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b

from content import matching
from content.model import Dilemma
from content.search import passages, vocabulary
from content.search.passages import Entry, Passage, Where

# What a word is worth in each field of an entry. Measured on the half of the questions that may be tuned for.
FIELDS: Mapping[str, float] = {"title": 3.0, "names": 3.0, "asks": 1.5, "body": 2.0, "deep": 0.7}
DEEP = "deep"
# The passage that answers is rather one of the card itself.
_WEIGHTS: Mapping[Where, float] = {"comparison": 1.0, "sources": 0.2, "exercise": 0.2}
_OTHER_WEIGHT = 0.6
_TOKENS = "tokenize='porter unicode61 remove_diacritics 2', content=''"
_TABLES = f"""
CREATE VIRTUAL TABLE entry USING fts5 ({", ".join(FIELDS)}, {_TOKENS});
CREATE VIRTUAL TABLE page USING fts5 (words, {_TOKENS});
CREATE VIRTUAL TABLE ask USING fts5 (words, {_TOKENS});
CREATE TABLE passage (row INTEGER PRIMARY KEY, entry INTEGER NOT NULL, weight REAL NOT NULL);
CREATE TABLE said (mark INTEGER PRIMARY KEY, entry INTEGER NOT NULL);
CREATE TABLE called (mark INTEGER, entry INTEGER, PRIMARY KEY (mark, entry)) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_FULL_TEXT = ("entry", "page", "ask")
_KIBIBYTES = 64
_WORDS = 16  # typed words that are looked for; a pasted page must cost little


def built(entries: Sequence[Entry]) -> sqlite3.Connection:
    """Write the tables of entries, which are known by their numbers."""
    connection = _connected()
    held = [list(passages.of(entry)) for entry in entries]
    pages = [(entry, each) for entry, parts in enumerate(held) for each in parts]
    asks = [(entry, words) for entry, each in enumerate(entries) for words in each.asks]
    connection.executescript(_TABLES)
    connection.execute("BEGIN")  # else each row would be a change of its own, which takes five times as long
    _insert(
        connection,
        "entry",
        ("rowid", *FIELDS),
        ((number, *_fields(entries[number], parts)) for number, parts in enumerate(held)),
    )
    _insert(connection, "page", ("rowid", "words"), ((row, _text(each)) for row, (_, each) in enumerate(pages)))
    _insert(connection, "ask", ("rowid", "words"), ((row, words) for row, (_, words) in enumerate(asks)))
    weighed = ((row, entry, _WEIGHTS.get(each.where, _OTHER_WEIGHT)) for row, (entry, each) in enumerate(pages))
    _insert(connection, "passage", ("row", "entry", "weight"), weighed)
    _insert(connection, "said", ("mark", "entry"), _said(entries).items())
    _insert(connection, "called", ("mark", "entry"), sorted(_called(entries)))
    words = vocabulary.words([*(_text(each) for _, each in pages), *(words for _, words in asks)])
    _insert(connection, "word", ("word",), ((word,) for word in sorted(words)))
    for table in _FULL_TEXT:
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 # our own names
    connection.execute("COMMIT")
    return connection


def opened(image: bytes) -> sqlite3.Connection:
    """Open tables again from what `serialize` of their connection gave."""
    connection = _connected()
    connection.deserialize(image)
    # All of it is in memory: what SQLite keeps of it besides, up to 2 MB, makes no search faster.
    connection.execute(f"PRAGMA cache_size = -{_KIBIBYTES}")
    return connection


def typed(words: str) -> tuple[str, ...]:
    """Give the words to look for, each once."""
    return tuple(dict.fromkeys(matching.key(words).split()))[:_WORDS]


def mark(words: Iterable[str]) -> int:
    """Give the number under which words are known that are looked up whole."""
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), signed=True)


def bag(words: Iterable[str]) -> Sequence[str]:
    """Give the words that say something, in an order that does not depend on theirs, one like many."""
    each = " ".join(words).split()  # a word that is written in two elsewhere comes as both
    return sorted({word.removesuffix("s") for word in each if not vocabulary.is_idle(word)})


def _connected() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)


def _insert(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    places = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)  # noqa: S608 # as above


def _text(passage: Passage) -> str:
    return f"{passage.title} {passage.names} {passage.body}"


def _fields(entry: Entry, held: Sequence[Passage]) -> tuple[str, ...]:
    """Give the words of an entry's fields."""
    main, *deep = held
    return main.title, main.names, " . ".join(entry.asks), main.body, " . ".join(map(_text, deep))


def _said(entries: Sequence[Entry]) -> Mapping[int, int]:
    """Give the entry that is meant where words are typed just as they are listed."""
    found = {mark(typed(words)): number for number, entry in enumerate(entries) for words in entry.asks}
    for number, entry in enumerate(entries):
        # Titles of dilemmas are sentences, as questions are, and may be made of words that say nothing.
        for words in passages.names(entry) if isinstance(entry, Dilemma) else ():
            found[mark(typed(words))] = number
    return found


def _called(entries: Sequence[Entry]) -> Collection[tuple[int, int]]:
    """Give the entries that are called or asked for in the very same words, in whatever order."""
    named = (
        (number, bag(matching.key(words).split()))
        for number, entry in enumerate(entries)
        for words in (*passages.names(entry), *entry.asks)
    )
    return {(mark(each), number) for number, each in named if each}
