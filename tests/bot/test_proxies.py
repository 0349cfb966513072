"""One rule for proxies, which every client goes by: counted by a proxy that stands between the bot and the world."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import jwt
import pytest

from bot import app, clock, sessions
from bot.app import Bot
from bot.proxies import Proxies
from bot.settings.checked import Settings, SettingsError
from bot.settings.reader import Secret
from bot.slack import socket_mode
from bot.teams import proxies as teams_proxies
from bot.web.asgi import Answer
from cards.model import Card, Header
from messengers.base import Address, Outcome, Slowed, Unknown
from messengers.outcomes import UNREACHABLE
from messengers.teams import errors
from messengers.teams.connector import Connector
from store.conversations import Conversation, Conversations
from tests.bot.counting_proxy import CountingProxy, counting, internet
from tests.bot.sides import slack_side, teams_side
from tests.bot.slack.socket_slack import SocketSlack
from tests.bot.slack.test_socket_mode import reception
from tests.cli.program import run, until

CLIENT, TENANT = "6a1c4a3e-0000-4000-8000-00000000b017", "6a1c4a3e-0000-4000-8000-0000000000aa"
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1-x", "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef"}
TEAMS = {"TEAMS_CLIENT_ID": CLIENT, "TEAMS_CLIENT_SECRET": "secret", "TEAMS_TENANT_ID": TENANT}
CARD = Card("A card", (Header("A card"),))
DEAD = "http://127.0.0.1:9"
ROOM = "19:room@thread.tacv2"


@pytest.fixture
async def proxy() -> AsyncIterator[CountingProxy]:
    """Give a proxy that lets nobody through."""
    async with counting() as running:
        yield running


def settings(folder: Path, **environ: str) -> Settings:
    """Give the settings of a bot on both platforms, with these on top."""
    return Settings.read(
        {"DATABASE_URL": f"sqlite:///{folder / 'bot.db'}", "SLACK_APP_TOKEN": "xapp-1", **SLACK, **TEAMS, **environ},
        None,
    )


async def everything(bot: Bot) -> list[Outcome]:
    """Ask with each client the bot has; gives how the posts ended."""
    slack, teams = slack_side(bot), teams_side(bot)
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    place = Conversation("teams", TENANT, ROOM, "channel", "https://smba.trafficmanager.net/emea", monday)
    async with bot.database.write() as connection:
        await Conversations().keep(connection, place)
    await slack.messenger.respond_words("https://hooks.slack.com/actions/T1/1/x", "Hello")
    assert teams.callers is None or await teams.callers.fault()
    await teams.ask_for_token()
    return [
        await slack.messenger.post(Address("slack", "T0001", "C0001", ""), CARD, "a"),
        await teams.messenger.post(Address("teams", TENANT, ROOM, ""), CARD, "b"),
    ]


HOSTS = ["hooks.slack.com:443", "login.botframework.com:443", "login.microsoftonline.com:443", "slack.com:443"]


async def test_every_client_goes_through_it(tmp_path: Path, proxy: CountingProxy) -> None:
    """The Web API, response_urls, Microsoft's tokens and keys; a proxy that refuses is no post of unknown outcome."""
    read = settings(tmp_path, HTTPS_PROXY=proxy.with_password("us%40er", "p%3Aw"))
    async with app.build(read, clock.real) as bot:
        outcomes = await everything(bot)
        assert "the proxy refuses to lead there, HTTP 407" in await teams_side(bot).ask_for_token()
    assert sorted(set(proxy.asked)) == HOSTS
    assert set(proxy.seen) == {"us@er:p:w"}
    assert all(isinstance(outcome, Slowed) and not outcome.is_limit for outcome in outcomes)


async def test_sending_to_teams_goes_through_it(tmp_path: Path, proxy: CountingProxy) -> None:
    """Where no token is needed, the address of a conversation is what is asked for."""
    read = settings(tmp_path, HTTPS_PROXY=proxy.with_password("u", "p"), TEAMS_ALLOW_UNSIGNED="on")
    async with app.build(read, clock.real) as bot:
        outcomes = await everything(bot)
    assert "smba.trafficmanager.net:443" in proxy.asked
    assert set(proxy.seen) == {"u:p"}
    assert all(isinstance(outcome, Slowed) and not outcome.is_limit for outcome in outcomes)


