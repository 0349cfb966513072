"""Plans: whom they reach, how many wait, what is said of each, and what nobody's form may do."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Table, select

from cards import text
from cards.compose.learning import plans as cards
from cards.forms import Form
from cards.model import Action, Card, Subject
from handlers.learning import requests
from handlers.learning.asked import Asked, Taken
from handlers.pending_replies import PendingReply
from messengers.base import Address, Outcome, Refused, Unknown
from store.learning_tables import plan
from store.tables import delivery
from tests.handlers.teams import activities
from tests.handlers.teams.activities import ALICE, ALONE, TENANT
from tests.handlers.teams.conftest import bot as bot  # noqa: PLC0414 # the fixture, said to be meant
from tests.handlers.teams.hearing import Hearing

RISKS = Subject("dimension", "risks")
WORDS = "If Monday comes, then I ask."


def asked(action: Action, occasion: str = "", **more: Any) -> Asked:  # noqa: ANN401 # each takes its field's own type
    """Ask as Alice."""
    return Asked(action, Address("teams", TENANT, ALONE.id), PendingReply(ALICE.aad, ""), occasion=occasion, **more)


async def opened(bot: Hearing, action: Action, *, is_outsider: bool = False) -> Form | Card:
    """Open the form."""
    return await requests.opened(bot.context, asked(action, is_outsider=is_outsider), "{}")


async def sent(
    bot: Hearing, action: Action, occasion: str = "", *, days: int = 3, words: str = WORDS, **more: bool
) -> Taken:
    """Send the form."""
    values = {"words": words, "day": (bot.moment + timedelta(days=days)).date().isoformat()}
    return await requests.taken(bot.context, asked(action, occasion, **more), values)


async def kept(bot: Hearing, table: Table = plan) -> list[dict[str, Any]]:
    """List a table's rows."""
    async with bot.database.read() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


async def listed(bot: Hearing, first: str = "") -> str:
    """Read what is kept of Alice's plans, as she is shown it."""
    card = await requests.answer(bot.context, asked(Action("plans", argument=first)))
    assert isinstance(card, Card)
    return text.message(card)


def said(card: Card | None) -> str:
    """Read a card."""
    assert card is not None
    return text.message(card)


async def test_people_of_another_workspace_are_told_that_no_plan_reaches_them(bot: Hearing) -> None:
    """When they open the form, and when they send one; nothing is kept."""
    card = await opened(bot, Action("plan", RISKS), is_outsider=True)
    assert isinstance(card, Card)
    assert "cannot reach you" in text.message(card)
    assert "cannot reach you" in said((await sent(bot, Action("plan-save", RISKS), is_outsider=True)).card)
    assert await kept(bot) == []


@pytest.mark.parametrize("subject", [None, Subject("tip", "z" * 90), Subject("dilemma", "no-such")])
async def test_a_plan_belongs_to_an_exercise_that_is_there(bot: Hearing, subject: Subject | None) -> None:
    """Without one there is no form, and nothing is kept of a forged one."""
    card = await opened(bot, Action("plan", subject))
    assert isinstance(card, Card)
    assert "Choose an exercise first" in text.message(card)
    assert "Choose an exercise first" in said((await sent(bot, Action("plan-save", subject))).card)
    assert await kept(bot) == []


async def test_what_nobody_sees_is_not_kept(bot: Hearing) -> None:
    """Control signs go, as in every form; where nothing else was written, that is said."""
    await sent(bot, Action("plan-save", RISKS), words="If\x00 x,\x07\n\u202e then y.")
    assert [row["words"] for row in await kept(bot)] == ["If x, then y."]
    assert (await sent(bot, Action("plan-save", RISKS), words="\x00\u200e")).faults == {"words": cards.NO_WORDS}


