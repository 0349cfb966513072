"""Secrets are planted wherever one may stand, things go wrong, and all that came out is searched for them."""

import base64
import hashlib
import io
import json
import logging
import signal
import traceback
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import httpx
import orjson
import pytest
import structlog
from msgspec import structs
from slack_sdk.errors import SlackApiError

from bot import logs
from bot.settings.checked import Settings, SettingsError
from bot.settings.variables import VARIABLES
from playground.slack.emulator import SlackEmulator
from tests.cli.program import run, serving, typed

SECRET_NAMES = tuple(variable.name for variable in VARIABLES if variable.is_secret)
CLIENT, TENANT = "6a1c4a3e-0000-4000-8000-00000000b017", "6a1c4a3e-0000-4000-8000-0000000000aa"


def needle(name: str) -> str:
    """Give what is planted in a setting: letters and digits that stand nowhere else."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def key(name: str, number: int) -> str:
    """Give an encryption key to plant."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{name}{number}".encode()).digest()).decode()


def planted(name: str) -> tuple[str, tuple[str, ...]]:
    """Give a setting's value, and what of it must never come out."""
    found = needle(name)
    match name:
        case "SLACK_BOT_TOKEN":
            return f"xoxb-1-{found}", (found,)
        case "SLACK_APP_TOKEN":
            return f"xapp-1-A1-{found}", (found,)
        case "TOKEN_ENCRYPTION_KEYS":
            keys = key(name, 1), key(name, 2)
            return ",".join(keys), keys
        case "DATABASE_URL":
            return f"postgresql://bot:{found}@127.0.0.1:9/pm", (found,)
        case "HTTPS_PROXY" | "HTTP_PROXY" | "ALL_PROXY":
            return f"http://user:{found}@127.0.0.1:9", (found,)
        case _:  # a new one is a plain value until its shape is known here
            return found, (found,)


BESIDE: dict[str, dict[str, str]] = {
    "SLACK_BOT_TOKEN": {"SLACK_SIGNING_SECRET": "0" * 32},
    "SLACK_APP_TOKEN": {"SLACK_BOT_TOKEN": "xoxb-1-x"},
    "SLACK_SIGNING_SECRET": {"SLACK_BOT_TOKEN": "xoxb-1-x"},
    "SLACK_CLIENT_SECRET": {
        "SLACK_CLIENT_ID": "1.2",
        "PUBLIC_URL": "https://bot.example",
        "SLACK_SIGNING_SECRET": "0" * 32,
        "TOKEN_ENCRYPTION_KEYS": key("", 0),
    },
    "TOKEN_ENCRYPTION_KEYS": {
        "SLACK_CLIENT_ID": "1.2",
        "PUBLIC_URL": "https://bot.example",
        "SLACK_CLIENT_SECRET": "1" * 32,
        "SLACK_SIGNING_SECRET": "0" * 32,
    },
    "TEAMS_CLIENT_SECRET": {"TEAMS_CLIENT_ID": CLIENT, "TEAMS_TENANT_ID": TENANT},
    "CLIENT_SECRET": {"CLIENT_ID": CLIENT, "TENANT_ID": TENANT},
}


def search(text: str, wanted: tuple[str, ...]) -> list[str]:
    """Give which secrets stand in a text: as they are, percent-encoded, or in base64 as a header has them."""
    forms = {one: (one, quote(one, safe=""), base64.b64encode(f"user:{one}".encode()).decode()) for one in wanted}
    return [one for one, written in forms.items() if any(form in text for form in written)]


