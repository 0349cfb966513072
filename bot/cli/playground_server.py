"""The playground's emulated Slack and emulated Teams: one clock, one page, and starting over begins both anew."""

import asyncio
import base64
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import orjson

from bot.errors import PlaygroundError
from bot.teams import package
from cards.compose import usage
from messengers.slack import PLATFORM
from playground.shared.clock import EmulatorClock
from playground.shared.page.about import About
from playground.shared.page.writing import Writing
from playground.slack.emulator import SlackEmulator
from playground.slack.oauth import worlds
from playground.slack.oauth.directory import Registration
from playground.slack.platform import DEFAULT_SCOPES
from playground.teams.emulator import NORTHWIND, TeamsEmulator
from scheduler.subscriptions import pausing
from store import installations
from store.database.access import Database

# Whether the bot serves every workspace of the emulated Slack, installed through OAuth; else the first, by its token.
MANY = True
_EVER = datetime.max.replace(tzinfo=UTC)
_INTRODUCED, _KEYS, _INSTALLED = "introduced", "keys", "installed"
_COMMAND = "/pm-compare"
_KINDS = {"personal": "personal", "team": "channel", "groupChat": "groupChat"}  # a scope of Teams' manifest: the kind
# Content is not read for two lines: that takes seconds, and the bot beside us says what is wrong with it.
_ID, _NUMBER = re.compile(r"^id: *(\S+)", re.MULTILINE), re.compile(r"^number: *(\d+)", re.MULTILINE)


def slack_usages(content: Path) -> Mapping[str, Sequence[tuple[str, str]]]:
    """List what can be typed after the slash command: the bot's own grammar, with the dimensions of this content."""
    found: list[tuple[int, str]] = []
    for path in content.glob("dimensions/[!.]*.yaml"):  # a hidden one is an editor's, such as Emacs' link to nowhere
        with suppress(OSError):
            text = path.read_text(encoding="utf-8", errors="replace")
            id_, number = _ID.search(text), _NUMBER.search(text)
            if id_ and number:
                found.append((int(number[1]), id_[1]))
    return {_COMMAND: usage.usages([id_ for _, id_ in sorted(found)]) if found else (("", "every dimension"),)}


def teams_usages(manifest: Path = package.FOLDER / "manifest.json") -> Mapping[str, Sequence[tuple[str, str]]]:
    """List the commands that Teams offers, by kind of conversation, as the app's manifest has them."""
    lists = orjson.loads(manifest.read_bytes())["bots"][0].get("commandLists", [])
    return {
        _KINDS[scope]: tuple(
            (each.get("prompt", each["title"]), each["description"])
            for each in sorted(listed["commands"], key=lambda each: "prompt" in each)
        )
        for listed in lists
        for scope in listed["scopes"]
        if scope in _KINDS
    }


class _Slack(SlackEmulator):
    """An emulator whose "Start over" makes the bot forget too: the app is removed, as Slack tells it, and is back."""

    begin_anew: Callable[[], Awaitable[None]]

    async def start_over(self) -> None:
        """Begin both platforms anew, and don't wait until the bot has heard of it."""
        self.begin_anew()

    async def forget(self) -> None:
        """Remove the app, and come back as on the first day."""
        if MANY:
            for place in list(self.directory.installs):
                await self.installs.remove(place)
            await super().start_over()
            return
        before = len(self.calls)
        self.revoke_token()
        with suppress(TimeoutError):
            await self.send_event({"type": "app_uninstalled"})
            # The bot believes no such event: it asks whether its token still works, and then forgets.
            await self.wait_for(lambda: any(call.method == "auth.test" for call in self.calls[before:]))
        await super().start_over()  # the token works again


class _Teams(TeamsEmulator):
    """An emulator whose "Start over" is that of both platforms."""

    begin_anew: Callable[[], Awaitable[None]]

    async def start_over(self) -> None:
        """Begin both platforms anew."""
        await self.begin_anew()

    async def forget(self) -> None:
        """Remove the app everywhere, and come back as on the first day."""
        await super().start_over()


