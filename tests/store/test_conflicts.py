"""Prove that what people ask for is tried again where PostgreSQL gave it up for somebody else's sake."""

import ast
from pathlib import Path

import pytest

from store.database import ConflictError, UnusableError, tried_again

HANDLERS = Path(__file__).resolve().parents[2] / "handlers"


async def test_a_conflict_is_tried_again_and_nothing_else() -> None:
    """Until it goes well; whatever else keeps a database from being used is said at once."""
    endings: list[Exception | None] = [ConflictError("busy"), ConflictError("busy"), None]

    @tried_again
    async def act(word: str) -> str:
        ending = endings.pop(0)
        if ending is not None:
            raise ending
        return word

    assert await act("done") == "done"
    assert endings == []
    endings = [UnusableError("gone"), None]
    with pytest.raises(UnusableError, match="gone"):
        await act("done")
    assert endings == [None]


async def test_a_conflict_that_does_not_end_is_told() -> None:
    """Before whoever asked has been waiting for longer than their platform does."""
    tries = 0

    @tried_again
    async def act() -> None:
        nonlocal tries
        tries += 1
        raise ConflictError("busy")

    with pytest.raises(ConflictError):
        await act()
    assert tries > 1


def test_every_handler_that_writes_is_tried_again() -> None:
    """A walk over the handlers: a function that opens a transaction to write bears the mark."""
    found, unmarked = 0, []
    for path in sorted(HANDLERS.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.AsyncFunctionDef) and "database.write(" in ast.unparse(function):
                found += 1
                if "tried_again" not in [ast.unparse(mark) for mark in function.decorator_list]:
                    unmarked.append(f"{path.name}: {function.name}")
    assert unmarked == []
    assert found > 5
