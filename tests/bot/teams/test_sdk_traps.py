"""What the Teams SDK and the Bot Connector do unexpectedly, trap by trap, against the bot as it is served."""

import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.settings.checked import Settings
from bot.teams import sdk
from playground.teams.emulator import Message
from tests.handlers.teams.activities import CLIENT, TENANT
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
    faults = len(chat.teams.faults)
    invoke = chat.teams.activity("invoke", chat.alice, room, name="something/new", value={})
    assert (await chat.teams.send_activity(invoke)).status == 501
    del chat.teams.faults[faults:]


async def test_an_upgrade_of_the_app_leaves_everything_as_it_was(chat: TeamsChat) -> None:
    """Teams tells of one as `remove-upgrade`, then `add-upgrade`: that is no removal, and welcomes nobody again."""
    await chat.ask("tips", place="alone")
    own = chat.teams.personal(chat.alice)
    before = await chat.kept(), len(chat.teams.messages(own)), len(chat.teams.messages(chat.room))
    for place in (own, chat.room):
        for action in ("remove-upgrade", "add-upgrade", "upgrade", "something-new"):
            sent = chat.teams.activity("installationUpdate", chat.alice, place, action=action)
            assert (await chat.teams.send_activity(sent)).status == 200, action
            await chat.settle()
    assert (await chat.kept(), len(chat.teams.messages(own)), len(chat.teams.messages(chat.room))) == before


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


async def test_copies_of_its_client_share_their_connections() -> None:
    """It makes some, and each would read the certificates anew, which takes longer than all else in building it."""
    environ = {"TEAMS_CLIENT_ID": CLIENT, "TEAMS_CLIENT_SECRET": "x", "TEAMS_TENANT_ID": TENANT}
    async with sdk.client(Settings.read(environ, None), None) as api:
        connections = api.http.http
        elsewhere = api.from_service_url("https://smba.trafficmanager.net/emea/")
        assert [one.http for one in (api.http.clone(), api.http.clone().clone(), elsewhere.http)] == [connections] * 3
        assert connections.timeout.read == 10  # two thirds of what is set
    assert connections.is_closed


def test_a_bot_for_slack_alone_does_not_load_the_sdk() -> None:
    """It would take as long again to start, and 60 MB."""
    code = (
        "import sys; import bot.app, bot.serve, bot.ticking, bot.cli.serving; print('microsoft_teams' in sys.modules)"
    )
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
