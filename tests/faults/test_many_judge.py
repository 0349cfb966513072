"""The judge of the run with many workspaces notices each kind of cheating, and finds an honest bot honest."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.faults.many import judge
from bench.faults.many.records import Asked, Ended, Given, Kept, Line, Records, Row, Used

WEEK = 604_800.0
FIRST, LAST = 1000.0, 1000.0 + WEEK
AGAIN = FIRST + 100  # when the app was installed again in T2


def token(place: str, number: int) -> str:
    """Name a token."""
    return f"{place}-{number}"


def given(place: str, number: int, at: float, until: float | None = None, refreshed: str = "") -> Given:
    """Give a token with its own refresh token."""
    return Given(at, at, place, token(place, number), f"r-{place}-{number}", until, refreshed)


def row(id_: str, channel: str, moment: float, state: str = "sent", reason: str = "") -> Row:
    """Write a weekly tip's row."""
    return Row(id_, f"T{channel[1]}", channel, "tip", f"week-{moment:g}", moment, state, reason, moment + 5)


def used(id_: str, channel: str, number: int, at: float, *, is_accepted: bool = True) -> Used:
    """Post a delivery with one of the channel's workspace's tokens."""
    return Used(at, at, token(f"T{channel[1]}", number), channel, id_, is_accepted)


# T1 renews its token once and is never removed; T2 removes the app after the first week's tip and installs it again,
# so its second channel's tip fails with a reason; T3 removes it for good, and its tips have stopped.
HONEST = Records(
    channels={"C1": "T1", "C2": "T2", "C2b": "T2", "C3": "T3"},
    moments=(FIRST, LAST),
    installed=("T1", "T2"),
    used=(
        used("a", "C1", 0, FIRST + 1),
        used("b", "C2", 0, FIRST + 2),
        used("c", "C2b", 0, FIRST + 60, is_accepted=False),
        used("d", "C1", 1, LAST + 1),
        used("e", "C2", 1, LAST + 2),
        used("f", "C2b", 1, LAST + 3),
    ),
    given=(
        given("T1", 0, 1.0, FIRST + 50),
        given("T2", 0, 2.0),
        given("T3", 0, 3.0),
        given("T1", 1, FIRST + 40, LAST + 50, "r-T1-0"),
        given("T2", 1, AGAIN),
    ),
    asked=(Asked(FIRST + 30, "r-T1-0"), Asked(FIRST + 40, "r-T1-0")),
    ended=(Ended(500.0, "T3", 501.0), Ended(FIRST + 50, "T2", FIRST + 55)),
    rows=(
        row("a", "C1", FIRST),
        row("b", "C2", FIRST),
        row("c", "C2b", FIRST, "failed", "account_inactive"),
        row("d", "C1", LAST),
        row("e", "C2", LAST, "unknown", "lease expired"),
        row("f", "C2b", LAST),
    ),
    lines=(Line(502.0, "C3", "stopped", "app_uninstalled"),),
    kept=(
        Kept("T1", token("T1", 1), "r-T1-1", is_removed=False),
        Kept("T2", token("T2", 1), "r-T2-1", is_removed=False),
        Kept("T3", "", "", is_removed=True),
    ),
    on=("C1", "C2", "C2b"),
)


def posted(*more: Used) -> Callable[[Records], Records]:
    """Have more posted."""
    return lambda records: replace(records, used=(*records.used, *more))


def written(id_: str, **changes: Any) -> Callable[[Records], Records]:  # noqa: ANN401 # fields of Row
    """Have a row say something else."""
    return lambda records: replace(
        records, rows=[replace(each, **changes) if each.id == id_ else each for each in records.rows]
    )


def without(id_: str) -> Callable[[Records], Records]:
    """Have a row and its post never been there."""
    return lambda records: replace(
        records,
        rows=[each for each in records.rows if each.id != id_],
        used=[each for each in records.used if each.delivery != id_],
    )


def kept(place: str, **changes: Any) -> Callable[[Records], Records]:  # noqa: ANN401 # fields of Kept
    """Have an installation stand otherwise in the database."""
    return lambda records: replace(
        records, kept=[replace(each, **changes) if each.place == place else each for each in records.kept]
    )


