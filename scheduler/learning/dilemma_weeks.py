"""Say which weeks bring a dilemma in place of a tip, and which dilemma that is."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field
from msgspec.structs import replace

from scheduler.learning import round_rows
from scheduler.learning.round_rows import Playable
from store import ids
from store.deliveries.rows import Delivery
from store.due_subscriptions import Due
from store.learning.rounds import Round
from store.subscriptions import Subscription

EVERY = 4  # weeks
_NEVER_ASKED: Counter[str] = Counter()


def is_one(subscription: Subscription | Due, slot: str) -> bool:
    """Say whether a week, `2026-W48`, brings a dilemma: every fourth of the calendar, where a channel wants that.

    The first thing that comes is a tip, whatever the calendar says.
    """
    if not subscription.dilemmas or not subscription.seen:
        return False
    year, _, week = slot.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1).toordinal() // 7 % EVERY == 0


class DilemmaWeeks(Struct, frozen=True):
    """What planning needs of dilemmas: those there are, in order, and how often each conversation had which."""

    dilemmas: Mapping[str, Playable] = field(default_factory=dict)
    asked: Mapping[str, Counter[str]] = field(default_factory=dict)  # by the subscription's id

    def planned(
        self, subscription: Due, slot: str, moment: datetime, now: datetime
    ) -> tuple[tuple[Delivery, Delivery], Round] | None:
        """Give a week's rows, the post and its tally, with their round; None where the week brings a tip.

        The dilemma is the first in order that the conversation had least often, of the topic it had least often, among
        its own topics where there is one on them.
        """
        if not self.dilemmas or not is_one(subscription, slot):
            return None
        asked = self.asked.get(subscription.id, _NEVER_ASKED)
        here = [id_ for id_, one in self.dilemmas.items() if one.dimension in subscription.dimensions]
        topics = Counter[str]()
        for id_, count in asked.items():
            if id_ in self.dilemmas:
                topics[self.dilemmas[id_].dimension] += count
        # Of equals, the first.
        chosen = min(here or self.dilemmas, key=lambda id_: (asked[id_], topics[self.dilemmas[id_].dimension]))
        one = Round(
            id=ids.fresh(now),
            platform=subscription.platform,
            workspace=subscription.workspace,
            conversation=subscription.conversation,
            subscription_id=subscription.id,
            dilemma=chosen,
            version=self.dilemmas[chosen].version,
            labels=round_rows.labels(self.dilemmas[chosen].choices),
            zone=subscription.zone,
            closes_at=round_rows.next_working_day(moment, subscription.zone),
            created_at=now,
        )
        post, tally = round_rows.asking(one, now)
        # The week's own key, so that it brings one thing, whoever plans it.
        key = f"tip:{subscription.id}:{slot}"
        return (replace(post, key=key, slot=slot, due_at=moment, not_before=moment), tally), one
