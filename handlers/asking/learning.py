"""Answer the commands that the store has to answer: dilemmas, recall, one's own gap, counts, suggestions."""

from collections.abc import Mapping, Sequence

from cards.model import Action, Subject, Verb
from content.library import Library
from handlers.asking import kinds

_ALONE: Mapping[tuple[str, ...], Verb] = {
    ("dilemma",): "dilemma",
    ("dilemmas",): "dilemma",
    ("recall",): "recall",
    ("me",): "me",
    ("my", "gap"): "me",
    ("forget", "me"): "me-forget",
    ("home",): "home",
    ("plans",): "plans",
    ("my", "plans"): "plans",
    ("stats",): "stats",
    ("record",): "record",
    ("suggest",): "suggest",
    ("report",): "missing",
    ("feedback",): "missing",
    ("give", "feedback"): "missing",
    ("something", "is", "wrong"): "missing",
    ("something", "wrong"): "missing",
    ("report", "a", "mistake"): "missing",
    ("report", "mistake"): "missing",
    ("report", "an", "error"): "missing",
    ("report", "error"): "missing",
}
WORDS = tuple(sorted({words[0] for words in _ALONE if len(words) == 1}))


def command(library: Library, first: str, rest: Sequence[str]) -> kinds.Learn | None:
    """Answer one of these commands, or a dilemma by its name; None for anything else."""
    verb = _ALONE.get((first, *rest))
    if verb is not None:
        # A set of questions where they were asked for, not the one below a tip; what deletes is asked about first.
        return kinds.Learn(Action("me" if verb == "me-forget" else verb, argument="2" if verb == "recall" else ""))
    if first == "dilemma" and rest:
        named = library.named_dilemma(" ".join(rest)) or library.likely_dilemma(" ".join(rest))
        return kinds.Learn(Action("dilemma", Subject("dilemma", named.id) if named else None))
    return None