@pytest.fixture
def stream() -> Iterator[io.BytesIO]:
    """Give a stream to log to, and put logging back as it was."""
    root = logging.getLogger()
    handlers, level, ours = root.handlers[:], root.level, structlog.get_config()
    yield io.BytesIO()
    structlog.configure(**ours)  # structlog's own way writes all, and draws each frame of a fault: milliseconds a line
    root.handlers = handlers
    root.setLevel(level)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_each_secret_setting_is_known_to_the_log_and_shown_by_nothing(name: str) -> None:
    """What is marked as secret is struck out by its value, and no drawing of the settings has it."""
    value, secrets = planted(name)
    settings = Settings.read({**BESIDE.get(name, {}), name: value}, None)
    assert [one for one in secrets if one not in settings.secrets() and value not in settings.secrets()] == []
    shown = f"{settings!r} {settings} {structs.asdict(settings)} {orjson.dumps(settings, default=repr)!r}"
    assert search(shown, secrets) == []


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize(
    "wrong", ["{}", "'{}'", "{} {}", "é{}", "http://{}", "//user:{}@h:p", "xoxb-{}\n", "{}://{}:{}@"]
)
def test_a_wrong_value_is_not_repeated(name: str, wrong: str) -> None:
    """Whatever is wrong with a secret, the sentence that says so does not have it, nor has the error's traceback."""
    value = wrong.replace("{}", needle(name))
    try:
        Settings.read({name: value, "TEAMS_CLIENT_ID": "not one"}, None)
    except SettingsError as error:
        said = f"{error!r} {error} {error.faults} {error.warnings} {''.join(traceback.format_exception(error))}"
        assert search(said, (needle(name),)) == []
    else:
        pytest.fail("a client id that is none was taken")


def failures(name: str) -> Iterator[Exception]:
    """Give what libraries raise with a secret in their words."""
    found = needle(name)
    yield httpx.ConnectError(f"failed for https://login.example/token?client_secret={found}&x=1")
    yield aiohttp.InvalidURL(f"http://user:{found}@127.0.0.1:port")
    yield SlackApiError("refused", {"ok": False, "headers": {"Authorization": f"Basic {found}"}, "token": found})  # type: ignore[no-untyped-call] # the SDK says no types
    yield OSError(f'connection failed: host=h user=bot password={found} dbname="pm"')
    yield OSError(f"connection failed: password='{found}'")
    yield ValueError(f"https://a.example/cb?code={found}&state={found}")
    yield ValueError(f"https://hooks.slack.com/commands/T1/2/{found}")
    yield ValueError(f"Proxy-Authorization: Basic {base64.b64encode(f'user:{found}'.encode()).decode()}")
    yield ValueError(f"eyJhbGciOiJSUzI1NiJ9.eyJ{found}.{found}")
    yield ValueError(f"{{'refresh_token': '{found}', \"access_token\": \"{found}\"}}")
    yield ValueError(f"X-Slack-Signature: v0={found}")


def _fail_twice(error: Exception) -> None:
    try:
        raise error  # noqa: TRY301 # it stands for a library's
    except Exception as inner:
        raise RuntimeError(str(inner)) from inner


@pytest.mark.parametrize("form", ["json", "console"])
def test_what_only_looks_like_a_secret_is_struck_out(stream: io.BytesIO, form: str) -> None:
    """A token of a workspace is no setting: it is known by where it stands, in words, values and chained tracebacks."""
    found = (needle("unknown"),)
    logs.configure("debug", form, [], stream)
    log = structlog.get_logger()
    for error in failures("unknown"):
        stream.seek(0)
        stream.truncate()
        try:
            _fail_twice(error)
        except RuntimeError as outer:
            log.exception("failed", value=str(outer), nested={"list": [repr(error)]}, error=error)
            log.debug("%s", error)
            logging.getLogger("aiohttp").exception("failed: %s", error)  # as libraries do
        assert b"RuntimeError" in stream.getvalue()
        assert search(stream.getvalue().decode(), found) == [], f"{error!r}"


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("secret", ["p@ss/w:rd%20-planted", "plänted sécret", "plan'ted\"quo\\te"])
def test_a_known_secret_is_struck_out_however_it_is_written(stream: io.BytesIO, form: str, secret: str) -> None:
    """Percent-encoded in an address, escaped in JSON or in a repr: it is the same secret."""
    logs.configure("debug", form, [secret], stream)
    log = structlog.get_logger()
    written = (secret, quote(secret), quote(secret, safe=""), json.dumps(secret), repr(secret))
    for one in written:
        log.info("said", value=f"a {one} b", error=ValueError(one))
    text = stream.getvalue().decode()
    assert text.count("***") >= 2 * len(written)
    assert "plan" not in text
    assert "pl\\" not in text


