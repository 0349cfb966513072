"""Show and change one channel's weekly tips, for an operator on the command line."""

import difflib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from msgspec import Struct
from rich.console import Console
from rich.table import Column, Table

from bot import app
from bot.cli import platform_ids, tips_add
from bot.clock import Clock
from bot.errors import OperatorError
from bot.settings.checked import Settings
from cards.compose import phrases, reasons
from content import library
from handlers.tips import pools, save_forms, views
from scheduler import outlook, quiet_dates
from scheduler.subscriptions import coming_tip, owners, pausing, states
from store.database.connection import AsyncConnection
from store.deliveries.rows import Deliveries, Delivery
from store.history import History
from store.subscriptions import Subscription, Subscriptions

_NEAR, _LIKE = 3, 0.6  # ids that are offered, and how like what was typed
_NEXT, _LAST, _CHANGES = 5, 5, 10  # shown by `tips show`
_deliveries, _history, _subscriptions = Deliveries(), History(), Subscriptions()


class Channel(Struct, frozen=True):
    """Which channel, as the operator named it."""

    workspace: str
    conversation: str

    @classmethod
    def named(cls, workspace: str | None, channel: str | None) -> "Channel":
        """Take ids, or links that tell them.

        Raises:
            OperatorError: the two do not fit together.
        """
        return cls(*platform_ids.understood((workspace or "").strip(), (channel or "").strip()))


@asynccontextmanager
async def _standing(settings: Settings, channel: Channel) -> AsyncIterator[tuple[AsyncConnection, Subscription]]:
    """Open the channel's tips to be changed; OperatorError where it has none."""
    if not channel.workspace or not channel.conversation:
        raise OperatorError("Name the channel: --workspace T… --channel C…; `python -m bot tips list` shows them.")
    platform = platform_ids.platform(channel.workspace)
    if platform is None:
        raise OperatorError(platform_ids.WORKSPACE_FAULT.format(channel.workspace))
    async with app.database_up_to_date(settings) as database, database.write() as connection:
        # What is not UTF-8 on the command line cannot be looked for.
        known = channel.conversation.encode("utf-8", "replace").decode()
        found = await _subscriptions.find(connection, platform.name, channel.workspace, known)
        if found is None:
            raise OperatorError(
                f"{channel.conversation} in {channel.workspace} has no weekly tips; `python -m bot tips list` "
                "shows all."
            )
        yield connection, found


def _must_be_on(standing: Subscription, *, or_paused: bool = True) -> None:
    allowed = {"on", "paused"} if or_paused else {"on"}
    if standing.state in allowed:
        return
    if standing.state == "off":
        raise OperatorError(
            f"Weekly tips in {standing.conversation} are off; turn them on with `python -m bot tips add` and "
            "--switch-on."
        )
    how = "paused; `python -m bot tips resume` turns them on" if standing.state == "paused" else "not on yet"
    raise OperatorError(f"Weekly tips in {standing.conversation} are {how}.")


async def pause(settings: Settings, channel: Channel, until: str | None, clock: Clock) -> str:
    """Pause tips, until the beginning of a local day where one is named; gives what was done, in a sentence.

    Without `until`, an end that was set before stays; where it is empty, the end goes.
    """
    async with _standing(settings, channel) as (connection, standing):
        _must_be_on(standing)
        now = clock()
        moment = save_forms.until_of(until or "", standing.zone, now)
        changed = await pausing.pause(connection, standing.id, by="", now=now, until=moment, keeps_end=until is None)
        if not pausing.is_paused_by_person(changed):
            raise OperatorError(
                f"Weekly tips in {channel.conversation} are paused already, because {reasons.cause(changed.reason)}; "
                "`python -m bot tips resume` turns them on."
            )
    end = f" until {phrases.moment_words(changed.paused_until, changed.zone)}" if changed.paused_until else ""
    before = ", as before" if changed == standing else ""
    return f"Weekly tips are paused in {channel.conversation}{end}{before}."


async def resume(settings: Settings, channel: Channel, clock: Clock) -> str:
    """Resume paused tips."""
    pool = pools.of(library.load(settings.content_path, kept=settings.content_cache))
    grace = timedelta(hours=settings.grace_hours)
    async with _standing(settings, channel) as (connection, standing):
        _must_be_on(standing)
        await pausing.resume(connection, standing.id, pool, by="", now=clock(), grace=grace)
    return f"Weekly tips are on in {channel.conversation}."


