"""Turn the nodes of the content files into the types of a deck."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, Literal, TypeVar

from content import library_fields, library_words, wording
from content.library_fields import Fields, Reading
from content.library_limits import COUNTS
from content.library_yaml import Node, Scalar
from content.markdown import Bullets
from content.model import LEVELS, Deck, Dimension, Exercise, Reference, Section, Source, Term, Tip

T = TypeVar("T")

SECTIONS: Mapping[str, str] = {
    "example": "A worked example",
    "ask": "Questions to ask",
    "measure": "What to measure",
    "watch": "What to watch out for",
}
_DIMENSION = (
    "id",
    "number",
    "title",
    "short",
    "aliases",
    "left",
    "right",
    "shift",
    "detail",
    "sources",
    "exercise",
    "checked",
)
_TIP = ("id", "dimension", "title", "idea", "try", "detail", "sources", "exercise", "checked")
_REFERENCE = ("id", "title", "authors", "year", "url", "fact", "checked", "checked_on")
_TERM = ("id", "term", "meaning", "dimension")


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """What was read, and the lines its keys and aliases stand on, so that later checks can point at them."""

    value: T
    lines: Mapping[str, int]
    aliases: tuple[tuple[str, int], ...] = ()

    def line(self, name: str) -> int:
        """Give the line of a key, or of the whole where it has none."""
        return self.lines.get(name, self.lines[""])


def references(reading: Reading, root: Node) -> list[Placed[Reference]]:
    """Read references.yaml."""
    found = []
    for node in _listed(reading, root, "references"):
        fields = _fields(reading, node, "reference", _REFERENCE, ("caution",))
        if fields is None:
            continue
        checked: Literal["primary", "secondary"] = "secondary"
        match fields.nodes.get("checked"):
            case Scalar("no" | "false", line):
                fields.file.fault(
                    line, "what is not checked may not be cited: check it in the document, or take this reference out"
                )
            case _:
                checked = "primary" if fields.choice("checked", ("primary", "secondary")) == "primary" else "secondary"
        reference = Reference(
            id=fields.identity("id"),
            title=fields.text("title"),
            authors=fields.text("authors"),
            year=fields.text("year"),
            url=fields.address("url"),
            fact=fields.text("fact"),
            checked=checked,
            checked_on=fields.month("checked_on"),
            caution=fields.text("caution"),
        )
        found.append(_placed(reference, fields))
    return found


def deck(reading: Reading, root: Node) -> tuple[Deck | None, list[Placed[Dimension]]]:
    """Read deck.yaml."""
    whole = _fields(reading, root, "deck file", ("deck", "dimensions"), ())
    if whole is None:
        return None, []
    fields = _fields(
        reading, whole.nodes.get("deck"), "deck", ("id", "title", "left", "right", "tip_name", "reactions"), ()
    )
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
    found = [_dimension(reading, node) for node in _items(reading, whole, "dimensions")]
    return described, [dimension for dimension in found if dimension]


def tips(reading: Reading, root: Node) -> list[Placed[Tip]]:
    """Read tips.yaml."""
    found = []
    for node in _listed(reading, root, "tips"):
        fields = _fields(reading, node, "tip", _TIP, ())
        if fields is None:
            continue
        tip = Tip(
            id=fields.identity("id"),
            dimension=fields.text("dimension"),
            title=fields.text("title"),
            idea=fields.rich("idea"),
            try_this=fields.rich("try"),
            detail=_detail(fields, ("example", "watch"), ("ask", "measure")),
            sources=_sources(fields),
            exercise=_exercise(fields),
            checked_on=fields.month("checked"),
        )
        found.append(_placed(tip, fields))
    return found


def terms(reading: Reading, root: Node) -> list[Placed[Term]]:
    """Read glossary.yaml."""
    found = []
    for node in _listed(reading, root, "terms"):
        fields = _fields(reading, node, "term", _TERM, ("aliases",))
        if fields is None:
            continue
        aliases = fields.texts("aliases")
        term = Term(
            id=fields.identity("id"),
            term=fields.text("term"),
            aliases=tuple(words for words, _ in aliases),
            meaning=fields.rich("meaning"),
            dimension=fields.text("dimension"),
        )
        found.append(_placed(term, fields, aliases))
    return found


def _dimension(reading: Reading, node: Node) -> Placed[Dimension] | None:
    fields = _fields(reading, node, "dimension", _DIMENSION, ())
    if fields is None:
        return None
    aliases = fields.texts("aliases")
    dimension = Dimension(
        id=fields.identity("id"),
        number=fields.number("number"),
        title=fields.text("title"),
        short=fields.text("short"),
        aliases=tuple(words for words, _ in aliases),
        left=fields.rich("left"),
        right=fields.rich("right"),
        shift=fields.rich("shift"),
        detail=_detail(fields, tuple(SECTIONS), ()),
        sources=_sources(fields),
        exercise=_exercise(fields),
        checked_on=fields.month("checked"),
    )
    return _placed(dimension, fields, aliases)


def _detail(above: Fields, required: tuple[str, ...], optional: tuple[str, ...]) -> tuple[Section, ...]:
    fields = _fields(above.reading, above.nodes.get("detail"), "detail", required, optional)
    if fields is None:
        return ()
    return tuple(
        Section(label, fields.prose(name) if name == "example" else (Bullets(fields.riches(name)),))
        for name, label in SECTIONS.items()
        if name in fields.nodes
    )


def _sources(above: Fields) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for node in above.items("sources"):
        fields = _fields(above.reading, node, "source", ("ref", "says"), ())
        if fields is None:
            continue
        name, says = fields.text("ref"), fields.rich("says")
        reference = above.reading.citations.found(above.file, fields.line("ref"), name) if name else None
        if name in found:
            above.file.fault(
                fields.line("ref"), f"`{name}` is a source of this {above.kind} already: say it all in one place"
            )
        if reference:
            found[name] = Source(reference, says)
    return tuple(found.values())


def _exercise(above: Fields) -> Exercise:
    fields = _fields(above.reading, above.nodes.get("exercise"), "exercise", ("title", "minutes", "steps", "done"), ())
    if fields is None:
        return Exercise("", 0, (), ())
    return Exercise(fields.text("title"), fields.number("minutes"), fields.riches("steps"), fields.rich("done"))


def _reactions(above: Fields) -> Mapping[str, Literal["detail", "sources", "exercise"]]:
    found: dict[str, Literal["detail", "sources", "exercise"]] = {}
    entries = library_fields.mapping(above.file, above.nodes.get("reactions"), "`reactions`")
    for name, node in entries.entries if entries else ():
        if not wording.is_reaction(name.value):
            above.file.fault(
                name.line, f"`{name.value[:40]}` is no name of a reaction: write it as Slack does, without colons"
            )
        typed = node.value[:40] if isinstance(node, Scalar) else "this"
        level = next((each for each in LEVELS if each == typed), None)
        if level:
            found[name.value] = level
        else:
            near = library_words.suggestion(typed, LEVELS) or f": write one of {', '.join(LEVELS)}"
            above.file.fault(node.line, f"`{typed}` is no level{near}")
    for level in LEVELS:
        if entries and level not in found.values():
            above.file.warn(above.line("reactions"), f"no reaction opens `{level}`: only its button will")
    return MappingProxyType(found)


def _listed(reading: Reading, root: Node, name: str) -> tuple[Node, ...]:
    whole = _fields(reading, root, f"{name} file", (name,), ())
    return _items(reading, whole, name) if whole else ()


def _items(reading: Reading, whole: Fields, name: str) -> tuple[Node, ...]:
    """Give the items of a file's own list, which may be of any length but for dimensions."""
    items = whole.list_of(name)
    least, most = COUNTS.get(name, (0, len(items)))
    if name in whole.nodes and not least <= len(items) <= most:
        reading.file.fault(whole.line(name), f"there are {len(items)} {name}: from {least} to {most} can be drawn")
    return items


def _fields(
    reading: Reading, node: Node | None, kind: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> Fields | None:
    entries = library_fields.mapping(reading.file, node, f"a {kind}")
    return Fields(reading, entries, kind, required, optional) if entries else None


def _placed(value: T, fields: Fields, aliases: tuple[tuple[str, int], ...] = ()) -> Placed[T]:
    return Placed(value, {**fields.lines, "": fields.begins}, aliases)
