"""Open the forms that change weekly tips, for a person who may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cards.compose.tips import forms as tips_forms
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.compose.tips.state import TipsState
from cards.forms import Form
from cards.model import Card, FormName
from content.library import Library
from content.model import Tip
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.tips import views
from handlers.tips.views import Asker
from messengers.base import Address
from scheduler import outlook
from store.deliveries.rows import Delivery
from store.subscriptions import Subscription

NAMES: tuple[FormName, ...] = ("settings", "pause", "quiet", "owners", "swap")
# What is shown once a form is saved.
AFTER: Mapping[FormName, kinds.AboutTips] = {
    "settings": kinds.Settings(),
    "pause": kinds.Settings(),
    "quiet": kinds.More(),
    "owners": kinds.More(),
    "swap": kinds.Upcoming(),
}


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a form: a sentence for each field at fault, or else the introduction that goes first.

    `card` shows what is saved, where nothing goes first and somebody asked for it.
    """

    faults: Mapping[str, str] = field(default_factory=dict)
    introduction: str | None = None
    card: Card | None = None


def name_of(argument: str) -> FormName:
    """Read which form a button opens or a submission is; buttons of before there were several opened the settings."""
    return next((name for name in NAMES if name == argument), "settings")


def wants_admins(values: Mapping[str, str]) -> bool:
    """Say whether a form lets workspace admins change the tips."""
    return values.get("changed_by") == "admins"


def refused(state: TipsState) -> str:
    """Say why a form of this person is not taken; '' where it is."""
    if state.may_change:
        return ""
    return tips_notices.ADMINS_ONLY if state.changed_by == "admins" else tips_notices.NOT_YOURS


async def opened(  # a form is opened by one, somewhere, with something to come back
    context: HandlerContext, form: FormName, address: Address, asker: Asker, *, carried: str, zone: str
) -> Form | Card:
    """Draw a form, or the card that says why there is none. `zone` is the person's own, '' where it is not known."""
    library, now = context.content.library, context.clock()
    subscription = await views.find(context, address)
    state = views.tips_state(library, subscription, address.conversation, asker, now)
    if not state.may_change:
        return tips_notices.not_yours_there() if asker.is_elsewhere else tips_notices.not_yours(state)
    if form == "settings":
        return tips_forms.edit(state, carried, zone, library.dimensions, admins=asker.is_admin is not None)
    if subscription is None or state.state not in {"on", "paused"}:
        return tips_notices.not_on(state)
    match form:
        case "pause":
            return tips_forms.pause(state, carried)
        case "quiet":
            return tips_forms.quiet(state, carried)
        case "owners" if state.is_personal:
            return tips_notices.alone(tips_notices.NOT_FOR_ONE)
        case "owners":
            return tips_forms.owners(state, carried)
        case _:
            return tips_forms.swap(state, carried, _choices(library, subscription, now), subscription.next_tip)


def _choices(library: Library, subscription: Subscription, now: datetime) -> Sequence[Tip]:
    """List the tips that may come next, in file order."""
    day = outlook.next_day(subscription, now)
    found = (library.tip(id_) for id_ in outlook.pool(subscription, views.pool(library), day))
    return [tip for tip in found if tip is not None]


async def introduced(context: HandlerContext, address: Address, asker: Asker, delivery: Delivery) -> Card:
    """Show what came of the introduction: the settings, or why tips stay off and what to do."""
    state = await views.state(context, address, asker)
    if delivery.state == "failed":
        return tips_notices.not_started(state, delivery.reason)
    return tips_settings.settings(state)
