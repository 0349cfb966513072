"""What Teams is told when a fault of ours kept an answer from coming."""

import pytest

from handlers.teams import responses as teams
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("adaptiveCard/action", "the reference 7f3a"),
        ("task/fetch", "the reference 7f3a"),
        ("task/submit", "the reference 7f3a"),
    ],
)
def test_an_invoke_is_answered_with_words_that_can_be_quoted(name: str, part: str) -> None:
    """In the form that this kind of invoke is read in, never empty."""
    reply = teams.apology(activities.invoked(ALICE, ALONE, name, {}), "7f3a")
    assert reply.status == 200
    assert part in str(reply.body)


def test_what_waits_for_no_words_gets_none() -> None:
    """A 500 would make Teams send it again and again; an invoke nobody knows stays unknown."""
    assert teams.apology(activities.said(ALICE, ALONE, "risks"), "7f3a") == teams.Reply(200)
    assert teams.apology(activities.invoked(ALICE, ALONE, "signin/verifyState", {}), "7f3a").status == 501
