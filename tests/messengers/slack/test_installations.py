"""Whose installation serves a workspace: one row a place, read once, told to every process, and never said in doubt."""

# ruff: noqa: S105, S106 # tokens of nobody

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation

from messengers.base import Refused, Slowed
from messengers.slack.installations import CannotServeError, NotInstalledError
from messengers.slack.oauth_stores import BoltInstallations
from tests.messengers.slack.conftest import START, Shop, install, organization


async def token(shop: Shop, workspace: str = "T1") -> str:
    """Give the token that a process that just started has for a workspace."""
    client = await shop.process().client(workspace)
    return client.token or ""


async def test_a_reinstall_leaves_one_row(shop: Shop) -> None:
    """Old tokens do not pile up: the newest is what is left."""
    here = shop.process()
    await here.keep(install(token="xoxb-1"))
    await here.keep(install(token="xoxb-2", at=START + timedelta(minutes=1)))
    assert [row["place"] for row in await shop.rows()] == ["T1"]
    assert await token(shop) == "xoxb-2"


async def test_installs_at_one_moment_leave_one_row(shop: Shop) -> None:
    """In two processes at once, and the older of two that come in the wrong order changes nothing."""
    processes = [shop.process(own=True) for _ in range(4)]
    await asyncio.gather(
        *(each.keep(install(token=f"xoxb-{n}", at=START + timedelta(seconds=n))) for n, each in enumerate(processes))
    )
    assert len(await shop.rows()) == 1
    assert await token(shop) == "xoxb-3"


async def test_tokens_are_encrypted_and_the_object_in_use_is_not(shop: Shop) -> None:
    """A copy is: who keeps it goes on with the token in the clear."""
    given = install(token="xoxb-planted", bot_refresh_token="xoxe-planted", bot_token_expires_in=43_200)
    before = given.to_dict_for_copying()
    await shop.process().keep(given)
    assert given.to_dict_for_copying() == before
    assert "planted" not in str(await shop.rows())
    found = await shop.process().find("T1")
    assert found is not None
    assert "planted" not in repr(found)
    assert found.token.reveal() == "xoxb-planted"


async def test_long_tokens(shop: Shop) -> None:
    """Longer than the 200 signs that slack_sdk's own table has room for."""
    long = "xoxe.xoxb-" + "1" * 2_000
    await shop.process().keep(install(token=long))
    assert await token(shop) == long


async def test_times_say_their_zone(shop: Shop) -> None:
    """Whatever comes back compares with other moments."""
    await shop.process().keep(install(bot_token_expires_at=int(START.timestamp()) + 60, bot_refresh_token="xoxe-1"))
    found = await shop.process().find("T1")
    assert found is not None
    assert (found.installed_at, found.expires_at) == (START, START + timedelta(seconds=60))
    assert found.installed_at.tzinfo is not None


async def test_only_the_bot_counts_whoever_installs(shop: Shop) -> None:
    """Somebody who signs in later, with a token of their own, does not take the bot's away."""
    here = shop.process()
    await here.keep(install(token="xoxb-1"))
    person = Installation(team_id="T1", user_id="U2", user_token="xoxp-2", installed_at=START.timestamp() + 60)
    await here.keep(person)
    assert await token(shop) == "xoxb-1"
    await here.keep(install(token="xoxb-3", at=START + timedelta(minutes=2), user_id="U3", user_token="xoxp-3"))
    found = await BoltInstallations(shop.process()).async_find_installation(enterprise_id=None, team_id="T1")
    assert found is not None
    assert (found.bot_token, found.user_id, found.user_token) == ("xoxb-3", "U3", None)


async def test_a_workspace_that_moves_into_a_grid_keeps_its_row(shop: Shop) -> None:
    """Found before and after by its own id; installed again it has the organization's, too."""
    here = shop.process()
    await here.keep(install())
    before = await shop.rows()
    found = await shop.process().find("T1", "E1")
    assert found is not None
    assert found.place == "T1"
    await here.keep(install(token="xoxb-2", enterprise="E1", at=START + timedelta(minutes=1)))
    after = await shop.rows()
    assert [row["id"] for row in after] == [row["id"] for row in before]
    assert [row["enterprise"] for row in after] == ["E1"]


