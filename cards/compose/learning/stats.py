"""Compose what came of a conversation's posts: counts in words, and a picture of them by topic."""

from cards.compose import phrases
from cards.compose.counts import CALLED, FEWEST, PARTS, WRITTEN, Group, Line, Measure, Reports, Summary
from cards.compose.phrases import rich
from cards.model import ME, Action, Actions, Block, Button, Caption, Card, Chart, Header, Listing, TextBlock
from content.inline import Command, Conversation, Rich

KEPT_DAYS = 400  # posts and what was opened below them; a test compares it with what is kept
_MOST_BARS = 12
_FEW = f"What fewer than {phrases.number(FEWEST)} people are known to have done is not broken down."


def stats(summary: Summary, conversation: str, *, is_personal: bool) -> Card:
    """Draw what came of the posts in a conversation, or of one person's own tips in their own chat with the bot."""
    if summary.is_empty:
        return _nothing_yet(is_personal=is_personal)
    title = "How your own tips are used" if is_personal else "How the tips here are used"
    where = rich("Your own weekly tips") if is_personal else rich(Conversation(conversation))
    since = f", since {_day(summary)}" if summary.since else ""
    blocks: list[Block] = [
        Header(title),
        TextBlock(rich(where, f"{since}:")),
        Listing(tuple(rich(line) for line in lines(summary))),
        *_picture(summary),
        Caption(rich(_private() if is_personal else _public())),
        Actions(_buttons(is_personal=is_personal)),
    ]
    return Card(title=title, blocks=tuple(blocks))


def _nothing_yet(*, is_personal: bool) -> Card:
    title = "Nothing to count yet"
    would = (
        "Once weekly tips come to you, this says how many, about which topics, and how many questions on them you "
        "answered."
        if is_personal
        else "Once weekly tips come, this says how many were posted, how many levels were opened below them, how many "
        "voted on dilemmas, how recall questions were answered and which tip was found useful, by topic. Counts only: "
        "nobody's name."
    )
    return Card(
        title=title,
        blocks=(
            TextBlock(rich(phrases.strong(title), "\n", would)),
            TextBlock(rich("To begin, turn weekly tips on, or type ", Command("dilemma"), ".")),
            Actions(_buttons(is_personal=is_personal)),
        ),
    )


def _buttons(*, is_personal: bool) -> tuple[Button, ...]:
    place = ME if is_personal else ""
    return (Button("Weekly tips", Action("tips", place=place)), Button("Try a dilemma", Action("dilemma")))


def _public() -> str:
    return (
        f"What was done is counted, not who did it. {_FEW} Posts and levels opened in threads are counted for "
        f"{KEPT_DAYS} days, the rest for as long as I am here."
    )


def _private() -> str:
    return (
        f"Only you see this. {_FEW} What you open in our own chat is not counted: that would be a record of what you "
        "read."
    )


def _day(summary: Summary) -> str:
    return phrases.date_words(summary.since.date().isoformat()) if summary.since else ""


def lines(summary: Summary) -> list[str]:
    """Say the counts of everything, a sentence each."""
    everything = summary.everything
    said = [_sentence(everything, group) for group in PARTS if everything.total(group)]
    best = most_useful(summary)
    if best is not None:
        said.append(f"Most useful: {phrases.titled(best.name)}, {_times(best.part('useful') or 0)}")
    # Opinions are counted above: taken from a sum with these, their kind would be known.
    written = (each for each in summary.reports if each.kind == WRITTEN)
    return [*said, *(f"Missing or suggested, told to the writers: {each.total}{_open(each)}" for each in written)]


def _open(reports: Reports) -> str:
    """Say how many wait for an answer, where that is told."""
    return "" if reports.open is None else f", {reports.open} of them open"


def _sentence(line: Line, group: Group) -> str:
    """Say a group's number, and its parts where they may be told: `Levels opened: 12 (More detail 7, Sources 5)`."""
    told = [(CALLED[part], line.part(part)) for part in PARTS[group]]
    parts = [f"{name[:1].lower()}{name[1:]} {count}" for name, count in told if count]
    inside = f" ({', '.join(parts)})" if len(PARTS[group]) > 1 and group in line.told else ""
    return f"{CALLED[group]}: {line.total(group)}{inside}"


def most_useful(summary: Summary) -> Line | None:
    """Find the subject that most people found useful; None where too few said so of any."""
    told = [(subject.part("useful") or 0, subject) for _, subject in summary.subjects]
    count, best = max(told, key=lambda each: each[0], default=(0, None))
    return best if count else None


def _picture(summary: Summary) -> tuple[Block, ...]:
    """Draw what people did, topic by topic; where they did nothing yet, what was posted: as bars, or in words."""
    is_used = summary.everything.responses > 0
    counted = [(topic.short, topic.responses if is_used else topic.total("posted")) for topic in summary.topics]
    bars = tuple(sorted(counted, key=lambda bar: -bar[1])[:_MOST_BARS])
    title = "Levels, votes, answers and opinions by topic" if is_used else "Posts by topic"
    words: list[Rich] = [rich(_by_topic(topic)) for topic in summary.topics]
    return (Chart(title, bars, Listing(tuple(words), title)),)


def _by_topic(topic: Line) -> str:
    posts = _many(topic.total("posted"), "post", "posts")
    return f"{topic.name}: {topic.responses}, after {posts}"


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def measure_words(line: Line, measure: Measure) -> str:
    """Give a number of a table, or a dash where it may not be told."""
    count = line.part(measure)
    return "–" if count is None else str(count)
