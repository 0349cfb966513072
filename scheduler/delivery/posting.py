"""Post one leased delivery, and tell what state that leaves it in."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import assert_never

import structlog
from msgspec import Struct
from msgspec.structs import replace

from cards import reason
from cards.model import Card
from cards.reason import Cause, NotSetUp, PlatformCode, Reason
from messengers.base import Address, Messenger, Outcome, Posted, Refused, Slowed, Unknown
from scheduler.delivery.lease import Ready
from scheduler.delivery.pacing import Pacer
from scheduler.delivery.record import Settled
from scheduler.hooks import GoneError, Hooks, NotYetError
from store.deliveries.rows import Delivery
from store.tables import EDITS, DeliveryState

NOT_YET = timedelta(seconds=60)  # until newer content is looked for again
NEVER = timedelta(hours=12)  # after which it is taken to have been withdrawn
EDIT_AGAIN = timedelta(seconds=30)  # until an edit is repeated whose answer was lost: that does no harm
SHORTEST_WAIT = 1.0  # seconds; a platform that says "slow down" without a time still gets some

log = structlog.get_logger()


class Posting(Struct, frozen=True):
    """What posting takes: whose platforms, what draws a card, whose turn it is, and how long a post may take."""

    messengers: Mapping[str, Messenger]
    hooks: Hooks
    pacer: Pacer
    clock: Callable[[], datetime]
    longest: float

    async def attempt(self, ready: Ready) -> Settled:
        """Post a delivery, where it still may be; never raises for what goes wrong with it."""
        row, now = ready.delivery, self.clock()
        if row.lease_until is not None and now + timedelta(seconds=self.longest) > row.lease_until:
            # It waited so long for its turn, or this process slept, that the post could outlive the lease: another may
            # hold the row by then. The lease's own guard protects a newer one.
            return self.given_back(ready)
        if (gate := self.pacer.gate(row.platform, row.workspace, now, row.conversation)) is not None:
            return Settled(replace(_ended(row, "planned", Cause.SLOWED, now), not_before=gate))
        messenger = self.messengers.get(row.platform)
        if messenger is None:
            return Settled(_ended(row, "failed", NotSetUp(row.platform), now))
        try:
            card = self.hooks.draw(row, ready.subscription)
        except GoneError:
            return Settled(_ended(row, "skipped", Cause.CONTENT_GONE, now))
        except NotYetError:
            if now - row.due_at > NEVER:
                return Settled(_ended(row, "skipped", Cause.CONTENT_GONE, now))
            return Settled(replace(row, state="planned", not_before=now + NOT_YET, changed_at=now))
        except Exception:  # one delivery's fault is its own: nothing was posted
            log.exception("delivery.not_drawn", delivery=row.id, key=row.key)
            return Settled(_ended(row, "failed", Cause.NOT_DRAWN, now), scope="message")
        address = Address(row.platform, row.workspace, row.conversation, row.thread)
        try:
            async with asyncio.timeout(self.longest):
                if row.kind in EDITS:
                    outcome = await messenger.update(address, row.message_id, card)
                else:
                    outcome = await messenger.post(address, card, row.id)
        except Exception as error:  # one delivery's fault is its own: it may have been posted
            log.exception("delivery.messenger_fault", delivery=row.id, key=row.key)
            outcome = Unknown(f"the messenger failed: {type(error).__name__}")
        return self._settled(row, card, outcome)

    def given_back(self, ready: Ready) -> Settled:
        """Give a delivery whose turn came too late: nothing was sent, so it goes back."""
        return Settled(_ended(ready.delivery, "planned", Cause.LEASE_TOO_SHORT, self.clock()))

    def _settled(self, row: Delivery, card: Card, outcome: Outcome) -> Settled:
        now = self.clock()
        match outcome:
            case Posted(message_id, link, conversation):
                sent = replace(row, state="sent", message_id=message_id, link=link, reason="", changed_at=now)
                subject = str(card.subject) if card.subject else ""
                return Settled(sent, subject=subject, conversation=conversation, edition=card.edition)
            case Slowed(seconds, is_limit, scope):
                until = now + timedelta(seconds=max(seconds, SHORTEST_WAIT))
                place = (row.platform, row.workspace)
                if scope == "conversation":
                    gate = self.pacer.slow_conversation(*place, row.conversation, until, now)
                else:
                    gate = self.pacer.slow(*place, until, now, is_limit=is_limit)
                return Settled(replace(_ended(row, "planned", Cause.SLOWED, now), not_before=gate), scope=scope)
            case Refused(code, scope, installed_at):
                failed = _ended(row, "failed", PlatformCode(code), now)
                return Settled(failed, scope=scope, installed_at=installed_at)
            case Unknown(words) if row.kind in EDITS:
                log.info("delivery.edit_again", delivery=row.id, key=row.key, reason=words)
                again = replace(row, state="planned", reason="", not_before=now + EDIT_AGAIN, changed_at=now)
                return Settled(again)
            case Unknown(words):
                return Settled(_ended(row, "unknown", reason.parse(words), now))
            case _:
                assert_never(outcome)


def _ended(row: Delivery, state: DeliveryState, why: Reason, now: datetime) -> Delivery:
    return replace(row, state=state, reason=str(why), changed_at=now)
