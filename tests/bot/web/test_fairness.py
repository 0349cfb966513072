"""One workspace that asks for a great deal: it is bounded, and the others do not notice."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import structlog

from bot.metrics import Metrics
from bot.platforms import KINDS
from bot.slack.guard import GuardedRequest
from bot.slack.profile import PROFILE
from bot.slack.route import Apology, Reception, SlackRoute
from bot.teams.route import Hearing, TeamsRoute
from bot.teams.tenant import Tenants
from bot.web.asgi import Answer
from bot.web.fairness import Allowance, Fairness
from cards.compose import notices
from handlers.teams import responses
from handlers.teams.responses import Reply as Heard
from tests.bot.slack import requests as sent
from tests.bot.web.asgi import Reply, call
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, ROOM

BIG, SMALL = "T0BIG", "T0SMALL"
PATIENCE = 10.0


@dataclass
class Turns:
    """A fairness at a moment that a test chooses; `begun` says who was given a turn, in order."""

    allowance: Allowance = field(default_factory=Allowance)
    at_once: int = 4
    beside: int = 1
    abreast: int = 1_000_000
    most: int = 10_000
    now: float = 0.0
    begun: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with nobody."""
        self.fairness = Fairness(
            lambda: self.now,
            self.allowance,
            at_once=self.at_once,
            beside=self.beside,
            abreast=self.abreast,
            most=self.most,
        )

    async def ask(self, workspace: str) -> bool:
        """Ask for a turn, and note that it came."""
        is_given = await self.fairness.begin(workspace)
        if is_given:
            self.begun.append(workspace)
        return is_given


async def test_a_flood_waits_behind_itself() -> None:
    """A hundred of one workspace are waiting: the other's first one goes next but one, in whatever order they came."""
    turns = Turns()
    flood = [asyncio.create_task(turns.ask(BIG)) for _ in range(100)]
    await asyncio.sleep(0)
    assert turns.begun == [BIG] * 4
    others = [asyncio.create_task(turns.ask(name)) for name in (SMALL, "T0OTHER", SMALL)]
    before = len(turns.begun)
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*others)
    since = turns.begun[before:]
    assert since[: since.index("T0OTHER") + 1].count(BIG) <= 2
    assert since.count(BIG) <= 4
    for workspace in tuple(turns.begun):
        turns.fairness.end(workspace)
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*flood)
    assert turns.begun.count(BIG) == 100


