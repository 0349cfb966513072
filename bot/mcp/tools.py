"""Declare the tools that assistants may call: what each takes, what comes back, and what answers it."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from bot.mcp import answers, shapes
from bot.mcp.answers import Asked, Told
from bot.mcp.shapes import JSON
from content import matching
from content.library import Library

LONGEST = matching.LONGEST  # characters of an argument: no search looks at more

INSTRUCTIONS = (
    "PM Compare teaches product managers how an AI PM's job differs from a traditional PM's. Its texts are written and "
    "reviewed by people, and each names its sources. Call search first where no dimension is named. Quote its words "
    "where you can, give the links of its sources, and say which words are yours: a paraphrase is not the reviewed "
    "text."
)


class Tool(Struct, frozen=True):
    """One tool: its only argument, and how what it gives back looks.

    `answer` gets the argument, '' where it was left out. `{dimensions}` in a description stands for their names.
    """

    name: str
    title: str
    description: str
    argument: str
    meaning: str
    result: JSON
    answer: Callable[[Asked, str], Told]
    is_optional: bool = False

    @property
    def arguments(self) -> JSON:
        """Describe what it takes."""
        described = {"type": "string", "maxLength": LONGEST, "description": self.meaning}
        return shapes.closed(*((self.argument,) if self.is_optional else ()), **{self.argument: described})

    def purpose(self, library: Library) -> str:
        """Say what it is for."""
        names = "; ".join(f"{each.id} ({each.title})" for each in library.dimensions)
        return self.description.replace("{dimensions}", names)

    def told(self, asked: Asked, arguments: Mapping[str, Any]) -> Told:
        """Answer one call, whatever its arguments are; words that say what is wrong with them are an answer too."""
        if arguments.keys() - {self.argument}:
            return Told(f"{self.name} takes {self.argument} and nothing else. Call it again with that alone.")
        given = arguments.get(self.argument)
        if given is not None and not isinstance(given, str):
            return Told(f"{self.argument} must be a text: {self.meaning}. Call {self.name} again with one.")
        words = (given or "").strip()
        if len(words) > LONGEST:
            return Told(f"{self.argument} has at most {LONGEST} characters. Call {self.name} again with fewer.")
        if not words and not self.is_optional:
            return Told(f"{self.argument} is missing: {self.meaning}. Call {self.name} again with it.")
        return self.answer(asked, words)


TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            name="compare",
            title="Compare the two jobs",
            description="Compare a traditional PM's job with an AI PM's in one dimension: both sides, the shift from "
            "one to the other, more detail, an exercise, and the sources. The dimensions: {dimensions}.",
            argument="dimension",
            meaning="a dimension's id, number or name",
            result=shapes.COMPARISON,
            answer=answers.compare,
        ),
        Tool(
            name="search",
            title="Search everything",
            description="Find which dimensions, tips, glossary terms and dilemmas answer a question, best first, each "
            "with the passage that does. Read one whole by its id: with compare (a dimension), tip, term or dilemma.",
            argument="words",
            meaning="a question or a few words, in English",
            result=shapes.RESULTS,
            answer=answers.search,
        ),
        Tool(
            name="tip",
            title="Read a tip",
            description="Read one tip whole: the idea, something to try this week, more detail, an exercise, and the "
            "sources. Without an id, any tip: not the one that a channel gets this week.",
            argument="id",
            meaning="a tip's id or title, as search gives them; leave it out for any tip",
            result=shapes.TIP,
            answer=answers.tip,
            is_optional=True,
        ),
        Tool(
            name="term",
            title="Explain a term",
            description="Explain a term of AI product work, such as eval or drift, in two sentences.",
            argument="word",
            meaning="the term, or another word for it",
            result=shapes.TERM,
            answer=answers.term,
        ),
        Tool(
            name="dilemma",
            title="Read a dilemma",
            description="Read a situation that an AI PM meets, with choices that can all be defended: what speaks for "
            "each and what it costs, what changes it, and the sources. Good to think through or discuss; there is no "
            "right choice to give away. Without a name, any dilemma.",
            argument="name",
            meaning="a dilemma's id or title; leave it out for any dilemma",
            result=shapes.DILEMMA,
            answer=answers.dilemma,
            is_optional=True,
        ),
    )
}