@pytest.mark.parametrize("team", [None, "T9"])
async def test_an_organizations_install_serves_what_it_admits(shop: Shop, team: str | None) -> None:
    """Whether or not it came with a team's id; each call names the workspace it is for."""
    await shop.process().keep(organization(team))
    assert [(row["place"], row["name"]) for row in await shop.rows()] == [("E1", "Grid")]
    here = shop.process()
    assert await here.find("T1") is None
    found = await here.find("T1", "E1")
    assert found is not None
    assert found.is_organization
    for workspace in ("T1", "T2"):
        await here.find(workspace, "E1")
        await (await here.client(workspace)).auth_test()
    assert shop.slack.tested == [("xoxb-org", "T1"), ("xoxb-org", "T2")]
    # What a request named once is known to processes that start later, and to posts that no request begins.
    await (await shop.process().client("T1")).auth_test()
    assert shop.slack.tested[-1] == ("xoxb-org", "T1")


async def test_a_workspaces_own_install_comes_first(shop: Shop) -> None:
    """It is what its owners chose; no team_id is needed with its token."""
    here = shop.process()
    await here.keep(organization())
    await here.find("T1", "E1")
    await here.keep(install(enterprise="E1"))
    await (await here.client("T1")).auth_test()
    assert shop.slack.tested == [("xoxb-1", "")]


async def test_the_first_request_reads_once_and_later_ones_never(shop: Shop) -> None:
    """A hundred at once share the read, also where nothing is installed."""
    await shop.process().keep(install())
    here = shop.process()
    shop.reads()
    for workspace in ("T1", "T404"):
        await asyncio.gather(*(here.find(workspace) for _ in range(100)))
        assert shop.reads() == 1
        await asyncio.gather(*(here.find(workspace) for _ in range(100)))
        assert shop.reads() == 0
    await here.client("T1")
    assert shop.reads() == 0