@pytest.mark.parametrize("said", [b"", b"nothing of HTTP\r\n\r\n"])
async def test_a_proxy_that_breaks_off_leaves_no_post_of_unknown_outcome(
    tmp_path: Path, proxy: CountingProxy, said: bytes
) -> None:
    """It had not led anywhere yet: nothing was sent, so it is tried again, and the fault is the proxy's."""
    proxy.refuses = said
    async with app.build(settings(tmp_path, HTTPS_PROXY=proxy.url, TEAMS_ALLOW_UNSIGNED="on"), clock.real) as bot:
        outcomes = await everything(bot)
    assert "smba.trafficmanager.net:443" in proxy.asked
    assert all(isinstance(outcome, Slowed) and not outcome.is_limit for outcome in outcomes)
    async with app.build(settings(tmp_path, HTTPS_PROXY=proxy.url), clock.real) as bot:
        assert "(the proxy does not answer)" in await teams_side(bot).ask_for_token()


async def test_what_a_proxy_has_heard_it_may_have_passed_on(proxy: CountingProxy) -> None:
    """Where it is given the request itself, which is so without TLS, nobody can tell whether that arrived."""
    proxy.refuses = b""
    async with sessions.patient(Proxies(http=Secret(proxy.url)), 10) as session:
        outcome = await errors.ask(Connector(session, None).post("http://smba.example/v3/conversations", {}))
    assert isinstance(outcome, Unknown)
    assert proxy.asked == ["smba.example"]


async def test_what_a_proxy_refuses_to_lead_on_was_not_said(proxy: CountingProxy) -> None:
    """It answers the request itself, which without TLS it is given, as somebody who has to show a password first."""
    async with sessions.patient(Proxies(http=Secret(proxy.url)), 10) as session:
        outcome = await errors.ask(Connector(session, None).post("http://smba.example/v3/conversations", {}))
        assert outcome == UNREACHABLE
        with pytest.raises(aiohttp.ClientHttpProxyError) as told:
            await session.get("http://smba.example/")
    assert sessions.reason(told.value) == "the proxy refuses to lead there, HTTP 407"


async def test_the_keys_of_a_token_go_through_it(proxy: CountingProxy) -> None:
    """The SDK's check of a token reads keys with a client of its own."""
    keys = teams_proxies.Keys("https://login.botframework.com/v1/.well-known/keys", Proxies(https=Secret(proxy.url)))
    with pytest.raises(jwt.PyJWKClientConnectionError, match="cannot be read"):
        await asyncio.to_thread(keys.fetch_data)
    assert proxy.asked == ["login.botframework.com:443"]


async def test_socket_mode_goes_through_it() -> None:
    """The question for an address and the connection itself, each by its own host; what is said comes through."""
    async with SocketSlack() as slack, counting(int(slack.api_url.split(":")[2].partition("/")[0])) as proxy:
        slack.socket_host = "wss.slack.test"
        proxies = Proxies(https=Secret(proxy.url), http=Secret(proxy.url))
        async with socket_mode.connected("xapp-1-x", slack.api_url, reception(Answer(200)), proxies=proxies):
            await slack.connection()
    assert proxy.asked == ["wss.slack.test"]  # and the Web API, on this machine, went straight
    async with counting() as proxy:
        proxies = Proxies(https=Secret(proxy.url))
        url = "https://slack.com/api/"
        async with socket_mode.connected("xapp-1-x", url, reception(Answer(200)), proxies=proxies, waits=(0.01,)):
            await until(lambda: proxy.asked)
    assert set(proxy.asked) == {"slack.com:443"}