CHEATS: dict[str, tuple[Callable[[Records], Records], str]] = {
    "a post twice": (posted(used("a", "C1", 0, FIRST + 3)), "1 posted twice"),
    "a week's tip by two rows": (
        lambda records: replace(
            posted(used("x", "C1", 0, FIRST + 3))(records), rows=(*records.rows, row("x", "C1", FIRST))
        ),
        "1 weeks brought two tips",
    ),
    "a row that never ends": (written("c", state="planned"), "1 never ended"),
    "a lease that never ends": (written("c", state="sending"), "1 never ended"),
    "no reason": (written("c", reason=""), "1 ended without a reason"),
    "unknown with no reason": (written("e", reason=""), "1 ended without a reason"),
    "sent, and not there": (written("c", state="sent"), "1 count as sent and are not there"),
    "failed, and there": (written("a", state="failed", reason="x"), "1 count as not sent and are there"),
    "owed by nobody": (posted(used("x", "C1", 0, FIRST + 3)), "1 were posted and are owed by no row"),
    "a tip that is nowhere": (without("a"), "1 tips have no row, and nothing says why"),
    "tips that stopped with no word": (
        lambda records: replace(records, lines=()),
        "2 tips have no row, and nothing says why",
    ),
    "stopped, but going on before": (
        lambda records: replace(records, lines=(*records.lines, Line(FIRST + judge.GRACE, "C3", "resumed", ""))),
        "1 tips have no row, and nothing says why",
    ),
    "stopped, and going on within the grace without that week's tip": (
        lambda records: replace(records, lines=(*records.lines, Line(LAST + 9, "C3", "resumed", ""))),
        "1 tips have no row, and nothing says why",
    ),
    "another workspace's token": (
        posted(Used(FIRST + 3, FIRST + 3, token("T1", 0), "C2", "b", is_accepted=False)),
        "1 posts bore another workspace's token",
    ),
    "a token from nowhere": (
        posted(Used(FIRST + 3, FIRST + 3, "T1-99", "C1", "a", is_accepted=False)),
        "1 posts bore another workspace's token",
    ),
    "a token past its time": (
        lambda records: replace(
            records,
            used=[replace(each, token=token("T1", 0)) if each.delivery == "d" else each for each in records.used],
        ),
        "1 posts were accepted with a dead token",
    ),
    "a removed app's token": (
        lambda records: replace(
            records,
            used=[replace(each, token=token("T2", 0)) if each.delivery == "e" else each for each in records.used],
        ),
        "1 posts were accepted with a dead token",
    ),
    "tried long after the end was known": (
        posted(used("c", "C2b", 0, FIRST + 90, is_accepted=False)),
        "1 posts were tried long after the end was known",
    ),
    "a refresh token twice": (
        lambda records: replace(records, asked=(*records.asked, Asked(FIRST + 41, "r-T1-0"))),
        "1 refresh tokens were used again",
    ),
    "no row of an installation": (
        lambda records: replace(records, kept=records.kept[1:]),
        "1 installations were lost: T1",
    ),
    "a fresh installation wiped": (kept("T2", is_removed=True, token="", refresh=""), "1 installations were lost: T2"),
    "the token of before": (kept("T2", token=token("T2", 0), refresh="r-T2-0"), "1 installations were lost: T2"),
    "a new token not written down": (
        kept("T1", token=token("T1", 0), refresh="r-T1-0"),
        "1 installations were lost: T1",
    ),
    "what renews it not written down": (kept("T1", refresh=""), "1 installations were lost: T1"),
    "a removed app's token kept": (
        kept("T3", token=token("T3", 0)),
        "1 tokens were kept of places that are known to have removed the app",
    ),
    "going on with no app": (
        lambda records: replace(records, lines=(*records.lines, Line(FIRST + 60, "C2", "resumed", ""))),
        "1 channels' tips went on while the app was away",
    ),
    "stopped in the end": (
        lambda records: replace(records, on=("C1", "C2")),
        "1 channels' tips did not go on",
    ),
    "not going on": (
        lambda records: replace(
            written("f", state="failed", reason="account_inactive")(records),
            used=[each for each in records.used if each.delivery != "f"],
        ),
        "1 channels' tips did not go on",
    ),
    "not going on for want of a token, which was not lost": (
        lambda records: replace(
            written("f", state="failed", reason="token_expired")(records),
            used=[each for each in records.used if each.delivery != "f"],
        ),
        "1 channels' tips did not go on",
    ),
}


