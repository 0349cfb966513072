"""Which Teams tenants are served: the bot's own, those that are named, or any; all others leave no trace."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.teams.tenant import Tenants
from bot.web.asgi import RefusedError
from playground.teams.emulator import TENANT_ID
from tests.bot.sides import teams_side
from tests.scenarios.teams_chat import TeamsChat

OTHER = "9e9e9e9e-0000-4000-8000-00000000dead"
THIRD = "7c7c7c7c-0000-4000-8000-00000000beef"


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[TeamsChat]:
    """Give a running Teams, with the bot in its room and in both people's chats."""
    async with TeamsChat(tmp_path) as running:
        yield running


def there(activity: dict[str, Any], tenant: str) -> dict[str, Any]:
    """Make an activity happen in another tenant: the same ids of conversation and person."""
    conversation, data = activity["conversation"], activity["channelData"]
    return activity | {
        "conversation": conversation | {"tenantId": tenant},
        "channelData": data | {"tenant": {"id": tenant}},
    }


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
        "upgraded": made("installationUpdate", action="add-upgrade"),
        "members": made("conversationUpdate", membersAdded=[{"id": f"28:{chat.teams.client_id}"}]),
        "deleted": made("messageDelete"),
        "unknown": made("somethingNew"),
    }


async def test_another_tenant_is_not_served(chat: TeamsChat) -> None:
    """Properly signed, of every kind, however it is named, or not at all: 403, and nothing is written or forgotten."""
    before, faults, wrong = await chat.kept(), len(chat.teams.faults), []
    for kind, sound in _everything(chat).items():
        conversation, data = sound["conversation"], sound["channelData"]
        bare = {name: value for name, value in conversation.items() if name != "tenantId"}
        for where, foreign in {
            "conversation": {"conversation": conversation | {"tenantId": OTHER}},
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
    assert await chat.kept() == before
    del chat.teams.faults[faults:]  # the emulator notes that a person would have seen nothing
    counted = chat.bot.health.metrics.registry.get_sample_value(
        "pm_compare_requests_total", {"kind": "teams_unread", "outcome": "outsider"}
    )
    assert counted == 4 * len(_everything(chat))


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


async def test_a_channel_shared_between_tenants_is_its_hosts(chat: TeamsChat) -> None:
    """Teams names the host in the conversation, and may name the sender's tenant beside it: the host decides."""
    faults = len(chat.teams.faults)
    data = {"channelData": {"tenant": {"id": OTHER}}}
    guest = chat.teams.activity("messageReaction", chat.bob, chat.room, replyToId="1", reactionsAdded=[]) | data
    assert (await chat.teams.send_activity(guest)).status == 200
    ours = chat.teams.activity("messageReaction", chat.bob, chat.room, replyToId="1", reactionsAdded=[])
    away = ours | {"conversation": ours["conversation"] | {"tenantId": OTHER}}
    assert (await chat.teams.send_activity(away)).status == 403
    assert await chat.kept(OTHER) == dict.fromkeys(await chat.kept(), 0)
    del chat.teams.faults[faults:]


@pytest.mark.parametrize(
    ("allowed", "served", "refused", "counted", "named"),
    [
        (
            f"{TENANT_ID}, {OTHER.upper()}",
            [TENANT_ID, OTHER],
            [THIRD],
            "its own tenant and 1 other are admitted",
            f"admitted: {TENANT_ID} (its own), {OTHER}",
        ),
        (OTHER, [OTHER], [TENANT_ID, THIRD], "1 other is admitted", f"admitted: {OTHER}"),
        (f"{OTHER},{THIRD}", [OTHER, THIRD], [TENANT_ID], "2 others are admitted", f"admitted: {THIRD}, {OTHER}"),
        ("*", [TENANT_ID, OTHER, THIRD], [], "any tenant is admitted", "any tenant is admitted"),
    ],
)
async def test_the_tenants_that_are_named_are_served(
    tmp_path: Path, allowed: str, served: list[str], refused: list[str], counted: str, named: str
) -> None:
    """Each under its own id, whatever ids it shares with others; `doctor` names them, and /readyz only counts."""
    async with TeamsChat(tmp_path, TEAMS_ALLOWED_TENANTS=allowed) as chat:
        for tenant in (*served, *refused):
            sent = chat.teams.activity("installationUpdate", chat.alice, chat.room, action="add")
            answer = await chat.teams.send_activity(there(sent, tenant))
            assert answer.status == (200 if tenant in served else 403)
            assert (await chat.kept(tenant))["conversation"] >= (tenant in served)
            assert tenant in served or sum((await chat.kept(tenant)).values()) == 0
        without_id = chat.teams.activity("messageDelete", chat.alice, chat.room) | {"channelData": {}}
        nowhere = without_id | {"conversation": {"id": chat.room.id, "conversationType": "channel"}}
        assert (await chat.teams.send_activity(nowhere)).status == 403
        side = teams_side(chat.bot)
        assert [check.detail for check in await side.checks() if check.name == "teams tenants"] == [counted]
        assert [check.detail for check in await side.examined() if check.name == "teams tenants"] == [named]
        chat.teams.faults.clear()  # the emulator notes that a person would have seen nothing


def test_a_refused_tenant_is_said_once() -> None:
    """However often it asks: one line in the log names it, and so many tenants at most are named."""
    tenants = Tenants((TENANT_ID,), TENANT_ID)
    with structlog.testing.capture_logs() as lines:
        for number in range(1_000):
            for _ in range(3):
                with pytest.raises(RefusedError, match="does not serve"):
                    tenants.check({"conversation": {"tenantId": f"tenant-{number}"}})
    assert len(lines) == len({line["tenant"] for line in lines}) == 100
    assert {(line["event"], line["admitted"]) for line in lines} == {
        ("teams.other_tenant", f"admitted: {TENANT_ID} (its own)")
    }