async def test_a_real_way_through(tmp_path: Path) -> None:
    """`doctor` finds all well behind a proxy that wants a password, over TLS to each host; nobody is asked straight."""
    hosts = [host.partition(":")[0] for host in HOSTS]
    answers = {
        "/api/auth.test": {"ok": True, "team_id": "T0001", "user_id": "U0BOT", "url": "https://x.slack.com/"},
        f"/{TENANT}/oauth2/v2.0/token": {"access_token": "x", "expires_in": 3600},
        "/botframework.com/oauth2/v2.0/token": {"access_token": "x", "expires_in": 3600},
        "/v1/.well-known/keys": {"keys": [{"kid": "a"}]},
    }
    async with internet(tmp_path, answers, hosts) as (port, certificate), counting(port) as proxy:
        through = {"https_proxy": proxy.with_password("user", "hidden"), "SSL_CERT_FILE": str(certificate)}
        ended = await run(tmp_path, "doctor", "--json", **SLACK, **TEAMS, **through)
    checks = {check["name"]: check for check in json.loads(ended.out)["checks"]}
    assert [(name, checks[name]["ok"]) for name in ("slack", "teams", "teams keys")] == [
        ("slack", True),
        ("teams", True),
        ("teams keys", True),
    ], ended
    assert sorted(set(proxy.asked)) == HOSTS[1:]
    assert set(proxy.seen) == {"user:hidden"}
    assert "hidden" not in ended.out + ended.err


async def test_exceptions_go_straight(tmp_path: Path, proxy: CountingProxy) -> None:
    """NO_PROXY holds for every client: what it names is not asked of the proxy, and the rest is."""
    read = settings(tmp_path, HTTPS_PROXY=proxy.url, NO_PROXY="slack.com,.microsoftonline.com", ALL_PROXY=DEAD)
    straight = (read.proxies.towards(f"https://{host.partition(':')[0]}/x") is None for host in HOSTS)
    assert dict(zip(HOSTS, straight, strict=True)) == {
        "hooks.slack.com:443": True,
        "login.botframework.com:443": False,
        "login.microsoftonline.com:443": True,
        "slack.com:443": True,
    }


@pytest.mark.parametrize(
    ("no_proxy", "url", "is_straight"),
    [
        ("", "https://slack.com/api/", False),
        ("", "https://127.0.0.1/", True),
        ("", "http://127.8.9.1:3000/", True),
        ("", "http://localhost:3000/", True),
        ("", "http://[::1]:3000/", True),
        ("", "http://LocalHost.:3000/", True),
        ("", "http://bot.localhost:3000/", True),
        ("", "http://localhost.example/", False),
        ("", "http://127.1:3000/", True),
        ("", "http://0x7f000001/", True),
        ("", "http://[::ffff:127.0.0.1]/", True),
        ("", "http://[::ffff:10.0.0.1]/", False),
        ("", "http://0.0.0.0:3000/", True),
        ("", "http://[::]:3000/", True),
        ("", "http://126.1/", False),
        ("*", "https://slack.com/", True),
        ("example.com, *", "https://slack.com/", True),
        ("slack.com", "https://slack.com/", True),
        ("SLACK.com", "https://SLACK.COM/", True),
        ("slack.com", "https://wss-primary.slack.com/", True),
        ("slack.com", "https://notslack.com/", False),
        (".slack.com", "https://hooks.slack.com/", True),
        (".slack.com", "https://slack.com/", True),
        ("*.slack.com", "https://hooks.slack.com/", True),
        ("slack.com:443", "https://slack.com/", True),
        ("slack.com:443", "wss://slack.com/", True),
        ("slack.com:8443", "https://slack.com/", False),
        ("slack.com:8443", "https://slack.com:8443/", True),
        ("a.example slack.com", "https://slack.com./", True),
        ("10.0.0.0/8", "https://10.1.2.3/", True),
        ("10.0.0.0/8", "https://11.1.2.3/", False),
        ("10.1.2.3", "https://10.1.2.3:8443/", True),
        ("10.1.2.3:443", "https://10.1.2.3:8443/", False),
        ("fd00::/8", "https://[fd00::1]/", True),
        ("[fd00::1]:443", "https://[fd00::1]/", True),
        ("fd00::1", "https://[fd00::2]/", False),
        ("10.0.0.0/8", "https://slack.com/", False),
        (",", "https://slack.com/", False),
    ],
)
def test_what_no_proxy_means(no_proxy: str, url: str, is_straight: bool) -> None:  # noqa: FBT001 # a column of the table above
    """Its usual forms, and this machine without being named."""
    read = Settings.read({"ALL_PROXY": "http://proxy.example:3128", "NO_PROXY": no_proxy}, None)
    assert (read.proxies.towards(url) is None) == is_straight


