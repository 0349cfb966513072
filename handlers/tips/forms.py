"""Open the forms that steer weekly tips for a person who may, and take their answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from cards.compose import faults
from cards.compose.tips import forms as tips_forms
from cards.compose.tips import notices as tips_notices
from cards.compose.tips import settings as tips_settings
from cards.compose.tips.state import TipsState
from cards.forms import NO_COUNTRY, Form
from cards.model import Card, FormName
from cards.zones import names
from content.library import Library
from content.model import Tip
from handlers import answers
from handlers.answers import AboutTips
from handlers.context import HandlerContext
from handlers.tips import ownership, views
from handlers.tips.views import Asker
from messengers.base import Address
from scheduler import planning, quiet_dates
from scheduler.subscriptions import held, stop
from scheduler.weekly import Schedule, ScheduleError
from store.database.access import tried_again
from store.deliveries.rows import Delivery
from store.subscriptions import ChangedBy, Subscription, Subscriptions

log = structlog.get_logger()

_subscriptions = Subscriptions()
NAMES: tuple[FormName, ...] = ("settings", "pause", "quiet", "owners", "swap")
_FIRST_FIELD: Mapping[FormName, str] = {
    "settings": "zone",
    "pause": "until",
    "quiet": "quiet_dates",
    "owners": "owner",
    "swap": "tip",
}
# What is shown once a form is saved.
AFTER: Mapping[FormName, AboutTips] = {
    "settings": answers.Settings(),
    "pause": answers.Settings(),
    "quiet": answers.More(),
    "owners": answers.More(),
    "swap": answers.Upcoming(),
}
_NOBODY: Mapping[str, ownership.Standing] = {}
_LONGEST_ANSWER = 3_000  # characters, as both platforms' own fields take at most
_LONGEST_ID = 64  # of a person, as the store keeps it
_DAYS = set("0123456")
_LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a form: a sentence for each field at fault, or the introduction that goes first."""

    faults: Mapping[str, str] = field(default_factory=dict)
    introduction: str | None = None


def name_of(argument: str) -> FormName:
    """Read which form a button opens or a submission is; buttons of before there were several opened the settings."""
    return next((name for name in NAMES if name == argument), "settings")


def out_of_date(form: FormName) -> Saved:
    """Answer a form that does not say where it belongs."""
    return Saved({_FIRST_FIELD[form]: tips_notices.FORM_OUT_OF_DATE})


def wants_admins(values: Mapping[str, str]) -> bool:
    """Say whether a form lets workspace admins change the tips."""
    return values.get("changed_by") == "admins"


async def opened(  # a form is opened by one, somewhere, with something to come back
    context: HandlerContext, form: FormName, address: Address, asker: Asker, *, carried: str, zone: str
) -> Form | Card:
    """Draw a form, or the card that says why there is none. `zone` is the person's own, '' where it is not known."""
    library, now = context.content.library, context.clock()
    subscription = await views.find(context, address)
    state = views.described(library, subscription, address.conversation, asker, now)
    if not state.may_change:
        return tips_notices.not_yours(state)
    if form == "settings":
        return tips_forms.edit(state, carried, zone, library.dimensions, admins=asker.sees_admins)
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
            return tips_forms.swap(state, carried, _choices(library, subscription), subscription.next_tip)


def _choices(library: Library, subscription: Subscription) -> Sequence[Tip]:
    """List the tips that may come next, in file order."""
    found = (library.tip(id_) for id_ in planning.pool(subscription, views.pool(library)))
    return [tip for tip in found if tip is not None]


@tried_again
async def save(
    context: HandlerContext,
    form: FormName,
    address: Address,
    asker: Asker,
    values: Mapping[str, str],
    *,
    named: Mapping[str, ownership.Standing] = _NOBODY,
) -> Saved:
    """Take a form's answers, if this person may change these tips; mistakes come back under their fields.

    `named` says of each of `owning.newly_named` whether they may own tips, `asker` of themselves where
    `owning.takes_it`. Who may not can turn tips on for anyone to change: those have no owner.
    """
    values = {name: value[:_LONGEST_ANSWER] for name, value in values.items()}
    try:
        if form == "settings":
            return await _save_settings(context, address, asker, values)
        async with context.database.write() as connection:
            standing = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
            state = views.described(context.content.library, standing, address.conversation, asker, context.clock())
            if standing is None or state.state not in {"on", "paused"}:
                return out_of_date(form)
            fault = _refused(state)
            if not fault and form == "owners" and state.is_personal:
                fault = tips_notices.NOT_FOR_ONE
            if fault:
                return Saved({_FIRST_FIELD[form]: fault})
            if unfit := ownership.faults(values, ownership.newly_named(form, values, standing), named):
                return Saved(unfit)
            try:
                await _write(context, connection, form, standing, asker.person, values)
            except ScheduleError:
                raise
            except ValueError as error:  # a tip or a person that cannot be meant, in a sentence
                raise ScheduleError({_FIRST_FIELD[form]: str(error)}) from error
    except ScheduleError as error:  # out here, so that nothing of the form has been written
        return Saved(error.faults)
    log.info("tips.saved", form=form, subscription=standing.id, person=asker.person)
    return Saved()


def _refused(state: TipsState) -> str:
    if state.may_change:
        return ""
    return tips_notices.ADMINS_ONLY if state.changed_by == "admins" else tips_notices.NOT_YOURS


