"""Tokens that end: asked for ahead of time, once for all processes, and never called "not installed" in doubt."""

# ruff: noqa: S105, S106, S107 # tokens of nobody

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from messengers.base import Refused, Slowed
from messengers.slack.installations import CannotServeError, InstallAgainError, NotInstalledError
from store import installations as rows
from tests.messengers.slack.conftest import HOURS_12, START, Shop, install


async def installed(shop: Shop, place: str = "T1", refresh_token: str = "xoxe-0", *, at: datetime = START) -> None:
    """Have the app installed, with a token that ends after twelve hours."""
    shop.slack.good.add(refresh_token)
    ends = int((at + HOURS_12).timestamp())
    given = install(place, "xoxe.xoxb-0", at=at, bot_refresh_token=refresh_token, bot_token_expires_at=ends)
    await shop.process().keep(given)


async def test_the_clock_renews_ahead_of_the_end(shop: Shop) -> None:
    """Two hours before, with no request coming in; the new token is used at once, here and in other processes."""
    await installed(shop)
    here, other = shop.process(), shop.process(own=True)
    shop.later(hours=9, minutes=59)
    assert await here.refresh_due(shop.now) == 0
    for each in (here, other):
        assert (await each.client("T1")).token == "xoxe.xoxb-0"
    shop.later(minutes=2)
    assert await here.refresh_due(shop.now) == 1
    assert await here.refresh_due(shop.now) == 0
    assert (await here.client("T1")).token == "xoxe.xoxb-1"
    assert (await other.client("T1")).token == "xoxe.xoxb-0"  # it is still good
    await other.watch()
    assert (await other.client("T1")).token == "xoxe.xoxb-1"
    assert shop.slack.asked == ["xoxe-0"]
    found = await shop.process().find("T1")
    assert found is not None
    assert found.expires_at == shop.now + HOURS_12


async def test_parallel_processes_ask_once(shop: Shop) -> None:
    """One has the turn; the others go on with the token that is still good, and nobody waits."""
    await installed(shop)
    processes = [shop.process(own=True) for _ in range(5)]
    for each in processes:
        await each.find("T1")
    shop.later(hours=11)
    shop.slack.held = asyncio.Event()
    rounds = [asyncio.create_task(each.refresh_due(shop.now)) for each in processes]
    await shop.slack.arrived.wait()
    clients = await asyncio.gather(*(each.client("T1") for each in processes))
    assert {each.token for each in clients} == {"xoxe.xoxb-0"}
    shop.slack.held.set()
    assert sum(await asyncio.gather(*rounds)) >= 1
    assert shop.slack.counts() == {"xoxe-0": 1}


async def test_an_ended_token_is_asked_for_once_and_waited_for(shop: Shop) -> None:
    """Many requests in several processes at once, after the bot was off: all get the new token."""
    await installed(shop)
    processes = [shop.process(own=True) for _ in range(3)]
    shop.later(hours=13)
    shop.slack.held = asyncio.Event()
    shop.while_sleeping, shop.takes_time = shop.slack.held.set, True  # somebody looks again whether another has it
    asked = [asyncio.create_task(each.client("T1")) for each in processes for _ in range(20)]
    await shop.slack.arrived.wait()
    clients = await asyncio.gather(*asked)
    assert {each.token for each in clients} == {"xoxe.xoxb-1"}
    assert shop.slack.counts() == {"xoxe-0": 1}


async def test_who_stops_waiting_does_not_break_the_renewal_off(shop: Shop) -> None:
    """Slack has used the refresh token up by then: the answer is still written down."""
    await installed(shop)
    here = shop.process()
    shop.later(hours=13)
    shop.slack.held = asyncio.Event()
    first = asyncio.create_task(here.client("T1"))
    await shop.slack.arrived.wait()
    first.cancel()
    second = asyncio.create_task(here.client("T1"))
    await asyncio.sleep(0)
    shop.slack.held.set()
    assert (await second).token == "xoxe.xoxb-1"
    assert shop.slack.counts() == {"xoxe-0": 1}


