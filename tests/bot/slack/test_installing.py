"""Anybody installs the bot from its page, and whoever may not, or cannot, is told why and what to do."""

import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from cards import scopes
from playground.shared.trouble import Trouble
from store.installation_tables import installation
from tests.bot.sides import all_installations
from tests.bot.slack.many import HARBOR, NORTHWIND, many

GRANTED = "app_mentions:read,chat:write,commands,reactions:read,users:read"


async def test_from_the_page_to_the_first_answer(tmp_path: Path) -> None:
    """The page, Slack's own, back, the welcome, and /pm-compare; nothing of a token stands anywhere in the clear."""
    async with many(tmp_path) as world:
        offered = await world.get("/slack/install")
        assert (offered.status, offered.title) == (200, "Add PM Compare to Slack")
        for scope in (*scopes.REQUIRED, *scopes.OPTIONAL):
            assert scope.reason in offered.words
        assert offered.words.count("optional") == len(scopes.OPTIONAL)
        shown = await world.install(NORTHWIND, "users:read")
        assert (shown.status, shown.title) == (200, "PM Compare is installed in Northwind")
        assert "app_redirect?app=" in shown.html
        assert "left out" not in shown.words
        assert "invite it again where tips came" in shown.words  # who installs it again finds it in no channel
        north = world.slack.workspaces["T0NORTHWIND"]
        greta, room = north.user("greta"), north.channel("product")
        answer = await north.command(greta, room, "/pm-compare risks")
        assert answer.ephemeral is not None
        assert "Risks" in answer.ephemeral.text
        (welcome,) = [call for call in north.platform.calls if call.method == "chat.postMessage"]
        assert "PM Compare is installed" in welcome.arguments["text"]
        async with world.bot.database.read() as connection:
            stored = (await connection.exec_driver_sql("SELECT token, scopes FROM installation")).one()
        assert "xox" not in stored.token
        assert ",".join(sorted(stored.scopes.split(","))) == GRANTED
        # The same person again: one row, and no second welcome.
        await world.install(NORTHWIND, "users:read")
        async with world.bot.database.read() as connection:
            assert (await connection.exec_driver_sql("SELECT count(*) FROM installation")).scalar_one() == 1
        assert len([call for call in north.platform.calls if call.method == "chat.postMessage"]) == 1


async def test_what_slack_is_asked_for(tmp_path: Path) -> None:
    """All scopes, optional ones too, which the manifest lets people leave out; escaped, and for one workspace if so."""
    async with many(tmp_path) as world:
        asked = await world.asked("T0NORTHWIND")
        assert ",".join(sorted(asked["scope"].split(","))) == GRANTED
        assert asked["redirect_uri"] == f"{world.address}/slack/oauth_redirect"
        assert asked["team"] == "T0NORTHWIND"
        assert "team" not in await world.asked('T0"><script>')
        raw = (await world.press()).headers["Location"]
        assert "redirect_uri=http%3A%2F%2F127.0.0.1" in raw
        page = await world.get("/slack/install?team=T0NORTHWIND")
        assert '<input type="hidden" name="team" value="T0NORTHWIND">' in page.html
        assert "script" not in (await world.get("/slack/install?team=%22%3E%3Cscript%3E")).html


async def test_what_was_left_out_is_said(tmp_path: Path) -> None:
    """An optional scope is missed without a word; the app works."""
    async with many(tmp_path) as world:
        shown = await world.install(NORTHWIND)
        assert "left out" not in shown.words
        async with world.bot.database.read() as connection:
            granted = (await connection.exec_driver_sql("SELECT scopes FROM installation")).scalar_one()
        assert "users:read" not in granted


async def test_a_browser_does_nothing_more_with_our_pages(tmp_path: Path) -> None:
    """Nothing is loaded, run, framed, kept or told to others; only the button leads away, to Slack."""
    async with many(tmp_path) as world:
        for page in (await world.get("/slack/install"), await world.get("/slack/oauth_redirect?error=access_denied")):
            policy = page.headers["Content-Security-Policy"]
            style = re.search(r"<style>(.*?)</style>", page.html, re.DOTALL)
            assert style is not None
            digest = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
            assert f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action " in policy
            assert "frame-ancestors 'none'" in policy
            assert "<script" not in page.html
            assert page.headers["X-Content-Type-Options"] == "nosniff"
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert page.headers["Cache-Control"] == "no-store"
        assert world.slack.url.rstrip("/") in (await world.get("/slack/install")).headers["Content-Security-Policy"]
        async with world.browser.head(f"{world.address}/slack/install") as response:
            assert (response.status, await response.read()) == (200, b"")
        async with world.browser.post(f"{world.address}/slack/oauth_redirect") as response:
            assert response.status == 405


