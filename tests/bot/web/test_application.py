"""The routes an operator and their tools see, and the numbers behind /metrics."""

import asyncio
import re
from collections.abc import Sequence
from typing import get_args

import pytest
from sqlalchemy import CheckConstraint

from bot.metrics import DELIVERY_STATES, Metrics
from bot.platforms import KINDS
from bot.slack import shape as slack_shape
from bot.slack.profile import PROFILE
from bot.teams import shape as teams_shape
from bot.web import application
from bot.web.application import Check, Probes
from bot.web.asgi import Answer
from store import tables
from tests.bot.slack import requests as sent
from tests.bot.slack.test_guard import Inner
from tests.bot.web.asgi import call

GOOD, BAD = Check("database", ok=True, detail="migrated"), Check("slack", ok=False, detail="not connected")


def probes(checks: Sequence[Check] = (GOOD,), metrics: Metrics | None = None) -> Probes:
    """Report `checks` on both probes."""

    async def ready() -> Sequence[Check]:
        return checks

    async def scrape() -> tuple[bytes, str]:
        return (metrics or Metrics(lambda: 0.0, KINDS)).render()

    return Probes(lambda: checks, ready, scrape)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_probes(path: str) -> None:
    """Green is 200, red is 503, and either way each check is named with its detail."""
    green = await call(application.application({}, probes()), "GET", path)
    assert (green.status, green.json()["ok"]) == (200, True)
    assert green.json()["checks"] == [{"name": "database", "ok": True, "detail": "migrated"}]
    red = await call(application.application({}, probes((GOOD, BAD))), "GET", path)
    assert (red.status, red.json()["ok"], len(red.json()["checks"])) == (503, False, 2)


async def test_a_probe_that_hangs_is_red() -> None:
    """A database that does not answer makes /readyz red after two seconds at most."""

    async def never() -> Sequence[Check]:
        await asyncio.Event().wait()
        return ()

    hanging = Probes(tuple, never, probes().scrape)
    async with asyncio.timeout(5):
        reply = await call(application.application({}, hanging), "GET", "/readyz")
    assert reply.status == 503
    assert "no answer" in reply.json()["checks"][0]["detail"]


async def test_other_paths_and_methods() -> None:
    """The front page says what this is; unknown paths are 404, wrong methods 405 with the right one named."""
    app = application.application({PROFILE.path: Inner().route()}, probes())
    assert b"PM Compare" in (await call(app, "GET", "/")).body
    assert (await call(app, "GET", "/nothing")).status == 404
    reply = await call(app, "GET", PROFILE.path)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert (await call(app, "POST", "/healthz")).status == 405


async def test_slack_path() -> None:
    """POST /slack/events is there where a signing secret is, and a 404 where none is."""
    request = sent.form(sent.command())
    headers = sent.headers(*request)
    inner = Inner(answer=Answer(200, b"risks"))
    reply = await call(
        application.application({PROFILE.path: inner.route()}, probes()),
        "POST",
        PROFILE.path,
        headers,
        [request[1]],
    )
    assert reply.body == b"risks"
    assert (await call(application.application({}, probes()), "POST", PROFILE.path, headers)).status == 404


async def test_metrics() -> None:
    """Every number that was told to the metrics is in /metrics, and all names are ours."""
    inner = Inner(metrics=Metrics(lambda: 7.5, KINDS))
    inner.metrics.record_web_api_call("chat.postMessage", "ok")
    inner.metrics.record_deliveries({"sent": 3, "planned": 1})
    inner.metrics.record_deliveries({"sent": 4})
    inner.metrics.record_next_tip(1_795_000_000.0)
    app = application.application({PROFILE.path: inner.route()}, probes(metrics=inner.metrics))
    request = sent.form(sent.command())
    await call(app, "POST", PROFILE.path, sent.headers(*request), [request[1]])
    reply = await call(app, "GET", "/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = reply.body.decode().splitlines()
    assert 'pm_compare_requests_total{kind="command",outcome="answered"} 1.0' in lines
    assert 'pm_compare_request_seconds_count{kind="command"} 1.0' in lines
    assert 'pm_compare_deliveries{state="sent"} 4.0' in lines
    assert 'pm_compare_deliveries{state="planned"} 0.0' in lines
    assert "pm_compare_tick_age_seconds 7.5" in lines
    assert "pm_compare_next_tip_timestamp_seconds 1.795e+09" in lines
    assert 'pm_compare_web_api_calls_total{method="chat.postMessage",outcome="ok"} 1.0' in lines
    assert all(line.startswith(("#", "pm_compare_")) for line in lines)
    assert not any("_created" in line for line in lines)
    inner.metrics.record_next_tip(None)
    assert b"pm_compare_next_tip_timestamp_seconds 0.0" in inner.metrics.render()[0]


def test_names_are_those_of_their_sources() -> None:
    """The kinds that are counted are the guard's, and the states are the ledger's table's."""
    assert set(KINDS) == {
        *get_args(slack_shape.Kind),
        *get_args(teams_shape.Kind),
        "unread",
        "teams_unread",
    }
    rule = next(held for held in tables.delivery.constraints if isinstance(held, CheckConstraint))
    assert set(re.findall(r"'(\w+)'", str(rule.sqltext))) == set(DELIVERY_STATES)
