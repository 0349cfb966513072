"""The types of a deck: what the YAML files become once they are read and checked."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Literal, get_args

from msgspec import Struct

from content.depth import NO_DEPTH, Depth
from content.inline import Prose, Rich
from content.levels import Level
from content.references import Source

Needs = Literal["none", "prototype", "live"]
NEEDS: tuple[Needs, ...] = get_args(Needs)
Verdict = Literal["right", "wrong"]
Wins = Literal["model", "plain", "neither"]
WINS: tuple[Wins, ...] = get_args(Wins)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class Section(Struct, frozen=True):
    """A labelled part of more detail: a worked example, questions to ask, what to measure, what to watch."""

    label: str
    prose: Prose


class Exercise(Struct, frozen=True):
    """Something to do this week: `minutes` it takes, steps, how to tell it is done, and an if-then sentence to copy."""

    title: str
    minutes: int
    steps: tuple[Rich, ...]
    done: Rich
    plan: str = ""


class Option(Struct, frozen=True):
    """One answer to a recall's question: a label short enough for a button, and why it is right or wrong."""

    label: str
    verdict: Verdict
    why: Rich


class Recall(Struct, frozen=True):
    """A question on a case that the tip does not tell, which its idea decides; one of three options is right."""

    case: Rich
    question: str
    options: tuple[Option, ...]


class Correction(Struct, frozen=True):
    """What was wrong in an earlier version, and on which day that was mended."""

    day: date
    what: str

    @property
    def mark(self) -> str:
        """Tell it from any other, of the same day too: its ISO day and a digest of its words, `2026-12-02:9f86d081`."""
        return f"{self.day.isoformat()}:{sha256(self.what.encode()).hexdigest()[:8]}"


class Answering(Struct, frozen=True, kw_only=True):
    """What answers questions that people type: `asked` has them, a line each.

    Only the index asks for them one by one. There are 10,000, which as strings would take 0.9 MB in place of 0.3.
    """

    asked: str = ""

    @property
    def asks(self) -> tuple[str, ...]:
        """Give them one by one."""
        return tuple(self.asked.split("\n")) if self.asked else ()


class Levelled(Answering, frozen=True, kw_only=True):
    """What has levels below it, a field each; `terms` are the ids of the glossary's words that its texts link to."""

    detail: tuple[Section, ...]
    sources: tuple[Source, ...]
    exercise: Exercise
    checked_on: str
    version: int = 1
    terms: tuple[str, ...] = ()
    corrected: Correction | None = None


class Dimension(Levelled, frozen=True):
    """One of the ways in which the two jobs differ; `left` and `right` are the seed's text, word for word.

    Its pages have `terms` of their own.
    """

    id: str
    number: int
    title: str
    short: str
    aliases: tuple[str, ...]
    left: Rich
    right: Rich
    shift: Rich
    depth: Depth = NO_DEPTH


class Tip(Levelled, frozen=True):
    """One weekly tip: a title, one idea, and something to try this week.

    `needs` says what a reader has to have for trying it, None where the deck does not say. It comes `before` a day
    from which on it would be too late, None where it never is. `wins` says which side does better in its example, None
    where the deck does not say.
    """

    id: str
    dimension: str
    title: str
    idea: Rich
    try_this: Rich
    needs: Needs | None = None
    before: date | None = None
    recall: Recall | None = None
    wins: Wins | None = None


class Choice(Struct, frozen=True):
    """One way out of a dilemma: a label short enough for a button, why one would, and what it costs.

    `against` says who would disagree and what they would say; empty where the deck does not say.
    """

    label: str
    reasoning: Rich
    cost: Rich
    against: Rich = ()


class Twist(Struct, frozen=True):
    """What changes in a dilemma's case after the first vote, and the choices then."""

    situation: Rich
    choices: tuple[Choice, ...]


class Dilemma(Answering, frozen=True):
    """A situation an AI PM meets, with choices that can all be defended, and what the sources say."""

    id: str
    dimension: str
    title: str
    situation: Prose
    choices: tuple[Choice, ...]
    sources: tuple[Source, ...]
    checked_on: str
    version: int = 1
    terms: tuple[str, ...] = ()
    twist: Twist | None = None


class Term(Answering, frozen=True):
    """A glossary entry: the term, other words for it, and two sentences."""

    id: str
    term: str
    aliases: tuple[str, ...]
    meaning: Rich
    dimension: str


class Deck(Struct, frozen=True):
    """The deck's own words: its name, its two sides' titles, the tip's name, and which reaction opens which level."""

    id: str
    title: str
    left: str
    right: str
    tip_name: str
    reactions: Mapping[str, Level]


class Place(Struct, frozen=True):
    """Where a piece of content stands: the file, its first line and that of its version.

    `fingerprint` is the same for the same words: comments, line breaks that YAML folds, version and checked date
    do not count.
    """

    file: str
    line: int
    version_line: int
    fingerprint: str


class Fault(Struct, frozen=True):
    """What is wrong with a content file, for the writer: `file:line: sentence`."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        """Give the one-line form editors can jump to."""
        return f"{self.file}:{self.line}: {self.sentence}"