class Emulators:
    """Both emulators, served while this is entered; what people did is kept in the folder for the next time."""

    def __init__(self, folder: Path, *, port: int, bot_port: int, content: Path, database: Path) -> None:
        self.offset = folder / "clock-offset"
        self._introduced = folder / _INTRODUCED
        self._installed = folder / _INSTALLED
        self._keys = folder / _KEYS
        self._bot = f"http://127.0.0.1:{bot_port}"
        self._database = database
        self._beginning: asyncio.Task[None] | None = None
        self.writing = Writing()
        clock = EmulatorClock(self.offset)
        # The client id and the tenant are the emulator's own, always the same: the bot's database remembers the tenant.
        self._teams = _Teams(
            messaging_endpoint=f"{self._bot}/api/messages",
            client_secret=secrets.token_hex(16),
            clock=clock,
            data=folder / "teams",
            furnished=True,
            about=About(teams_usages(), str(database)),
            manifest=orjson.loads((package.FOLDER / package.MANIFEST).read_bytes()),
            beside=(NORTHWIND,),
        )
        self._slack = _Slack(
            port=port,
            request_url=f"{self._bot}/slack/events",
            signing_secret=secrets.token_hex(16),
            bot_token=f"xoxb-{secrets.token_hex(16)}",  # no other site's form can know it
            clock=clock,
            data=folder / "slack",
            # Granted as the manifest offers it: without it nobody's zone is known, and admins are like others.
            scopes=(*DEFAULT_SCOPES, "users:read"),
            furnished=True,
            about=About(slack_usages(content), str(database)),
            beside={"teams": self._teams.routes()},
            places={"tenants": NORTHWIND.mark},
            writing=self.writing,
            teams=worlds.TEAMS if MANY else (),
            registration=Registration(
                client_secret=secrets.token_hex(16),
                redirects=[f"{self._bot}/slack/oauth_redirect"],
                optional=("users:read",),
                rotates=True,
                install_url=f"{self._bot}/slack/install",
            ),
        )
        self._slack.begin_anew = self._teams.begin_anew = self._begin_anew
        # The page is served before the bot is, which asks it for its keys: who types then waits, and is not told that
        # nothing answers, or that the app is not installed.
        self._opened = asyncio.Event()
        for each in (*self._slack.workspaces.values(), *self._teams.tenants.values()):
            each.opened = self._opened

    @property
    def url(self) -> str:
        """The page."""
        return self._slack.url

    def environment(self) -> Mapping[str, str]:
        """Give the settings that point the bot at both emulators; they are known once both are started."""
        return {
            "SLACK_API_URL": self._slack.api_url,
            **(self._many() if MANY else {"SLACK_BOT_TOKEN": self._slack.bot_token}),
            "SLACK_SIGNING_SECRET": self._slack.signing_secret,
            "TEAMS_CLIENT_ID": self._teams.client_id,
            "TEAMS_CLIENT_SECRET": self._teams.client_secret,
            "TEAMS_TENANT_ID": self._teams.tenant_id,
            "TEAMS_CLOUD": self._teams.url,
        }

    def _many(self) -> Mapping[str, str]:
        """Give what many workspaces need; the key stays with the tokens that it opens."""
        if not self._keys.exists():
            self._keys.touch(mode=0o600)
            self._keys.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(), encoding="ascii")
        registration = self._slack.directory.registration
        return {
            "SLACK_CLIENT_ID": registration.client_id,
            "SLACK_CLIENT_SECRET": registration.client_secret,
            "TOKEN_ENCRYPTION_KEYS": self._keys.read_text(encoding="ascii"),
            "PUBLIC_URL": self._bot,
        }

    async def introduce(self) -> None:
        """Tell the bot, once in its life, where its Teams app stands, and install it in Slack's first workspace.

        From then on it answers, and what people do on the page is no longer kept waiting.
        """
        if MANY and not self._installed.exists():
            await self._install()
            self._installed.touch()
        if not self._introduced.exists():
            await self._teams.introduce()
            self._introduced.touch()
        self._opened.set()

    async def _forget_workspaces(self) -> None:
        """Delete at once what the bot keeps for a while of workspaces that removed it, should they come back."""
        database = Database(f"sqlite:///{self._database}")
        try:
            async with database.write() as connection:
                for workspace in self._slack.workspaces:
                    await pausing.forget_workspace(connection, PLATFORM, workspace)
                for place in (*self._slack.workspaces, *self._slack.directory.organizations):
                    await installations.forget_removed(connection, place, _EVER)
        finally:
            await database.close()

    async def _install(self) -> None:
        """Do in the first workspace what a person does in a browser who presses each button of the way.

        Raises:
            PlaygroundError: one of the pages on the way leads nowhere.
        """
        slack = self._slack
        owner = next(user for user in slack.world.people.values() if user.kind == "owner")
        allowed = {"place": f"{slack.team}:{owner.id}", "optional": "users:read", "answer": "allow"}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
            async with browser.post(f"{self._bot}/slack/install", allow_redirects=False) as sent:
                asked = dict(parse_qsl(urlsplit(sent.headers.get("location", "")).query))
                cookie = sent.headers.get("set-cookie", "").partition(";")[0]
            consent = f"{slack.url}oauth/v2/authorize"
            async with browser.post(consent, data=asked | allowed, allow_redirects=False) as back:
                address = back.headers.get("location", "")
            if not address:
                raise PlaygroundError("The app could not be installed in the emulated Slack: its page leads nowhere.")
            async with browser.get(address, headers={"cookie": cookie}) as done:
                if done.status != 200:  # noqa: PLR2004  # HTTP
                    raise PlaygroundError(f"The app could not be installed in the emulated Slack: {done.status}.")

    async def __aenter__(self) -> Self:
        """Listen; OSError where the page's port is taken."""
        await self._slack.start()
        await self._teams.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop to listen."""
        self.writing.end()
        self._opened.set()
        await self._teams.stop()
        await self._slack.stop()

    def _begin_anew(self) -> Awaitable[None]:
        if self._beginning is None or self._beginning.done():
            self._beginning = asyncio.create_task(self._forget())
        return asyncio.shield(self._beginning)

    async def _forget(self) -> None:
        await self._slack.forget()
        if MANY:
            await self._forget_workspaces()
            await self._install()
        await self._teams.forget()
