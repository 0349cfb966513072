"""Bolt's app without the web server that it imports."""

from tests import ready

PROGRAM = """
import sys
assert not {"aiohttp.web", "slack_bolt"} & sys.modules.keys()
from handlers.slack.bolt import AsyncApp
import slack_bolt.app.async_app as theirs
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_server import AsyncSlackAppServer
assert theirs.AsyncApp is AsyncApp
assert "aiohttp.web" not in sys.modules
app = AsyncApp(name="x", token="xoxb-1", signing_secret="secret")
server = app.server()
from aiohttp import web
assert type(server.web_app) is web.Application
assert theirs.web.Response is web.Response
print("right")
"""
BESIDE = """
import aiohttp.web
from handlers.slack.bolt import AsyncApp
import slack_bolt.app.async_app as theirs
assert theirs.web is aiohttp.web
print("right")
"""


def said(program: str) -> str:
    """Give what a process of its own prints, which has not imported Bolt yet."""
    done = ready.ended(ready.SERVES, program)
    return done.stdout.strip() or done.stderr


def test_the_web_server_comes_with_whoever_starts_one() -> None:
    """Of Bolt nothing is broken: the app is its own, and its server, which nobody here wants, has all that it needs."""
    assert said(PROGRAM) == "right"


def test_where_the_web_server_is_there_already_bolt_has_it() -> None:
    """Then there is nothing to spare."""
    assert said(BESIDE) == "right"
