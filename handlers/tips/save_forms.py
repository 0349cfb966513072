"""Take the answers of the forms that change weekly tips: write them down, or say what is wrong at their fields."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import structlog

from cards.compose import faults as typed_faults
from cards.compose.tips import forms as tips_forms
from cards.compose.tips import notices as tips_notices
from cards.forms import NO_COUNTRY
from cards.model import FormName
from cards.zones import names
from handlers.context import HandlerContext
from handlers.tips import open_forms, ownership, pools, save_settings, views
from handlers.tips.views import Asker
from messengers.base import Address
from scheduler import quiet_dates
from scheduler.subscriptions import coming_tip, owners, pausing, states
from scheduler.weekly import ScheduleError
from store.database.access import tried_again
from store.database.connection import AsyncConnection
from store.subscriptions import Subscription, Subscriptions

log = structlog.get_logger()

_subscriptions = Subscriptions()
_FIRST_FIELD: Mapping[FormName, str] = {
    "settings": "zone",
    "pause": "until",
    "quiet": "quiet_dates",
    "owners": "owner",
    "swap": "tip",
}
_NOBODY: Mapping[str, ownership.Standing] = {}
_LONGEST_ANSWER = 3_000  # characters, as both platforms' own fields take at most
_LONGEST_ID = 64  # of a person, as the store keeps it
_LONGEST_PAUSE = timedelta(days=366)


def out_of_date(form: FormName) -> open_forms.Saved:
    """Answer a form that does not say where it belongs."""
    return open_forms.Saved({_FIRST_FIELD[form]: tips_notices.FORM_OUT_OF_DATE})


@tried_again
async def save(
    context: HandlerContext,
    form: FormName,
    address: Address,
    asker: Asker,
    values: Mapping[str, str],
    *,
    named: Mapping[str, ownership.Standing] = _NOBODY,
) -> open_forms.Saved:
    """Take a form's answers, if this person may change these tips; mistakes come back under their fields.

    `named` says of each of `ownership.newly_named` whether they may own tips, `asker` of themselves where
    `ownership.hinges_on_membership`: guests, and who is from outside, change nothing that is not theirs.
    """
    values = {name: value[:_LONGEST_ANSWER] for name, value in values.items()}
    try:
        if form == "settings":
            return await save_settings.save(context, address, asker, values)
        async with context.database.write() as connection:
            standing = await _subscriptions.find(connection, address.platform, address.workspace, address.conversation)
            state = views.tips_state(context.content.library, standing, address.conversation, asker, context.clock())
            if standing is None or state.state not in {"on", "paused"}:
                return out_of_date(form)
            may = ownership.standing_to_change(standing, asker.person, address.conversation, asker.standing)
            fault = open_forms.refused(state, may)
            if not fault and form == "owners" and state.is_personal:
                fault = tips_notices.NOT_FOR_ONE
            if fault:
                return open_forms.Saved({_FIRST_FIELD[form]: fault})
            if unfit := ownership.faults(values, ownership.newly_named(form, values, standing), named):
                return open_forms.Saved(unfit)
            try:
                await _write(context, connection, form, standing, asker.person, values)
            except ScheduleError:
                raise
            except ValueError as error:  # a tip or a person that cannot be meant, in a sentence
                raise ScheduleError({_FIRST_FIELD[form]: str(error)}) from error
    except ScheduleError as error:  # out here, so that nothing of the form has been written
        return open_forms.Saved(error.faults)
    log.info("tips.saved", form=form, subscription=standing.id, person=asker.person)
    return open_forms.Saved()


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
            await pausing.pause(connection, standing.id, by=by, now=now, until=until, keeps_end="until" not in values)
        case "quiet":
            dates, country = _quiet(values, standing, now)
            await coming_tip.set_quiet(connection, standing.id, dates, country, by=by, now=now)
        case "owners":
            owner = values.get("owner", "")
            people = values["co_owners"].split() if "co_owners" in values else standing.co_owners
            if not all(len(one) <= _LONGEST_ID and one.isascii() and one.isprintable() for one in (owner, *people)):
                raise ScheduleError({"owner": tips_notices.FORM_OUT_OF_DATE})
            others = tuple(person for person in dict.fromkeys(people) if person != (owner or standing.owner))
            if owner and owner != standing.owner:
                await owners.hand_over(connection, standing.id, owner, by=by, now=now)
            if set(others) != set(standing.co_owners):
                await owners.share_with(connection, standing.id, others, by=by, now=now)
        case "swap":
            tip = values.get("tip", "")
            chosen = "" if tip == tips_forms.FILE_ORDER else tip
            pool, has_dilemmas = pools.of(context.content.library), bool(context.content.library.dilemmas)
            await coming_tip.swap_next(
                connection, standing.id, chosen, tips=pool, by=by, now=now, has_dilemmas=has_dilemmas
            )
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
        raise ScheduleError({"until": typed_faults.NO_DATE.format(typed)}) from error
    local = names.clock(zone)
    today = now.astimezone(local).date()
    if day <= today:
        raise ScheduleError({"until": typed_faults.PAST_DAY})
    if day > today + _LONGEST_PAUSE:
        raise ScheduleError({"until": typed_faults.FAR_DAY})
    return datetime.combine(day, time(), local)


def _quiet(values: Mapping[str, str], standing: Subscription, now: datetime) -> tuple[tuple[str, ...], str]:
    """Read the quiet days; a field that the form did not send stays as it is."""
    faults: dict[str, str] = {}
    dates, country = standing.quiet_dates, standing.quiet_country
    try:
        if "quiet_dates" in values:
            dates = quiet_dates.parse_dates(values["quiet_dates"], states.local_day(standing, now))
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
