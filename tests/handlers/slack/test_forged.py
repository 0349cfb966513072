"""Forged on Slack: whatever a press or a form carries is answered, and no fault of ours."""

import asyncio
import json
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.handlers import forged
from tests.handlers.slack.world import World

_AT_ONCE = 16  # values sent at a time: one after the other, each would wait for the other side


def real(world: World) -> tuple[str, ...]:
    """Give a subject of each kind that is there; the tip has a question."""
    library = world.bot.content.library
    tip = next(tip for tip in library.tips if tip.recall is not None)
    return (f"tip/{tip.id}", f"dilemma/{library.dilemmas[0].id}", f"dimension/{library.dimensions[0].id}")


def pressed(world: World, value: str) -> dict[str, object]:
    """Press a button that is on no card."""
    place = {"type": "message", "is_ephemeral": True, "message_ts": "1.0", "channel_id": world.room.id}
    return {
        "type": "block_actions",
        "channel": {"id": world.room.id, "name": world.room.name},
        "container": place,
        "trigger_id": "",
        "actions": [{"type": "button", "action_id": "x", "block_id": "b", "value": value}],
    }


def submitted(value: str) -> dict[str, object]:
    """Send a form that was never opened."""
    view = {"id": "V1", "type": "modal", "callback_id": value, "private_metadata": "{}", "state": {"values": {}}}
    return {"type": "view_submission", "view": view}


@pytest.mark.long
async def test_everything_is_answered(tmp_path: Path) -> None:
    """Each verb, with everything that no card of ours has beside it, pressed and sent."""
    async with World(tmp_path) as world:
        who = {"id": world.alice.id, "team_id": world.slack.team}
        common = {"team": {"id": world.slack.team}, "user": who, "api_app_id": world.slack.app}

        async def answered(sent: dict[str, object]) -> int | None:
            body = urlencode({"payload": json.dumps({**sent, **common})}).encode()
            return (await world.slack.post_signed(body)).status

        every = forged.values(*real(world))
        while together := list(islice(every, _AT_ONCE)):
            sent = [each for value in together for each in (pressed(world, value), submitted(value))]
            said = await asyncio.gather(*map(answered, sent))
            assert said == [200] * len(sent), together
        await world.settle()
        assert world.failures() == 0
