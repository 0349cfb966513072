"""The log is one stream, renders ours and the libraries' lines alike, and shows no secret."""

import io
import logging
from collections.abc import Iterator

import orjson
import pytest
import structlog

from bot import logs
from handlers.current_request import current_request

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 # the one in Slack's documentation


@pytest.fixture
def stream() -> Iterator[io.BytesIO]:
    """Give a stream to log to, and put logging back as it was."""
    root = logging.getLogger()
    handlers, level, ours = root.handlers[:], root.level, structlog.get_config()
    yield io.BytesIO()
    structlog.configure(**ours)  # structlog's own way writes all, and draws each frame of a fault: milliseconds a line
    root.handlers = handlers
    root.setLevel(level)


def lines(stream: io.BytesIO) -> list[dict[str, object]]:
    """Read the lines of a JSON log."""
    return [orjson.loads(line) for line in stream.getvalue().splitlines()]


def test_json_is_one_object_a_line(stream: io.BytesIO) -> None:
    """Each line is an object with the event, the level and the time, and with its request's and delivery's ids."""
    logs.configure("info", "json", stream=stream)
    token = current_request.set("0a1b2c3d4e")
    try:
        structlog.get_logger().info("delivery.sent", delivery="d1", lines="a\nb")
    finally:
        current_request.reset(token)
    structlog.get_logger().warning("plain")
    first, second = lines(stream)
    assert (first["event"], first["level"], first["request"]) == ("delivery.sent", "info", "0a1b2c3d4e")
    assert (first["delivery"], first["lines"]) == ("d1", "a\nb")
    assert str(first["timestamp"]).endswith("Z")
    assert "request" not in second


def test_level(stream: io.BytesIO) -> None:
    """What is below the level is not written."""
    logs.configure("warning", "json", stream=stream)
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_libraries_join_from_warning_up(stream: io.BytesIO) -> None:
    """A library's warning or error is a line like ours, its chatter and uvicorn's access log are not."""
    logs.configure("debug", "json", stream=stream)
    logging.getLogger("uvicorn.access").error("GET /")
    logging.getLogger("apscheduler").info("Added job")
    logging.getLogger("slack_bolt").warning("Unhandled %s", "request")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=ValueError("broken"))
    first, second = lines(stream)
    assert (first["event"], first["level"], first["logger"]) == ("Unhandled request", "warning", "slack_bolt")
    assert second["logger"] == "uvicorn.error"
    assert "ValueError: broken" in str(second["exception"])


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "looks",
    [
        "xoxb-1234-s3cr3t",
        "xoxp-1234-s3cr3t",
        "xoxe.xoxb-1-s3cr3t",
        "xapp-1-A1-s3cr3t",
        "Authorization: Bearer s3cr3t.token/+=",
        "bearer s3cr3t",
        "https://hooks.slack.com/commands/T1/2/s3cr3t",
        "https://hooks.slack-gov.com/actions/T1/2/s3cr3t",
        "postgresql://bot:s3cr3t@db.example/pm",
        SECRET,
        'quo"te\\s3cr3t-secret',
    ],
)
def test_secrets_are_struck_out(stream: io.BytesIO, form: str, looks: str) -> None:
    """Whatever looks like a secret, or is one of ours, is struck out: in words, keys, nested values and tracebacks."""
    logs.configure("info", form, secrets=[SECRET, 'quo"te\\s3cr3t-secret'], stream=stream)
    log = structlog.get_logger()
    log.info("said %s aloud", looks, value=looks, nested={"list": [looks, (looks,)]}, other=Shown(looks))
    logging.getLogger("library").warning("said %s", looks)
    log.error("failed", exc_info=ValueError(looks))
    written = stream.getvalue()
    assert written.count(b"***") >= 6
    assert b"s3cr3t" not in written
    assert SECRET.encode() not in written


@pytest.mark.parametrize(
    "said",
    [
        *("/cb?code=", "/cb?a=1&state=", "/cb?SIG="),
        *("token=", "client_secret=", "PASSWORD=", "passwd=", "x-signature=", "client_assertion=", "Cookie="),
        *("{'access_Token': '", "{'secret': '", "{'password': '", "{'signature': '", "{'assertion': '", "{'cookie': '"),
        *("X-Slack-Signature: ", "Set-Cookie: ", "Authorization: Basic ", "authorization: ", "as BEARER ", "bearer "),
        *("xoxb-", "xoxe-", "xapp-", "hooks.slack.com/commands/", "redis://:", "redis://user:", "eyJhbGciOiJ."),
    ],
)
def test_one_thing_that_tells_a_secret_is_enough(stream: io.BytesIO, said: str) -> None:
    """Each name and each shape by itself, in a line that has no other."""
    logs.configure("info", "json", stream=stream)
    structlog.get_logger().info(f"heard {said}s3cr3t@h")
    assert b"s3cr3t" not in stream.getvalue()


class Shown:
    """Shows what it holds, as some library's objects do."""

    def __init__(self, held: str) -> None:
        self.held = held

    def __repr__(self) -> str:
        """Show it."""
        return f"<Shown {self.held}>"


def test_named_secrets_are_struck_out(stream: io.BytesIO) -> None:
    """A value under a name that says "secret" is struck out whatever it looks like; an absent one stays visible."""
    logs.configure("info", "json", stream=stream)
    headers = {"X-Slack-Signature": "v0=abc", "Content-Type": "x"}
    structlog.get_logger().info("sent", signing_secret="s3", headers=headers, token=None)  # noqa: S106 # not a real one
    (line,) = lines(stream)
    assert line["signing_secret"] == "***"  # noqa: S105 # what stands in its place
    assert line["headers"] == {"X-Slack-Signature": "***", "Content-Type": "x"}
    assert line["token"] is None


def test_a_line_is_written_whatever_is_in_it(stream: io.BytesIO) -> None:
    """Lone surrogates, huge numbers and odd keys do not lose the line."""
    logs.configure("info", "json", stream=stream)
    structlog.get_logger().info("odd", words="\ud800", number=2**70, keys={1: {None: b"x"}})
    (line,) = lines(stream)
    assert "odd" in str(line["event"])


def test_console_is_for_people(stream: io.BytesIO) -> None:
    """The console form is words, without colour codes where nobody sees colours."""
    logs.configure("info", "console", stream=stream)
    structlog.get_logger().info("clock.tick", sent=3, words="\ud800")
    written = stream.getvalue().decode()
    assert "clock.tick" in written
    assert "sent=3" in written
    assert "\x1b" not in written


def test_a_line_that_cannot_be_formatted_stops_nobody(stream: io.BytesIO, capsys: pytest.CaptureFixture[str]) -> None:
    """A library's wrong format string is reported by logging itself, and the caller goes on."""
    logs.configure("info", "json", stream=stream)
    logging.getLogger("library").warning("%d", "x")
    assert "Logging error" in capsys.readouterr().err
    assert stream.getvalue() == b""


def test_a_traceback_for_people_shows_no_local_variables(stream: io.BytesIO) -> None:
    """The console form has the plain traceback: what stood in a frame's variables is not drawn beside it."""
    logs.configure("info", "console", stream=stream)

    def fails(held: str) -> None:
        raise ValueError(len(held))

    try:
        fails("only-in-{}-variable".format("a"))
    except ValueError:
        structlog.get_logger().exception("task.failed")
    written = stream.getvalue().decode()
    assert "Traceback (most recent call last)" in written
    assert "ValueError: 18" in written
    assert "only-in-a-variable" not in written