@pytest.mark.parametrize(
    ("environ", "proxies"),
    [
        ({}, (None, None)),
        ({"HTTPS_PROXY": "http://a:1"}, ("http://a:1", None)),
        ({"HTTP_PROXY": "http://a:1/"}, (None, "http://a:1")),
        ({"https_proxy": "http://a:1"}, ("http://a:1", None)),
        ({"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1"}, ("http://a:1", None)),
        ({"https_proxy": "", "HTTPS_PROXY": "http://b:1"}, (None, None)),
        ({"ALL_PROXY": "http://a:1"}, ("http://a:1", "http://a:1")),
        ({"all_proxy": "http://a:1", "HTTP_PROXY": "http://b:1"}, ("http://a:1", "http://b:1")),
        ({"HTTPS_PROXY": "proxy.example:3128"}, ("http://proxy.example:3128", None)),
        ({"HTTPS_PROXY": "https://proxy.example"}, ("https://proxy.example", None)),
        ({"HTTPS_PROXY": "http://[fd00::1]:3128"}, ("http://[fd00::1]:3128", None)),
        ({"ALL_PROXY": "socks5h://127.0.0.1:7890", "HTTPS_PROXY": "http://b:1"}, ("http://b:1", None)),
        ({"FTP_PROXY": "http://a:1", "ftp_proxy": "http://a:1"}, (None, None)),
    ],
)
def test_which_proxy(environ: dict[str, str], proxies: tuple[str | None, str | None]) -> None:
    """Either case is read, the lower one first, as curl does; ALL_PROXY stands in for what is not set."""
    read = Settings.read(environ, None)
    assert (read.proxies.towards("https://slack.com/"), read.proxies.towards("http://slack.com/")) == proxies
    assert len(read.warnings) == ("socks" in environ.get("ALL_PROXY", ""))


def test_a_proxy_of_the_env_file(tmp_path: Path) -> None:
    """`.env` is read for it like for all else, in either case."""
    file = tmp_path / ".env"
    file.write_text("https_proxy=http://a:1\nNO_PROXY=slack.com\n")
    read = Settings.read({}, file)
    assert read.proxies == Proxies(Secret("http://a:1"), None, ("slack.com",))
    assert read.warnings == ()


@pytest.mark.parametrize(
    "address",
    [
        "proxy.example",
        "3128",
        "http://",
        "http://:3128",
        "http://proxy:port",
        "http://proxy:99999",
        "http://[::1:3128",
        "http://proxy:3128/pac",
        "http://proxy:3128?x=1",
        "http://user:hid#den@proxy:3128",
        "ftp://proxy:21",
        "socks5://127.0.0.1:1080",
    ],
)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "HTTP_PROXY"])
def test_what_is_no_proxy_is_refused_in_words(name: str, address: str) -> None:
    """A malformed address is a fault of the settings, and not quoted: it may hold a password."""
    with pytest.raises(SettingsError) as refused:
        Settings.read({name: address}, None)
    (fault,) = refused.value.faults
    assert fault.startswith((f"{name} must be a proxy's address", f"{name} names a SOCKS proxy"))
    assert address == "http://" or address not in fault


def test_a_proxys_password_is_a_secret() -> None:
    """Written or meant, the log strikes it out, and no representation shows it."""
    read = Settings.read({"HTTPS_PROXY": "http://user:hid%40den@proxy:3128"}, None)
    assert {"hid%40den", "hid@den"} <= set(read.secrets())
    assert "hid" not in repr(read)
