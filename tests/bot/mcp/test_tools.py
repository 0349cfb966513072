"""What the tools answer, from all the content there is and for whatever they are asked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from bot.mcp.answers import Asked, Told
from bot.mcp.tools import LONGEST, TOOLS
from cards.slack import assistants
from content.library import Library

# Slack: one block of another kind in a result, and none of them is shown.
SHOWN_BY_SLACK = {"context", "divider", "header", "markdown", "rich_text", "section", "image"}
TODAY = date(2026, 11, 27)
NAMES = st.sampled_from(["dimension", "words", "id", "word", "name", "x"])
JSON_VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2)


def first(names: Sequence[str]) -> str:
    """Pick the first."""
    return names[0]


def asked(library: Library) -> Asked:
    """Ask on a day, where what is picked is known."""
    return Asked(library, TODAY, first)


def every(library: Library) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Give a call for each thing there is."""
    yield from (("compare", {"dimension": each.id}) for each in library.dimensions)
    yield from (("tip", {"id": each.id}) for each in library.tips)
    yield from (("term", {"word": each.id}) for each in library.terms)
    yield from (("dilemma", {"name": each.id}) for each in library.dilemmas)
    yield from (
        ("search", {"words": words}) for words in ("how do I measure quality", "bias", "xqzw", "<!channel> *a*")
    )
    yield from ((name, {}) for name in ("tip", "dilemma"))


def faults(name: str, told: Told) -> list[str]:
    """List what is wrong with an answer that there must be."""
    if told.card is None or told.structured is None:
        return [f"{name}: no answer: {told.words}"]
    found = [
        f"{name}: {fault.message}" for fault in Draft202012Validator(TOOLS[name].result).iter_errors(told.structured)
    ]
    blocks = assistants.meta(told.card)["slack"]["blocks"]
    found += [f"{name}: {block['type']} is not shown" for block in blocks if block["type"] not in SHOWN_BY_SLACK]
    found += [
        f"{name}: {words!r} is for people" for words in ("/pm-compare", "React ", "Buttons:") if words in told.words
    ]
    return found if told.card.title in told.words else [*found, f"{name}: the words lack the title"]


def test_everything_there_is_can_be_read(shipped_content: Library) -> None:
    """Each answer fits its schema, has blocks that Slack shows, and speaks of nothing that cannot be done there."""
    calls = list(every(shipped_content))
    assert len(calls) > 100
    ask = asked(shipped_content)
    assert [fault for name, given in calls for fault in faults(name, TOOLS[name].told(ask, given))] == []


@pytest.mark.parametrize("name", TOOLS)
def test_schemas_are_schemas(name: str) -> None:
    """Both of each tool's are, and take no property that they do not name."""
    for schema in (TOOLS[name].arguments, TOOLS[name].result):
        Draft202012Validator.check_schema(schema)
        assert (schema["type"], schema["additionalProperties"]) == ("object", False)


@pytest.mark.parametrize("named", ["risks", "7", "Risks and responsibilities", "the risks", "rsiks"])
def test_a_dimension_by_any_of_its_names(shipped_content: Library, named: str) -> None:
    """By id, number, title, and with a slip of the finger; both sides, the shift and the sources are there."""
    told = TOOLS["compare"].told(asked(shipped_content), {"dimension": named})
    dimension = shipped_content.dimension("risks")
    assert told.structured is not None
    assert dimension is not None
    assert told.structured["id"] == "risks"
    for words in (*(source.reference.url for source in dimension.sources), shipped_content.deck.left, "The shift:"):
        assert words in told.words


def test_what_is_found_can_be_read(shipped_content: Library) -> None:
    """Each result's id, given to the tool of its kind, is an answer; every kind is found by somebody's words."""
    ask = asked(shipped_content)
    kinds = {"dimension": "compare", "tip": "tip", "term": "term", "dilemma": "dilemma"}
    seen = set()
    for words in ("how do I measure quality", "risks", shipped_content.dilemmas[0].title):
        found = TOOLS["search"].told(ask, {"words": words}).structured
        assert found is not None
        assert found["results"]
        for result in found["results"]:
            seen.add(result["kind"])
            tool = TOOLS[kinds[result["kind"]]]
            told = tool.told(ask, {tool.argument: result["id"]})
            assert told.structured is not None
            assert told.structured["id"] == result["id"]
    assert seen == set(kinds)


def test_a_tip_that_is_too_late_comes_no_more_unasked(shipped_content: Library) -> None:
    """From its day on it is not picked, and still read by whoever names it; where all are too late there is none."""
    late, early = (replace(each, before=TODAY) for each in shipped_content.tips[:2])
    library = replace(shipped_content, tips=(late, replace(early, before=date(2026, 11, 28))))
    told = TOOLS["tip"].told(asked(library), {})
    assert told.structured is not None
    assert told.structured["id"] == early.id
    named = TOOLS["tip"].told(asked(library), {"id": late.title.upper()})
    assert named.structured is not None
    assert named.structured["id"] == late.id
    assert TOOLS["tip"].told(asked(replace(library, tips=(late,))), {}).card is None
    assert TOOLS["dilemma"].told(asked(replace(library, dilemmas=())), {}).card is None


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("compare", {"dimension": "zzz"}, "risks (Risks and responsibilities)"),
        ("compare", {}, "dimension is missing"),
        ("compare", {"dimension": "  "}, "dimension is missing"),
        ("compare", {"dimension": 7}, "dimension must be a text"),
        ("search", {"words": "x" * (LONGEST + 1)}, "at most 300 characters"),
        ("search", {"words": "x", "limit": "3"}, "words and nothing else"),
        ("tip", {"id": "gone"}, "Call search"),
        ("term", {"word": "zzzzzz"}, "Call search"),
        ("dilemma", {"name": "gone"}, "There are: "),
    ],
)
def test_what_cannot_be_answered_says_what_to_do(
    shipped_content: Library, name: str, arguments: Mapping[str, object], said: str
) -> None:
    """An assistant reads it and calls again."""
    told = TOOLS[name].told(asked(shipped_content), arguments)
    assert (told.card, told.structured) == (None, None)
    assert said in told.words


@given(name=st.sampled_from(sorted(TOOLS)), arguments=st.dictionaries(NAMES, JSON_VALUES))
def test_any_arguments_are_answered(shipped_content: Library, name: str, arguments: dict[str, Any]) -> None:
    """Nothing raises, and there are always words."""
    assert TOOLS[name].told(asked(shipped_content), arguments).words
