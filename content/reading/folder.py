"""Read and check the files of a deck's folder together."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import PurePath
from typing import TypeVar

from content import wording
from content.matching import suggestion
from content.model import Deck, Dimension, Fault, Place, Tip
from content.reading import consistency, entries, listing, yaml
from content.reading.citations import Citations, Reading
from content.reading.contents import Contents
from content.reading.entries import Placed
from content.reading.listing import DECK, DIMENSIONS, LISTS, ORDER, VERSIONS
from content.reading.snapshot import Snapshot, Taken
from content.reading.yaml import Entries, File, Items, Node, Unread

T = TypeVar("T")


def dimension_ids(taken: Snapshot) -> tuple[str, ...]:
    """Give the ids of all dimensions, also where they have faults; none where nothing can be told of them."""
    if not taken.names:
        return ()
    folder = _Folder(taken)
    named = (PurePath(name).stem for name in taken.names[DIMENSIONS])
    return tuple(dict.fromkeys((*entries.ids(folder.roots[DECK], DIMENSIONS), *named)))


def read(taken: Snapshot, today: date | None) -> Contents:
    """Read what was taken, and note every fault in and between the files. Never raises for what it finds."""
    if not taken.names:
        sentence = "there is no such folder: name the one that holds deck.yaml"
        if taken.nested:
            sentence = f"there is no {DECK} here; did you mean `{taken.shown(taken.nested)}`?"
        fault = Fault(wording.shown(str(taken.folder)), 1, sentence)
        return Contents(None, (fault,), (), "")
    return _Folder(taken).contents(today)


def opened(shown: str, taken: Taken) -> tuple[File, Node]:
    """Read what was taken of a file, `shown` by a name, as YAML; what is wrong with it is noted in the file."""
    if taken.unread:
        file = File(shown)
        file.fault(1, taken.unread)
        return file, Unread(1)
    file, text = yaml.opened(shown, taken.data)
    return file, Unread(1) if text is None else yaml.root(file, text)


class _Folder:
    """The files of a folder while they are read together."""

    def __init__(self, taken: Snapshot) -> None:
        self.taken = taken
        self.names = taken.names
        self.files: dict[str, File] = {}
        self.roots: dict[str, Node] = {}
        for name, each in taken.files.items():
            self.files[name], self.roots[name] = opened(taken.shown(name), each)

    def contents(self, today: date | None) -> Contents:
        """Read everything."""
        if not self.names["glossary"]:
            sentence = "there is no glossary, so `what is …` has no answers: docs/writing.md shows how to write one"
            self.files["glossary.yaml"] = File(self.taken.shown("glossary.yaml"))
            self.files["glossary.yaml"].warn(1, sentence)
        self.check_folder()
        nothing = Citations(None)
        references = self.placed("references", entries.references, nothing, today)
        by_id = {placed.value.id: placed.value for placed in references}
        explained = {name for root in self.of("glossary") for name in entries.ids(root, "terms")}
        citations = Citations(
            by_id if self.is_readable("references") else None,
            frozenset(explained) if self.is_readable("glossary") else None,
        )
        deck, dimensions = self.deck(citations, today)
        tips = self.placed("tips", entries.tips, citations, today)
        dilemmas = self.placed("dilemmas", entries.dilemmas, citations, today)
        terms = self.placed("glossary", entries.terms, citations, today)

        known = dimensions if self.has_dimensions() else None
        consistency.check_dimensions(dimensions, are_all=known is not None)
        consistency.check_titled(tips, known)
        consistency.check_titled(dilemmas, known)
        consistency.check_references(references)
        consistency.check_terms(terms, known)
        consistency.check_asks((*dimensions, *tips, *dilemmas, *terms))
        if self.is_readable("tips"):
            consistency.check_tipless(tips, dimensions)
            tips = self.in_order(tips, today)
        if known is not None and all(map(self.is_readable, LISTS)):
            consistency.check_cited(references, citations.cited)
        return Contents(
            deck=deck,
            faults=self.sorted(lambda file: file.faults),
            warnings=self.sorted(lambda file: file.warnings),
            version=self.taken.version,
            dimensions=tuple(sorted((placed.value for placed in dimensions), key=lambda each: each.number)),
            tips=tuple(placed.value for placed in tips),
            dilemmas=tuple(placed.value for placed in dilemmas),
            references=tuple(placed.value for placed in references),
            terms=tuple(placed.value for placed in terms),
            places={
                **_places("dimension", dimensions),
                **_places("tip", tips),
                **_places("dilemma", dilemmas),
                **_places("reference", references),
                **_places("term", terms),
            },
        )

    def of(self, group: str) -> tuple[Node, ...]:
        """Give the roots of what a group's files hold."""
        return tuple(self.roots[name] for name in self.names[group])

    def placed(
        self,
        group: str,
        reader: Callable[[Reading, Node], Iterator[Placed[T]]],
        citations: Citations,
        today: date | None,
    ) -> list[Placed[T]]:
        """Read all files of a group."""
        return [
            placed
            for name in self.names[group]
            for placed in reader(Reading(self.files[name], citations, today), self.roots[name])
        ]

    def deck(self, citations: Citations, today: date | None) -> tuple[Deck | None, list[Placed[Dimension]]]:
        """Read deck.yaml and the dimensions, in it and in files of their own."""
        deck, dimensions = entries.deck(Reading(self.files[DECK], citations, today), self.roots[DECK])
        root = self.roots[DECK]
        if not self.names[DIMENSIONS] and isinstance(root, Entries) and root.get(DIMENSIONS) is None:
            self.files[DECK].fault(
                root.line, "this deck file has no `dimensions`: add it, or a file each in dimensions/"
            )
        for name in self.names[DIMENSIONS]:
            placed = entries.dimension(Reading(self.files[name], citations, today), self.roots[name])
            if placed:
                dimensions.append(placed)
                if placed.value.id not in ("", placed.file.stem):
                    placed.file.fault(
                        placed.line("id"),
                        f"the file of `{placed.value.id}` is {placed.value.id}.yaml: rename one of them",
                    )
        return deck, dimensions

    def in_order(self, tips: list[Placed[Tip]], today: date | None) -> list[Placed[Tip]]:
        """Put the tips in the order in which channels receive them: order.yaml's, or else that of the files."""
        if not self.names["order"]:
            if len(self.names["tips"]) > 1:
                sentence = "the tips stand in several files: name them here in the order in which channels get them"
                self.files[ORDER] = File(self.taken.shown(ORDER))
                self.files[ORDER].warn(1, sentence)
            return tips
        reading = Reading(self.files[ORDER], Citations(None), today)
        order = entries.order(reading, self.roots[ORDER])
        return tips if order is None else consistency.in_order(reading.file, order, tips)

    def has_dimensions(self) -> bool:
        """Say whether all dimensions could be read, so that nothing else is blamed for one that could not."""
        deck = self.roots[DECK]
        listed = isinstance(deck, Entries) and (_has_list(deck, DIMENSIONS) or bool(self.names[DIMENSIONS]))
        return listed and all(isinstance(root, Entries) for root in self.of(DIMENSIONS))

    def is_readable(self, group: str) -> bool:
        """Say whether all files of a group have their list, so that nothing else is blamed for one that has not."""
        return all(_has_list(root, LISTS[group]) for root in self.of(group))

    def check_folder(self) -> None:
        """Warn of files that look like content and are not read."""
        single = (DECK, ORDER, VERSIONS, *(f"{name}.yaml" for name in LISTS))
        several = [f"{name}/" for name in (DIMENSIONS, *LISTS)]
        for name in self.taken.unread:
            above, slash, _ = name.partition("/")
            near = suggestion(*((f"{above}/", set(several) - {f"{above}/"}) if slash else (name, single)))
            self.files[name] = File(self.taken.shown(name))
            self.files[name].warn(1, f"this file is not read{near or listing.unread_words(name, several)}")

    def sorted(self, of: Callable[[File], list[Fault]]) -> tuple[Fault, ...]:
        """Give the faults or warnings of all files, by file and line."""
        found = (fault for file in self.files.values() for fault in of(file))
        return tuple(sorted(found, key=lambda fault: (fault.file, fault.line)))


def _places(kind: str, placed: Sequence[Placed[T]]) -> dict[str, Place]:
    return {f"{kind}/{each.value.id}": each.place for each in placed if each.value.id}  # type: ignore[attr-defined] # all of them have an id


def _has_list(root: Node, name: str) -> bool:
    return isinstance(root, Entries) and isinstance(root.get(name), Items)
