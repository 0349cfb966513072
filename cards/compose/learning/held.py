"""Compose what is held about one person here, what goes where they have it deleted, and what stays, with why."""

from msgspec import Struct

from cards.compose import notices
from cards.compose.phrases import rich
from cards.model import Action, Actions, Block, Button, Caption, Card, Header, Listing, TextBlock
from content.inline import Command, Rich

TITLE = "What is held about you here"
_ASKS = (
    "What is yours alone goes at once: your tips, plans, gap and our posts. Channels' tips go on without you: whoever "
    "shares them owns them next, else nobody, and any member can take them over. Delete it?"
)


class About(Struct, frozen=True):
    """What is held about a person, how many of each: store.personal.Held says of what."""

    own_tips: int = 0
    owned: int = 0
    shared: int = 0
    named: int = 0
    changes: int = 0
    posts: int = 0
    plans: int = 0
    rounds: int = 0
    votes: int = 0
    answers: int = 0
    learned: int = 0
    is_learner: bool = False
    has_chat: bool = False
    has_installed: bool = False

    def going(self) -> tuple[Rich, ...]:
        """Say what can be deleted, a line each."""
        lines = (
            (self.own_tips, "your own weekly tips, with how they are set and who changed them"),
            (self.owned, f"that you own {_of(self.owned, 'the tips of')}"),
            (self.shared, f"that you share {_of(self.shared, 'the tips of')}"),
            (self.named, f"that you paused, skipped or asked for {_of(self.named, 'the tips of')}"),
            (self.changes, f"who changed channels' tips, and when: {_many(self.changes, 'line')} with your id"),
            (self.posts, f"posts in our chat, or asked for by you: {_many(self.posts, 'entry', 'entries')}"),
            (self.plans, f"{_many(self.plans, 'plan')} that you want to be reminded of"),
            (self.votes, f"{_many(self.votes, 'vote')} of yours, until voting ends"),
            (self.rounds, f"that you asked the channel, in {_many(self.rounds, 'vote')} that {_is(self.rounds)} open"),
            (self.is_learner, f"your own gap: {_many(self.learned, 'entry', 'entries')}"),
            (self.answers, f"that you wait for an answer to {_many(self.answers, 'piece', 'pieces')} of feedback"),
        )
        return tuple(rich(words) for count, words in lines if count)

    def staying(self) -> tuple[Rich, ...]:
        """Say what cannot be deleted while the app is here, a line each, with why."""
        lines = (
            (self.has_chat, "the address of our chat, by which you can be answered, until you remove the app from it"),
            (self.has_installed, "that you installed the app, until it is removed"),
        )
        return tuple(rich(words) for is_there, words in lines if is_there)


def held(about: About) -> tuple[Block, ...]:
    """Draw it as the first part of a card, with the button that deletes it."""
    going, staying = about.going(), about.staying()
    if not going:
        stays = (Listing(staying, label="Only this is kept"),) if staying else ()
        words = (
            "Nothing is held about you here that could be deleted." if staying else "Nothing is held about you here."
        )
        return (Header(TITLE), TextBlock(rich(words)), *stays)
    return (
        Header(TITLE),
        Listing(going),
        *((Listing(staying, label="And this, which stays"),) if staying else ()),
        Actions((Button("Delete what is held about me", Action("privacy-forget"), "danger", asks=_ASKS),)),
        Caption(
            rich(
                "You alone can see this. It is about this workspace: elsewhere, ask there. How often something was "
                "opened or answered is kept without names, and so stays."
            )
        ),
    )


def forgotten(before: About) -> Card:
    """Draw the answer once it is deleted; `before` is what was held."""
    items = [rich("What was yours alone is gone: nothing of it can be brought back.")]
    if before.owned:
        tips = "The tips of one channel go on" if before.owned == 1 else f"The tips of {before.owned} channels go on"
        items.append(
            rich(f"{tips} without you. Whoever shares them owns them now; where nobody does, any member can take over.")
        )
    if before.changes or before.named:
        items.append(rich("Where others go on needing a line that named you, your id was taken out of it."))
    items += [rich("This stays: ", *words, ".") for words in before.staying()]
    return Card(
        title="Deleted",
        blocks=(
            Header("Deleted"),
            Listing(tuple(items)),
            Caption(rich("What you do from now on is kept as before. To look again, type ", Command("privacy"), ".")),
        ),
    )


def nothing() -> Card:
    """Draw the answer to somebody about whom there is nothing to delete, or no longer."""
    return notices.notice("There is nothing to delete", rich("Nothing is held about you here that could go."))


def _many(count: int, one: str, several: str = "") -> str:
    return f"one {one}" if count == 1 else f"{count} {several or f'{one}s'}"


def _of(count: int, what: str) -> str:
    return f"{what} {_many(count, 'channel')}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