def test_ordinary_words_stay(stream: io.BytesIO) -> None:
    """What is struck out too eagerly is not read any more."""
    logs.configure("info", "json", [], stream)
    words = "the token was refused: not_authed; a basic understanding; code=200; state=planned, delivery=d1"
    structlog.get_logger().info(words, state="planned", code="invalid_auth")
    line = orjson.loads(stream.getvalue())
    assert (line["event"], line["state"], line["code"]) == (words, "planned", "invalid_auth")


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    """Give a furnished emulator."""
    async with SlackEmulator(furnished=True, retry_delays=(0, 0, 0)) as emulator:
        yield emulator


@pytest.mark.long
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGABRT])
async def test_a_bot_whose_world_fails_tells_no_secret(
    tmp_path: Path, slack: SlackEmulator, end: signal.Signals
) -> None:
    """Slack refuses its token, a proxy answers nobody, requests bring secrets along, and it is stopped or aborted."""
    asked = needle("asked")
    environ = {
        "SLACK_BOT_TOKEN": f"xoxb-1-{needle('SLACK_BOT_TOKEN')}",
        "TEAMS_CLIENT_ID": CLIENT,
        "TEAMS_TENANT_ID": TENANT,
        "TEAMS_CLIENT_SECRET": needle("TEAMS_CLIENT_SECRET"),
        "HTTPS_PROXY": f"http://user:{needle('HTTPS_PROXY')}@127.0.0.1:9",
        "LOG_LEVEL": "debug",
    }
    secrets = (asked, slack.signing_secret, *(needle(name) for name in environ))
    out: list[str] = []
    async with serving(tmp_path, slack, **environ) as bot, aiohttp.ClientSession() as session:
        assert slack.request_url is not None
        url = slack.request_url.removesuffix("/slack/events")
        headers = {"Authorization": f"Bearer {asked}", "Cookie": f"session={asked}", "X-Slack-Signature": f"v0={asked}"}
        for path in ("/", "/healthz", "/readyz", "/metrics", "/slack/events", "/api/messages", "/nowhere"):
            for method in ("GET", "POST"):
                address = f"{url}{path}?token={asked}&code={asked}"
                async with session.request(
                    method, address, headers=headers, data=b"{token=" + asked.encode()
                ) as answer:
                    out.append(f"{answer.headers} {await answer.text()}")
        answered = await slack.command(slack.user("alice"), slack.channel("pm-learning"), "/pm-compare share risks")
        out.append(f"{answered}")
        async with session.get(f"{url}/metrics") as answer:
            out.append(await answer.text())
        await bot.end(end)
    assert "slack" in bot.text
    assert search("".join((*out, bot.text)), secrets) == []


@pytest.mark.long
async def test_a_command_that_fails_tells_no_secret(tmp_path: Path) -> None:
    """With a database nobody serves, `serve`, `doctor` and `tick` end with a sentence, without what was planted.

    `serve` as the process it is, with all that Python says at its end; the others as what they print.
    """
    environ = {
        name: planted(name)[0] for name in ("DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "HTTPS_PROXY")
    }
    secrets = tuple(needle(name) for name in environ)
    for words in (("serve",), ("doctor", "--json"), ("doctor",), ("tick",), ("migrate",), ("check",)):
        for wrong in ({}, {"SLACK_SIGNING_SECRET": f"{needle('SLACK_SIGNING_SECRET')}z"}):
            given = {**environ, "LOG_LEVEL": "debug", "PORT": "0", **wrong}
            whole = words == ("serve",)
            ended = await (run(tmp_path, *words, **given) if whole else to_thread(typed, tmp_path, *words, **given))
            assert search(ended.out + ended.err, secrets) == [], words