async def test_so_many_of_one_workspace_are_answered_at_a_time() -> None:
    """The next begins when one of them is answered; another workspace finds its turn meanwhile."""
    turns = Turns(at_once=1_000, abreast=3)
    assert await turns.ask(SMALL)
    flood = [asyncio.create_task(turns.ask(BIG)) for _ in range(10)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert turns.begun == [SMALL, BIG, BIG, BIG]
    assert await asyncio.wait_for(turns.ask(SMALL), PATIENCE)
    for answered in range(1, 8):
        turns.fairness.end(BIG)
        for _ in range(5):
            await asyncio.sleep(0)
        assert turns.begun.count(BIG) == 3 + answered
    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(*flood) == [True] * 10


async def test_alone_a_workspace_has_the_bot_to_itself() -> None:
    """Where nobody else has asked for a second, as many begin as there is room for."""
    turns = Turns(at_once=1_000, abreast=3)
    assert await turns.ask(SMALL)
    assert [await asyncio.wait_for(turns.ask(BIG), PATIENCE) for _ in range(3)] == [True] * 3
    late = asyncio.create_task(turns.ask(BIG))
    await asyncio.sleep(0)
    assert turns.begun.count(BIG) == 3
    turns.now += 1.5
    others = [asyncio.create_task(turns.ask(BIG)) for _ in range(10)]
    async with asyncio.timeout(PATIENCE):
        assert await asyncio.gather(late, *others) == [True] * 11


async def test_what_is_answered_at_once_waits_for_nobody() -> None:
    """Where nobody is under way a whole round may begin, and ends before the next."""
    turns = Turns(at_once=8)
    for _ in range(3):
        for _ in range(8):
            assert await asyncio.wait_for(turns.ask(BIG), PATIENCE)
            turns.fairness.end(BIG)
        await asyncio.sleep(0)


async def test_one_who_has_gone_takes_nobodys_turn() -> None:
    """Nor a place among those that their workspace may have in hand."""
    turns = Turns(Allowance(together=5), at_once=1)
    tasks = [asyncio.create_task(turns.ask(BIG)) for _ in range(5)]
    await asyncio.sleep(0)
    assert not await turns.ask(BIG)
    tasks[2].cancel()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert turns.begun == [BIG] * 4
    assert await turns.ask(BIG)
    assert not await turns.ask(BIG)


async def test_ten_thousand_people_at_once_are_answered_and_a_flood_is_not() -> None:
    """Whoever presses when a presenter says so gets an answer; then 500 a second, and the rest is told to wait."""
    turns = Turns(at_once=1_000_000)
    for _ in range(10_000):
        assert await turns.ask(BIG)
        turns.fairness.end(BIG)
    assert not await turns.ask(BIG)
    assert await turns.ask(SMALL)
    for _ in range(3):
        turns.now += 1.0
        answered = 0
        while await turns.ask(BIG):
            turns.fairness.end(BIG)
            answered += 1
        assert answered == 500
    turns.now += 3_600
    for _ in range(10_000):
        assert await turns.ask(BIG)
        turns.fairness.end(BIG)


async def test_one_workspace_never_has_all_places() -> None:
    """Four hundred in hand, and no more, until one of them is answered."""
    turns = Turns(at_once=1_000_000)
    assert [await turns.ask(BIG) for _ in range(401)] == [True] * 400 + [False]
    assert await turns.ask(SMALL)
    turns.fairness.end(BIG)
    assert [await turns.ask(BIG) for _ in range(2)] == [True, False]


async def test_what_is_remembered_is_bounded() -> None:
    """A hundred thousand workspaces leave as much as ten thousand do; who has something in hand is never forgotten."""
    turns = Turns(Allowance(together=1), at_once=1_000_000, most=100)
    assert await turns.ask(BIG)
    for number in range(10_000):
        assert await turns.ask(f"T{number}")
        turns.fairness.end(f"T{number}")
    assert len(turns.fairness._shares) == 100  # noqa: SLF001 # memory is what is promised
    assert not await turns.ask(BIG)
    turns.fairness.end(BIG)
    assert await turns.ask(BIG)


async def test_one_line_a_minute_says_who_floods() -> None:
    """However many are refused; it counts those since the last one."""
    turns = Turns(Allowance(burst=1, per_second=0.001), at_once=1_000_000)
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            for _ in range(50):
                await turns.ask(BIG)
            turns.now += 60.0
    assert [(line["event"], line["workspace"], line["refused"]) for line in lines] == [
        ("requests.too_many", BIG, 1),
        ("requests.too_many", BIG, 49),
        ("requests.too_many", BIG, 50),
    ]


# --- at the edge: what people and platforms are told


class Slack:
    """Slack's side of a bot that answers one request of a workspace, and then no more for a while."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[tuple[str, str]] = []
        self.metrics = Metrics(lambda: 0.0, KINDS)
        fairness = Fairness(lambda: self.now, Allowance(burst=1, per_second=0.001))
        apology = Apology(
            words="Sorry, quote {}.".format,
            tell=lambda url, words: self.told.append((url, words)),
            busy=notices.TOO_MANY,
        )
        self.route = SlackRoute(
            sent.SECRET, Reception(self._answer, apology, self.metrics, fairness), clock=sent.Noon()
        )

    async def _answer(self, request: GuardedRequest) -> Answer:
        return Answer(200, request.kind.encode())

    async def post(self, request: tuple[bytes, bytes]) -> Reply:
        """Post one request, signed."""
        content_type, body = request
        return await call(self.route, "POST", PROFILE.path, sent.headers(content_type, body), [body])


def of(workspace: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Make a request one of a workspace's, wherever it says so."""
    changed: dict[str, Any] = json.loads(json.dumps(body))
    for name in ("team_id", "team"):
        if name in changed:
            changed[name] = {"id": workspace} if isinstance(changed[name], dict) else workspace
    if "user" in changed and isinstance(changed["user"], dict):
        changed["user"]["team_id"] = workspace
    if "authorizations" in changed:
        changed["authorizations"] = [{"team_id": workspace, "is_bot": True}]
    if isinstance(changed.get("view"), dict):
        changed["view"].pop("app_installed_team_id", None)
    return changed


@pytest.mark.parametrize(
    ("kind", "request_", "status", "said"),
    [
        ("command", lambda team: sent.form(of(team, sent.command())), 200, "ephemeral"),
        ("action", lambda team: sent.payload(of(team, sent.press())), 200, "ephemeral"),
        ("options", lambda team: sent.payload(of(team, sent.choose())), 200, '{"options":[]}'),
        ("view", lambda team: sent.payload(of(team, sent.submit())), 200, "errors"),
        ("event", lambda team: sent.envelope(of(team, sent.mention())), 503, "try again"),
    ],
)
async def test_what_a_flooding_workspace_is_told_on_slack(
    kind: str,
    request_: Callable[[str], tuple[bytes, bytes]],
    status: int,
    said: str,
) -> None:
    """A sentence where somebody reads it, 503 where Slack sends again; the other workspace is answered as ever."""
    slack = Slack()
    assert (await slack.post(request_(BIG))).body == kind.encode()
    refused = await slack.post(request_(BIG))
    assert refused.status == status
    assert said in refused.body.decode()
    if status == 200 and kind != "options":
        assert "came at once" in refused.body.decode()
    assert (await slack.post(request_(SMALL))).body == kind.encode()
    counted = {"kind": kind, "outcome": "too_many"}
    assert slack.metrics.registry.get_sample_value("pm_compare_requests_total", counted) == 1
    assert BIG.encode() not in slack.metrics.render()[0]


async def test_pressing_into_a_flood_makes_no_flood_of_posts() -> None:
    """One is told by a post of its own; the rest get a 503, which Slack shows beside the button."""
    slack = Slack()
    press = sent.payload(of(BIG, sent.press()))
    answers = [(await slack.post(press)).status for _ in range(101)]
    assert answers == [200, 200, *[503] * 99]
    assert [words for _, words in slack.told] == [notices.TOO_MANY]
    slack.now += 0.2
    assert (await slack.post(press)).status == 200
    assert len(slack.told) == 2


async def test_an_organizations_requests_without_a_team_are_the_organizations() -> None:
    """Whose they are is never nobody: that would be one workspace for all of them."""
    slack = Slack()
    command = {name: value for name, value in sent.command().items() if name != "team_id"}
    for organization in ("E0BIG", "E0SMALL"):
        assert (await slack.post(sent.form(command | {"enterprise_id": organization}))).body == b"command"
    assert b"came at once" in (await slack.post(sent.form(command | {"enterprise_id": "E0BIG"}))).body


@pytest.mark.parametrize(
    ("make", "status", "said"),
    [
        (lambda: activities.said(ALICE, ROOM, "risks"), 429, ""),
        (lambda: activities.reacted(ALICE, ROOM, "m1", "like"), 429, ""),
        (lambda: activities.pressed(ALICE, ROOM, "m1", "show|dimension/risks|"), 200, "activity.message"),
        (lambda: activities.invoked(ALICE, ALONE, "task/fetch", {}), 200, '"task"'),
        (lambda: activities.invoked(ALICE, ALONE, "composeExtension/query", {}), 200, "composeExtension"),
        (lambda: activities.invoked(ALICE, ALONE, "something/new", {}), 501, "NotImplemented"),
    ],
)
async def test_what_a_flooding_tenant_is_told_on_teams(
    make: Callable[[], dict[str, Any]], status: int, said: str
) -> None:  # a row of the table
    """A sentence in place of what was pressed, and 429 with when to come again for the rest."""
    heard: list[str] = []

    async def hear(raw: Mapping[str, Any]) -> Heard:
        heard.append(raw["conversation"]["tenantId"])
        return responses.NOTHING

    metrics = Metrics(lambda: 0.0, KINDS)
    fairness = Fairness(lambda: 0.0, Allowance(burst=1, per_second=0.001))
    hearing = Hearing(hear, responses.apology, responses.busy)
    route = TeamsRoute(None, Tenants((), ""), hearing, metrics, fairness=fairness)

    async def post(tenant: str) -> Reply:
        sound = make()
        activity = sound | {
            "serviceUrl": "http://127.0.0.1:9/",
            "conversation": sound["conversation"] | {"tenantId": tenant},
        }
        return await call(route, "POST", "/api/messages", [], [orjson.dumps(activity)])

    answers = [await post(tenant) for tenant in ("big", "BIG", "small")]
    assert [answer.status for answer in answers] == [200, status, 200]
    assert heard == ["big", "small"]
    assert answers[1].headers.get("retry-after") == ("1" if status == 429 else None)
    assert said in answers[1].body.decode()
    if status == 200:
        assert "came at once" in answers[1].body.decode()