async def test_nobody_who_only_looks_leaves_a_row(tmp_path: Path) -> None:
    """A row begins with the button, and a flood of presses is told to wait, whatever else is asked meanwhile."""
    async with many(tmp_path, monotonic=lambda: 0.0) as world:  # no second passes
        for _ in range(5):
            await world.get("/slack/install")
        async with world.bot.database.read() as connection:
            assert (await connection.exec_driver_sql("SELECT count(*) FROM install_state")).scalar_one() == 0
        statuses = [(await world.press()).status for _ in range(205)]
        assert statuses == [303] * 200 + [429] * 5
        assert (await world.get("/slack/install")).status == 200


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("?error=access_denied&state=x", 200, "Nothing was installed"),
        ("?error=%3Cscript%3E", 400, "Slack did not install it"),
        ("?error=some_new_code", 400, "Slack did not install it"),
        ("?code=x&state=x", 400, "Your browser came back without its cookie"),
        ("", 400, "Your browser came back without its cookie"),
    ],
)
async def test_each_end_without_an_installation(tmp_path: Path, path: str, status: int, title: str) -> None:
    """Each says what happened in words, quotes nothing that could be more than a word, and leads back."""
    async with many(tmp_path) as world:
        shown = await world.get(f"/slack/oauth_redirect{path}")
        assert (shown.status, shown.title) == (status, title)
        assert f'href="{world.address}/slack/install"' in shown.html
        assert "script" not in shown.html
        assert ("some_new_code" in shown.html) == ("some_new_code" in path)


async def test_a_state_is_used_once_by_the_browser_that_has_it(tmp_path: Path) -> None:
    """Coming back twice, too late, or in another browser is told apart, and changes nothing."""
    async with many(tmp_path) as world:
        path = await world.allow(NORTHWIND)
        cookies = {cookie.key: cookie.value for cookie in world.jar}
        world.jar.clear()
        assert (await world.get(path)).title == "Your browser came back without its cookie"
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        assert (await world.get(path, Cookie=cookie)).status == 200
        again = await world.get(path, Cookie=cookie)
        assert again.title == "This attempt is over"
        assert "If it said before that PM Compare is installed, it is." in again.html
        reloaded = await world.get(path)  # without the cookie, which the end took back
        assert "If this page said before that PM Compare is installed, it is" in reloaded.html
        late = await world.allow(NORTHWIND)
        world.slack.clock.shift(601)
        assert (await world.get(late)).title == "This attempt is over"


async def test_a_code_that_slack_refuses(tmp_path: Path) -> None:
    """A forged one is said to be unknown; a registration that is wrong is the operator's, and no fault of theirs."""
    async with many(tmp_path) as world:
        state = (await world.asked())["state"]
        assert (await world.get(f"/slack/oauth_redirect?code=no&state={state}")).title.startswith("Slack does not know")
        state = (await world.asked())["state"]
        assert (await world.get(f"/slack/oauth_redirect?state={state}")).title == "Slack sent nothing along"
    async with many(tmp_path, SLACK_CLIENT_SECRET="another") as world:  # noqa: S106 # opens nothing
        shown = await world.get(await world.allow(NORTHWIND))
        assert (shown.status, shown.title) == (500, "Slack does not accept this bot's registration")


async def test_slack_cannot_be_reached(tmp_path: Path) -> None:
    """A page says so, and the next attempt works."""
    async with many(tmp_path) as world:
        path = await world.allow(NORTHWIND)
        await world.slack.stop()
        shown = await world.get(path)
        assert (shown.status, shown.title) == (502, "Slack could not be reached")


async def test_plain_http_is_named(tmp_path: Path) -> None:
    """Behind a proxy that says so: the cookie would never come back, and that is what is said."""
    async with many(tmp_path, PUBLIC_URL="https://bot.example") as world:
        for shown in (
            await world.press(**{"X-Forwarded-Proto": "http"}),
            await world.get("/slack/oauth_redirect?code=x&state=y", **{"X-Forwarded-Proto": "http, https"}),
        ):
            assert (shown.status, shown.title) == (400, "Open this page over https")
            assert 'href="https://bot.example/slack/install"' in shown.html
        sent = (await world.press(**{"X-Forwarded-Proto": "https"})).headers["Set-Cookie"]
        assert "; Secure" in sent
        assert "HttpOnly; SameSite=Lax; Path=/slack/oauth_redirect" in sent