@pytest.mark.parametrize(
    ("day", "fault"),
    [("9999-12-31", cards.FAR_DAY), ("0001-01-01", "not in the future"), ("9" * 5000, "is not a date")],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
async def test_a_day_that_cannot_be_meant_says_why(bot: Hearing, day: str, fault: str, zone: str) -> None:
    """At either end of the calendar too; what was typed is not said again at length."""
    form = asked(Action("plan-save", RISKS), zone=zone)
    taken = await requests.taken(bot.context, form, {"words": WORDS, "day": day})
    assert fault in taken.faults["day"]
    assert len(taken.faults["day"]) < 150
    assert await kept(bot) == []


async def test_as_many_plans_wait_as_may(bot: Hearing) -> None:
    """Then it is said at the field, and before the form opens; dropping one, or moving one, is possible."""
    for number in range(cards.MOST_WAITING):
        assert (await sent(bot, Action("plan-save", RISKS), f"{number}")).faults == {}
    assert (await sent(bot, Action("plan-save", RISKS), "more")).faults == {"words": cards.ENOUGH}
    card = await opened(bot, Action("plan", RISKS))
    assert isinstance(card, Card)
    assert cards.ENOUGH in text.message(card)
    one, other, *_ = (row["id"] for row in await kept(bot))
    assert isinstance(await opened(bot, Action("plan", argument=one)), Form)
    assert (await sent(bot, Action("plan-save", argument=one), "moved")).faults == {}
    await requests.answer(bot.context, asked(Action("plan-drop", argument=other)))
    assert (await sent(bot, Action("plan-save", RISKS), "more")).faults == {}
    assert len(await kept(bot)) == len(await kept(bot, delivery)) == cards.MOST_WAITING


async def test_every_plan_is_shown(bot: Hearing) -> None:
    """Some at a time, with how many follow and the way to them."""
    total = cards.SHOWN + 2
    for number in range(total):
        await sent(bot, Action("plan-save", RISKS), f"{number}", words=f"If {number:02}, then I ask.")
    first, second = await listed(bot), await listed(bot, str(cards.SHOWN))
    assert first.count("\nIf ") == cards.SHOWN
    assert second.count("\nIf ") == 2
    assert all(f"If {number:02}," in first + second for number in range(total))
    card = await requests.answer(bot.context, asked(Action("plans")))
    assert isinstance(card, Card)
    assert f"argument='{cards.SHOWN}'" in str(card)
    assert "more plans" in first
    assert "more plans" not in second
    assert await listed(bot, "9" * 40) == await listed(bot, "-1") == first


async def test_a_plan_that_still_waits_is_moved(bot: Hearing) -> None:
    """It comes once, on the later day; what was promised before is gone."""
    await sent(bot, Action("plan-save", RISKS), "first")
    (before,) = await kept(bot)
    await sent(bot, Action("plan-save", argument=before["id"]), "second", days=9)
    (row,) = await kept(bot)
    (promise,) = await kept(bot, delivery)
    assert row["subject"] == str(RISKS)
    assert promise["key"] == f"plan:{row['id']}" != f"plan:{before['id']}"
    assert promise["not_before"] == row["due_at"] > before["due_at"]
    await bot.tick(days=4)
    assert bot.teams.said == []
    assert said((await sent(bot, Action("plan-save", argument=before["id"]), "third")).card) == said(cards.gone())


@pytest.mark.parametrize("end", ["plan-done", "plan-drop"])
@pytest.mark.parametrize("outcome", [None, Refused("x", "message"), Unknown("timeout")])
async def test_nothing_of_a_plan_is_left(bot: Hearing, end: str, outcome: Outcome | None) -> None:
    """Whatever became of its post: the ledger would say whose it was."""
    await sent(bot, Action("plan-save", RISKS))
    (row,) = await kept(bot)
    if outcome is not None:
        bot.teams.script.append(outcome)
    await bot.tick(days=4)
    (promise,) = await kept(bot, delivery)
    assert promise["state"] != "planned"
    action = Action("plan-done", argument=row["id"]) if end == "plan-done" else Action("plan-drop", argument=row["id"])
    await requests.answer(bot.context, asked(action))
    assert (await kept(bot), await kept(bot, delivery)) == ([], [])


@pytest.mark.parametrize(
    ("outcome", "before", "words", "given_up"),
    [
        (None, "Comes ", "Came ", "Came "),
        (Refused("x", "message"), "Comes ", "Could not be sent ", "Could not be sent "),
        (Unknown("timeout"), "Comes ", "May have come ", "May have come "),
    ],
)
async def test_the_list_says_what_became_of_a_plan(
    bot: Hearing, outcome: Outcome | None, before: str, words: str, given_up: str
) -> None:
    """It comes, came, may have come, or could not be sent; also once nobody waits for its outcome any more."""
    await sent(bot, Action("plan-save", RISKS))
    assert before in await listed(bot)
    if outcome is not None:
        bot.teams.script.append(outcome)
    await bot.tick(days=4)
    assert words in await listed(bot)
    await bot.tick(days=8)
    assert given_up in await listed(bot)


async def test_a_form_without_a_name_of_its_own_is_another_each_time(bot: Hearing) -> None:
    """Teams may send a dialog's answers without an id: then two plans are two; the same id twice is one."""
    day = (bot.moment + timedelta(days=3)).date().isoformat()
    dialog = {**activities.data(Action("plan-save", RISKS)), "context": "{}", "words": WORDS, "day": day}
    for id_ in ("", "", "f:1", "f:1"):
        await bot.hear(activities.submitted(ALICE, ALONE, dialog) | {"id": id_})
    assert len(await kept(bot)) == len(await kept(bot, delivery)) == 3


async def test_somebody_else_s_plan_is_none(bot: Hearing) -> None:
    """Its id alone opens, moves and drops nothing."""
    await sent(bot, Action("plan-save", RISKS))
    (row,) = await kept(bot)
    for action in (Action("plan-done", argument=row["id"]), Action("plan-drop", argument=row["id"])):
        other = replace(asked(action), sender=PendingReply("somebody", ""))
        assert await requests.answer(bot.context, other) == cards.gone()
    assert await kept(bot) == [row]
