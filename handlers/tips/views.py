"""Read a conversation's weekly tips for a person, and say how they stand as a card."""

from datetime import UTC, datetime
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from cards.compose.learning.corrections import editions
from cards.compose.tips import coming
from cards.compose.tips import doctor as tips_doctor
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.compose.tips.doctor import Mended, PastChange, PastTip
from cards.compose.tips.state import Coming, TipsState
from cards.model import Card, Subject
from content.library import Library
from content.model import Tip
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.tips import ownership, pauses, pools, swaps
from messengers.base import Address
from scheduler import outlook, quiet_dates
from scheduler.choosing import Choices
from scheduler.learning import corrections, round_rows
from scheduler.outlook import Upcoming
from scheduler.subscriptions import coming_tip, owners, states
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.history import Entry, History
from store.learning.rounds import Rounds
from store.subscriptions import Subscription, Subscriptions

_subscriptions, _deliveries, _history = Subscriptions(), Deliveries(), History()
_rounds = Rounds()
_PAST_SHOWN = 5  # tips that the doctor looks back on
_ROWS_READ = 20  # to find them among introductions and direct messages to the owner
_CHANGES_SHOWN = 10
_WEEKS_SHOWN = 5


class Asker(Struct, frozen=True):
    """Who asks; `is_admin` is None where it was not looked up, or cannot be.

    `standing` says whether they are one of the workspace's own people, who alone are given tips or change what is not
    theirs; 'unseen' where nobody asked. A card to look at is drawn for them as for a member then; whoever changes
    something looks it up.
    `is_elsewhere` says that they ask from another place than that of the tips, where owners alone are answered.
    """

    person: str
    is_admin: bool | None = None
    standing: ownership.Standing = "unseen"
    is_elsewhere: bool = False


async def find(context: HandlerContext, address: Address) -> Subscription | None:
    """Find a conversation's tips, in whatever state."""
    async with context.database.read() as connection:
        return await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)


async def state(context: HandlerContext, address: Address, asker: Asker) -> TipsState:
    """Tell how a conversation's tips stand, as this person may see them."""
    subscription = await find(context, address)
    return tips_state(context.content.library, subscription, address.conversation, asker, context.clock())


def tips_state(
    library: Library, subscription: Subscription | None, conversation: str, asker: Asker, now: datetime
) -> TipsState:
    """Turn a row into what cards draw; None is a conversation that never had tips."""
    if subscription is None:
        return TipsState(
            conversation,
            "off",
            is_personal=conversation == asker.person,
            viewer=asker.person,
            may_change=_may_change(None, asker, conversation),
            is_owner=not asker.is_elsewhere,
            is_elsewhere=asker.is_elsewhere,
            is_outside=_is_outside(None, asker, conversation),
        )
    has_dilemmas = bool(library.dilemmas)
    weeks = outlook.upcoming(subscription, pools.of(library), now, _WEEKS_SHOWN, has_dilemmas=has_dilemmas)
    following = next((week for week in weeks if not week.skipped), None)
    left_out = tuple(
        _coming(library, week) for week in weeks if following is not None and week.skipped and week.at < following.at
    )
    is_on = subscription.state == "on"
    day = outlook.next_day(subscription, now, has_dilemmas=has_dilemmas)
    choice = outlook.choice(subscription, pools.of(library), day)
    return TipsState(
        conversation=conversation,
        state=subscription.state,
        weekday=subscription.weekday,
        at=subscription.at,
        zone=subscription.zone,
        owner=subscription.owner,
        changed_by=subscription.changed_by,
        reason=subscription.reason,
        paused_by=subscription.paused_by,
        paused_until=subscription.paused_until,
        next_at=following.at if following and is_on else None,
        next_tip=library.tip(choice.tip) if choice else None,
        is_early=choice is not None and choice.is_early,
        is_chosen=bool(subscription.next_tip) and following is not None and following.tip == subscription.next_tip,
        is_skipping=is_on and bool(subscription.skip_slot) and subscription.skip_slot in {week.slot for week in weeks},
        left_out=left_out if is_on else (),
        co_owners=subscription.co_owners,
        dimensions=subscription.dimensions,
        topics=tuple(each.title for each in library.dimensions if each.id in subscription.dimensions),
        quiet_dates=quiet_dates.still_to_come(subscription.quiet_dates, states.local_day(subscription, now)),
        quiet_country=subscription.quiet_country,
        quiet_name=country(subscription.quiet_country),
        claimed_by=subscription.claimed_by,
        claimed_until=subscription.claimed_at + owners.CLAIM_WAITS if subscription.claimed_at else None,
        may_change=_may_change(subscription, asker, conversation),
        is_outside=_is_outside(subscription, asker, conversation),
        is_owner=asker.person == subscription.owner or asker.person in subscription.co_owners,
        is_personal=conversation in {asker.person, subscription.owner},
        viewer=asker.person,
        is_elsewhere=asker.is_elsewhere,
        corrections=subscription.corrections,
        dilemmas=subscription.dilemmas,
        is_dilemma_next=is_on and following is not None and following.is_dilemma,
        next_tip_at=next((week.at for week in weeks if not week.skipped and not week.is_dilemma), None),
    )


