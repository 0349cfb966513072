"""What is another person's or workspace's on Slack: named in every press and form, and neither changed nor told."""

import asyncio
import json
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from cards.model import FORMS
from handlers.slack import payload
from playground.slack.emulator import Answer
from tests.handlers import foreign
from tests.handlers.slack.court import ELSEWHERE
from tests.handlers.slack.court import FORMS as ANSWERS
from tests.handlers.slack.test_steering import latest
from tests.handlers.slack.world import World
from tests.store.test_personal import plant

OTHERS = "U0OTHERS"
_AT_ONCE = 16  # values pressed at a time: one after the other, each would wait for the other side


async def send(world: World, **more: Any) -> Answer:  # noqa: ANN401 # a payload's
    """Send a signed interaction as Bob."""
    common = {"team": {"id": world.slack.team}, "user": {"id": world.bob.id, "team_id": world.slack.team}}
    sent = {**common, "api_app_id": world.slack.app, "trigger_id": "", **more}
    return await world.slack.post_signed(urlencode({"payload": json.dumps(sent)}).encode())


async def planted(world: World) -> list[str]:
    """Write down what belongs to somebody here, and to somebody of another workspace; gives the ids of it all."""
    async with world.bot.database.write() as connection:
        await plant(connection, OTHERS, world.slack.team, "D0OTHERS")
        await plant(connection, "U0THEIRS", ELSEWHERE, "D0THEIRS")
        return list(await foreign.names(connection, OTHERS, ELSEWHERE))


async def kept(world: World) -> foreign.Rows:
    """Read it."""
    async with world.bot.database.read() as connection:
        return await foreign.rows(connection, OTHERS, ELSEWHERE)


@pytest.mark.long
async def test_every_press_that_names_what_is_not_theirs_changes_nothing_of_it(tmp_path: Path) -> None:
    """Each verb, with ids of each kind, as its argument and as its place, pressed in a channel."""
    place = {"type": "message", "is_ephemeral": True, "message_ts": "1.0"}
    async with World(tmp_path) as world:  # forms that would open are refused by Slack, which made none of the clicks
        named = await planted(world)
        before = await kept(world)
        where = {"channel": {"id": world.room.id}, "container": {**place, "channel_id": world.room.id}}
        every = foreign.values(named)
        while together := list(islice(every, _AT_ONCE)):
            button = {"type": "button", "action_id": "x", "block_id": "b"}
            presses = [{"actions": [{**button, "value": value}], **where} for value in together]
            answers = await asyncio.gather(*(send(world, type="block_actions", **press) for press in presses))
            assert [answer.status for answer in answers] == [200] * len(together), together
        await world.bot.tasks.drain(5)
        assert await kept(world) == before
        assert world.failures() == 0


async def test_a_form_that_brings_along_what_is_another_workspaces_changes_nothing_of_it(world: World) -> None:
    """Each form of ours, with ids of each kind in each place of what it carries: it is about this workspace alone."""
    await planted(world)
    async with world.bot.database.read() as connection:
        named = await foreign.names(connection, ELSEWHERE)
        before = await foreign.rows(connection, ELSEWHERE)
    dilemma = world.bot.content.library.dilemmas[0].id
    for carried in foreign.carried(named):
        for form, values in ANSWERS.items():
            state = {"values": {name: {name: value} for name, value in values.items()}}
            view = {"id": "V1", "type": "modal", "callback_id": f"tips-save||{form}", "private_metadata": carried}
            answer = await send(world, type="view_submission", view={**view, "state": state})
            assert answer.status == 200, (form, carried)
        for verb in sorted(set(FORMS.values()) - {"tips-save"}):
            view = {
                "id": "V2",
                "type": "modal",
                "callback_id": f"{verb}|dilemma/{dilemma}|",
                "private_metadata": carried,
            }
            answer = await send(world, type="view_submission", view={**view, "state": {"values": {}}})
            assert answer.status == 200, (verb, carried)
    await world.bot.tasks.drain(5)
    async with world.bot.database.read() as connection:
        assert await foreign.rows(connection, ELSEWHERE) == before
    assert world.failures() == 0


async def test_what_is_there_and_not_theirs_is_answered_like_what_is_not_there(world: World) -> None:
    """So that nobody learns by guessing ids that there is such a plan, vote, post or tip."""
    await planted(world)
    async with world.bot.database.read() as connection:
        theirs = [one for one in await foreign.names(connection, OTHERS, ELSEWHERE) if len(one) == len("f" * 32)]
    assert theirs
    place = {"type": "message", "is_ephemeral": True, "message_ts": "1.0", "channel_id": world.room.id}

    async def said(value: str) -> str:
        pressed = [{"type": "button", "action_id": "x", "block_id": "b", "value": value}]
        card = (await world.slack.command(world.bob, world.room, "/pm-compare risks")).response_url
        await send(
            world,
            type="block_actions",
            channel={"id": world.room.id},
            container=place,
            actions=pressed,
            response_url=card,
        )
        await world.bot.tasks.drain(5)
        return latest(world, world.bob).text

    for verb in ("plan-done", "plan-later", "plan-drop", "tips-send"):
        nothing = await said(f"{verb}||{'f' * 32}")
        for one in theirs:
            assert await said(f"{verb}||{one}") == nothing, (verb, one)
    nothing = await said(f"vote||{'f' * 32}:0")
    for one in theirs:
        assert await said(f"vote||{one}:0") == nothing, one


@pytest.mark.parametrize(
    ("body", "home", "is_outsider"),
    [
        ({"user": {"team_id": "T2"}, "team": {"id": "T1"}}, "T1", True),
        ({"user": {"team_id": "T1"}, "team": {"id": "T1"}}, "T1", False),
        ({"user": {"team_id": "T2"}, "team": {"id": "T1"}}, "", True),
        ({"user": {"team_id": "T2"}, "view": {"app_installed_team_id": "T1"}}, "", True),
        ({"user": {"team_id": "T1"}, "view": {"app_installed_team_id": "T1"}}, "", False),
        ({"event": {"user_team": "T2"}, "authorizations": [{"team_id": "T1"}]}, "", True),
        ({"event": {"user_team": "T1"}, "authorizations": [{"team_id": "T1"}]}, "", False),
        ({"event": {"source_team": "T2", "team": "T1"}, "authorizations": [{"team_id": "T1"}]}, "T1", True),
        ({"event": {}, "team_id": "T2", "authorizations": [{"team_id": "T1"}]}, "", False),
        ({"team_id": "T2"}, "T1", True),
        ({"team_id": "T2"}, "", False),
        ({"user": {"team_id": "E1"}, "team": {"id": "T1"}}, "T1", False),
        ({"user": {"team_id": "T2"}, "team": {"id": "T1"}, "enterprise": {"id": "E1"}}, "T1", False),
        ({"team_id": "T2", "enterprise_id": "E1"}, "T1", False),
        ({}, "T1", False),
    ],
)
def test_who_is_from_outside_is_read_of_every_payload(body: dict[str, Any], home: str, is_outsider: bool) -> None:  # noqa: FBT001 # a case
    """Against the workspace whose installation it is about, with one of them or with many."""
    assert payload.is_outsider(body, home) is is_outsider