async def remove(settings: Settings, channel: Channel, clock: Clock) -> str:
    """Turn tips off."""
    async with _standing(settings, channel) as (connection, standing):
        await pausing.turn_off(connection, standing.id, by="", now=clock())
    return f"Weekly tips are off in {channel.conversation}."


async def skip(settings: Settings, channel: Channel, clock: Clock) -> str:
    """Skip the next tip."""
    async with _standing(settings, channel) as (connection, standing):
        _must_be_on(standing, or_paused=False)
        changed = await coming_tip.skip_next(connection, standing.id, by="", now=clock())
    return f"The tip of {changed.skip_slot} is skipped in {channel.conversation}; it comes a week later."


async def keep(settings: Settings, channel: Channel, clock: Clock) -> str:
    """Take a skip back."""
    async with _standing(settings, channel) as (connection, standing):
        _must_be_on(standing)
        changed = await coming_tip.keep_next(connection, standing.id, by="", now=clock())
    if standing.skip_slot and not changed.skip_slot:
        return f"The tip of {standing.skip_slot} comes after all in {channel.conversation}."
    return f"No tip is to be skipped in {channel.conversation}."


async def swap(settings: Settings, channel: Channel, tip: str, clock: Clock) -> str:
    """Choose which tip comes next; '' goes back to the order."""
    content = library.load(settings.content_path, kept=settings.content_cache)
    async with _standing(settings, channel) as (connection, standing):
        _must_be_on(standing)
        pool, now, has_dilemmas = pools.of(content), clock(), bool(content.dilemmas)
        try:
            await coming_tip.swap_next(
                connection, standing.id, tip, tips=pool, by="", now=now, has_dilemmas=has_dilemmas
            )
        except ValueError as error:
            day = outlook.next_day(standing, now, has_dilemmas=has_dilemmas)
            coming = outlook.choice(standing, pool, day)
            choices = dict.fromkeys([*([coming.tip] if coming else []), *outlook.pool(standing, pool, day)])
            raise OperatorError(f"“{tip}”: {error}\n{_offered(tip, list(choices))}") from error
    chosen = content.tip(tip)
    if chosen is None:
        return f"The next tip in {channel.conversation} is the next in order again."
    return f"The next tip in {channel.conversation} is {phrases.titled(chosen.title)}."


def _offered(typed: str, choices: Sequence[str]) -> str:
    """Name the tips that somebody may have meant, or, where none is near, those that come next."""
    near = difflib.get_close_matches(typed, choices, _NEAR, _LIKE)
    named = " or ".join(filter(None, (", ".join(near[:-1]), near[-1]))) if near else ", ".join(choices[:_NEAR])
    said = f"Did you mean {named}?" if near else f"The next are {named}."
    return f"{said} `python -m bot tips show` names what comes; the content's files have every id."


async def send_now(settings: Settings, channel: Channel, clock: Clock) -> str:
    """Enqueue an extra tip; a bot that runs posts it at once, or `tick`."""
    content = library.load(settings.content_path, kept=settings.content_cache)
    async with _standing(settings, channel) as (connection, standing):
        _must_be_on(standing)
        extra = await coming_tip.send_now(connection, standing.id, pools.of(content), by="", now=clock())
    if extra is None:
        raise OperatorError("The content holds no weekly tip that can still come.")
    tip = content.tip(extra.subject.removeprefix("tip/"))
    title = phrases.titled(tip.title if tip else extra.subject)
    return (
        f"{title} is to be posted in {channel.conversation}: a bot that runs does so within a minute, "
        "`python -m bot tick` at once."
    )


async def quieten(settings: Settings, channel: Channel, dates: str | None, country: str | None, clock: Clock) -> str:
    """Set the days on which no tip comes; what is None stays, what is empty goes."""
    if dates is None and country is None:
        raise OperatorError('Give --dates "24 Dec to 2 Jan, 2027-05-01", --country DE, or both; "" takes them away.')
    async with _standing(settings, channel) as (connection, standing):
        today = states.local_day(standing, clock())
        listed = standing.quiet_dates if dates is None else quiet_dates.parse_dates(dates, today)
        code = standing.quiet_country if country is None else quiet_dates.parse_country(country)
        await coming_tip.set_quiet(connection, standing.id, listed, code, by="", now=clock())
    named = [
        *(phrases.date_words(one) for one in listed),
        *([f"public holidays in {views.country(code)}"] if code else []),
    ]
    return f"Quiet in {channel.conversation}: {', '.join(named) or 'no day'}."