async def test_who_stops_waiting_takes_nothing_from_the_others(shop: Shop) -> None:
    """A request that is broken off leaves the read to those who wait for it, too."""
    await shop.process().keep(install())
    here = shop.process()
    first, second = (asyncio.create_task(here.find("T1")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is not None


async def test_what_is_remembered_expires_and_is_bounded(shop: Shop) -> None:
    """Strangers' ids are forgotten after half a minute, and never more than ten thousand are known."""
    here = shop.process()
    await here.find("T404")
    shop.reads()
    shop.later(seconds=31)
    await here.find("T404")
    assert shop.reads() == 1
    memory = here._memory  # noqa: SLF001 # its size is what the promise is about
    for n in range(10_500):
        memory.put_absent(f"T{n}", "")
    assert len(memory._absent) == 10_000  # noqa: SLF001 # likewise
    await here.keep(install())
    await here.find("T1")
    shop.reads()
    shop.later(hours=2)
    await here.find("T1")
    assert shop.reads() == 1


async def test_nobody_changes_what_others_are_given(shop: Shop) -> None:
    """Ours is frozen, and Bolt, which changes what it gets, gets one of its own each time."""
    here = shop.process()
    await here.keep(install())
    found = await here.find("T1")
    with pytest.raises(AttributeError, match="immutable"):
        found.bot_user = "U2"  # type: ignore[misc, union-attr] # what is tried
    store = BoltInstallations(here)
    bot = await store.async_find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    bot.bot_token = "xoxb-changed"
    again = await store.async_find_bot(enterprise_id=None, team_id="T1")
    assert again is not None
    assert again.bot_token == "xoxb-1"


async def test_an_uninstall_reaches_every_process(shop: Shop) -> None:
    """By the next look at what changed, also where clocks differ and a commit came late."""
    here, other = shop.process(), shop.process(own=True)
    await here.keep(install(at=START - timedelta(hours=1)))
    assert await other.find("T1") is not None
    await other.watch()
    shop.later(seconds=3)
    await other.watch()
    shop.later(seconds=-20)  # the clock of the process that hears it is behind
    assert await here.mark_removed("T1", shop.now + timedelta(seconds=1))
    shop.later(seconds=23)
    await other.watch()
    with pytest.raises(NotInstalledError) as told:
        await other.client("T1")
    assert told.value.outcome == Refused("account_inactive", "workspace", datetime(1970, 1, 1, tzinfo=UTC))
    assert [(row["token"], row["refresh_token"]) for row in await shop.rows()] == [("", "")]


async def test_a_reinstall_reaches_every_process(shop: Shop) -> None:
    """A client with a former token is not handed out again, and that nothing was installed is forgotten."""
    here, other = shop.process(), shop.process(own=True)
    await here.keep(install())
    assert (await other.client("T1")).token == "xoxb-1"
    assert await other.find("T2") is None
    shop.later(seconds=1)
    await here.keep(install(token="xoxb-2", at=shop.now))
    await here.keep(install("T2"))
    await other.watch()
    assert (await other.client("T1")).token == "xoxb-2"
    assert await other.find("T2") is not None
    shop.reads()
    await other.watch()
    assert shop.reads() == 1  # the same change, told again, makes nobody read again
    await other.find("T1")
    assert shop.reads() == 0


async def test_a_late_uninstall_does_not_wipe_a_fresh_install(shop: Shop) -> None:
    """What happened before it was installed again is over, in whichever order the two events come."""
    here = shop.process()
    await here.keep(install())
    await here.keep(install(token="xoxb-2", at=START + timedelta(minutes=5)))
    assert not await here.mark_removed("T1", START + timedelta(minutes=4))
    assert await token(shop) == "xoxb-2"
    assert await here.mark_removed("T1", START + timedelta(minutes=6))
    assert not await here.mark_removed("T1", START + timedelta(minutes=6))
    await here.keep(install(token="xoxb-3", at=START + timedelta(minutes=7)))
    assert [row["removed_at"] for row in await shop.rows()] == [None]
    assert await token(shop) == "xoxb-3"


async def test_an_organizations_uninstall_leaves_workspaces_their_own(shop: Shop) -> None:
    """The event carries the organization's id alone."""
    here = shop.process()
    await here.keep(organization())
    await here.keep(install("T1", enterprise="E1"))
    await here.find("T2", "E1")
    assert await here.mark_removed("E1", START + timedelta(minutes=1))
    assert await token(shop) == "xoxb-1"
    with pytest.raises(NotInstalledError):
        await here.client("T2")
    await here.keep(organization(token="xoxb-new", at=START + timedelta(minutes=2)))
    assert await shop.process().find("T2") is None  # what it admits is learned anew


async def test_a_workspace_is_turned_out_in_every_process(shop: Shop) -> None:
    """An organization takes access back from one of its workspaces; a late word does not undo a newer one."""
    here, other = shop.process(), shop.process(own=True)
    await here.keep(organization())
    await here.admit("T1", "E1", START)
    await here.admit("T2", "E1", START + timedelta(minutes=2))
    assert await other.find("T1") is not None
    shop.later(minutes=1)
    assert await here.turn_out("T1", "E1", shop.now)
    assert not await here.turn_out("T2", "E1", shop.now)
    await other.watch()
    assert await other.find("T1") is None
    assert await other.find("T2") is not None


async def test_a_token_that_no_key_opens_is_said_in_words(shop: Shop) -> None:
    """Of that one workspace alone; it is not "not installed", and with the key back it is served."""
    here = shop.process()
    await here.keep(install("T1"))
    lost, shop.keys[:] = shop.keys[0], [Fernet.generate_key().decode()]
    here = shop.process()
    await here.keep(install("T2", "xoxb-2"))
    for _ in range(2):
        with pytest.raises(CannotServeError, match="TOKEN_ENCRYPTION_KEYS") as told:
            await here.client("T1")
    assert "T1" in str(told.value)
    assert "rotate-keys" in str(told.value)
    assert isinstance(told.value.outcome, Slowed)
    assert (await here.client("T2")).token == "xoxb-2"
    await here.watch()
    assert await here.refresh_due(shop.now) == 0
    shop.keys.append(lost)
    assert await token(shop) == "xoxb-1"


async def test_rubbish_in_a_row_is_as_a_lost_key(shop: Shop) -> None:
    """Somebody wrote into the database by hand."""
    here = shop.process()
    await here.keep(install())
    await shop.spoil("T1", "xoxb-in-the-clear, ü")
    with pytest.raises(CannotServeError):
        await here.client("T1")
