"""Installing the app in an emulated workspace: the page that asks, codes, tokens, rotation, and leaving again."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from playground.slack.emulator import SlackEmulator, Trouble
from playground.slack.oauth import worlds
from playground.slack.oauth.directory import CODE_SECONDS, Registration
from tests.playground.echo_bot import EchoBot

BACK = "http://127.0.0.1:9/slack/oauth_redirect"
SCOPES = "commands,chat:write,reactions:read,app_mentions:read,users:read"
CLIENT, SECRET, WRONG = "1000000000.2000000000", "pocket-client-secret", "another"


@dataclass
class Browser:
    """A person before Slack's own page, and the bot behind it."""

    slack: SlackEmulator
    session: aiohttp.ClientSession

    async def look(self, **changed: str | None) -> tuple[int, str]:
        """Open the page that asks; None leaves a parameter out."""
        asked = {"client_id": CLIENT, "scope": SCOPES, "redirect_uri": BACK, "state": "s t&a=te"} | changed
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        async with self.session.get(f"{self.slack.url}oauth/v2/authorize?{query}") as response:
            return response.status, await response.text()

    async def answer(self, place: str, *ticked: str, answer: str = "allow", **changed: str) -> dict[str, str]:
        """Press a button; what the browser carries back to the bot."""
        asked = {"client_id": CLIENT, "scope": SCOPES, "redirect_uri": BACK, "state": "s t&a=te"} | changed
        form = [*asked.items(), ("place", place), ("answer", answer), *(("optional", each) for each in ticked)]
        async with self.session.post(
            f"{self.slack.url}oauth/v2/authorize", data=form, allow_redirects=False
        ) as response:
            where = urlsplit(response.headers.get("location", ""))
            assert f"{where.scheme}://{where.netloc}{where.path}" == BACK, await response.text()
            return {name: values[0] for name, values in parse_qs(where.query).items()}

    async def call(self, method: str, token: str = "", **arguments: str) -> dict[str, Any]:
        """Call the Web API as the bot would."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.post(f"{self.slack.api_url}{method}", data=arguments, headers=headers) as response:
            found: dict[str, Any] = await response.json()
            return found

    async def access(self, **given: str) -> dict[str, Any]:
        """Call oauth.v2.access with the app's credentials, or others."""
        return await self.call("oauth.v2.access", **{"client_id": CLIENT, "client_secret": SECRET} | given)

    async def install(self, place: str, *ticked: str) -> dict[str, Any]:
        """Allow it, and fetch the token."""
        back = await self.answer(place, *ticked)
        found = await self.access(code=back["code"], redirect_uri=BACK)
        assert found["ok"], found
        return found


@asynccontextmanager
async def browsing(bot: EchoBot, *, rotates: bool = True) -> AsyncIterator[Browser]:
    """Give a browser and a furnished emulator with all its workspaces."""
    app = Registration(redirects=[BACK], optional=("users:read",), rotates=rotates, install_url="http://127.0.0.1:9/i")
    async with (
        SlackEmulator(
            request_url=bot.url, retry_delays=(), teams=worlds.TEAMS, registration=app, furnished=True
        ) as slack,
        aiohttp.ClientSession() as session,
    ):
        yield Browser(slack, session)


@pytest.fixture
async def browser(bot: EchoBot) -> AsyncIterator[Browser]:
    """Give one with token rotation."""
    async with browsing(bot) as found:
        yield found


NORTHWIND = f"{worlds.NORTHWIND.id}:U0GRETA"
HARBOR = f"{worlds.HARBOR.id}:U0INES"