async def _write(  # the private half of save
    context: HandlerContext,
    connection: AsyncConnection,
    form: FormName,
    standing: Subscription,
    by: str,
    values: Mapping[str, str],
) -> None:
    """Write a form's answers; ScheduleError names the fields at fault, another ValueError says what is wrong."""
    now = context.clock()
    match form:
        case "pause":
            until = until_of(values.get("until", ""), standing.zone, now)
            await stop.pause(connection, standing.id, by=by, now=now, until=until, keeps_end="until" not in values)
        case "quiet":
            dates, country = _quiet(values, standing)
            await stop.set_quiet(connection, standing.id, dates, country, by=by, now=now)
        case "owners":
            owner = values.get("owner", "")
            people = values["co_owners"].split() if "co_owners" in values else standing.co_owners
            if not all(len(one) <= _LONGEST_ID and one.isascii() and one.isprintable() for one in (owner, *people)):
                raise ScheduleError({"owner": tips_notices.FORM_OUT_OF_DATE})
            others = tuple(person for person in dict.fromkeys(people) if person != (owner or standing.owner))
            if owner and owner != standing.owner:
                await stop.hand_over(connection, standing.id, owner, by=by, now=now)
            if set(others) != set(standing.co_owners):
                await stop.share_with(connection, standing.id, others, by=by, now=now)
        case "swap":
            tip = values.get("tip", "")
            chosen = "" if tip == tips_forms.FILE_ORDER else tip
            pool = views.pool(context.content.library)
            await stop.swap_next(connection, standing.id, chosen, tips=pool, by=by, now=now)
        case _:
            raise ValueError(f"no form is called {form}")


def until_of(typed: str, zone: str, now: datetime) -> datetime | None:
    """Read from which local day on tips come again: that day's first moment; None where nothing is typed.

    Raises ScheduleError where it is no date, past, or too far away to be meant.
    """
    if not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError as error:
        raise ScheduleError({"until": faults.NO_DATE.format(typed)}) from error
    local = names.clock(zone)
    today = now.astimezone(local).date()
    if day <= today:
        raise ScheduleError({"until": faults.PAST_DAY})
    if day > today + _LONGEST_PAUSE:
        raise ScheduleError({"until": faults.FAR_DAY})
    return datetime.combine(day, time(), local)


def _quiet(values: Mapping[str, str], standing: Subscription) -> tuple[tuple[str, ...], str]:
    """Read the quiet days; a field that the form did not send stays as it is."""
    faults: dict[str, str] = {}
    dates, country = standing.quiet_dates, standing.quiet_country
    try:
        if "quiet_dates" in values:
            dates = quiet_dates.parse_dates(values["quiet_dates"])
    except ScheduleError as error:
        faults |= error.faults
    try:
        if "quiet_country" in values:
            chosen = values["quiet_country"]
            country = quiet_dates.parse_country("" if chosen == NO_COUNTRY.value else chosen)
    except ScheduleError as error:
        faults |= error.faults
    if faults:
        raise ScheduleError(faults)
    return dates, country


@tried_again
async def _save_settings(context: HandlerContext, address: Address, asker: Asker, values: Mapping[str, str]) -> Saved:
    """Take the settings form: turn tips on (an introduction goes first), or change them where they are on."""
    is_personal = address.conversation == asker.person
    now = context.clock()
    try:
        weekday = values.get("weekday", "")
        schedule = Schedule.typed(
            int(weekday) if weekday in _DAYS else weekday, values.get("at", ""), values.get("zone", "")
        )
    except ScheduleError as error:
        return Saved(error.faults)
    async with context.database.write() as connection:
        standing = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
        state = views.described(context.content.library, standing, address.conversation, asker, now)
        changed_by = _changed_by(values, standing, is_personal=is_personal)
        dimensions = _dimensions(context.content.library, values, standing)
        if fault := _refused(state):
            return Saved({"zone" if is_personal else "changed_by": fault})
        takes_it = ownership.takes_it(standing, changed_by, asker.person, address.conversation)
        unfit = ownership.fault(asker.standing) if takes_it else ""
        if unfit and changed_by != "anyone":
            return Saved({"changed_by": unfit})
        if changed_by == "admins" and not asker.sees_admins and state.changed_by != "admins":
            return Saved({"changed_by": tips_notices.NO_ADMINS})
        if standing is not None and (held.is_held(standing) or stop.is_paused_by_person(standing)):
            # Paused on purpose, or until the bot knows more: the form changes the settings, and starts nothing.
            await stop.reschedule(
                connection,
                standing.id,
                schedule,
                by=asker.person,
                changed_by=changed_by,
                dimensions=dimensions,
                now=now,
            )
            return Saved()
        begun = await stop.begin(
            connection,
            address,
            schedule,
            owner="" if unfit else asker.person,
            by=asker.person,
            changed_by=changed_by,
            dimensions=dimensions,
            now=now,
        )
    log.info("tips.saved", form="settings", subscription=begun.subscription.id, person=asker.person)
    return Saved(introduction=begun.introduction.id if begun.introduction else None)


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


def _dimensions(library: Library, values: Mapping[str, str], standing: Subscription | None) -> tuple[str, ...]:
    """Read the topics chosen, in the content's order; all of them are none, so that new ones belong to them too."""
    if "dimensions" not in values:
        return standing.dimensions if standing is not None else ()
    chosen = tuple(each.id for each in library.dimensions if each.id in values["dimensions"].split())
    return () if len(chosen) == len(library.dimensions) else chosen


async def introduced(context: HandlerContext, address: Address, asker: Asker, delivery: Delivery) -> Card:
    """Show what came of the introduction: the settings, or why tips stay off and what to do."""
    state = await views.state(context, address, asker)
    if delivery.state == "failed":
        return tips_notices.not_started(state, delivery.reason)
    return tips_settings.settings(state)
