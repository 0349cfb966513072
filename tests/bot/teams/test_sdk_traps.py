"""What the Teams SDK and the Bot Connector do unexpectedly, trap by trap, against the bot as it is served."""

import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from playground.teams.emulator import Message
from tests import ready
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


def test_the_sdk_reads_nothing_of_the_environment(tmp_path: Path) -> None:
    """All of it calls load_dotenv() at its import, and would take CLIENT_ID and others from the environment."""
    (tmp_path / ".env").write_text("PM_TRAP=read\n", encoding="utf-8")
    code = "import os; import bot.teams.sdk; print(os.environ.get('PM_TRAP'), os.environ['CLIENT_ID'])"
    assert _printed(code, tmp_path, CLIENT_ID="ours") == "None ours"


# Names what is loaded of the SDK with its check of a token, and says whether MSAL is.
_ALONE = (
    "import sys; import bot.teams.sdk as ours; "
    "print(*(name for name in sys.modules if name.startswith('microsoft_teams.')), 'msal' in sys.modules)"
)
_CHECK = "microsoft_teams.apps.auth.token_validator"


def test_the_check_of_a_token_is_the_sdks_own_and_all_that_is_loaded_of_it(tmp_path: Path) -> None:
    """All of it would be 50 MB; what is taken out of it leaves no trace."""
    code = f"{_ALONE}; check = ours.InboundActivityTokenValidator; print(check.__module__, check.__name__)"
    assert _printed(code, tmp_path).splitlines() == ["False", f"{_CHECK} InboundActivityTokenValidator"]


# What the SDK needs of others' packages takes as long to import as the SDK, and none of those is put aside.
_OTHERS = "import dependency_injector.wiring, fastapi, httpx, msal, pydantic"


@pytest.mark.parametrize(
    "whole",
    [
        "from microsoft_teams.apps import App",
        "import microsoft_teams.api.auth.cloud_environment as found, microsoft_teams.apps.auth.token_validator",
        f"import {_CHECK}; microsoft_teams.apps.auth.token_validator; import microsoft_teams.api.auth",
    ],
)
def test_whoever_imports_all_of_the_sdk_then_finds_it_whole(tmp_path: Path, whole: str) -> None:
    """By whichever name they import it: each package knows its modules."""
    named = f"{_ALONE}; {whole}; import microsoft_teams; print(microsoft_teams.apps.auth.token_validator.__name__)"
    done = ready.ended(_OTHERS, named, folder=tmp_path)
    assert done.stdout.splitlines() == ["True", _CHECK], done.stderr


def test_where_all_of_the_sdk_is_there_already_nothing_of_it_is_put_aside(tmp_path: Path) -> None:
    """The check is the same one then."""
    code = (
        "import microsoft_teams.apps; import bot.teams.sdk as ours; from microsoft_teams.apps import auth"
        "; print(auth.InboundActivityTokenValidator is ours.InboundActivityTokenValidator)"
    )
    done = ready.ended(_OTHERS, code, folder=tmp_path)
    assert done.stdout.splitlines()[-1] == "True", done.stderr


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