@pytest.mark.parametrize("allowed", ["T0POCKET", "E0OTHER,T0HARBORAPPS"])
async def test_who_is_turned_away_keeps_nothing_here(tmp_path: Path, allowed: str) -> None:
    """Another workspace, or a whole organization of which one workspace is allowed: the access is handed back."""
    async with many(tmp_path, ALLOWED_WORKSPACES=allowed) as world:
        assert "certain workspaces only" in (await world.get("/slack/install")).words
        for place, name, id_ in ((NORTHWIND, "Northwind", "T0NORTHWIND"), (HARBOR, "Harbor Group", "E0HARBOR")):
            shown = await world.install(place)
            assert (shown.status, shown.title) == (403, f"This bot does not serve {name}")
            assert id_ in shown.words
            assert "handed back at once" in shown.words
        assert not world.slack.workspaces["T0NORTHWIND"].platform.is_installed
        async with world.bot.database.read() as connection:
            assert (await connection.exec_driver_sql("SELECT count(*) FROM installation")).scalar_one() == 0


async def test_an_allowed_organization(tmp_path: Path) -> None:
    """Its id lets it and each of its workspaces in."""
    async with many(tmp_path, ALLOWED_WORKSPACES="E0HARBOR") as world:
        shown = await world.install(HARBOR)
        assert shown.title == "PM Compare is installed in Harbor Group"
        assert "organization admin" in shown.words
        await world.slack.installs.admit("T0HARBORAPPS")
        apps = world.slack.workspaces["T0HARBORAPPS"]
        answer = await apps.command(apps.user("jon"), apps.channel("apps-product"), "/pm-compare risks")
        assert answer.ephemeral is not None
        assert "Risks" in answer.ephemeral.text


async def test_a_token_that_ended_for_good_is_told_everywhere(tmp_path: Path) -> None:
    """In the log once, by `doctor`, /readyz and the metrics: whom it happened to cannot be told by Slack any more."""
    async with many(tmp_path, rotates=True) as world:
        await world.install(NORTHWIND)
        found = all_installations(world.bot)
        world.slack.trouble.append(Trouble("oauth.v2.access", "cut_after"))  # and Slack here takes no token twice
        world.slack.clock.shift(11 * 3600)
        with capture_logs() as lines:
            for _ in range(8):
                await found.stored.refresh_due(world.bot.clock())
                world.slack.clock.shift(600)
        assert [line["event"] for line in lines].count("slack.token.final") == 1
        checks = {check.name: check for check in await found.examined()}
        assert not checks["slack ended"].ok
        assert "T0NORTHWIND" in checks["slack ended"].detail
        ready = await world.get("/readyz")
        assert ready.status == 200
        assert "1 of them have to install it again" in ready.html
        assert "T0NORTHWIND" not in ready.html
        assert 'pm_compare_slack_installations{state="ended"} 1.0' in world.bot.health.metrics.render()[0].decode()


async def test_how_many_there_are_is_told_and_which_cannot_be_served(tmp_path: Path) -> None:
    """/readyz counts and names nobody; `doctor` names those whose token no key opens; neither shows a secret."""
    async with many(tmp_path) as world:
        await world.install(NORTHWIND)
        ready = await world.get("/readyz")
        assert "installed in 1 workspaces and 0 organizations" in ready.html
        assert "T0NORTHWIND" not in ready.html
        checks = {check.name: check for check in await world.bot.platforms["slack"].examined()}
        assert all(check.ok for check in checks.values())
        assert "open to anybody" in checks["slack"].detail
        async with world.bot.database.write() as connection:
            await connection.execute(update(installation).values({"token": "gAAAAA", "scopes": "commands"}))
        checks = {check.name: check for check in await world.bot.platforms["slack"].examined()}
        assert not checks["slack tokens"].ok
        assert "T0NORTHWIND" in checks["slack tokens"].detail
        assert not checks["scopes"].ok
        said = " ".join(check.detail for check in checks.values())
        for secret in world.bot.settings.secrets():
            assert secret not in said + ready.html


async def test_the_list_holds_for_each_request(tmp_path: Path) -> None:
    """A workspace with an installation that is not listed, by itself or its organization, is told so."""
    async with many(tmp_path, ALLOWED_WORKSPACES="E0HARBOR") as world:
        await world.install("T0HARBORAPPS:U0JON")
        async with world.bot.database.write() as connection:
            await connection.execute(update(installation).values(enterprise=""))  # as if it had left
        all_installations(world.bot).stored.drop("T0HARBORAPPS")
        apps = world.slack.workspaces["T0HARBORAPPS"]
        answer = await apps.command(apps.user("jon"), apps.channel("apps-product"), "/pm-compare risks")
        assert answer.ephemeral is not None
        assert "This bot does not serve this workspace" in answer.ephemeral.text
