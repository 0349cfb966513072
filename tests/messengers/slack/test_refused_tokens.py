"""Tokens that Slack refuses though they should be good: another is looked for, and the call made once more with it."""

# ruff: noqa: S105, S106 # tokens of nobody

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web

from messengers.base import Refused, Slowed
from messengers.slack.installations import CannotServeError, InstallAgainError, RefusedTokenError
from tests.messengers.slack.conftest import HOURS_12, START, Shop, install


async def installed(shop: Shop) -> None:
    """Have the app installed, with a token that should last twelve hours."""
    shop.slack.good.add("xoxe-0")
    ends = int((START + HOURS_12).timestamp())
    await shop.process().keep(install(token="xoxe.xoxb-0", bot_refresh_token="xoxe-0", bot_token_expires_at=ends))


@pytest.mark.parametrize("code", ["token_expired", "invalid_auth", "token_revoked"])
async def test_a_token_that_ended_early_is_renewed_at_once(shop: Shop, code: str) -> None:
    """By many calls in several processes: one asks, and each is made once more with what came."""
    await installed(shop)
    processes = [shop.process(own=True) for _ in range(3)]
    clients = [await each.client("T1") for each in processes for _ in range(5)]
    shop.slack.ended["xoxe.xoxb-0"] = code
    shop.takes_time = True
    await asyncio.gather(*(each.auth_test() for each in clients))
    assert shop.slack.counts() == {"xoxe-0": 1}
    tokens = [token for token, _ in shop.slack.tested]
    assert tokens.count("xoxe.xoxb-1") == len(clients)
    assert len(tokens) == 2 * len(clients)
    assert (await shop.process().client("T1")).token == "xoxe.xoxb-1"


async def test_what_another_process_renewed_is_used(shop: Shop) -> None:
    """Slack refuses the former token, as it does once there are two newer ones; nothing is asked for."""
    await installed(shop)
    here, other = shop.process(own=True), shop.process(own=True)
    client = await here.client("T1")
    shop.later(hours=11)
    assert await other.refresh_due(shop.now) == 1
    shop.slack.ended["xoxe.xoxb-0"] = "invalid_auth"
    await client.auth_test()
    assert [token for token, _ in shop.slack.tested] == ["xoxe.xoxb-0", "xoxe.xoxb-1"]
    assert shop.slack.counts() == {"xoxe-0": 1}


async def test_a_slack_that_gives_none_now_makes_it_wait(shop: Shop) -> None:
    """The refusal was definite and the renewal is not: what was to be done is done later, and nothing is paused."""
    await installed(shop)
    client = await shop.process().client("T1")
    shop.slack.ended["xoxe.xoxb-0"] = "token_expired"
    shop.slack.trouble += [web.Response(status=500)]
    with pytest.raises(CannotServeError) as told:
        await client.auth_test()
    assert isinstance(told.value.outcome, Slowed)
    shop.later(minutes=1)
    await client.auth_test()
    assert shop.slack.tested[-1][0] == "xoxe.xoxb-1"


async def test_a_renewal_that_takes_long_makes_it_wait(shop: Shop) -> None:
    """Whoever posts is told so in time, and the renewal goes on."""
    await installed(shop)
    here = shop.process(patience=0.2)
    client = await here.client("T1")
    shop.slack.ended["xoxe.xoxb-0"] = "token_expired"
    shop.slack.held = asyncio.Event()
    with pytest.raises(CannotServeError, match="still asked"):
        await client.auth_test()
    shop.slack.held.set()
    shop.takes_time = True
    await (await shop.process().client("T1")).auth_test()
    assert shop.slack.counts() == {"xoxe-0": 1}


async def test_where_slack_gives_none_any_more_it_says_so(shop: Shop) -> None:
    """Somebody has to install it again; what is refused is the installation that was there."""
    await installed(shop)
    client = await shop.process().client("T1")
    shop.slack.ended["xoxe.xoxb-0"] = "token_expired"
    shop.slack.good.clear()
    with pytest.raises(InstallAgainError) as told:
        await client.auth_test()
    assert told.value.outcome == Refused("token_expired", "workspace", START)


@pytest.mark.parametrize("code", ["account_inactive", "invalid_auth", "token_revoked"])
async def test_a_removal_that_nobody_heard_is_written_down(shop: Shop, code: str) -> None:
    """Since when Slack says so, once; a new installation undoes it."""
    await shop.process().keep(install())
    client = await shop.process().client("T1")
    shop.slack.ended["xoxb-1"] = code
    for _ in range(2):
        with pytest.raises(RefusedTokenError) as told:
            await client.auth_test()
        assert told.value.outcome == Refused(code, "workspace", START)
        shop.later(hours=1)
    assert [row["refused_at"] for row in await shop.rows()] == [START]
    await shop.process().keep(install(token="xoxb-2", at=shop.now))
    assert [row["refused_at"] for row in await shop.rows()] == [None]


async def test_a_second_refusal_is_of_the_installation_that_was_tried_then(shop: Shop) -> None:
    """Installed anew and removed again meanwhile: whoever installs it once more after that is not stopped by it."""
    await shop.process().keep(install())
    client = await shop.process(own=True).client("T1")
    shop.later(hours=1)
    await shop.process().keep(install(token="xoxb-2", at=shop.now))
    shop.slack.ended.update(dict.fromkeys(("xoxb-1", "xoxb-2"), "account_inactive"))
    with pytest.raises(RefusedTokenError) as told:
        await client.auth_test()
    assert isinstance(told.value.outcome, Refused)
    assert told.value.outcome.installed_at == shop.now


async def test_a_token_that_ended_is_no_removal(shop: Shop) -> None:
    """Nor is a workspace that refuses for another reason."""
    await shop.process().keep(install())
    client = await shop.process().client("T1")
    for code in ("token_expired", "org_login_required", "team_added_to_org"):
        shop.slack.ended["xoxb-1"] = code
        with pytest.raises(RefusedTokenError):
            await client.auth_test()
    assert [row["refused_at"] for row in await shop.rows()] == [None]


async def test_an_answer_that_was_lost_is_asked_for_again_within_the_grace(shop: Shop) -> None:
    """Slack takes a used refresh token for a short while: the installation is not lost."""
    await installed(shop)
    shop.slack.lost, shop.slack.is_in_grace = 1, True
    here = shop.process()
    shop.later(hours=11)
    assert await here.refresh_due(shop.now) == 1
    assert shop.slack.counts() == {"xoxe-0": 2}
    assert (await here.client("T1")).token == "xoxe.xoxb-2"
    assert shop.slept == [0.5]


async def test_answers_that_stay_lost_are_asked_for_until_the_tokens_end(shop: Shop) -> None:
    """In doubt nothing has ended: the token serves, and the same refresh token is tried again later."""
    await installed(shop)
    shop.slack.lost, shop.slack.is_in_grace = 5, True
    here = shop.process()
    shop.later(hours=11)
    assert await here.refresh_due(shop.now) == 0
    assert shop.slack.counts() == {"xoxe-0": 3}
    assert (await here.client("T1")).token == "xoxe.xoxb-0"
    shop.now += timedelta(seconds=31)
    assert await here.refresh_due(shop.now) == 1
