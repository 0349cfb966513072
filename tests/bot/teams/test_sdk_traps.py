"""What the Teams SDK and the Bot Connector do unexpectedly, trap by trap, against the bot as it is served."""

import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from playground.teams.emulator import Message
from store import tables
from tests.scenarios.teams_chat import TeamsChat

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[TeamsChat]:
    """Give a running Teams, with the bot in its room and in both people's chats."""
    async with TeamsChat(tmp_path) as running:
        yield running


def said(chat: TeamsChat, **more: object) -> dict[str, Any]:
    """Make a message from Alice in her chat with the bot."""
    return chat.teams.activity("message", chat.alice, chat.teams.personal(chat.alice), text="risks", **more)


async def answers(chat: TeamsChat) -> int:
    """Count the cards that the bot has posted in Alice's chat."""
    await chat.settle()
    return sum(each.is_from_bot and each.card is not None for each in _own(chat))


def _own(chat: TeamsChat) -> list[Message]:
    return chat.teams.messages(chat.teams.personal(chat.alice))


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://login.microsoftonline.com/x/v2.0"},
        {"audience": "00000000-0000-0000-0000-00000000ffff"},
        {"expires_in": -3600},
        {"service_url": "https://smba.example.com/"},
        {"kid": "nobody-has-this-key"},
    ],
    ids=["issuer", "audience", "expired", "serviceUrl", "key"],
)
async def test_a_token_that_is_not_for_this_is_refused(chat: TeamsChat, wrong: Mapping[str, Any]) -> None:
    """401, and nothing of the activity is looked at."""
    before, faults = await answers(chat), len(chat.teams.faults)
    answer = await chat.teams.send_activity(said(chat), token=chat.teams.token(**wrong))
    assert answer.status == 401
    assert await answers(chat) == before
    del chat.teams.faults[faults:]  # the emulator notes that a person would have seen nothing


async def test_without_a_token_nothing_is_heard(chat: TeamsChat) -> None:
    """As above."""
    before, faults = await answers(chat), len(chat.teams.faults)
    assert (await chat.teams.send_activity(said(chat), token="")).status == 401
    assert await answers(chat) == before
    del chat.teams.faults[faults:]


async def test_unknown_activities_are_acknowledged_and_unknown_invokes_are_not(chat: TeamsChat) -> None:
    """The SDK's route answers 500 to types it does not know; and an invoke is never answered empty."""
    room = chat.teams.personal(chat.alice)
    for kind in ("somethingNew", "typing", "endOfConversation"):
        answer = await chat.teams.send_activity(chat.teams.activity(kind, chat.alice, room))
        assert answer.status == 200, kind
    upgrade = chat.teams.activity("installationUpdate", chat.alice, room, action="add-upgrade")
    assert (await chat.teams.send_activity(upgrade)).status == 200
    faults = len(chat.teams.faults)
    invoke = chat.teams.activity("invoke", chat.alice, room, name="something/new", value={})
    assert (await chat.teams.send_activity(invoke)).status == 501
    del chat.teams.faults[faults:]


async def test_teams_own_feedback_is_answered_with_nothing_in_it(chat: TeamsChat) -> None:
    """An object without properties: the emulator, like Teams, says of any other answer that the app is out of reach."""
    room = chat.teams.personal(chat.alice)
    value = {"actionName": "feedback", "actionValue": {"reaction": "dislike", "feedback": "{}"}}
    invoke = chat.teams.activity("invoke", chat.alice, room, name="message/submitAction", value=value, replyToId="1")
    answer = await chat.teams.send_activity(invoke)
    assert (answer.status, answer.body, answer.error) == (200, {}, None)
    form = {"actionName": "feedback", "actionValue": {"reaction": "dislike"}}
    invoke = chat.teams.activity("invoke", chat.alice, room, name="message/fetchTask", value=form, replyToId="1")
    answer = await chat.teams.send_activity(invoke)
    assert (answer.status, answer.body["task"]["type"], answer.error) == (200, "message", None)


async def test_a_retry_of_an_activity_is_answered_and_does_nothing_again(chat: TeamsChat) -> None:
    """Teams sends an activity again when it heard nothing in time: its id is the same."""
    before, activity = await answers(chat), said(chat)
    for _ in range(3):
        assert (await chat.teams.send_activity(activity)).status == 200
    assert await answers(chat) == before + 1
    await chat.restart()
    assert (await chat.teams.send_activity(activity)).status == 200
    assert await answers(chat) == before + 1


async def test_every_button_has_both_a_verb_and_data(chat: TeamsChat) -> None:
    """Older clients send one of the two back, newer ones the other."""
    card = await chat.ask("risks", place="alone")
    found = list(_executes([each.card for each in _own(chat) if each.card][-1]))
    assert card.buttons
    assert found
    assert [each for each in found if each.get("verb") != "pm-compare" or not each["data"].get("value")] == []


