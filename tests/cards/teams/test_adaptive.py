"""The judge of Adaptive Cards refuses what is none, and its table says what the published schema says."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import orjson
import pytest
from jsonschema.validators import validator_for
from pydantic import BaseModel

from cards.teams import render
from scheduler import quiet_dates
from tests import strict
from tests.cards.teams import adaptive, adaptive_table, learning

SCHEMA = Path(__file__).resolve().parents[3] / ".." / "shared" / "schemas" / "adaptive-card-1.5.json"
# What a card may lack and still be one: looks, and what only some elements of a kind have.
_SPARED = (
    "$schema actions choices.data color context errorMessage id isMultiSelect isMultiline isRequired isSubtle "
    "grid.area isVisible layouts maxLength msteams placeholder selectAction separator several size spacing style title "
    "tooltip value weight"
)
# Where any words are as good as ours.
_FREE = "context errorMessage fallbackText id label placeholder several speak text title tooltip value x"


def drawings() -> Iterator[bytes]:
    """Give every card as Teams gets it, and a form of each kind."""
    yield from map(learning.sent, dict.fromkeys(learning.cards().values()))
    for form in {name.split()[0]: form for name, form in learning.forms().items()}.values():
        yield orjson.dumps(render.dialog(form, {"U1": "Ada"}, countries=quiet_dates.countries()))


def specimens() -> list[dict[str, Any]]:
    """Give a few cards to spoil, small ones first, that together have every property we draw, of every element.

    Of the hundreds of options that a field has, two.
    """
    chosen: list[dict[str, Any]] = []
    met: set[tuple[str, str]] = set()
    for sent in sorted(drawings(), key=len):
        drawn = orjson.loads(sent)
        elements = adaptive.every(drawn)
        here = {(str(each.get("type")), name) for each in elements for name in each}
        if not here <= met:
            met |= here
            chosen.append(drawn)
            for each in elements:
                if "choices" in each:
                    each["choices"] = each["choices"][:2]
    return chosen


@pytest.mark.xdist_group("gallery")  # with all who draw every card, each composed once
def test_a_card_that_is_spoilt_anywhere_is_refused() -> None:
    """Each place of specimens that have all we draw: misspelt, missing, of another type, or another word."""
    unnoticed, spoilt = set(), 0
    for drawn in specimens():
        assert adaptive.card_faults(drawn) == []
        for where, name, how in strict.spoilings(drawn):
            is_fair = (how == "missing" and name in _SPARED.split()) or (
                how in {"reworded", "overlong"} and name in _FREE.split()
            )
            spoilt += 1
            if not is_fair and not adaptive.card_faults(drawn):
                unnoticed.add(f"{where} {how}")
    assert unnoticed == set()
    assert spoilt > 1_000


def published() -> Any:  # noqa: ANN401 # jsonschema's protocol
    """Give Microsoft's own judge."""
    if not SCHEMA.is_file():
        pytest.skip(
            f"to compare our table with it, put adaptivecards.io's schema of 1.5 at ../shared/schemas/{SCHEMA.name}"
        )
    schema = json.loads(SCHEMA.read_text("utf-8"))
    return validator_for(schema)(schema)


def properties(schema: Any, kind: str) -> tuple[dict[str, Any], set[str]]:  # noqa: ANN401 # JSON
    """Give what the schema says of an element's properties, also those it has from its kin, and which it needs."""
    told = schema["definitions"][kind]
    found: dict[str, Any] = {}
    needed = set(told.get("required", ()))
    for kin in told.get("allOf", ()):
        more, also = properties(schema, kin["$ref"].rpartition("/")[2])
        found |= more
        needed |= also
    return found | {name: said for name, said in told.get("properties", {}).items() if said}, needed


def elements() -> Iterator[tuple[str, type[BaseModel]]]:
    """Give the table's elements by the names they have in the schema."""
    for table in vars(adaptive_table).values():
        if isinstance(table, type) and issubclass(table, BaseModel) and "type" in table.model_fields:
            (kind,) = get_args(table.model_fields["type"].annotation)
            yield kind, table
    yield "Input.Choice", adaptive_table.Choice


def samples(told: dict[str, Any]) -> Sequence[object]:
    """Give values that a property of ours may have, by what the table says of it; none where elements stand in it."""
    if "const" in told or "enum" in told:
        return list(told.get("enum") or [told["const"]])
    if told.get("type") == "string":
        return ["https://example.com/" if told.get("pattern", "").startswith("^https") else "words"]
    others: dict[str, list[object]] = {"boolean": [True, False], "integer": [7]}
    return others.get(told.get("type", ""), [])


def test_the_table_says_what_the_published_schema_says() -> None:
    """Every element, property and word of ours is in it, of the same type, and what it needs we need too."""
    judge, wrong = published(), []
    compared = 0
    for kind, table in elements():
        if kind not in judge.schema["definitions"]:
            wrong += [] if kind in adaptive_table.TEAMS_ALONE else [f"{kind}: not in the schema"]
            continue
        told, needed = properties(judge.schema, kind)
        ours = table.model_json_schema(by_alias=True)
        ours = ours.get("$defs", {}).get(table.__name__, ours)
        wrong += [f"{kind}.{name}: needed" for name in needed - set(ours["required"])]
        for name, said in ours["properties"].items():
            if (kind, name) in adaptive_table.ADDED:
                continue
            if name not in told:
                wrong.append(f"{kind}.{name}: not in the schema")
                continue
            for value in samples(said):
                compared += 1
                is_added = (kind, name, value) in adaptive_table.ADDED_WORDS
                if judge.evolve(schema=told[name]).is_valid(value) == is_added:
                    wrong.append(f"{kind}.{name}: {value!r}")
    assert wrong == []
    assert compared > 100


@pytest.mark.xdist_group("gallery")
def test_the_published_schema_takes_what_we_draw() -> None:
    """Specimens that have all we draw, without what Teams adds to the schema."""
    judge = published()
    plain = [adaptive_table.plain(drawn) for drawn in specimens()]
    assert [fault.message[:200] for drawn in plain for fault in judge.iter_errors(drawn)] == []
