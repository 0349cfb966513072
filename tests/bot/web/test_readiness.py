"""Readiness by platform: one platform's trouble is told, and takes the other's requests away from nobody."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.web import application
from bot.web.application import Check
from tests.bot.sides import teams_side
from tests.bot.web.asgi import call
from tests.bot.web.test_application import probes
from tests.handlers.slack.world import World

FINE = Check("database", ok=True, detail="migrated")
BROKEN = Check("database", ok=False, detail="cannot be used; the log says why")
SETTINGS = {
    "TEAMS_CLIENT_ID": "11111111-1111-1111-1111-111111111111",
    "TEAMS_CLIENT_SECRET": "a-secret-of-the-registration",
    "TEAMS_TENANT_ID": "22222222-2222-2222-2222-222222222222",
    "TEAMS_CLOUD": "http://127.0.0.1:9",  # nobody answers there
}


SLACK_UP = (Check("slack", ok=True, detail="", platform="slack"), Check("socket", ok=True, detail="", platform="slack"))
SLACK_DOWN = (SLACK_UP[0], replace(SLACK_UP[1], ok=False))
TEAMS_UP = (Check("teams", ok=True, detail="", platform="teams"),)
TEAMS_DOWN = (replace(TEAMS_UP[0], ok=False),)


@pytest.mark.parametrize(
    ("checks", "path", "status", "degraded"),
    [
        ((FINE, *SLACK_UP, *TEAMS_UP), "/readyz", 200, False),
        ((FINE, *SLACK_UP, *TEAMS_DOWN), "/readyz", 200, True),
        ((FINE, *SLACK_DOWN, *TEAMS_UP), "/readyz", 200, True),
        ((FINE, *SLACK_DOWN, *TEAMS_DOWN), "/readyz", 503, False),
        ((BROKEN, *SLACK_UP, *TEAMS_UP), "/readyz", 503, False),
        ((FINE, *SLACK_DOWN), "/readyz", 503, False),
        ((FINE,), "/readyz", 200, False),
        ((FINE, *SLACK_UP, *TEAMS_DOWN), "/readyz/slack", 200, False),
        ((FINE, *SLACK_UP, *TEAMS_DOWN), "/readyz/teams", 503, False),
        ((FINE, *SLACK_DOWN, *TEAMS_UP), "/readyz/slack", 503, False),
        ((FINE, *SLACK_DOWN, *TEAMS_UP), "/readyz/teams", 200, False),
        ((BROKEN, *SLACK_UP, *TEAMS_UP), "/readyz/teams", 503, False),
    ],
)
async def test_red_where_nobody_can_be_answered(
    checks: tuple[Check, ...],
    path: str,
    status: int,
    degraded: bool,  # noqa: FBT001 # a row of the table
) -> None:
    """All together are red where every platform is down, or what they share; one alone by its own checks and those."""
    reply = await call(application.application({}, probes(checks)), "GET", path)
    said = reply.json()
    assert (reply.status, said["ok"], said["degraded"]) == (status, status == 200, degraded)
    only = path.removeprefix("/readyz").strip("/")
    assert [check["name"] for check in said["checks"]] == [
        check.name for check in checks if not only or check.platform in {"", only}
    ]
    shared = all(check.ok for check in checks if not check.platform)
    assert said["platforms"] == {
        name: {
            "ok": shared and all(check.ok for check in checks if check.platform == name),
            "checks": [check.name for check in checks if check.platform == name],
        }
        for name in dict.fromkeys(check.platform for check in checks if check.platform)
        if only in {"", name}
    }


async def test_a_platform_that_is_not_set_up_is_a_404() -> None:
    """A monitor of it was set up by mistake: the answer names those there are."""
    reply = await call(application.application({}, probes((FINE, *SLACK_UP))), "GET", "/readyz/teams")
    assert (reply.status, reply.json()["error"]) == (404, "teams is not set up here; set up: slack")


async def test_microsofts_token_service_takes_slack_nowhere(tmp_path: Path) -> None:
    """Where no token can be had from Microsoft, Slack's people go on being answered, and the probes say both."""
    async with World(tmp_path, scopes=(), **SETTINGS) as world:
        assert "cannot be reached" in await teams_side(world.bot).ask_for_token()
        app = world.bot.web()
        whole, alone, other = [await call(app, "GET", path) for path in ("/readyz", "/readyz/slack", "/readyz/teams")]
        assert [reply.status for reply in (whole, alone, other)] == [200, 200, 503]
        assert whole.json()["degraded"]
        (told,) = [check for check in whole.json()["checks"] if not check["ok"]]
        assert told["name"] == "teams"
        assert (await world.slack.command(world.alice, world.room, "/pm-compare risks")).ephemeral is not None
