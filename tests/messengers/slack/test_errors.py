"""Every code of Slack's failure table, and how far it reaches."""

import pytest

from messengers.base import Address, Posted, Refused, Scope, Slowed, Unknown
from playground.shared.trouble import Trouble
from tests.messengers.conftest import CARD, Opened

GONE = (
    "is_archived",
    "is_inactive",
    "channel_archive",
    "channel_deleted",
    "channel_left",
    "group_left",
    "not_in_channel",
    "channel_not_found",
)
FORBIDDEN = (
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "restricted_action_of_next_year",
    "ekm_access_denied",
    "app_access_restricted",
    "missing_scope",
    "messages_tab_disabled",
    "user_disabled",
)
# Of the thread alone, and a thread may be unlocked again: the channel's tips go on.
THREADS = ("restricted_action_thread_locked", "restricted_action_non_threadable_channel")
TABLE = (
    *((code, "conversation") for code in (*GONE, *FORBIDDEN)),
    *((code, "workspace") for code in ("token_revoked", "account_inactive", "invalid_auth", "token_expired")),
    ("cannot_reply_to_message", "thread"),
    *((code, "message") for code in (*THREADS, "msg_blocks_too_long", "invalid_blocks", "something_new")),
)


@pytest.mark.parametrize(("code", "scope"), TABLE)
async def test_a_refusal_reaches_as_far_as_its_code_says(opened: Opened, code: str, scope: Scope) -> None:
    """Nothing was posted; what follows depends on the scope."""
    async with opened() as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        here.slack.trouble.append(Trouble("chat.postMessage", "error", error=code))
        assert await here.messenger.post(here.address(room), CARD, "d1") == Refused(code, scope)
        assert here.slack.posts(room) == []
        assert here.endings == [code]


@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "request_timeout"])
async def test_what_may_have_been_posted_is_unknown(opened: Opened, code: str) -> None:
    """Posted or not: the answer is the same."""
    async with opened() as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        here.slack.trouble.append(Trouble("chat.postMessage", "error_after", error=code))
        assert await here.messenger.post(here.address(room), CARD, "d1") == Unknown(code)
        assert len(here.slack.posts(room)) == 1


@pytest.mark.parametrize("code", ["ratelimited", "rate_limited", "message_limit_exceeded"])
async def test_slow_down_is_heard_in_every_form(opened: Opened, code: str) -> None:
    """By status, or by its code alone: then half a minute."""
    async with opened() as here:
        room = here.slack.channel("pm", members=[here.slack.user("alice")], bot=True)
        here.slack.trouble.append(Trouble("chat.postMessage", "429", retry_after=7))
        here.slack.trouble.append(Trouble("chat.postMessage", "error", error=code))
        assert await here.messenger.post(here.address(room), CARD, "d1") == Slowed(7)
        assert await here.messenger.post(here.address(room), CARD, "d1") == Slowed(30)


async def test_a_direct_message_says_where_it_stands(opened: Opened) -> None:
    """Addressed to a person; reactions on it come from D…, and from nowhere else."""
    async with opened() as here:
        alice = here.slack.user("alice")
        outcome = await here.messenger.post(Address("slack", here.slack.team, alice.id), CARD, "d1")
        assert isinstance(outcome, Posted)
        assert outcome.conversation == here.slack.dm(alice).id
        room = here.slack.channel("pm", members=[alice], bot=True)
        inside = await here.messenger.post(here.address(room), CARD, "d2")
        assert isinstance(inside, Posted)
        assert inside.conversation == ""
