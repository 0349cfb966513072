"""Find feedback for an operator, and close it: all that was named or nothing, and who asked is told once."""

from collections.abc import Sequence

from msgspec import Struct

from bot import app
from bot.cli.learning import feedback_report
from bot.clock import Clock
from bot.errors import OperatorError
from bot.settings.checked import Settings
from content.library import Library
from scheduler.learning import feedback as closing
from store.database.connection import AsyncConnection
from store.learning import feedback
from store.learning.feedback import Feedback
from store.learning_tables import FeedbackKind

_FEWEST_DIGITS = 4  # of an id


class Wanted(Struct, frozen=True):
    """What is to be closed: rows by the beginnings of their ids, or what was told of a `subject`, of these `kinds`.

    `fixed_in` is the version that mended it, 0 where it is closed without; `see` is the subject that answers it now.
    """

    ids: Sequence[str] = ()
    subject: str = ""
    kinds: Sequence[FeedbackKind] = ()
    fixed_in: int = 0
    see: str = ""


class Closed(Struct, frozen=True):
    """How many rows were closed, were closed already, and stay open; and how many people are told."""

    closed: int
    before: int = 0
    left: int = 0
    told: int = 0

    def as_text(self) -> str:
        """Say what was done."""
        sentences = [f"Closed {self.closed}."]
        if self.told:
            sentences.append(f"{self.told} {'person is' if self.told == 1 else 'people are'} told, once.")
        if self.before:
            sentences.append(f"{self.before} had been closed before: nobody is told again.")
        if self.left:
            sentences.append(f"{self.left} {'was' if self.left == 1 else 'were'} said of that version or a later one.")
        return " ".join(sentences)


async def close(settings: Settings, library: Library, wanted: Wanted, clock: Clock) -> Closed:
    """Close what is wanted in one transaction.

    Raises OperatorError, and changes nothing, where an id is nobody's or several rows', where the version is not in the
    content or no newer than the one that was read, and where `see` is not in the content.
    """
    if wanted.see:
        _refuse_unknown(library, wanted.see, wanted.fixed_in)
    async with app.database_up_to_date(settings) as database, database.write() as connection:
        ids = [await _id(connection, prefix) for prefix in wanted.ids]
        where = feedback.with_ids(ids) if ids else feedback.about(wanted.subject, wanted.kinds)
        rows = await feedback.still_open(connection, where)
        if wanted.subject and not rows:
            raise OperatorError(f"Nothing that was told of {wanted.subject} is open.")
        mended = [row for row in rows if _is_mended(library, row, wanted, is_named=bool(ids))]
        told = await closing.close(connection, mended, wanted.fixed_in, clock(), see=wanted.see)
    return Closed(len(mended), len(set(ids)) - len(rows) if ids else 0, len(rows) - len(mended), told)


async def _id(connection: AsyncConnection, prefix: str) -> str:
    found = await feedback.beginning(connection, prefix) if len(prefix) >= _FEWEST_DIGITS else ()
    match found:
        case (one,):
            return one.id
        case ():
            raise OperatorError(
                f"There is no feedback {prefix!r}: `python -m bot feedback list --all` shows the ids, of which "
                f"{_FEWEST_DIGITS} digits or more may be typed."
            )
        case _:
            raise OperatorError(f"{prefix!r} is the beginning of several ids: type more of it.")


def _is_mended(library: Library, row: Feedback, wanted: Wanted, *, is_named: bool) -> bool:
    """Say whether a row is closed by this; OperatorError where it was named and the version cannot have mended it."""
    if not row.subject or not wanted.fixed_in:
        return True
    _refuse_unknown(library, row.subject, wanted.fixed_in)
    if row.version < wanted.fixed_in:
        return True
    if is_named:
        raise OperatorError(
            f"{row.id[: feedback_report.SHORT]} was said of version {row.version} of {row.subject}: version "
            f"{wanted.fixed_in} did not mend it. Nothing was changed."
        )
    return False


def _refuse_unknown(library: Library, subject: str, version: int) -> None:
    title, now = feedback_report.standing(library, subject)
    if not title:
        raise OperatorError(f"{subject} is not in the content: nobody can be led to it. Nothing was changed.")
    if now < version:
        raise OperatorError(f"{subject} is at version {now} in this content, not at {version}. Nothing was changed.")


async def found(settings: Settings, prefix: str) -> Feedback:
    """Find one row by the beginning of its id; OperatorError where there is none, or several."""
    async with app.database_up_to_date(settings) as database, database.read() as connection:
        whole = await _id(connection, prefix)
        (row,) = await feedback.beginning(connection, whole)
    return row


async def listed(settings: Settings, kinds: Sequence[FeedbackKind], *, only_open: bool) -> Sequence[Feedback]:
    """List rows, oldest first."""
    async with app.database_up_to_date(settings) as database, database.read() as connection:
        return await feedback.listed(connection, kinds=kinds, only_open=only_open)
