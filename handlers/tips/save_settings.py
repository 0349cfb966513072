"""Save the form that turns weekly tips on, or changes how they are set up."""

from collections.abc import Mapping

import structlog

from cards.compose.tips import notices as tips_notices
from cards.compose.tips.forms import NO, YES
from content.library import Library
from handlers.context import HandlerContext
from handlers.tips import open_forms, ownership, views
from handlers.tips.views import Asker
from messengers.base import Address
from scheduler.subscriptions import held, pausing, turning_on
from scheduler.subscriptions.reschedule import Wishes, reschedule
from scheduler.weekly import Schedule, ScheduleError
from store.database.access import tried_again
from store.subscriptions import ChangedBy, Subscription, Subscriptions

log = structlog.get_logger()

_subscriptions = Subscriptions()
_DAYS = set("0123456")


@tried_again
async def save(context: HandlerContext, address: Address, asker: Asker, values: Mapping[str, str]) -> open_forms.Saved:
    """Take the settings form: turn tips on (an introduction goes first), or change them where they are on."""
    is_personal = address.conversation == asker.person
    now = context.clock()
    try:
        weekday = values.get("weekday", "")
        schedule = Schedule.typed(
            int(weekday) if weekday in _DAYS else weekday, values.get("at", ""), values.get("zone", "")
        )
    except ScheduleError as error:
        return open_forms.Saved(error.faults)
    async with context.database.write() as connection:
        standing = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
        state = views.tips_state(context.content.library, standing, address.conversation, asker, now)
        changed_by = _changed_by(values, standing, is_personal=is_personal)
        dimensions = _dimensions(context.content.library, values, standing)
        wishes = Wishes(_is_wanted(values, "dilemmas"), _is_wanted(values, "corrections"))
        # Whoever may turn them on, or keep them to themselves, is a member, and so may own them.
        may = ownership.standing_to_change(standing, asker.person, address.conversation, asker.standing)
        if fault := open_forms.refused(state, may):
            return open_forms.Saved({"zone" if is_personal else "changed_by": fault})
        if changed_by == "admins" and asker.is_admin is None and state.changed_by != "admins":
            return open_forms.Saved({"changed_by": tips_notices.NO_ADMINS})
        if standing is not None and (held.is_held(standing) or pausing.is_paused_by_person(standing)):
            # Paused on purpose, or until the bot knows more: the form changes the settings, and starts nothing.
            await reschedule(
                connection,
                standing.id,
                schedule,
                by=asker.person,
                changed_by=changed_by,
                dimensions=dimensions,
                wishes=wishes,
                now=now,
            )
            context.zones.note(address, asker.person, schedule.zone)
            return open_forms.Saved()
        begun = await turning_on.begin(
            connection,
            address,
            schedule,
            owner=asker.person,
            changed_by=changed_by,
            dimensions=dimensions,
            wishes=wishes,
            now=now,
        )
    context.zones.note(address, asker.person, schedule.zone)
    log.info("tips.saved", form="settings", subscription=begun.subscription.id, person=asker.person)
    return open_forms.Saved(introduction=begun.introduction.id if begun.introduction else None)


def _changed_by(values: Mapping[str, str], standing: Subscription | None, *, is_personal: bool) -> ChangedBy:
    """Read who may change them; what the form does not say stays as it is."""
    match values.get("changed_by"):
        case _ if is_personal:
            return "owner"
        case "owner":
            return "owner"
        case "admins":
            return "admins"
        case "anyone":
            return "anyone"
        case _:
            return standing.changed_by if standing is not None and standing.state != "off" else "anyone"


def _is_wanted(values: Mapping[str, str], name: str) -> bool | None:
    """Read a wish; None where the form does not say, so that it stays as it is."""
    said = values.get(name)
    return said == YES if said in {YES, NO} else None


def _dimensions(library: Library, values: Mapping[str, str], standing: Subscription | None) -> tuple[str, ...]:
    """Read the topics chosen, in the content's order; all of them are none, so that new ones belong to them too."""
    if "dimensions" not in values:
        return standing.dimensions if standing is not None else ()
    chosen = tuple(each.id for each in library.dimensions if each.id in values["dimensions"].split())
    return () if len(chosen) == len(library.dimensions) else chosen