async def own(settings: Settings, channel: Channel, person: str | None, shared: str | None, clock: Clock) -> str:
    """Hand tips over, or share them; what is None stays, what is empty shares them with nobody."""
    if person is None and shared is None:
        raise OperatorError("Give --to U…, --share U…,U…, or both; `python -m bot tips show` names the owners.")
    others = [_person(channel, one) for one in (shared or "").replace(",", " ").split()]
    person = _person(channel, person) if person is not None else None
    named_people = ([person] if person is not None else []) + others
    wrong = [one for one in named_people if not platform_ids.is_person(channel.workspace, one)]
    if wrong:
        raise OperatorError(platform_ids.person_fault(channel.workspace, ", ".join(wrong)))
    async with _standing(settings, channel) as (connection, standing):
        if standing.conversation == standing.owner:
            raise OperatorError(f"The tips of {channel.conversation} come to that person alone, who owns them.")
        changed = standing
        if person is not None:
            changed = await owners.hand_over(connection, standing.id, person, by="", now=clock())
        if shared is not None:
            changed = await owners.share_with(connection, standing.id, others, by="", now=clock())
    named = f", shared with {', '.join(changed.co_owners)}" if changed.co_owners else ""
    return f"The weekly tips in {channel.conversation} belong to {changed.owner or 'the operator'}{named}."


def _person(channel: Channel, named: str) -> str:
    return platform_ids.understood(channel.workspace, named.strip())[1]


async def shown(settings: Settings, channel: Channel, clock: Clock) -> dict[str, Any]:
    """Give a channel's settings, its next and last tips and its history, JSON-ready; moments are ISO 8601 in UTC."""
    content = library.load(settings.content_path, kept=settings.content_cache)
    async with _standing(settings, channel) as (connection, standing):
        rows = await _deliveries.of_subscription(connection, standing.id, _LAST)
        changes = await _history.of_subscription(connection, standing.id, _CHANGES)
        weeks = outlook.upcoming(standing, pools.of(content), clock(), _NEXT, has_dilemmas=bool(content.dilemmas))
    return {
        **tips_add.row(standing),
        "next_tip": standing.next_tip,
        "claimed_by": standing.claimed_by,
        "upcoming": [
            {"week": one.slot, "at": one.at.isoformat(), "tip": one.tip, "skipped": one.skipped} for one in weeks
        ],
        "deliveries": [_delivery(one) for one in rows],
        "history": [
            {"at": one.at.isoformat(), "person": one.person, "action": one.action, "detail": one.detail}
            for one in changes
        ],
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "due": one.due_at.isoformat(),
        "tip": one.subject.removeprefix("tip/"),
        "state": one.state,
        "reason": one.reason,
    }


def print_shown(report: Mapping[str, Any], console: Console) -> None:
    """Print what `shown` gives for a person: the settings, then three short tables."""
    lists = {
        "upcoming": ("week", "at", "tip", "skipped"),
        "deliveries": ("due", "kind", "tip", "state", "reason"),
        "history": ("at", "person", "action", "detail"),
    }
    facts = Table.grid(padding=(0, 2))
    for name, value in report.items():
        if name not in lists and value not in (None, "", []):
            facts.add_row(name, ", ".join(value) if isinstance(value, list) else _said(name, value, report["zone"]))
    console.print(facts)
    for name, columns in lists.items():
        console.print(_table(name, columns, report[name], report["zone"]))


def _table(title: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], zone: str) -> Table | str:
    if not rows:
        return f"\n{title}: none"
    table = Table(
        *(Column(one, overflow="fold") for one in columns), title=f"{title}, times in {zone}", title_justify="left"
    )
    for each in rows:
        table.add_row(*(_said(column, each[column], zone) for column in columns))
    return table


def _said(column: str, value: object, zone: str) -> str:
    """Word a value for a person, moments by the tips' own clocks; --json has it as it is."""
    match column:
        case "at" | "due" | "next" | "paused_until":
            try:
                return tips_add.brief(str(value), zone)
            except ValueError:  # the settings' own `at`, a time of day
                return str(value)
        case "skipped" | "reason" if value:
            return reasons.cause(str(value))
        case "person":
            return str(value) or "operator"
        case _:
            return str(value)
