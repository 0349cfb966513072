"""Every card a test should draw: handmade ones with each block at its edges, then all that the content makes."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TypeVar

from msgspec.structs import replace

from cards.forms import (
    CountrySearch,
    DateInput,
    Form,
    MultiSelect,
    Option,
    SingleSelect,
    TextInput,
    TimeInput,
    UserSelect,
    ZoneSearch,
)
from cards.model import (
    Action,
    Actions,
    Block,
    Button,
    Callout,
    Caption,
    Card,
    Chart,
    Columns,
    Divider,
    Feedback,
    Fold,
    Header,
    LinkButton,
    Listing,
    Select,
    Side,
    Subject,
    TextBlock,
)
from content.inline import Code, Command, Conversation, Emphasis, Invitation, Link, Person, Rich, Strong, Text
from tests.cards import (
    gallery_assistants,
    gallery_content,
    gallery_dilemmas,
    gallery_home,
    gallery_installing,
    gallery_learning,
    traps,
)

Judged = TypeVar("Judged")
RISKS = Subject("dimension", "risks")


def rich(words: str) -> Rich:
    """Give plain words as a text."""
    return (Text(words),)


def card(*blocks: Block, title: str = "7 · Risks") -> Card:
    """Give a card of these blocks."""
    return Card(title, blocks, RISKS)


@cache
def cards() -> Mapping[str, Card]:
    """Give every card, by a name that says which it is."""
    parts = (
        gallery_content,
        gallery_learning,
        gallery_dilemmas,
        gallery_home,
        gallery_assistants,
        gallery_installing,
    )
    return dict((*handmade(), *(one for part in parts for one in part.cards())))


@cache
def forms() -> Mapping[str, Form]:
    """Give every form, by a name that says which it is."""
    return {
        "handmade": form(),
        "other fields": other_form(),
        **dict(gallery_content.forms()),
        **dict(gallery_learning.forms()),
        **dict(gallery_dilemmas.forms()),
        **dict(gallery_home.forms()),
    }


def faults(judged: Mapping[str, Judged], judge: Callable[[Judged], list[str]]) -> list[str]:
    """Judge every one, and list each one's faults by its name; what cannot be drawn or read is a fault of its own."""
    unique = {one: name for name, one in judged.items()}  # what is twice there is judged once
    return [fault for one, name in unique.items() for fault in _told(name, one, judge)]


def broken(judged: Mapping[str, Judged], judges: Mapping[str, Callable[[Judged], list[str]]]) -> dict[str, list[str]]:
    """Give the faults that each judge finds, by its name; all judge one before the next, whose drawing is then kept."""
    found: dict[str, list[str]] = {name: [] for name in judges}
    for one, name in {one: name for name, one in judged.items()}.items():
        for judge, told in found.items():
            told.extend(_told(name, one, judges[judge]))
    return found


def _told(name: str, one: Judged, judge: Callable[[Judged], list[str]]) -> list[str]:
    try:
        return [f"{name}: {fault}" for fault in judge(one)]
    except Exception as fault:  # noqa: BLE001 # whatever it is, the others are judged too
        return [f"{name}: {fault!r}"]


def new_parts(judged: Mapping[str, Card]) -> Mapping[str, Card]:
    """Give each card with those of its blocks alone that no card before it has; for who draws each by itself."""
    met: set[Block] = set()
    parts = {}
    for name, one in judged.items():
        blocks = tuple(block for block in dict.fromkeys(one.blocks) if block not in met)
        met.update(blocks)
        if blocks:
            parts[name] = replace(one, blocks=blocks)
    return parts


def handmade() -> Iterator[tuple[str, Card]]:
    """Give cards that hold each block, plain and at its edges."""
    yield "comparison", comparison()
    yield "tip", tip()
    yield (
        "words of every kind",
        card(TextBlock(every_kind()), Caption(every_kind()), Listing((every_kind(),), "Label", ordered=True)),
    )
    yield (
        "traps",
        card(
            Header(traps.WORDS[:150]),
            TextBlock(rich(traps.WORDS)),
            Caption(rich(traps.WORDS)),
            Columns(Side("*A*", rich(traps.WORDS)), Side("B", rich(traps.WORDS))),
        ),
    )
    yield (
        "long words",
        card(TextBlock(rich("One sentence of some words. " * 200)), TextBlock((Strong(rich("word " * 700)),))),
    )
    yield (
        "called out and folded",
        card(
            Callout(rich(f"{traps.WORDS}\n> and a line")),
            Callout((Strong(rich("word " * 700)),)),
            Fold("Open", (TextBlock(every_kind()), Listing((every_kind(),))), is_open=True),
            Fold("*Closed*", (TextBlock(rich(traps.WORDS)), Caption(every_kind()))),
            Fold("Empty", ()),
            Callout(()),
        ),
    )
    few = tuple(Button(f"Quiet {number}", Action("list", argument=str(number))) for number in range(6))
    yield (
        "quiet rows",
        card(
            *(row for number in range(7) for row in (Actions(few[:3]), Actions(few[:number], is_quiet=True))),
            Actions((Button("Asks", Action("tips-off"), asks="Sure?"), few[0]), is_quiet=True),
            TextBlock(rich("Between")),
            Actions(few[:2], is_quiet=True),
        ),
    )
    yield "long columns", card(Columns(Side("A", rich("Left words here. " * 130)), Side("B", rich("right"))))
    yield "long heading", card(Header("Heading " * 30), Caption(rich("Quiet words. " * 300)), title="Long")
    yield (
        "empty parts",
        card(
            Header(" "),
            TextBlock(()),
            TextBlock(rich("\u200b ")),
            Listing(((), rich(" "))),
            Columns(Side("A", ()), Side("B", ())),
            Caption(()),
            Actions(()),
            TextBlock(rich("Something")),
        ),
    )
    yield "many buttons", card(Actions(tuple(Button(f"Button {number}", Action("list")) for number in range(60))))
    yield (
        "full menu",
        card(Actions((Select("All", tuple((f"Option {n}", Action("show", RISKS, str(n))) for n in range(100))),))),
    )
    yield (
        "same action twice",
        card(Actions((Button("‹ Back", Action("show", RISKS)), Button("On ›", Action("show", RISKS))))),
    )
    votes = Chart("How the channel voted " * 4, tuple((f"A choice of many words, number {n}", n) for n in range(12)))
    yield (
        "thumbs and charts",
        card(
            TextBlock(rich("As many as each number says.")),
            votes,
            Chart("Votes", (("Ship it", 3), ("Wait", 0))),
            Feedback(Action("useful", RISKS, "tip"), Action("not-useful", RISKS, "tip")),
        ),
    )
    yield "many blocks", card(*(TextBlock(rich(f"Line {number}")) for number in range(50)))


