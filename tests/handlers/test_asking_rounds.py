"""Asking a conversation: how much may be asked, what may be sent again, and what is told of a week's dilemma."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cards import text
from cards.compose import phrases
from cards.model import Action, Subject
from content.library import Library
from handlers.asking import kinds
from handlers.context import CurrentContent, HandlerContext
from handlers.learning import rounds as round_answers
from handlers.learning.asked import Asked
from handlers.learning.posts import rounds as round_posts
from handlers.pending_replies import PendingReply
from handlers.tips import views
from handlers.tips.views import Asker
from messengers.base import Unknown
from scheduler import outlook, planning
from scheduler.subscriptions import coming_tip
from store.database.access import Database
from store.learning.rounds import Rounds
from tests import databases
from tests.handlers import voting
from tests.handlers.voting import HERE, Voting
from tests.store.rows import subscription


@pytest.fixture
async def asking(tmp_path: Path, shipped_content: Library) -> AsyncIterator[Voting]:
    """Give a ledger."""
    database = Database(databases.put(tmp_path / "bot.db"))
    yield Voting(database, library=voting.without_twist(shipped_content))
    await database.close()


def context_of(asking: Voting) -> HandlerContext:
    """Give what handlers are handed; nothing runs beside them."""
    nothing = lambda *_: None  # noqa: E731 # nobody listens
    return HandlerContext(CurrentContent(asking.library), asking.database, lambda: asking.now, nothing, nothing)


async def ask(
    context: HandlerContext, asking: Voting, which: int, person: str = "U1", form: str = "", at: int = 2
) -> str:
    """Send the form that asks HERE a dilemma; gives the title of the answer."""
    action = Action("round-save", Subject("dilemma", asking.library.dilemmas[which].id), "UTC")
    occasion = form or f"{which} {person} {asking.now}"
    asked = Asked(action, HERE, PendingReply(person, ""), occasion=occasion, standing="may")
    ends = asking.now + timedelta(hours=at)
    taken = await round_answers.taken(context, asked, {"day": ends.date().isoformat(), "at": f"{ends:%H:%M}"})
    assert taken.card is not None
    return taken.card.title


async def test_a_conversation_is_asked_each_once_at_a_time_and_three_at_most(asking: Voting) -> None:
    """By whomever; the same form sent again is the same round."""
    context = context_of(asking)
    assert [await ask(context, asking, 0, form="f") for _ in range(2)] == ["On its way"] * 2
    assert await ask(context, asking, 0, "U2") == "That is already being asked here"
    assert [await ask(context, asking, which, "U2") for which in (1, 2)] == ["On its way"] * 2
    assert await ask(context, asking, 3, "U3") == "Enough is asked here already"
    assert len(await asking.rounds()) == 3
    asking.pass_time(hours=3)
    assert await ask(context, asking, 3, "U3") == "On its way"


async def test_a_person_asks_five_times_a_day(asking: Voting) -> None:
    """Whether those have ended or not; the next day they may again."""
    context = context_of(asking)
    for which in range(5):
        assert await ask(context, asking, which, at=1) == "On its way"
        asking.pass_time(hours=1)
    assert await ask(context, asking, 5) == "That is enough for today"
    assert await ask(context, asking, 5, "U2") == "On its way"
    asking.pass_time(days=1)
    assert await ask(context, asking, 6) == "On its way"


async def a_week_of_nobody_knows(asking: Voting) -> HandlerContext:
    """Post a week's dilemma whose answer is lost; the fourth week of the calendar is near."""
    playable = round_posts.playables(asking.library)
    moment = next(
        week.at
        for week in outlook.upcoming(subscription(dilemmas=1, seen=("a",)), asking.pool(), asking.now, 8)
        if week.is_dilemma
    )
    await asking.add(replace(subscription(dilemmas=1, seen=("a",)), next_run_at=moment))
    asking.now = moment
    await planning.plan_due(asking.database, asking.pool(), moment, dilemmas=playable)
    asking.messenger.script.append(Unknown("timeout"))
    await asking.deliver()
    return context_of(asking)


async def doctor(context: HandlerContext) -> str:
    """Ask how the tips are doing."""
    card = await views.shown(context, kinds.Diagnosis(), HERE, Asker("U1"))
    return text.message(card)


async def send_again(asking: Voting) -> bool:
    """Press Send it now."""
    (row,) = (row for row in await asking.deliveries() if row.kind == "round")
    async with asking.database.write() as connection:
        return await coming_tip.send_again(connection, row.id, by="U1", now=asking.now) is not None


async def test_the_doctor_names_a_dilemma_and_sends_it_again(asking: Voting) -> None:
    """By its title, as long as people may vote on it."""
    context = await a_week_of_nobody_knows(asking)
    (one,) = await asking.rounds()
    dilemma = asking.library.dilemma(one.dilemma)
    assert dilemma is not None
    said = await doctor(context)
    assert phrases.titled(dilemma.title) in said
    assert "Send it now" in said
    assert "removed since" not in said
    assert await send_again(asking)


async def test_a_dilemma_whose_voting_has_ended_is_not_sent_again(asking: Voting) -> None:
    """The doctor says that nobody knows, and offers nothing."""
    context = await a_week_of_nobody_knows(asking)
    asking.pass_time(days=4)
    assert "Send it now" not in await doctor(context)
    assert not await send_again(asking)


async def test_a_round_that_is_open_is_not_sent_again(asking: Voting) -> None:
    """It stands, whatever the ledger says of its post."""
    await a_week_of_nobody_knows(asking)
    (one,) = await asking.rounds()
    async with asking.database.write() as connection:
        await Rounds().open(connection, [(one.id, "C1", "7.7")])
    assert not await send_again(asking)


async def test_without_dilemmas_no_week_is_told_to_bring_one(asking: Voting) -> None:
    """Where the content has none, planning brings a tip each week, and so it is told."""
    channel = subscription(dilemmas=1)
    for has_dilemmas in (True, False):
        weeks = outlook.upcoming(channel, asking.pool(), asking.now, 6, has_dilemmas=has_dilemmas)
        assert any(week.is_dilemma for week in weeks) is has_dilemmas
    await asking.add(channel)
    asking.library = replace(asking.library, dilemmas=())
    said = text.message(await views.shown(context_of(asking), kinds.Upcoming(), HERE, Asker("U1")))
    assert "dilemma" not in said.casefold()