def _may_change(subscription: Subscription | None, asker: Asker, conversation: str) -> bool:
    if asker.is_elsewhere:
        return ownership.owns(subscription, asker.person)
    if _is_outside(subscription, asker, conversation):
        return False
    if subscription is None or subscription.state == "off":
        return True
    return subscription.may_be_changed_by(asker.person, bool(asker.is_admin))


def _is_outside(subscription: Subscription | None, asker: Asker, conversation: str) -> bool:
    return ownership.standing_to_change(subscription, asker.person, conversation, asker.standing) == "may-not"


def country(code: str) -> str:
    """Name a country, and the part of it that is meant: `Germany (DE-BY)`."""
    if not code:
        return ""
    name = dict(quiet_dates.countries()).get(code.partition("-")[0], code)
    return f"{name} ({code})" if "-" in code else name


def _coming(library: Library, week: Upcoming) -> Coming:
    if week.is_dilemma:
        return Coming(week.at, "", is_dilemma=True)
    tip = library.tip(week.tip)
    return Coming(week.at, tip.title if tip else week.tip, week.skipped, tip.before if tip and week.is_early else None)


def first_tip(library: Library, now: datetime) -> Tip | None:
    """Tell which tip would come first to a conversation that never had any."""
    choice = Choices(pools.of(library)).choose((), (), "", now.astimezone(UTC).date())
    return library.tip(choice.tip) if choice else None


def settings(context: HandlerContext, undone: str, row: Subscription | None, address: Address, asker: Asker) -> Card:
    """Draw the settings from the row that was read for them; `undone` is what is left of the words, '' for nothing."""
    here = tips_state(context.content.library, row, address.conversation, asker, context.clock())
    return tips_settings.settings(here, undone)


async def shown(context: HandlerContext, answer: kinds.AboutTips, address: Address, asker: Asker) -> Card:
    """Draw a card about a conversation's tips; a change is not done here."""
    match answer:
        case kinds.Settings(undone=undone):
            return settings(context, undone, await find(context, address), address, asker)
        case kinds.ChangeTips():
            return tips_settings.settings(await state(context, address, asker))
        case kinds.More(undone=undone):
            now = await state(context, address, asker)
            is_on = now.may_change and now.state in {"on", "paused"}
            return (tips_settings.more if is_on else tips_settings.settings)(now, undone)
        case kinds.Stopping():
            here = await state(context, address, asker)
            alone = replace(address, conversation=asker.person, thread="")
            own = None if here.is_personal or here.is_elsewhere else await state(context, alone, asker)
            return tips_notices.stopping(here, own)
        case kinds.NextTip():
            library, now = context.content.library, await state(context, address, asker)
            return coming.preview(library, now.next_tip or first_tip(library, context.clock()), now)
        case kinds.Upcoming():
            return await _upcoming(context, address, asker)
        case kinds.Swapping(words=words):
            return await _upcoming(context, address, asker, words)
        case kinds.Past():
            return await _changes(context, address, asker)
        case kinds.Diagnosis():
            return await _diagnosis(context, address, asker)
        case _:
            assert_never(answer)