def comparison() -> Card:
    """Give a card like the main one."""
    return card(
        Header("7 · Risks"),
        Columns(
            Side("Traditional PM", rich("Primary risks are usability issues and low adoption.")),
            Side("AI PM", rich("Inherits those risks and adds new ones: hallucinations, bias, drift.")),
        ),
        TextBlock((Strong(rich("The shift:")), Text(' from "does it work?" to "how wrong may it be, and who pays?"'))),
        Actions(
            (
                Button("More detail", Action("deepen", RISKS, "detail")),
                Button("Sources", Action("deepen", RISKS, "sources")),
            )
        ),
        Divider(),
        Actions(
            (
                Button("Share", Action("share", RISKS), "primary"),
                Button("‹ Skills", Action("show", Subject("dimension", "skills")), spoken="Previous: Skills"),
                Button("Turn off", Action("tips-off"), "danger", asks="Is that what you want?"),
                LinkButton("Read the paper", "https://example.com/a?b=1&c=2"),
                Select(
                    "All seven",
                    (
                        ("1 · Mission", Action("show", Subject("dimension", "mission"))),
                        ("7 · Risks", Action("show", RISKS)),
                    ),
                ),
            )
        ),
        Caption((Text("Shared by "), Person("U123"), Text(" in "), Conversation("C123"))),
    )


def tip() -> Card:
    """Give a card like the weekly one, whose title says more than its heading."""
    return card(
        Caption(rich("AI PM tip · Risks")),
        Header("Give every answer a way out"),
        TextBlock(rich("One idea.")),
        Listing((rich("Write it"), rich("Ship it")), "Steps", ordered=True),
        Listing((rich("latency"), rich("cost"))),
        title="AI PM tip: Give every answer a way out",
    )


def every_kind() -> Rich:
    """Give a text with every kind of inline, nested and touching."""
    return (
        Text("Plain, "),
        Strong((Text("strong "), Emphasis(rich("and stressed")))),
        Text(" un"),
        Emphasis(rich("frigging")),
        Text("believable "),
        Code("code <risks>"),
        Text(" "),
        Command("<risks>"),
        Text(" "),
        Invitation(),
        Text(" "),
        Link("https://example.com/a_b*c?d=1&e=<2>|3", (Strong(rich("a paper | *that* counts")),)),
        Strong(rich("bold")),
        Emphasis(rich(" next ")),
        Person("U1"),
        Text("\n> not a quote"),
    )


def form() -> Form:
    """Give a form with each kind of field."""
    return Form(
        title="Weekly tips",
        submit="Save",
        action=Action("tips-save"),
        context='{"channel": "C1"}',
        fields=(
            SingleSelect("weekday", "Day", tuple(Option(f"Day {n}", str(n)) for n in range(7)), "3"),
            TimeInput("at", "Time", "09:30"),
            ZoneSearch("zone", "Time zone", "Europe/Paris", "Type a city"),
            SingleSelect("changed_by", "Who", (Option("Anyone", "anyone"), Option("Only me", "owner")), "anyone"),
        ),
        notes=((Text("For "), Conversation("C1")),),
    )


def other_form() -> Form:
    """Give a form with the fields that the first one lacks."""
    return Form(
        title="Quiet dates",
        submit="Save",
        action=Action("tips-save", None, "quiet"),
        context="",
        fields=(
            MultiSelect("dimensions", "Topics", (Option("Risks", "risks"), Option("Skills", "skills")), ("risks",)),
            MultiSelect("many", "Many", tuple(Option(f"Topic {n}", str(n)) for n in range(11)), ("3", "10")),
            DateInput("until", "Until", "2026-12-07", "Leave it empty to pause for good"),
            DateInput("since", "Since", optional=False),
            TextInput("quiet_dates", "Dates", "2026-12-25", "Separate them with commas"),
            CountrySearch("quiet_country", "Country", "DE", "Germany"),
            UserSelect("owner", "Owner", ("U1",)),
            UserSelect("co_owners", "Shared with", ("U1", "U2"), "They may too", 10, optional=True),
        ),
    )
