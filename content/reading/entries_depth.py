"""Turn the nodes of what lies below a card into the types of a deck: sources, exercises, choices, pages and so on."""

import re

from content import matching
from content.depth import EXAMPLE_KINDS, Depth, Example, Failure, Metric, Roles
from content.levels import PAGES
from content.model import VERDICTS, Choice, Correction, Exercise, Option, Recall, Twist
from content.reading.fields import Fields
from content.reading.yaml import Scalar
from content.references import Source


def sources(above: Fields) -> tuple[Source, ...]:
    """Read the sources of a dimension, tip or dilemma."""
    found: dict[str, Source] = {}
    for fields in above.inners("sources", "source"):
        reference, says = fields.reference("ref"), fields.rich("says")
        if reference and reference.id in found:
            sentence = f"`{reference.id}` is a source of this {above.kind} already: say it all in one place"
            above.file.fault(fields.line("ref"), sentence)
        if reference:
            found[reference.id] = Source(reference, says)
    return tuple(found.values())


def exercise(above: Fields) -> Exercise:
    """Read an exercise, whose plan is a sentence of the form `If …, then I …`."""
    fields = above.inner("exercise", "exercise")
    if fields is None:
        return Exercise("", 0, (), ())
    plan = fields.text("plan")
    if plan and not _PLAN.fullmatch(plan):
        fields.file.fault(fields.line("plan"), "a plan is one sentence to copy: write it as `If …, then I …`")
    return Exercise(fields.text("title"), fields.number("minutes"), fields.riches("steps"), fields.rich("done"), plan)


def recall(above: Fields) -> Recall | None:
    """Read a recall, one of whose options is right; None where there is none."""
    if "recall" not in above.nodes or (fields := above.inner("recall", "recall")) is None:
        return None
    options: list[Option] = []
    is_told = True
    for each in fields.inners("options", "option"):
        label, told = each.text("label"), each.nodes.get("verdict")
        if label and any(label == option.label for option in options):
            each.file.fault(each.line("label"), f"`{label}` is an option of this recall already: say what differs")
        options.append(Option(label, each.choice("verdict", VERDICTS), each.rich("why")))
        is_told = is_told and isinstance(told, Scalar) and told.value in VERDICTS
    right = sum(option.verdict == "right" for option in options)
    if options and is_told and right != 1:
        fields.file.fault(
            fields.line("options"), f"{right or 'none'} of the options {'are' if right else 'is'} right: exactly one is"
        )
    return Recall(fields.rich("case"), fields.text("question"), tuple(options))


def corrected(above: Fields) -> Correction | None:
    """Read what was corrected, not on a day to come; None where nothing was."""
    if "corrected" not in above.nodes or (fields := above.inner("corrected", "correction")) is None:
        return None
    day, what = fields.day("day"), fields.text("what")
    today = fields.reading.today
    if day and today and day > today:
        fields.file.fault(fields.line("day"), f"`day` is {day}, which is yet to come: write the day of the correction")
    return Correction(day, what) if day else None


def choices(above: Fields) -> tuple[Choice, ...]:
    """Read the choices of a dilemma or a twist, whose labels differ by more than signs and capitals."""
    found: list[Choice] = []
    labels: set[str] = set()
    for fields in above.inners("choices", "choice"):
        label = fields.text("label")
        key = matching.key(label) or label
        if label and key in labels:
            sentence = f"`{label}` is a choice of this {above.kind} already: say what differs"
            above.file.fault(fields.line("label"), sentence)
        labels.add(key)
        against = fields.rich("against") if "against" in fields.nodes else ()
        found.append(Choice(label, fields.rich("reasoning"), fields.rich("cost"), against))
    return tuple(found)


def twist(above: Fields) -> Twist | None:
    """Read what changes after the first vote, and the choices then; None where nothing does."""
    if "twist" not in above.nodes or (fields := above.inner("twist", "twist")) is None:
        return None
    return Twist(fields.rich("situation"), choices(fields))


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
        terms=tuple((page, fields.reading.terms) for page, fields in pages.items() if fields.reading.linked),
    )


_PLAN = re.compile(r"If .+, then I .+[^.]")


def _examples(above: Fields) -> tuple[Example, ...]:
    found: dict[str, Example] = {}
    for fields in above.inners("examples", "example"):
        kind = fields.choice("kind", EXAMPLE_KINDS)
        if kind in found and "kind" in fields.nodes:
            above.file.fault(
                fields.line("kind"), f"there is an example of kind `{kind}` already: one of each is wanted"
            )
        found.setdefault(kind, Example(kind, fields.text("title"), fields.prose("text")))
    return tuple(found.values())


def _metrics(above: Fields) -> tuple[Metric, ...]:
    return tuple(
        Metric(fields.text("name"), fields.rich("formula"), fields.rich("trap"))
        for fields in above.inners("metrics", "metric")
    )


def _failures(above: Fields) -> tuple[Failure, ...]:
    return tuple(
        Failure(
            title=fields.text("title"),
            year=fields.text("year"),
            happened=fields.rich("happened"),
            learn=fields.rich("learn"),
            reference=fields.reference("ref"),
        )
        for fields in above.inners("failures", "failure")
    )


def _roles(above: Fields) -> Roles | None:
    fields = above.inner("roles", "roles")
    if fields is None:
        return None
    return Roles(fields.prose("moving"), fields.prose("managing"), fields.prose("working-with"))