async def test_the_page_lists_what_is_asked_and_every_place(browser: Browser) -> None:
    """Scopes in words, the optional one with a box, workspaces with who installs, and the organization."""
    status, text = await browser.look()
    assert status == 200
    assert "Send messages under its own name" in text
    assert re.findall(r'name="optional" value="([^"]+)" checked', text) == ["users:read"]
    assert re.findall(r'<option value="([^"]+)"', text) == [
        "T0POCKET:U0CHLOE",
        NORTHWIND,
        "T0HARBORAPPS:U0INES",
        "T0HARBORWEB:U0INES",
        HARBOR,
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"client_id": "1.2"}, "Invalid client_id"),
        ({"redirect_uri": "http://127.0.0.1:9/elsewhere"}, "did not match any configured URIs"),
        ({"scope": None}, "No scopes"),
        ({"scope": "commands,admin<b>"}, "Invalid permissions requested: admin&lt;b&gt;"),
        ({"team": "T0NOBODY"}, "Nobody may install"),
    ],
)
async def test_a_wrong_request_goes_nowhere(browser: Browser, changed: dict[str, str | None], words: str) -> None:
    """Slack says what is wrong on its own page, and sends nobody on."""
    status, text = await browser.look(**changed)
    assert status == 400
    assert words in text
    assert "<form" not in text


async def test_allowing_gives_a_code_for_a_token_of_that_workspace(browser: Browser) -> None:
    """The state comes back as it was; the answer of oauth.v2.access has Slack's shape; the token is of Northwind."""
    back = await browser.answer(NORTHWIND, "users:read")
    assert back["state"] == "s t&a=te"
    found = await browser.access(code=back["code"], redirect_uri=BACK)
    assert found["team"] == {"id": "T0NORTHWIND", "name": "Northwind"}
    assert (found["enterprise"], found["is_enterprise_install"]) == (None, False)
    assert (found["authed_user"], found["bot_user_id"]) == ({"id": "U0GRETA"}, "U0NWPMCOMPARE")
    assert found["scope"] == SCOPES
    assert found["access_token"].startswith("xoxe.xoxb-")
    assert found["expires_in"] == 43_200
    assert len(found["access_token"]) > 160
    told = await browser.call("auth.test", found["access_token"])
    assert (told["team_id"], told["is_enterprise_install"]) == ("T0NORTHWIND", False)


async def test_what_is_unticked_is_not_granted(browser: Browser) -> None:
    """The optional scope stays out, and methods that need it are refused."""
    found = await browser.install(NORTHWIND)
    assert "users:read" not in found["scope"]
    refused = await browser.call("users.info", found["access_token"], user="U0GRETA")
    assert (refused["error"], refused["needed"]) == ("missing_scope", "users:read")


async def test_cancel_comes_back_with_slacks_word(browser: Browser) -> None:
    """And the state, so that the bot knows whose it was."""
    assert await browser.answer(NORTHWIND, answer="cancel") == {"error": "access_denied", "state": "s t&a=te"}


async def test_a_code_works_once_for_ten_minutes_and_this_address(browser: Browser) -> None:
    """Each with Slack's own code."""
    code = (await browser.answer(NORTHWIND))["code"]
    assert (await browser.access(code=code, redirect_uri=f"{BACK}/"))["error"] == "bad_redirect_uri"
    assert (await browser.access(code=code, client_secret=WRONG, redirect_uri=BACK))["error"] == "bad_client_secret"
    assert (await browser.access(code=code, client_id="1.1", redirect_uri=BACK))["error"] == "invalid_client_id"
    assert (await browser.access(code="no", redirect_uri=BACK))["error"] == "invalid_code"
    assert (await browser.access(code=code, grant_type="password"))["error"] == "invalid_grant_type"
    assert (await browser.access(code=code, redirect_uri=BACK))["ok"]
    assert (await browser.access(code=code, redirect_uri=BACK))["error"] == "code_already_used"
    late = (await browser.answer(NORTHWIND))["code"]
    browser.slack.clock.let_pass(CODE_SECONDS + 1)
    assert (await browser.access(code=late, redirect_uri=BACK))["error"] == "invalid_code"