def test_an_honest_run_is_found_honest() -> None:
    """Nothing is wrong with it: what failed and what stopped says why, and a renewal that failed is asked for again."""
    assert judge.problems(HONEST) == ()


@pytest.mark.parametrize("name", CHEATS)
def test_each_cheat_is_noticed(name: str) -> None:
    """Each is one change of the honest records, and is named."""
    change, told = CHEATS[name]
    found = judge.problems(change(HONEST))
    assert any(each.startswith(told) for each in found), found


def test_an_answer_that_was_lost_excuses_a_second_use_of_its_refresh_token() -> None:
    """Lost on the way, or with the process that asked; but not with one that died long before or after."""
    again = replace(HONEST, asked=(*HONEST.asked, Asked(FIRST + 45, "r-T1-0")))
    lost = [replace(each, is_lost=True) if each.refreshed else each for each in HONEST.given]
    assert judge.problems(replace(again, given=lost)) == ()
    assert judge.problems(replace(again, kills=(FIRST + 42,))) == ()
    assert judge.problems(replace(again, kills=(FIRST + 39,))) == ()
    for far in (FIRST + 30, FIRST + 60):
        assert judge.problems(replace(again, kills=(far,))) != ()


def test_a_process_that_was_killed_while_it_waited_to_write_excuses_it_too() -> None:
    """However long it waited, if nobody ever had that token; a token that was used had been written down."""
    again = Asked(FIRST + 80, "r-T1-0")
    fresh = Given(FIRST + 81, FIRST + 81, "T1", token("T1", 2), "r-T1-2", None, "r-T1-0")
    waited = replace(
        HONEST,
        asked=(*HONEST.asked, again),
        given=(*HONEST.given, fresh),
        used=[replace(each, token=token("T1", 2)) if each.delivery == "d" else each for each in HONEST.used],
        kills=(FIRST + 70,),
    )
    waited = kept("T1", token=token("T1", 2), refresh="r-T1-2")(waited)
    assert judge.problems(waited) == ()
    for kills in ((), (FIRST + 20,), (FIRST + 90,)):
        assert any("were used again" in each for each in judge.problems(replace(waited, kills=kills)))
    had_it = (*waited.used, used("d2", "C1", 1, FIRST + 42, is_accepted=False))
    assert any("were used again" in each for each in judge.problems(replace(waited, used=had_it)))


def test_a_lost_token_excuses_tips_that_do_not_go_on() -> None:
    """Nobody can post with a token that never came, and Slack gives no other: the row says so."""
    lost = [replace(each, is_lost=True) if each.refreshed else each for each in HONEST.given]
    records = replace(
        written("d", state="failed", reason="token_expired")(HONEST),
        used=[each for each in HONEST.used if each.delivery != "d"],
        given=lost,
    )
    assert judge.problems(kept("T1", token=token("T1", 0), refresh="")(records)) == ()
    assert judge.problems(kept("T1", token=token("T1", 0), refresh="")(replace(records, given=HONEST.given))) != ()


def test_a_tip_that_was_refused_before_the_app_came_back_is_excused() -> None:
    """Where its end had not been told, and the tips are on again; not where it was, nor of what was refused later."""
    away = replace(
        written("f", state="failed", reason="account_inactive")(HONEST),
        used=[each for each in HONEST.used if each.delivery != "f"],
        given=(*HONEST.given[:-1], given("T2", 1, LAST + 6)),
        ended=(HONEST.ended[0], Ended(FIRST + 70, "T2", None)),
    )
    back = replace(away, used=[each for each in away.used if each.delivery != "e"])
    assert judge.problems(back) == ()
    told = replace(back, ended=(HONEST.ended[0], Ended(FIRST + 70, "T2", FIRST + 75)))
    for stuck in (replace(back, on=("C1", "C2")), written("f", settled=LAST + 60)(back), told):
        assert any("1 channels' tips did not go on" in each for each in judge.problems(stuck))
