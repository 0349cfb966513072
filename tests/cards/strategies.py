"""Make any text and any card within the model's limits, for Hypothesis."""

from datetime import UTC
from string import ascii_lowercase, ascii_uppercase, digits

from hypothesis import strategies as st

from cards.model import (
    Action,
    Actions,
    Button,
    Callout,
    Caption,
    Card,
    Columns,
    Divider,
    Fold,
    Header,
    LinkButton,
    Listing,
    Select,
    Side,
    Subject,
    TextBlock,
)
from content.inline import Code, Command, Conversation, Emphasis, Invitation, Link, Moment, Person, Strong, Text

# Letters, and every character Slack could mistake for markup, often.
SPITEFUL = st.text(st.sampled_from("ab1 *_~`<>&|@#:!.,()\n•>-'\"é🔍"), max_size=12) | st.sampled_from(
    [
        ":mag:",
        "@here",
        "<!channel>",
        "<@U1>",
        "&lt;",
        "*bold*",
        "_it_",
        "`code`",
        "> quote",
        "```",
        "a_b_c",
        "http://x.y",
    ]
)
WORDS = SPITEFUL | st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
ADDRESSES = st.builds("https://example.com/{}".format, WORDS)
# Of an alphabet, not by a pattern: that takes three times as long to draw from, and every card has dozens.
IDS = st.builds("{}{}".format, st.sampled_from("UC"), st.text(ascii_uppercase + digits, min_size=1, max_size=10))
INLINE = st.recursive(
    st.builds(Text, WORDS)
    | st.builds(Code, WORDS)
    | st.builds(Command, WORDS)
    | st.just(Invitation())
    | st.builds(Moment, st.datetimes(timezones=st.just(UTC)), WORDS, st.just("") | st.just(" your time"))
    | st.builds(Person, IDS)
    | st.builds(Conversation, IDS),
    lambda children: st.one_of(
        st.builds(Strong, st.lists(children, max_size=3).map(tuple)),
        st.builds(Emphasis, st.lists(children, max_size=3).map(tuple)),
        st.builds(Link, ADDRESSES, st.lists(st.builds(Text, WORDS), max_size=2).map(tuple)),
    ),
    max_leaves=5,
)
RICH = st.lists(INLINE, max_size=5).map(tuple)

LABELS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z", "Cf"]), min_size=1, max_size=24)
ACTIONS = st.builds(
    Action,
    st.sampled_from(["show", "deepen", "share"]),
    st.builds(Subject, st.just("dimension"), st.text(f"{ascii_lowercase}{digits}-", min_size=1, max_size=40)),
    st.sampled_from(["", "detail", "sources", "exercise"]),
)
BUTTONS = st.one_of(
    st.builds(Button, LABELS, ACTIONS, st.sampled_from(["plain", "primary", "danger"]), st.just("") | LABELS),
    st.builds(LinkButton, LABELS, st.just("https://example.com/")),
    st.builds(Select, LABELS, st.lists(st.tuples(LABELS, ACTIONS), min_size=1, max_size=7).map(tuple)),
)
BLOCKS = st.one_of(
    st.builds(Header, WORDS),
    st.builds(TextBlock, RICH),
    st.builds(Listing, st.lists(RICH, max_size=4).map(tuple), WORDS, st.booleans()),
    st.builds(Columns, st.builds(Side, WORDS, RICH), st.builds(Side, WORDS, RICH)),
    st.builds(Caption, RICH),
    st.builds(Callout, RICH),
    st.just(Divider()),
    st.builds(Actions, st.lists(BUTTONS, max_size=5).map(tuple), st.booleans()),
    st.builds(Fold, LABELS, st.lists(st.builds(TextBlock, RICH), max_size=2).map(tuple), st.booleans()),
)
CARDS = st.builds(Card, LABELS, st.lists(BLOCKS, max_size=8).map(tuple))
