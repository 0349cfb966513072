"""Hold the record of what a channel was taught, and compose what its owners see of it."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from cards.compose import notices, phrases
from cards.compose.counts import Summary
from cards.compose.learning import stats
from cards.compose.phrases import rich
from cards.model import Action, Actions, Button, Caption, Card, Header, Listing, TextBlock
from content.inline import Code, Conversation, Rich

KIND: dict[str, str] = {"tip": "Weekly tip", "round": "Dilemma", "share": "Card, shared", "mention": "Card, asked for"}
SHOWS_NOT = (
    "It says what was offered in one channel. It does not say who read or understood it, and is no proof that a duty "
    "is met."
)


class Entry(Struct, frozen=True):
    """One post: `what` is its kind in words; `version` that of the content it showed, 0 where that was not kept.

    `sources` are the title and address of each, as the content lists them today; `is_same` says that they are those of
    the version that was posted. `below` counts the levels that were opened in its thread.
    """

    at: datetime
    what: str
    subject: str
    title: str
    topic: str
    version: int
    corrected: str
    sources: tuple[tuple[str, str], ...]
    is_same: bool
    below: int


class Literacy(Struct, frozen=True):
    """What a source says that the law asks: its own title and address, and the month (`2026-11`) it was checked in."""

    fact: str
    title: str
    url: str
    checked_on: str

    @property
    def sentence(self) -> str:
        """Say it, without the source."""
        fact = self.fact.strip()
        return f"What Article 4 of the EU AI Act asks: {fact[:1].lower()}{fact[1:]}"


class Record(Struct, frozen=True):
    """What was posted in a channel from `since` to `until` (days, both included; None: without bound), oldest first.

    `counts` are of all time, since most counts have no day. `name` is the channel's, '' where it is not known.
    `literacy` is None where the content has no source on it.
    """

    platform: str
    workspace: str
    conversation: str
    name: str
    entries: tuple[Entry, ...]
    counts: Summary
    literacy: Literacy | None
    since: date | None = None
    until: date | None = None


def record(kept: Record) -> Card:
    """Draw the counts and the last entries for an owner, and how the whole is exported."""
    title = "The record of what was taught here"
    posts = kept.counts.everything.total("posted")
    where = Conversation(kept.conversation)
    if not posts:
        nothing = rich("Nothing was posted in ", where, " yet, so there is nothing to record.")
        return notices.notice(title, nothing, *_ways())
    since = f" since {phrases.date_words(kept.counts.since.date().isoformat())}" if kept.counts.since else ""
    topics = sum(1 for topic in kept.counts.topics if topic.total("posted"))
    said = f": {_many(posts, 'post')}{since}, on {_many(topics, 'topic')}."
    return Card(
        title=title,
        blocks=(
            Header(title),
            TextBlock(rich(where, said)),
            Listing(tuple(rich(line) for line in stats.lines(kept.counts)), "Counts"),
            Listing(tuple(rich(_entry(one)) for one in reversed(kept.entries)), "The last posts"),
            *((TextBlock(_literacy(kept.literacy)),) if kept.literacy else ()),
            TextBlock(_export(kept)),
            Caption(rich(f"{SHOWS_NOT} Not legal advice.")),
            Actions(_ways()),
        ),
    )


def not_an_owner(owners: Sequence[str]) -> Card:
    """Draw why somebody does not see the record; `owners` do, and there may be none."""
    if owners:
        return notices.notice(
            "The record is for the owners",
            rich("Ask ", phrases.people(owners), ", who can see it and have it exported."),
        )
    words = (
        "Weekly tips here have no owner who could see it. Whoever runs this bot can export it, or hand the tips over."
    )
    return notices.notice("The record is for the owners", rich(words), Button("Weekly tips", Action("tips")))


def of_channels() -> Card:
    """Draw why there is no record of one person's own tips."""
    return notices.notice(
        "A record is of a channel",
        rich("Type this in a channel whose weekly tips you own. What you get alone is recorded for nobody."),
        Button("My stats", Action("stats")),
    )


def _ways() -> tuple[Button, ...]:
    return (Button("Stats", Action("stats")), Button("‹ Settings", Action("tips")))


def _entry(one: Entry) -> str:
    version = f", version {one.version}" if one.version else ""
    day = phrases.date_words(one.at.date().isoformat())
    sources = _many(len(one.sources), "source")
    return f"{day}: {one.what.lower()} {phrases.titled(one.title)}, {one.topic}{version}, {sources}"


def _literacy(known: Literacy) -> Rich:
    checked = f", checked {phrases.month(known.checked_on)}. Not legal advice."
    return rich(f"{known.sentence} Source: ", phrases.link(known.url, known.title), checked)


def _export(kept: Record) -> Rich:
    named = f"--workspace {kept.workspace} --channel {kept.conversation}"
    return rich(
        "The whole record is a file, with blanks for the roles and AI systems that only your organization knows. I "
        "cannot upload it: I have no permission for files. Whoever runs this bot makes it with ",
        Code(f"python -m bot record {named} --html record.html"),
        ", a page to print, or with ",
        Code("--csv record.csv"),
        ", a table.",
    )


def _many(count: int, one: str) -> str:
    return f"{count} {one if count == 1 else f'{one}s'}"