async def _upcoming(context: HandlerContext, address: Address, asker: Asker, words: str = "") -> Card:
    """Draw the next weeks; for `words`, and who may choose, the tips about them that can come next."""
    library, now = context.content.library, context.clock()
    subscription = await find(context, address)
    described_ = tips_state(library, subscription, address.conversation, asker, now)
    if words and subscription and described_.state in {"on", "paused"} and described_.may_change:
        return coming.swapping(described_, words, swaps.about(library, pools.of(library), subscription, words, now))
    weeks = (
        outlook.upcoming(subscription, pools.of(library), now, _WEEKS_SHOWN, has_dilemmas=bool(library.dilemmas))
        if subscription and subscription.state == "on"
        else ()
    )
    listed = [_coming(library, week) for week in weeks]
    return coming.upcoming(described_, listed) if listed else tips_settings.settings(described_)


async def _changes(context: HandlerContext, address: Address, asker: Asker) -> Card:
    library = context.content.library
    async with context.database.read() as connection:
        subscription = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
        entries = await _history.of_subscription(connection, subscription.id, _CHANGES_SHOWN) if subscription else ()
    changes = [
        PastChange(entry.at, entry.person, entry.action, entry.detail, _named(library, entry)) for entry in entries
    ]
    return tips_doctor.history(tips_state(library, subscription, address.conversation, asker, context.clock()), changes)


def _named(library: Library, entry: Entry) -> str:
    """Name the tip or the country that a line of history is about; '' where it is about none."""
    match entry.action:
        case "swapped" | "sent-now":
            tip = library.tip(entry.detail)
            return tip.title if tip else ""
        case "quiet":
            return country(next((part for part in entry.detail.split() if not part[0].isdigit()), ""))
        case _:
            return ""


async def _diagnosis(context: HandlerContext, address: Address, asker: Asker) -> Card:
    """Say in words how a conversation's tips are doing, and why the last ones came or did not."""
    library, now = context.content.library, context.clock()
    async with context.database.read() as connection:
        subscription = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
        rows = await _past(connection, subscription) if subscription else ()
        lines = await _history.of_subscription(connection, subscription.id, pauses.ENTRIES) if subscription else ()
        mended = await _mended(connection, library, address)
        rounds = await _rounds.standing(connection, address.platform, address.workspace, address.conversation)
    past = tuple(
        PastTip(
            row.due_at,
            _title(library, row),
            row.state,
            row.reason,
            row.id,
            is_extra=row.slot.startswith(coming_tip.MANUAL),
            is_over=row.kind == "round" and round_rows.is_over(row, now),
        )
        for row in rows
    )
    state = tips_state(library, subscription, address.conversation, asker, now)
    ends = [one.closes_at for one in rounds if one.state == "open"]
    paused = pauses.that_kept_away(subscription, lines, {row.slot for row in rows}, now) if subscription else ()
    return tips_doctor.doctor(state, past, now, mended, ends, paused)


async def _mended(connection: AsyncConnection, library: Library, address: Address) -> Mended:
    """Count the newest corrections of the posts of a conversation."""
    place = address.platform, address.workspace, address.conversation
    counts = await corrections.counts_in(connection, *place, editions(library))
    waiting = counts["planned"] + counts["sending"] + counts["unknown"]
    return Mended(waiting, counts["sent"], counts["failed"] + counts["skipped"])


async def _past(connection: AsyncConnection, subscription: Subscription) -> tuple[Delivery, ...]:
    """List the last deliveries, newest first, and after them any whose outcome is still unknown, however old."""
    rows = await _deliveries.of_subscription(connection, subscription.id, _ROWS_READ)
    last = [row for row in rows if row.key.startswith("tip:")][:_PAST_SHOWN]
    known = {row.id for row in last}
    unknown = await _deliveries.unknown_of(connection, subscription.id)
    return (*last, *(row for row in unknown if row.id not in known))


def _title(library: Library, row: Delivery) -> str:
    try:
        subject = Subject.parse(row.subject)
    except ValueError:
        return "a tip that was removed since"
    if subject.kind == "dilemma":
        dilemma = library.dilemma(subject.id)
        return dilemma.title if dilemma else "a dilemma that was removed since"
    tip = library.tip(subject.id)
    return tip.title if tip else "a tip that was removed since"
