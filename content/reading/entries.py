"""Turn the nodes of the content files into the types of a deck."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from msgspec import Struct

from content import emoji, matching, wording
from content.inline import Bullets
from content.levels import LEVELS, Level
from content.model import NEEDS, WINS, Deck, Dilemma, Dimension, Place, Section, Term, Tip
from content.reading import entries_depth, yaml
from content.reading.citations import Reading
from content.reading.entries_depth import sources
from content.reading.fields import Fields
from content.reading.schema import SECTIONS
from content.reading.yaml import Entries, File, Items, Node, Scalar, Unread
from content.references import CHECKED, Reference

T = TypeVar("T")
_UNREAD = ("version", "checked", "asks", "needs", "wins", "before")  # keys of which no card shows the words


class Placed(Struct, Generic[T], frozen=True):
    """What was read, its file, and the lines its keys and aliases stand on, so that later checks can point at them."""

    value: T
    file: File
    lines: Mapping[str, int]
    fingerprint: str
    aliases: tuple[tuple[str, int], ...] = ()
    asks: tuple[tuple[str, int], ...] = ()

    def line(self, name: str) -> int:
        """Give the line of a key, or of the whole where it has none."""
        return self.lines.get(name, self.lines[""])

    @property
    def place(self) -> Place:
        """Give what is told of it once its file has been read."""
        return Place(self.file.name, self.line("id"), self.line("version"), self.fingerprint)


def references(reading: Reading, root: Node) -> Iterator[Placed[Reference]]:
    """Read a file of references."""
    for fields in _each(reading, root, "references", "reference"):
        checked = CHECKED[-1]
        match fields.nodes.get("checked"):
            case Scalar("no" | "false", line):
                fields.file.fault(
                    line, "what is not checked may not be cited: check it in the document, or take this reference out"
                )
            case _:
                checked = fields.choice("checked", CHECKED)
        read = Reference(
            id=fields.identity("id"),
            title=fields.text("title"),
            authors=fields.text("authors"),
            year=fields.text("year"),
            url=fields.address("url"),
            fact=fields.text("fact"),
            checked=checked,
            checked_on=fields.month("checked_on"),
            caution=fields.text("caution"),
            after=fields.text("after"),
        )
        yield _placed(read, fields)


def deck(reading: Reading, root: Node) -> tuple[Deck | None, list[Placed[Dimension]]]:
    """Read deck.yaml: the deck's own words, and the dimensions that stand there."""
    whole = Fields.of(reading, root, "deck file")
    if whole is None:
        return None, []
    fields = whole.inner("deck", "deck")
    described = None
    if fields:
        described = Deck(
            id=fields.identity("id"),
            title=fields.text("title"),
            left=fields.text("left"),
            right=fields.text("right"),
            tip_name=fields.text("tip_name"),
            reactions=_reactions(fields),
        )
    found = [dimension(reading, node) for node in whole.list_of("dimensions")]
    return described, [each for each in found if each]


def tips(reading: Reading, root: Node) -> Iterator[Placed[Tip]]:
    """Read a file of tips."""
    for fields in _each(reading, root, "tips", "tip"):
        asks = fields.texts("asks")
        read = Tip(
            id=fields.identity("id"),
            dimension=fields.text("dimension"),
            title=fields.text("title"),
            idea=fields.rich("idea"),
            try_this=fields.rich("try"),
            detail=_detail(fields, "tip detail"),
            sources=sources(fields),
            exercise=entries_depth.exercise(fields),
            needs=fields.choice("needs", NEEDS) if "needs" in fields.nodes else None,
            before=fields.day("before"),
            wins=fields.choice("wins", WINS) if "wins" in fields.nodes else None,
            recall=entries_depth.recall(fields),
            checked_on=fields.month("checked"),
            version=_version(fields),
            asked="\n".join(_words_of(asks)),
            corrected=entries_depth.corrected(fields),
            terms=fields.reading.terms,
        )
        yield _placed(read, fields, asks=asks)


def dilemmas(reading: Reading, root: Node) -> Iterator[Placed[Dilemma]]:
    """Read a file of dilemmas."""
    for fields in _each(reading, root, "dilemmas", "dilemma"):
        asks = fields.texts("asks")
        read = Dilemma(
            id=fields.identity("id"),
            dimension=fields.text("dimension"),
            title=fields.text("title"),
            situation=fields.prose("situation"),
            choices=entries_depth.choices(fields),
            sources=sources(fields),
            twist=entries_depth.twist(fields),
            checked_on=fields.month("checked"),
            version=_version(fields),
            asked="\n".join(_words_of(asks)),
            terms=fields.reading.terms,
        )
        yield _placed(read, fields, asks=asks)


def terms(reading: Reading, root: Node) -> Iterator[Placed[Term]]:
    """Read a file of the glossary."""
    for fields in _each(reading, root, "terms", "term"):
        aliases, asks = fields.texts("aliases"), fields.texts("asks")
        read = Term(
            id=fields.identity("id"),
            term=fields.text("term"),
            aliases=_words_of(aliases),
            meaning=fields.rich("meaning"),
            dimension=fields.text("dimension"),
            asked="\n".join(_words_of(asks)),
        )
        yield _placed(read, fields, aliases, asks)