async def test_who_would_wait_too_long_is_told_so(shop: Shop) -> None:
    """Nothing was posted, so it is tried again, with the token that came meanwhile; the renewal itself goes on."""
    await installed(shop)
    here = shop.process(patience=0.2)
    shop.later(hours=13)
    shop.slack.held = asyncio.Event()
    with pytest.raises(CannotServeError, match="still asked") as told:
        await here.client("T1")
    assert isinstance(told.value.outcome, Slowed)
    shop.slack.held.set()
    assert (await shop.process().client("T1")).token == "xoxe.xoxb-1"
    assert shop.slack.counts() == {"xoxe-0": 1}


def _error(code: str, status: int = 200, **headers: str) -> Callable[[], web.Response]:
    def made() -> web.Response:
        return web.json_response({"ok": False, "error": code}, status=status, headers=headers)

    return made


PASSING: dict[str, Callable[[], web.Response]] = {
    "internal": _error("internal_error"),
    "500": lambda: web.Response(status=500, text="<html>"),
    "503": _error("service_unavailable", 503),
    "limited": _error("ratelimited", 429, **{"Retry-After": "120"}),
    "ours": _error("bad_client_secret"),
    "not an object": lambda: web.json_response([]),
    "no token": lambda: web.json_response({"ok": True}),
}


@pytest.mark.parametrize("trouble", PASSING.values(), ids=PASSING.keys())
async def test_a_passing_error_is_tried_again_later(shop: Shop, trouble: Callable[[], web.Response]) -> None:
    """The token serves on; once it ended posts wait, and it never reads "not installed"."""
    await installed(shop)
    here, other = shop.process(), shop.process(own=True)
    shop.later(hours=11)
    shop.slack.trouble += [trouble(), trouble()]
    assert await here.refresh_due(shop.now) == 0
    assert (await here.client("T1")).token == "xoxe.xoxb-0"
    shop.later(seconds=20)
    assert await other.refresh_due(shop.now) == 0  # not before half a minute, by whichever process
    assert len(shop.slack.asked) == 1
    shop.later(hours=1)
    with pytest.raises(CannotServeError) as told:
        await here.client("T1")
    assert isinstance(told.value.outcome, Slowed)
    assert shop.slack.asked == ["xoxe-0"] * 2
    shop.later(minutes=20)
    assert (await here.client("T1")).token == "xoxe.xoxb-1"


async def test_tries_grow_apart(shop: Shop) -> None:
    """Slack is down for long: it is not asked every few seconds."""
    await installed(shop)
    here = shop.process()
    shop.later(hours=10, minutes=1)
    shop.slack.trouble += [web.Response(status=500) for _ in range(100)]
    for _ in range(60 * 4):
        await here.refresh_due(shop.now)
        shop.later(seconds=15)
    assert 5 <= len(shop.slack.asked) <= 8


async def test_asked_to_wait_all_others_wait_too(shop: Shop) -> None:
    """A limit is of the app, not of one workspace."""
    await installed(shop)
    here = shop.process()
    shop.later(hours=11)
    shop.slack.trouble.append(PASSING["limited"]())
    await here.refresh_due(shop.now)
    await installed(shop, "T2", "xoxe-t2", at=START - timedelta(hours=1))
    shop.later(seconds=100)
    assert await here.refresh_due(shop.now) == 0
    assert shop.slack.asked == ["xoxe-0"]
    shop.later(seconds=30)
    assert await here.refresh_due(shop.now) == 2