async def test_a_token_ends_and_a_refresh_token_works_once(browser: Browser) -> None:
    """After twelve hours token_expired; a refresh gives a new pair, and the old refresh token is worth nothing."""
    first = await browser.install(NORTHWIND)
    browser.slack.clock.shift(43_200)
    assert (await browser.call("auth.test", first["access_token"]))["error"] == "token_expired"
    second = await browser.access(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert second["ok"]
    assert second["team"] == first["team"]
    assert (await browser.call("auth.test", second["access_token"]))["ok"]
    again = await browser.access(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again["error"] == "invalid_refresh_token"
    browser.slack.installs.expire("T0NORTHWIND")
    assert (await browser.call("auth.test", second["access_token"]))["error"] == "token_expired"
    browser.slack.trouble.append(Trouble("oauth.v2.access", "error"))
    stumbled = await browser.access(grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert stumbled["error"] == "internal_error"
    assert (await browser.access(grant_type="refresh_token", refresh_token=second["refresh_token"]))["ok"]


async def test_pages_hear_that_a_token_is_another_one(browser: Browser) -> None:
    """A refresh, an end and a revocation wake whoever waits for a change of that workspace."""
    first = await browser.install(NORTHWIND)
    there = browser.slack.workspaces["T0NORTHWIND"].world

    change = there.next_change()
    second = await browser.access(grant_type="refresh_token", refresh_token=first["refresh_token"])
    await asyncio.wait_for(change, 5)

    change = there.next_change()
    browser.slack.installs.expire("T0NORTHWIND")
    await asyncio.wait_for(change, 5)

    change = there.next_change()
    browser.slack.directory.revoke(second["access_token"])
    await asyncio.wait_for(change, 5)


async def test_without_rotation_a_second_installation_has_the_same_token(bot: EchoBot) -> None:
    """It never ends, and has no refresh token beside it."""
    async with browsing(bot, rotates=False) as browser:
        first, second = await browser.install(NORTHWIND), await browser.install(NORTHWIND)
        assert first["access_token"] == second["access_token"]
        assert "refresh_token" not in first
        with pytest.raises(LookupError):
            browser.slack.installs.expire("T0NORTHWIND")


async def test_each_token_reaches_its_own_workspace_alone(browser: Browser, bot: EchoBot) -> None:
    """Posts, people, response_urls and triggers of one are not there for another's token."""
    north = browser.slack.workspaces["T0NORTHWIND"]
    token = (await browser.install(NORTHWIND, "users:read"))["access_token"]
    product = north.channel("product")
    north.invite_bot(product)
    posted = await browser.call("chat.postMessage", token, channel=product.id, text="here")
    assert posted["ok"]
    assert [each.text for each in north.posts(product)] == ["here"]
    other = await browser.call("chat.postMessage", browser.slack.bot_token, channel=product.id, text="there")
    assert other["error"] == "channel_not_found"
    learning = browser.slack.channel("pm-learning")
    foreign = await browser.call("chat.postMessage", token, channel=learning.id, text="there")
    assert foreign["error"] == "channel_not_found"
    bot.answers({"text": "Hello"})
    asked = await north.command(north.user("greta"), product, "/pm-compare")
    view = '{"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}'
    wrong = await browser.call("views.open", browser.slack.bot_token, trigger_id=str(asked.trigger_id), view=view)
    assert wrong["error"] == "invalid_trigger_id"
    async with browser.session.post(str(asked.response_url), json={"text": "later"}) as response:
        assert response.status == 200
    assert [each.text for each in north.ephemerals(north.user("greta"), product)] == ["Hello", "later"]


async def test_payloads_say_which_workspace(browser: Browser, bot: EchoBot) -> None:
    """Commands, clicks and events of Northwind carry its ids, and none of an organization."""
    north = browser.slack.workspaces["T0NORTHWIND"]
    await browser.install(NORTHWIND)
    greta, product = north.user("greta"), north.channel("product")
    north.invite_bot(product)
    await north.command(greta, product, "/pm-compare risks")
    form = bot.heard[-1].form
    assert (form["team_id"], form["team_domain"], form["is_enterprise_install"]) == (
        "T0NORTHWIND",
        "northwind",
        "false",
    )
    assert "enterprise_id" not in form
    await north.mention(greta, product, "risks")
    event = bot.heard[-1].event
    assert event["team_id"] == event["authorizations"][0]["team_id"] == "T0NORTHWIND"
    assert event["authorizations"][0]["user_id"] == "U0NWPMCOMPARE"


async def test_where_the_app_is_not_installed_nothing_of_it_is_there(browser: Browser, bot: EchoBot) -> None:
    """No command, no mention, no Home; the bot hears nothing."""
    north = browser.slack.workspaces["T0NORTHWIND"]
    greta, product = north.user("greta"), north.channel("product")
    assert (await north.command(greta, product, "/pm-compare")).error == "unknown_command"
    assert (await north.mention(greta, product, "risks"))[1] is None
    with pytest.raises(LookupError):
        await north.open_home(greta)
    assert bot.heard == []


@pytest.mark.parametrize("tokens_first", [False, True])
async def test_removing_the_app_ends_its_tokens_and_tells_twice(
    browser: Browser, bot: EchoBot, *, tokens_first: bool
) -> None:
    """Slack sends both events in either order; the account is gone from channels, and so is the token."""
    north = browser.slack.workspaces["T0NORTHWIND"]
    found = await browser.install(NORTHWIND)
    product = north.channel("product")
    north.invite_bot(product)
    await browser.slack.installs.remove("T0NORTHWIND", tokens_first=tokens_first)
    kinds = [each.event["event"]["type"] for each in bot.heard]
    assert kinds == (["tokens_revoked", "app_uninstalled"] if tokens_first else ["app_uninstalled", "tokens_revoked"])
    assert {each.event["team_id"] for each in bot.heard} == {"T0NORTHWIND"}
    assert "authorizations" not in bot.heard[0].event
    assert (await browser.call("auth.test", found["access_token"]))["error"] == "account_inactive"
    refreshed = await browser.access(grant_type="refresh_token", refresh_token=found["refresh_token"])
    assert refreshed["error"] == "invalid_refresh_token"
    assert not north.has_bot(product)
    assert (await browser.call("auth.test", browser.slack.bot_token))["ok"]


async def test_the_bot_can_revoke_and_uninstall_for_itself(browser: Browser, bot: EchoBot) -> None:
    """auth.revoke ends one token and says so; apps.uninstall wants the app's credentials and takes all of it."""
    token = (await browser.install(NORTHWIND))["access_token"]
    assert (await browser.call("auth.revoke", token, test="1"))["revoked"] is False
    assert (await browser.call("auth.revoke", token))["revoked"] is True
    await bot.until(lambda heard: heard.event["event"]["type"] == "tokens_revoked")
    assert (await browser.call("auth.test", token))["error"] == "token_revoked"
    token = (await browser.install(NORTHWIND))["access_token"]
    refused = await browser.call("apps.uninstall", token, client_id=CLIENT, client_secret=WRONG)
    assert refused["error"] == "bad_client_secret"
    assert (await browser.call("apps.uninstall", token, client_id=CLIENT, client_secret=SECRET))["ok"]
    await bot.until(lambda heard: heard.event["event"]["type"] == "app_uninstalled")
    assert not browser.slack.workspaces["T0NORTHWIND"].platform.is_installed


async def test_an_organization_admits_workspaces_one_by_one(browser: Browser, bot: EchoBot) -> None:
    """No team in the answer; a workspace is served once it is admitted, and each event names the organization."""
    found = await browser.install(HARBOR, "users:read")
    assert (found["team"], found["enterprise"]) == (None, {"id": "E0HARBOR", "name": "Harbor Group"})
    assert found["is_enterprise_install"] is True
    token = found["access_token"]
    assert (await browser.call("auth.test", token))["team_id"] == "E0HARBOR"
    apps = browser.slack.workspaces["T0HARBORAPPS"]
    assert not apps.platform.is_installed
    room = apps.channel("apps-product")
    early = await browser.call("chat.postMessage", token, channel=room.id, text="x", team_id="T0HARBORAPPS")
    assert early["error"] == "team_access_not_granted"

    await browser.slack.installs.admit("T0HARBORAPPS")
    told = bot.heard[-1].event
    assert told["event"]["type"] == "team_access_granted"
    assert told["event"]["team_ids"] == ["T0HARBORAPPS"]
    assert (told["team_id"], told["enterprise_id"]) == (None, "E0HARBOR")
    apps.invite_bot(room)
    assert (await browser.call("chat.postMessage", token, channel=room.id, text="x", team_id="T0HARBORAPPS"))["ok"]
    ines = apps.user("ines")
    await apps.command(ines, room, "/pm-compare risks")
    form = bot.heard[-1].form
    assert (form["team_id"], form["enterprise_id"]) == ("T0HARBORAPPS", "E0HARBOR")
    assert form["is_enterprise_install"] == "true"
    await apps.mention(ines, room, "risks")
    event = bot.heard[-1].event
    assert (event["team_id"], event["enterprise_id"]) == ("T0HARBORAPPS", "E0HARBOR")
    (authorization,) = event["authorizations"]
    assert (authorization["enterprise_id"], authorization["team_id"]) == ("E0HARBOR", None)
    assert authorization["is_enterprise_install"] is True

    await browser.slack.installs.withdraw("T0HARBORAPPS")
    assert bot.heard[-1].event["event"]["type"] == "team_access_revoked"
    assert not apps.has_bot(room)
    late = await browser.call("chat.postMessage", token, channel=room.id, text="x", team_id="T0HARBORAPPS")
    assert late["error"] == "team_access_not_granted"
    await browser.slack.installs.remove("E0HARBOR", tokens_first=False)
    assert [each.event["team_id"] for each in bot.heard[-2:]] == [None, None]
    assert (await browser.call("auth.test", token))["error"] == "account_inactive"


async def test_an_organizations_token_must_say_which_workspace_it_means(browser: Browser) -> None:
    """Ines is in both: without a team_id nobody could tell; a channel's id is enough, and another's team is refused."""
    token = (await browser.install(HARBOR, "users:read"))["access_token"]
    for team in ("T0HARBORAPPS", "T0HARBORWEB"):
        await browser.slack.installs.admit(team)
    assert (await browser.call("users.info", token, user="U0INES"))["error"] == "missing_argument"
    assert (await browser.call("users.info", token, user="U0INES", team_id="T0HARBORWEB"))["ok"]
    assert (await browser.call("users.info", token, user="U0LEA"))["ok"]
    foreign = await browser.call("users.info", token, user="U0GRETA", team_id="T0NORTHWIND")
    assert foreign["error"] == "team_access_not_granted"
    web = browser.slack.workspaces["T0HARBORWEB"]
    room = web.channel("web-product")
    web.invite_bot(room)
    assert (await browser.call("chat.postMessage", token, channel=room.id, text="x"))["ok"]


async def test_one_workspace_of_an_organization_can_have_the_app_alone(browser: Browser, bot: EchoBot) -> None:
    """Its payloads name the organization and are no org-wide installation's; where that one serves it, none is left."""
    found = await browser.install("T0HARBORAPPS:U0JON")
    assert found["team"]["id"] == "T0HARBORAPPS"
    assert (found["enterprise"]["id"], found["is_enterprise_install"]) == ("E0HARBOR", False)
    apps = browser.slack.workspaces["T0HARBORAPPS"]
    await apps.command(apps.user("jon"), apps.channel("apps-product"), "/pm-compare")
    form = bot.heard[-1].form
    assert (form["enterprise_id"], form["is_enterprise_install"]) == ("E0HARBOR", "false")
    assert not browser.slack.workspaces["T0HARBORWEB"].platform.is_installed
    code = (await browser.answer("T0HARBORAPPS:U0JON"))["code"]
    await browser.install(HARBOR)
    await browser.slack.installs.admit("T0HARBORAPPS")
    refused = await browser.access(code=code, redirect_uri=BACK)
    assert refused["error"] == "cannot_install_an_org_installed_app"


async def test_a_shared_channel_is_one_in_both_workspaces(browser: Browser, bot: EchoBot) -> None:
    """Elif reacts at Northwind to a post of Pocket's app: authorizations[0] says whose installation it is."""
    north, pocket = browser.slack.workspaces["T0NORTHWIND"], browser.slack
    partners = pocket.channel("partners")
    posted = await browser.call("chat.postMessage", pocket.bot_token, channel=partners.id, text="shared")
    seen = north.message(partners, posted["ts"])
    assert seen is not None
    await north.react(north.user("elif"), seen, "mag")
    event = bot.heard[-1].event
    assert event["event"]["type"] == "reaction_added"
    assert event["is_ext_shared_channel"] is True
    assert event["authorizations"][0]["team_id"] == "T0POCKET"
    here = pocket.message(partners, posted["ts"])
    assert here is not None
    assert here.reactions == {"mag": ("U0ELIF",)}


async def test_starting_over_leaves_the_app_in_the_first_workspace_alone(browser: Browser) -> None:
    """Tokens of the others are worth nothing afterwards."""
    token = (await browser.install(NORTHWIND))["access_token"]
    await browser.slack.start_over()
    assert (await browser.call("auth.test", token))["error"] == "invalid_auth"
    assert (await browser.call("auth.test", browser.slack.bot_token))["ok"]
    assert [name for name, each in browser.slack.workspaces.items() if each.platform.is_installed] == ["T0POCKET"]


async def test_the_bots_pages_lead_here_and_no_other_site_answers_for_a_person(browser: Browser) -> None:
    """Links from the bot's address are followed; a form of another site is refused, and a link opens a workspace."""
    link = {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    for path in ("oauth/v2/authorize", "app_redirect?team=T0NORTHWIND"):
        async with browser.session.get(f"{browser.slack.url}{path}", headers=link, allow_redirects=False) as answer:
            assert answer.status != 403
    assert answer.headers["location"] == "/?team=T0NORTHWIND#slack"
    framed = {**link, "sec-fetch-dest": "iframe"}
    async with browser.session.get(f"{browser.slack.url}oauth/v2/authorize", headers=framed) as answer:
        assert answer.status == 403
    foreign = {"Origin": "http://127.0.0.1:9"}
    async with browser.session.post(f"{browser.slack.url}oauth/v2/authorize", headers=foreign) as answer:
        assert answer.status == 403


async def test_the_bots_own_page_is_opened_as_whoever_looks(browser: Browser) -> None:
    """The link signs the browser in as somebody, whom Slack's page then offers; for nobody there is no link."""
    begin = f"{browser.slack.url}install/T0NORTHWIND/U0HUGO"
    async with browser.session.get(begin, allow_redirects=False) as answer:
        assert answer.headers["location"] == "http://127.0.0.1:9/i"
    _, text = await browser.look()
    assert '<option value="T0NORTHWIND:U0HUGO" selected>' in text
    async with browser.session.get(begin.replace("HUGO", "NOBODY")) as answer:
        assert answer.status == 400


async def test_guests_install_nothing(browser: Browser) -> None:
    """Nor do people of other workspaces, nor a workspace's member for the whole organization."""
    asked = {"client_id": CLIENT, "scope": SCOPES, "redirect_uri": BACK, "answer": "allow"}
    for place in ("T0NORTHWIND:U0IVY", "T0NORTHWIND:U0ALICE", "E0HARBOR:U0KEMI", "T0NOWHERE:U0GRETA", ""):
        form = {**asked, "place": place}
        async with browser.session.post(f"{browser.slack.url}oauth/v2/authorize", data=form) as answer:
            assert answer.status == 400, place


async def test_installations_outlive_the_emulator(bot: EchoBot, tmp_path: Path) -> None:
    """A playground that is started again knows its tokens, and whom the organization admitted."""
    app = Registration(redirects=[BACK], rotates=True)
    async with aiohttp.ClientSession() as session:
        kept: dict[str, Any] = {
            "furnished": True,
            "data": tmp_path,
            "teams": worlds.TEAMS,
            "registration": app,
            "retry_delays": (),
        }
        async with SlackEmulator(request_url=bot.url, **kept) as slack:
            found = await Browser(slack, session).install(HARBOR)
            await slack.installs.admit("T0HARBORWEB")
        async with SlackEmulator(request_url=bot.url, **kept) as slack:
            told = await Browser(slack, session).call("auth.test", found["access_token"])
            assert told["enterprise_id"] == "E0HARBOR"
            served = [name for name, each in slack.workspaces.items() if each.platform.is_installed]
            assert served == ["T0POCKET", "T0HARBORWEB"]
            partners = slack.channel("partners").id
            north = slack.workspaces["T0NORTHWIND"]
            assert north.world.messages[partners] is slack.world.messages[partners]


async def test_owners_decide_on_the_page(browser: Browser, bot: EchoBot) -> None:
    """A guest removes nothing, a member nothing that is the whole organization's; owners do, and the page tells all."""
    slack = browser.slack

    async def act(at: str, name: str, user: str, **body: object) -> tuple[int, str | None]:
        async with browser.session.post(f"{slack.url}page/{at}/{name}", json={"user": user, **body}) as answer:
            return answer.status, (await answer.json())["error"]

    async def state(team: str, user: str) -> dict[str, Any]:
        async with browser.session.get(f"{slack.url}page/{team}/state?user={user}") as answer:
            found: dict[str, Any] = await answer.json()
            return found

    shown = await state("T0NORTHWIND", "U0GRETA")
    assert [each["name"] for each in shown["workspaces"]] == ["Pocket", "Northwind", "Harbor Apps", "Harbor Web"]
    assert (shown["team"]["is_installed"], shown["commands"], shown["has_home"]) == (False, [], False)
    await browser.install(NORTHWIND)
    shown = await state("T0NORTHWIND", "U0GRETA")
    assert (shown["team"]["is_installed"], shown["commands"]) == (True, ["/pm-compare"])
    assert shown["team"]["ends"] > slack.clock.now()
    assert (await act("T0NORTHWIND", "end-token", "U0GRETA"))[0] == 200
    assert (await act("T0NORTHWIND", "remove-app", "U0IVY"))[0] == 409
    assert (await act("T0NORTHWIND", "remove-app", "U0HUGO", place="T0POCKET"))[0] == 409
    assert (await act("T0NORTHWIND", "remove-app", "U0HUGO"))[0] == 200
    assert sorted(each.event["event"]["type"] for each in bot.heard) == ["app_uninstalled", "tokens_revoked"]

    await browser.install(HARBOR)
    admitting = {"team": "T0HARBORWEB", "is_on": True}
    assert (await act("T0HARBORAPPS", "admit", "U0KEMI", **admitting))[0] == 409
    assert (await act("T0NORTHWIND", "admit", "U0GRETA", **admitting))[0] == 409
    assert (await act("T0HARBORAPPS", "admit", "U0INES", **admitting))[0] == 200
    assert (await state("T0HARBORWEB", "U0LEA"))["team"]["is_org_wide"] is True
    assert (await act("T0HARBORWEB", "remove-app", "U0LEA", place="E0HARBOR"))[0] == 409
    assert (await act("T0HARBORWEB", "remove-app", "U0INES", place="E0HARBOR"))[0] == 200
    assert slack.directory.installs.keys() == {"T0POCKET"}