def order(reading: Reading, root: Node) -> tuple[tuple[str, int], ...] | None:
    """Read order.yaml: each tip's id with its line; None where it cannot be read."""
    fields = Fields.of(reading, root, "order file")
    if fields is None or not isinstance(fields.nodes.get("order"), Items):
        if fields:
            fields.list_of("order")
        return None
    return fields.texts("order")


def ids(root: Node, name: str) -> Iterator[str]:
    """Give the ids of a file's list as they stand there, before anything else of it is read."""
    listed = _value(root, name)
    for node in listed.items if isinstance(listed, Items) else ():
        match _value(node, "id"):
            case Scalar(value):
                yield value.strip()
            case _:
                continue


def dimension(reading: Reading, node: Node) -> Placed[Dimension] | None:
    """Read one dimension: an item of deck.yaml, or a file of its own."""
    fields = Fields.of(reading.apart(), node, "dimension")
    if fields is None:
        return None
    aliases, asks = fields.texts("aliases"), fields.texts("asks")
    read = Dimension(
        id=fields.identity("id"),
        number=fields.number("number"),
        title=fields.text("title"),
        short=fields.text("short"),
        aliases=_words_of(aliases),
        left=fields.rich("left"),
        right=fields.rich("right"),
        shift=fields.rich("shift"),
        detail=_detail(fields, "dimension detail"),
        sources=sources(fields),
        exercise=entries_depth.exercise(fields),
        checked_on=fields.month("checked"),
        version=_version(fields),
        depth=entries_depth.depth(fields),
        asked="\n".join(_words_of(asks)),
        corrected=entries_depth.corrected(fields),
        terms=fields.reading.terms,
    )
    return _placed(read, fields, aliases, asks)


def _words_of(texts: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(words for words, _ in texts)


def _version(fields: Fields) -> int:
    return fields.number("version") or 1


def _detail(above: Fields, shape: str) -> tuple[Section, ...]:
    fields = above.inner("detail", shape)
    if fields is None:
        return ()
    return tuple(
        Section(heading, fields.prose(name) if key.of == "prose" else (Bullets(fields.riches(name)),))
        for name, (heading, key) in SECTIONS.items()
        if name in fields.nodes
    )


def _reactions(above: Fields) -> Mapping[str, Level]:
    found: dict[str, Level] = {}
    entries = yaml.mapping(above.file, above.nodes.get("reactions"), "`reactions`")
    for name, node in entries.entries if entries else ():
        if not wording.is_reaction(name.value):
            above.file.fault(
                name.line, f"`{name.value[:40]}` is no name of a reaction: write it as Slack does, without colons"
            )
        elif fault := _of_emoji(name.value, found):
            above.file.fault(name.line, fault)
        typed = node.value[:40] if isinstance(node, Scalar) else "this"
        level = next((each for each in LEVELS if each == typed), None)
        if level:
            found[name.value] = level
        else:
            near = matching.suggestion(typed, LEVELS) or f": write one of {', '.join(LEVELS)}"
            above.file.fault(node.line, f"`{typed}` is no level{near}")
    for level in LEVELS:
        if entries and level not in found.values():
            above.file.warn(above.line("reactions"), f"no reaction opens `{level}`: only its button will")
    if not above.file.faults:
        emoji.levels(tuple(found.items()))  # now, rather than when the first reaction comes
    return MappingProxyType(found)


def _of_emoji(name: str, before: Collection[str]) -> str:
    """Say what is wrong with the name of an emoji, after others; '' where nothing is."""
    drawn = emoji.sign(name)
    if not drawn:
        near = emoji.nearest(name)
        return f"there is no emoji called `{name[:40]}`" + (f"; did you mean `{near}`?" if near else "")
    same = next((each for each in before if emoji.is_same(each, name)), "")
    return f"`{name}` is the same emoji as `{same}`: take one of them out" if same else ""


def _each(reading: Reading, root: Node, name: str, shape: str) -> Iterator[Fields]:
    """Give the mappings of a file's list, each with a collection of its own of what its texts link to."""
    whole = Fields.of(reading, root, f"{name} file")
    for node in whole.list_of(name) if whole else ():
        if fields := Fields.of(reading.apart(), node, shape):
            yield fields


def _value(node: Node, name: str) -> Node | None:
    return node.get(name) if isinstance(node, Entries) else None


def _placed(
    value: T, fields: Fields, aliases: tuple[tuple[str, int], ...] = (), asks: tuple[tuple[str, int], ...] = ()
) -> Placed[T]:
    lines = {**fields.lines, "": fields.begins}
    return Placed(value, fields.file, lines, _fingerprint(fields), aliases, asks)


def _fingerprint(fields: Fields) -> str:
    """Give twelve hexadecimal digits for the words of an entry that people read."""
    said = [(name, _words(value)) for name, value in fields.nodes.items() if name not in _UNREAD]
    return hashlib.sha256(repr(sorted(said)).encode()).hexdigest()[:12]


def _words(node: Node) -> object:
    match node:
        case Scalar(value):
            return value.strip()
        case Items(items):
            return [_words(item) for item in items]
        case Entries(entries):
            return sorted((key.value, _words(value)) for key, value in entries)
        case Unread():
            return ""