def _executes(part: object) -> list[dict[str, Any]]:
    if isinstance(part, dict):
        own = [part] if part.get("type") == "Action.Execute" else []
        return own + [each for value in part.values() for each in _executes(value)]
    if isinstance(part, list):
        return [each for value in part for each in _executes(value)]
    return []


def test_a_bot_for_slack_alone_does_not_load_the_sdk() -> None:
    """It would take as long again to start, and 60 MB."""
    code = "import sys; import bot.app, bot.serve, bot.cli.serving; print('microsoft_teams' in sys.modules)"
    assert _printed(code, ROOT) == "False"


def test_the_sdk_reads_nothing_of_the_environment(tmp_path: Path) -> None:
    """It calls load_dotenv() at its import, and would take CLIENT_ID and others from the environment."""
    (tmp_path / ".env").write_text("PM_TRAP=read\n", encoding="utf-8")
    code = "import os; import bot.teams.sdk; print(os.environ.get('PM_TRAP'), os.environ['CLIENT_ID'])"
    assert _printed(code, tmp_path, CLIENT_ID="ours") == "None ours"


def _printed(code: str, folder: Path, **environment: str) -> str:
    """Run Python in a process of its own, and give what it prints."""
    done = subprocess.run(  # noqa: S603 # our own words
        (sys.executable, "-c", code),
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


OTHER = "9e9e9e9e-0000-4000-8000-00000000dead"


def _everything(chat: TeamsChat) -> dict[str, dict[str, Any]]:
    """Make an activity of each kind that Teams sends, from the room where not said otherwise."""
    room, own = chat.room, chat.teams.personal(chat.alice)

    def made(kind: str, **more: object) -> dict[str, Any]:
        return chat.teams.activity(kind, chat.alice, room, **more)

    save = {"data": {"action": "pm-compare", "value": "tips-save||settings", "context": "{}", "at": "09:00"}}
    pressed = {"action": {"type": "Action.Execute", "verb": "pm-compare", "data": {"action": "pm-compare"}}}
    return {
        "message": chat.teams.activity("message", chat.alice, own, text="tips"),
        "press": made("invoke", name="adaptiveCard/action", value=pressed),
        "dialog": made("invoke", name="task/fetch", value=save),
        "submit": made("invoke", name="task/submit", value=save),
        "search": made("invoke", name="application/search", value={}),
        "insertion": made("invoke", name="composeExtension/query", value={"commandId": "search"}),
        "reaction": made("messageReaction", replyToId="1", reactionsAdded=[{"type": "like"}]),
        "added": made("installationUpdate", action="add"),
        "removed": made("installationUpdate", action="remove"),
        "members": made("conversationUpdate", membersAdded=[{"id": f"28:{chat.teams.client_id}"}]),
        "deleted": made("messageDelete"),
        "unknown": made("somethingNew"),
    }


async def _rows(chat: TeamsChat) -> dict[str, int]:
    await chat.settle()
    async with chat.bot.database.read() as connection:
        return {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (tables.subscription, tables.delivery, tables.post, tables.conversation, tables.history)
        }


async def test_another_tenant_is_not_served(chat: TeamsChat) -> None:
    """Properly signed, of every kind, named in either place or nowhere: 403, and nothing is written or forgotten."""
    before, faults, wrong = await _rows(chat), len(chat.teams.faults), []
    for kind, sound in _everything(chat).items():
        conversation, data = sound["conversation"], sound["channelData"]
        bare = {name: value for name, value in conversation.items() if name != "tenantId"}
        for where, foreign in {
            "conversation": {"conversation": conversation | {"tenantId": OTHER}},
            "channelData": {"channelData": data | {"tenant": {"id": OTHER}}},
            "both": {
                "conversation": conversation | {"tenantId": OTHER},
                "channelData": data | {"tenant": {"id": OTHER}},
            },
            "only channelData": {"conversation": bare, "channelData": data | {"tenant": {"id": OTHER}}},
            "nowhere": {"conversation": bare, "channelData": {}},
        }.items():
            answer = await chat.teams.send_activity(sound | foreign)
            if answer.status != 403:
                wrong.append((kind, where, answer.status))
    assert wrong == []
    assert await _rows(chat) == before
    del chat.teams.faults[faults:]  # the emulator notes that a person would have seen nothing
    counted = chat.bot.health.metrics.registry.get_sample_value(
        "pm_compare_requests_total", {"kind": "teams_unread", "outcome": "outsider"}
    )
    assert counted == 5 * len(_everything(chat))


async def test_the_own_tenant_is_served_however_it_is_written(chat: TeamsChat) -> None:
    """In capitals, and named in one place alone: no activity of ours is refused for it."""
    faults = len(chat.teams.faults)
    for kind, sound in _everything(chat).items():
        if kind == "removed":
            continue
        capital = sound["conversation"] | {"tenantId": sound["conversation"]["tenantId"].upper()}
        ways: list[dict[str, Any]] = [{"conversation": capital}, {"channelData": {}}]
        for more in ways:
            assert (await chat.teams.send_activity(sound | more)).status != 403, kind
    del chat.teams.faults[faults:]