async def test_a_definite_error_leaves_the_install_until_the_token_ends(shop: Shop) -> None:
    """Then it says in words that somebody has to install again; Slack is not asked any more."""
    await installed(shop)
    shop.slack.good.clear()
    here = shop.process()
    shop.later(hours=11)
    assert await here.refresh_due(shop.now) == 1  # nothing new, but the row has changed
    assert (await here.client("T1")).token == "xoxe.xoxb-0"
    shop.later(hours=2)
    assert await here.refresh_due(shop.now) == 0
    with pytest.raises(InstallAgainError, match="/slack/install") as told:
        await here.client("T1")
    assert told.value.outcome == Refused("token_expired", "workspace", START)
    assert len(shop.slack.asked) == 1
    await installed(shop, refresh_token="xoxe-again", at=shop.now)
    assert (await shop.process().client("T1")).token == "xoxe.xoxb-0"


async def test_a_lost_answer_is_asked_for_again(shop: Shop) -> None:
    """Slack has used the token up: what it says of it then is final, and the former token serves until its end."""
    await installed(shop)
    here = shop.process()
    shop.later(hours=11)
    shop.slack.lost = 1
    await here.refresh_due(shop.now)
    assert (await here.client("T1")).token == "xoxe.xoxb-0"
    shop.later(minutes=1)
    await here.refresh_due(shop.now)
    assert shop.slack.counts() == {"xoxe-0": 2}
    shop.later(hours=2)
    with pytest.raises(InstallAgainError):
        await here.client("T1")


async def test_encrypted_anew_meanwhile(shop: Shop) -> None:
    """`rotate-keys` beside a running bot: what Slack gave is not lost to another encryption of the same token."""
    await installed(shop)
    here = shop.process()
    shop.later(hours=11)
    shop.slack.held = asyncio.Event()
    renewal = asyncio.create_task(here.refresh_due(shop.now))
    await shop.slack.arrived.wait()
    async with shop.database.write() as connection:
        seen = await rows.of_place(connection, "T1")
        assert seen is not None
        seals = here._seals  # noqa: SLF001 # to encrypt as the command does
        again = [seals.seal(seals.open(each, "T1")) for each in (seen.token, seen.refresh_token)]
        assert await rows.seal_anew(connection, seen, again[0], again[1])
    shop.slack.held.set()
    assert await renewal == 1
    assert (await shop.process().client("T1")).token == "xoxe.xoxb-1"


async def test_installed_again_meanwhile(shop: Shop) -> None:
    """A renewal that comes back late does not put the former installation's token in the new one's place."""
    await installed(shop)
    here = shop.process()
    shop.later(hours=11)
    shop.slack.held = asyncio.Event()
    renewal = asyncio.create_task(here.refresh_due(shop.now))
    await shop.slack.arrived.wait()
    await shop.process().keep(install(token="xoxb-new", at=shop.now))
    shop.slack.held.set()
    await renewal
    assert (await shop.process().client("T1")).token == "xoxb-new"


async def test_removed_meanwhile(shop: Shop) -> None:
    """Nor does it bring one back that was removed."""
    await installed(shop)
    here = shop.process()
    shop.later(hours=13)
    shop.slack.held = asyncio.Event()
    asked = asyncio.create_task(here.client("T1"))
    await shop.slack.arrived.wait()
    assert await shop.process().mark_removed("T1", shop.now)
    shop.slack.held.set()
    with pytest.raises(NotInstalledError):
        await asked
    assert [row["token"] for row in await shop.rows()] == [""]


async def test_a_turn_that_nobody_gave_back_ends(shop: Shop) -> None:
    """A process that crashed while it asked keeps the others from it for a minute."""
    await installed(shop)
    shop.later(hours=11)
    async with shop.database.write() as connection:
        seen = await rows.of_place(connection, "T1")
        assert seen is not None
        assert await rows.lease(connection, seen, shop.now, shop.now + timedelta(seconds=60))
        assert not await rows.lease(connection, seen, shop.now, shop.now + timedelta(seconds=60))
    here = shop.process()
    assert await here.refresh_due(shop.now) == 0
    shop.later(seconds=61)
    assert await here.refresh_due(shop.now) == 1
