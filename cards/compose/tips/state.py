"""Hold what is true of a channel's, or one person's, weekly tips, and say what all cards about them share."""

from datetime import date, datetime

from msgspec import Struct

from cards.compose import notices, phrases, reasons
from cards.compose.phrases import rich
from cards.model import ME, Action, FormName, Verb
from cards.reason import Cause
from content.inline import Command, Conversation, Rich, Text
from content.model import Tip

A_DILEMMA = "a dilemma to vote on"


class Coming(Struct, frozen=True):
    """One of the next weeks: its moment (aware), the tip's title, and why it falls out ('' where the tip comes).

    `before` is the day from which on the tip would be too late, where it comes early for that; where `is_dilemma`, a
    dilemma comes.
    """

    at: datetime
    title: str
    skipped: str = ""
    before: date | None = None
    is_dilemma: bool = False


class TipsState(Struct, frozen=True):
    """What is true of one channel's weekly tips, for drawing; `next_at` is aware, None unless tips are on.

    `state` is `off`, `starting`, `on` or `paused`; `weekday` 0 is Monday; `at` is `HH:MM` local to `zone`. `left_out`
    are weeks before the next tip in which none comes. `is_early`: the next tip comes before its place in the order.
    `topics` name the dimensions the tips are drawn from (none: all). `quiet_country` is a code, `quiet_name` its name.
    `claimed_until` is when `claimed_by` may take it over. `viewer` is who looks; `is_personal` says that the tips come
    to that person alone, `is_elsewhere` that they are looked at from another place than their own, by an owner,
    `is_outside` that who looks is a guest or from outside, who may only look;
    `corrections`, that posts here are mended once their content is corrected.
    Where `dilemmas`, every fourth week brings one to vote on; where `is_dilemma_next`, that is what comes at `next_at`,
    and the next tip at `next_tip_at`.
    """

    conversation: str
    state: str
    weekday: int = 0
    at: str = "09:00"
    zone: str = ""
    owner: str = ""
    changed_by: str = "anyone"
    reason: str = ""
    paused_by: str = ""
    paused_until: datetime | None = None
    next_at: datetime | None = None
    next_tip: Tip | None = None
    is_early: bool = False
    is_chosen: bool = False
    is_skipping: bool = False
    left_out: tuple[Coming, ...] = ()
    co_owners: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    quiet_dates: tuple[str, ...] = ()
    quiet_country: str = ""
    quiet_name: str = ""
    claimed_by: str = ""
    claimed_until: datetime | None = None
    may_change: bool = True
    is_owner: bool = False
    is_personal: bool = False
    viewer: str = ""
    is_elsewhere: bool = False
    is_outside: bool = False
    corrections: bool = True
    dilemmas: bool = False
    is_dilemma_next: bool = False
    next_tip_at: datetime | None = None

    @property
    def next_title(self) -> str:
        """What comes next, in words; '' where nothing is known to."""
        if self.is_dilemma_next:
            return A_DILEMMA
        return phrases.titled(self.next_tip.title) if self.next_tip else ""

    @property
    def title(self) -> str:
        """Name them in a title, which does not say whose channel's they are."""
        return "Your own weekly tips" if self.is_personal else "Weekly tips"

    @property
    def name(self) -> Rich:
        """Name them as the beginning of a sentence."""
        if self.is_personal:
            return rich(self.title)
        return rich(f"{self.title} for ", Conversation(self.conversation))

    @property
    def command(self) -> Command:
        """Give what is typed to see and change them, in the channel where they come, or to the bot alone."""
        return Command("tips me") if self.is_personal else phrases.there("tips")

    @property
    def schedule(self) -> str:
        """Say when they come: `Mondays 09:00, Europe/Paris`."""
        return f"{phrases.WEEKDAYS[self.weekday]}s {self.at}, {self.zone}"

    def heading(self, how: str) -> Rich:
        """Say how they are, in a line of strong importance."""
        return bold(rich(self.name, f" {how}"))

    def to(self, verb: Verb, argument: str = "") -> Action:
        """Give an action on these tips, wherever its button is pressed."""
        place = ME if self.is_personal else self.conversation if self.is_elsewhere else ""
        return Action(verb, None, argument, place)

    def opens(self, form: FormName) -> Action:
        """Give the action that opens one of the forms."""
        return self.to("tips-edit", form)

    def worded(self, code: str) -> str:
        """Give a reason's code as it is to be worded for these tips."""
        return reasons.in_private(code) if self.is_personal else code

    def why_paused(self) -> Rich:
        """Say why they are paused, until when, and what to do about it."""
        if self.reason == Cause.PERSON:
            until = rich(" until ", phrases.moment(self.paused_until, self.zone)) if self.paused_until else ()
            then = ". Press Resume to go on now." if until else ". Press Resume to go on where it stopped."
            return rich("Paused by ", phrases.person(self.paused_by), until, then)
        return notices.advice(reasons.sentence(self.worded(self.reason), "press Resume"))


def bold(heading: Rich) -> Rich:
    """Give a line strong importance; what is no word (a mention) stays as it is."""
    return tuple(phrases.strong(part.words) if isinstance(part, Text) else part for part in heading)


def coming_words(one: Coming, zone: str) -> Rich:
    """Say a week in which no tip comes, and why: `Monday 28 December (quiet: Christmas)`."""
    return rich(f"{phrases.day(one.at, zone)} (", reasons.why(one.skipped), ")")
