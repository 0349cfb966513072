"""The fault run judges by its promises: what is twice, lost, or counted wrongly is named."""

from dataclasses import replace

import pytest

from bench.faults import command
from bench.faults.outcome import Outcome, Plan, Taken, Watched

PLAN = Plan(100, 2, 3, "sqlite:///bot.db", has_history=False, seed=1)
KEPT = Outcome(
    plan=PLAN,
    posted=97,
    distinct=97,
    arrived=97,
    sent=90,
    unknown=10,
    unknown_arrived=7,
    lost=0,
    counts={"sent": 90, "unknown": 10},
    taken=Taken(calls=110, faults={"429": 1, "cut_after": 18}, seconds=9.5, is_settled=True, passed=5400.0),
    watched=Watched(answers=300, commands=4),
    kills=3,
    abandoned=0,
    taken_over=0,
)
ALL_ARRIVED = replace(
    KEPT,
    plan=replace(PLAN, has_history=True),
    posted=100,
    distinct=100,
    arrived=100,
    sent=100,
    unknown=0,
    unknown_arrived=0,
)


@pytest.mark.parametrize("outcome", [KEPT, ALL_ARRIVED])
def test_kept_promises_have_no_problems(outcome: Outcome) -> None:
    """What arrived and what the doctor lists make all that was due."""
    assert outcome.problems == ()


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (replace(KEPT, posted=98), "something came twice"),
        (replace(KEPT, posted=98, distinct=98), "something came twice"),
        (replace(KEPT, lost=1), "1 tips neither arrived nor are listed"),
        (replace(KEPT, sent=89), "89 sent and 10 unknown do not make 100"),
        (replace(KEPT, unknown_arrived=8), "90 count as sent, and 89 of them arrived"),
        (replace(KEPT, plan=replace(PLAN, has_history=True)), "3 did not arrive although"),
        (replace(KEPT, kills=2), "only 2 of 3 kills"),
        (replace(KEPT, watched=Watched(0, 4)), "no probe or no command came beside it"),
        (replace(KEPT, watched=Watched(300, 0)), "no probe or no command came beside it"),
        (replace(KEPT, watched=Watched(300, 4, ("/readyz answered 500",))), "/readyz answered 500"),
        (replace(KEPT, taken=replace(KEPT.taken, is_settled=False)), "not everything was settled within 240 s"),
    ],
)
def test_a_broken_promise_is_named(outcome: Outcome, words: str) -> None:
    """Each thing that must not be has a sentence of its own."""
    assert any(words in problem for problem in outcome.problems), outcome.problems


def test_the_table_has_a_column_a_run() -> None:
    """Runs stand side by side, with what went wrong and the verdict."""
    lines = [" ".join(line.split()) for line in command.drawn([KEPT, replace(ALL_ARRIVED, lost=2)]).splitlines()]
    assert lines[0] == "SQLite, 2 processes, no history SQLite, 2 processes, with history"
    assert "of them gone wrong 17.3% 17.3%" in lines
    assert "cut_after 18 18" in lines
    assert "hours let pass 1.5 1.5" in lines
    assert lines[-1] == "verdict met missed"
