"""Turn the nodes of what lies below a card into the types of a deck: sources, choices and a dimension's pages."""

from types import MappingProxyType

from content.levels import PAGES
from content.model import (
    EXAMPLE_KINDS,
    Choice,
    Depth,
    Example,
    Failure,
    Metric,
    Roles,
    Source,
)
from content.reading import fields as library_fields
from content.reading.fields import Fields, Reading
from content.reading.yaml import Node


def fields_of(reading: Reading, node: Node | None, shape: str) -> Fields | None:
    """Take a node for a mapping of a shape, noting a fault where it is none."""
    kind = library_fields.kind_of(shape)
    entries = library_fields.mapping(reading.file, node, f"an {kind}" if kind[0] in "aeio" else f"a {kind}")
    return Fields(reading, entries, shape) if entries else None


def sources(above: Fields) -> tuple[Source, ...]:
    """Read the sources of a dimension, tip or dilemma."""
    found: dict[str, Source] = {}
    for node in above.items("sources"):
        fields = fields_of(above.reading, node, "source")
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


def choices(above: Fields) -> tuple[Choice, ...]:
    """Read the choices of a dilemma, whose labels differ."""
    found: dict[str, Choice] = {}
    for node in above.items("choices"):
        fields = fields_of(above.reading, node, "choice")
        if fields is None:
            continue
        label = fields.text("label")
        if label and label in found:
            above.file.fault(fields.line("label"), f"`{label}` is a choice of this dilemma already: say what differs")
        found[label] = Choice(label, fields.rich("reasoning"), fields.rich("cost"))
    return tuple(found.values())


def depth(above: Fields) -> Depth:
    """Read a dimension's pages, each with the terms that its texts link to."""
    pages = {page: above.apart() for page in PAGES}
    return Depth(
        examples=_examples(pages["examples"]),
        questions=pages["questions"].riches("questions"),
        metrics=_metrics(pages["metrics"]),
        failures=_failures(pages["failures"]),
        checklist=pages["checklist"].riches("checklist"),
        roles=_roles(pages["role"]),
        terms=MappingProxyType({page: fields.reading.terms for page, fields in pages.items() if fields.reading.linked}),
    )


def _examples(above: Fields) -> tuple[Example, ...]:
    found: dict[str, Example] = {}
    for node in above.items("examples"):
        fields = fields_of(above.reading, node, "example")
        if fields is None:
            continue
        kind = fields.choice("kind", EXAMPLE_KINDS)
        if kind in found and "kind" in fields.nodes:
            above.file.fault(
                fields.line("kind"), f"there is an example of kind `{kind}` already: one of each is wanted"
            )
        found.setdefault(kind, Example(kind, fields.text("title"), fields.prose("text")))
    return tuple(found.values())


def _metrics(above: Fields) -> tuple[Metric, ...]:
    read = [fields_of(above.reading, node, "metric") for node in above.items("metrics")]
    return tuple(Metric(fields.text("name"), fields.rich("formula"), fields.rich("trap")) for fields in read if fields)


def _failures(above: Fields) -> tuple[Failure, ...]:
    found = []
    for node in above.items("failures"):
        fields = fields_of(above.reading, node, "failure")
        if fields is None:
            continue
        name = fields.text("ref")
        reference = above.reading.citations.found(above.file, fields.line("ref"), name) if name else None
        found.append(
            Failure(
                title=fields.text("title"),
                year=fields.text("year"),
                happened=fields.rich("happened"),
                learn=fields.rich("learn"),
                reference=reference,
            )
        )
    return tuple(found)


def _roles(above: Fields) -> Roles | None:
    fields = fields_of(above.reading, above.nodes.get("roles"), "roles")
    if fields is None:
        return None
    return Roles(fields.prose("moving"), fields.prose("managing"), fields.prose("working-with"))
