"""Open the forms that change weekly tips, for a person who may."""

from collections.abc import Mapping

from msgspec import Struct, field

from cards.compose.tips import forms as tips_forms
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.compose.tips.state import TipsState
from cards.forms import Form
from cards.model import Action, Card, FormName
from cards.zones import names, search
from handlers.asking import kinds
from handlers.context import HandlerContext
from handlers.tips import ownership, pools, swaps, views
from handlers.tips.views import Asker
from messengers.base import Address
from store.deliveries.rows import Delivery

NAMES: tuple[FormName, ...] = ("settings", "pause", "quiet", "owners", "swap")
# What is shown once a form is saved.
AFTER: Mapping[FormName, kinds.AboutTips] = {
    "settings": kinds.Settings(),
    "pause": kinds.Settings(),
    "quiet": kinds.More(),
    "owners": kinds.More(),
    "swap": kinds.Upcoming(),
}


class Saved(Struct, frozen=True):
    """What became of a form: a sentence for each field at fault, or else the introduction that goes first.

    `card` shows what is saved, where nothing goes first and somebody asked for it.
    """

    faults: Mapping[str, str] = field(default_factory=dict)
    introduction: str | None = None
    card: Card | None = None


class Opening(Struct, frozen=True):
    """How a form is asked for: `here` is where, and `carried` comes back with the answers.

    `zone` is the person's own as their platform tells it, '' where it does not. `chosen` is the id of the tip that a
    button proposes, '' where it proposes none.
    """

    here: Address
    carried: str
    zone: str = ""
    chosen: str = ""


def name_of(argument: str) -> FormName:
    """Read which form a button opens or a submission is; buttons of before there were several opened the settings."""
    return next((name for name in NAMES if name == argument), "settings")


def proposed(action: Action | None) -> str:
    """Give the id of the tip that a button proposes to come next; '' where it proposes none."""
    subject = action.subject if action else None
    return subject.id if subject and subject.kind == "tip" else ""


def wants_admins(values: Mapping[str, str]) -> bool:
    """Say whether a form lets workspace admins change the tips."""
    return values.get("changed_by") == "admins"


def refused(state: TipsState, standing: ownership.Standing) -> str:
    """Say why a form of this person is not taken; '' where it is. `standing` is `ownership.standing_to_change`."""
    if standing != "may":
        return tips_notices.NOT_A_MEMBER if standing == "may-not" else tips_notices.NOT_SEEN_TO_CHANGE
    if state.may_change:
        return ""
    return tips_notices.ADMINS_ONLY if state.changed_by == "admins" else tips_notices.NOT_YOURS


async def opened(
    context: HandlerContext, form: FormName, address: Address, asker: Asker, opening: Opening
) -> Form | Card:
    """Draw a form of the tips at `address`, or the card that says why there is none."""
    library, now = context.content.library, context.clock()
    subscription = await views.find(context, address)
    state = views.tips_state(library, subscription, address.conversation, asker, now)
    if state.is_outside:
        return tips_notices.not_a_member(state)
    if not state.may_change:
        return tips_notices.not_yours_there() if asker.is_elsewhere else tips_notices.not_yours(state)
    if form == "settings":
        known = await _zone(context, state, address, asker, opening)
        return tips_forms.edit(state, opening.carried, known, library.dimensions, admins=asker.is_admin is not None)
    if subscription is None or state.state not in {"on", "paused"}:
        return tips_notices.not_on(state)
    match form:
        case "pause":
            return tips_forms.pause(state, opening.carried)
        case "quiet":
            return tips_forms.quiet(state, opening.carried)
        case "owners" if state.is_personal:
            return tips_notices.alone(tips_notices.NOT_FOR_ONE)
        case "owners":
            return tips_forms.owners(state, opening.carried)
        case _:
            tips = swaps.choices(library, pools.of(library), subscription, now)
            begins = opening.chosen if opening.chosen in {tip.id for tip in tips} else subscription.next_tip
            return tips_forms.swap(state, opening.carried, tips, begins, library.dimensions)


async def _zone(context: HandlerContext, state: TipsState, address: Address, asker: Asker, opening: Opening) -> str:
    """Give the zone a form begins with: that of the tips themselves, else the person's, else the channel's; or ''."""
    chosen, around = "", ""
    if state.state == "off" or not names.knows(state.zone):
        chosen, around = await context.zones.of(address, asker.person, opening.here)
    standing = "" if state.state == "off" else state.zone
    wanted = (standing, chosen, search.current(opening.zone), state.zone, around)
    return next(filter(names.knows, wanted), "")


async def introduced(context: HandlerContext, address: Address, asker: Asker, delivery: Delivery) -> Card:
    """Show what came of the introduction: the settings, or why tips stay off and what to do."""
    state = await views.state(context, address, asker)
    if delivery.state == "failed":
        return tips_notices.not_started(state, delivery.reason)
    return tips_settings.settings(state)
