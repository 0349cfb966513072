"""The emulator's suggested actions and its search for cards to insert: what is shown of what a bot sends."""

from typing import Any

import pytest

from playground.teams.emulator import TeamsEmulator
from playground.teams.limits import insertions, surfaces
from tests.playground.teams.caller import Caller, make_card

THUMBNAIL = "application/vnd.microsoft.card.thumbnail"
CARD = "application/vnd.microsoft.card.adaptive"


def offer(*titles: str, kind: str = "imBack") -> dict[str, Any]:
    """A message that suggests what to ask next."""
    actions = [{"type": kind, "title": title, "value": f"say {title}"} for title in titles]
    return {"type": "message", "text": "And now?", "suggestedActions": {"to": [], "actions": actions}}


async def test_suggestions_are_the_last_messages_of_a_personal_chat(teams: TeamsEmulator, caller: Caller) -> None:
    """They go when something else is said, and a tap says their value."""
    alice = teams.person("Alice Martin")
    chat = teams.personal(alice)
    await teams.install(chat)
    await caller.call("POST", f"conversations/{chat.id}/activities", offer("One", "Two"))
    assert teams.suggestions(alice) == ["One", "Two"]
    turn = await teams.choose(alice, "Two")
    assert turn.said is not None
    assert turn.said.text == "say Two"
    assert teams.suggestions(alice) == []
    with pytest.raises(LookupError):
        await teams.choose(alice, "One")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (offer("One", "Two", "Three", "Four"), "suggestedActions has 4 actions, of which 3 are shown"),
        (offer("One", kind="openUrl"), "must be an imBack with a title and a value [/suggestedActions/actions/0]"),
        (offer(" "), "must be an imBack with a title and a value [/suggestedActions/actions/0]"),
        (offer() | {"suggestedActions": []}, "suggestedActions.actions is not a list"),
    ],
)
def test_what_is_not_shown_of_suggestions_is_said(body: dict[str, Any], complaint: str) -> None:
    """Teams: three are shown, and imBack is what says something in the chat."""
    assert surfaces.check_message(body) == [complaint]


def test_suggestions_beside_a_card_are_not_shown() -> None:
    """Teams: not with attachments, in any conversation."""
    card = {"contentType": CARD, "content": make_card()}
    body = offer("One") | {"text": "", "attachments": [card]}
    assert "suggestedActions are not shown beside an attachment" in surfaces.check_message(body)


def listed(count: int = 1, **changes: object) -> dict[str, Any]:
    """An answer to a search."""
    attachment = {
        "contentType": CARD,
        "content": make_card(),
        "preview": {"contentType": THUMBNAIL, "content": {"title": "A", "text": "b"}},
    }
    held = {"type": "result", "attachmentLayout": "list", "attachments": [attachment] * count}
    return {"composeExtension": held | changes}


def test_results_are_listed_with_their_cards() -> None:
    """25 at most, each by its preview."""
    held = insertions.held(listed(26))
    assert held is not None
    assert insertions.complaints(held) == ["26 results, of which 25 are listed"]
    assert len(insertions.results(held)) == 25
    assert (insertions.results(held)[0].title, insertions.results(held)[0].text) == ("A", "b")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"attachmentLayout": "rows"}, "attachmentLayout is neither list nor grid"),
        ({"attachments": [{"contentType": CARD, "content": {}}]}, "has no preview with a title, and is not listed"),
        ({"attachments": ["x"]}, "has no preview with a title, and is not listed"),
    ],
)
def test_what_is_not_listed_is_said(changes: dict[str, Any], complaint: str) -> None:
    """Each with where it stands."""
    held = insertions.held(listed(**changes))
    assert held is not None
    assert [each for each in insertions.complaints(held) if complaint in each]


@pytest.mark.parametrize(
    "body", [None, {}, {"composeExtension": {"type": "auth"}}, {"composeExtension": {"type": "message", "text": " "}}]
)
def test_what_is_no_answer_to_a_search(body: object) -> None:
    """Nothing can be shown."""
    assert insertions.held(body) is None


async def test_without_a_manifest_nothing_is_offered(teams: TeamsEmulator) -> None:
    """No commands, and no search."""
    alice = teams.person("Alice Martin")
    snapshot = teams.snapshot(alice)
    assert (snapshot["starters"]["personal"], snapshot["query"]) == ([], None)
    with pytest.raises(LookupError, match="inserts nothing"):
        await teams.look_for(alice, teams.group("Readers", members=[alice]))
