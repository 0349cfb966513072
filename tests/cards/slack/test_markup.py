"""Whatever words go in, Slack shows those words, and only our own marks format them."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cards.compose import phrases
from cards.slack import markup as slack_words
from content.inline import (
    Code,
    Command,
    Conversation,
    Emphasis,
    Inline,
    Invitation,
    Link,
    Moment,
    Person,
    Rich,
    Strong,
    Text,
)
from tests.cards.slack import mrkdwn
from tests.cards.strategies import RICH, WORDS

Z = slack_words.ZERO_WIDTH_SPACE


def shown(text: Rich) -> str:
    """Say which words a text should show: a link's label on one line, without the bar Slack would split it at."""
    words = ""
    for inline in text:
        match inline:
            case Text(said) | Code(said):
                words += said
            case Strong(children) | Emphasis(children):
                words += shown(children)
            case Link(url, children):
                label = shown(children).replace("|", "¦").replace("\n", " ")
                words += label if label.strip() else address(url)
            case Person(id_):
                words += f"@{id_}"
            case Conversation(id_):
                words += f"#{id_}"
            case Command(said):
                words += f"/pm-compare {said}".rstrip()
            case Invitation():
                words += "/invite @PM Compare"
            case Moment(words=said):
                words += " ".join(said.split())
    return words.replace(Z, "")


def address(url: str) -> str:
    """Say how a link without a label shows: its address, with what would end it encoded."""
    for character, code in ("<", "%3C"), (">", "%3E"), ("|", "%7C"), (" ", "%20"), ("\n", "%0A"):
        url = url.replace(character, code)
    return url


@given(RICH)
@settings(max_examples=400)
def test_the_same_words_come_out_of_slack_as_went_in(text: Rich) -> None:
    """Words survive drawing and reading, however eagerly or strictly the reader takes marks."""
    drawn = slack_words.mrkdwn(text)
    assert mrkdwn.words(drawn, eager=True) == shown(text)
    assert mrkdwn.words(drawn, eager=False) == shown(text)


@given(WORDS)
@settings(max_examples=400)
def test_plain_words_are_never_formatted(words: str) -> None:
    """Words typed by a writer or a person stay plain: no mark, link, mention or emoji comes out of them."""
    seen = mrkdwn.read(slack_words.mrkdwn((Text(words),)), eager=True)
    assert all(not one.marks and not one.address for one in seen)


@given(st.lists(st.tuples(st.sampled_from(["plain", "strong", "emphasis"]), st.text("ab é,.", max_size=6)), max_size=6))
@settings(max_examples=300)
def test_emphasis_reaches_exactly_its_own_words(parts: list[tuple[str, str]]) -> None:
    """Strong and stressed words are drawn so, also inside a word, and no others are."""
    kinds: dict[str, Inline] = {}
    text: list[Inline] = []
    expected: list[tuple[str, frozenset[str]]] = []
    for kind, words in parts:
        kinds = {"plain": Text(words), "strong": Strong((Text(words),)), "emphasis": Emphasis((Text(words),))}
        text.append(kinds[kind])
        mark = {"plain": frozenset[str](), "strong": frozenset("*"), "emphasis": frozenset("_")}[kind]
        expected += [(character, mark) for character in words if not character.isspace()]
    for eager in (True, False):
        seen = mrkdwn.read(slack_words.mrkdwn(tuple(text)), eager=eager)
        assert [(one.character, one.marks) for one in seen if not one.character.isspace()] == expected


@given(RICH, st.integers(12, 120))
@example((Code("1111& 1"),), 12)
@example((Strong((Text("~f *b e` *b *b e`"),)), Text(" ")), 12)  # a shorter piece draws longer
@settings(max_examples=200)
def test_pieces_fit_and_lose_nothing(text: Rich, limit: int) -> None:
    """A long text comes in pieces within the limit, each well-formed on its own, together all the words."""
    try:
        pieces = slack_words.pieces(text, limit)
    except ValueError as refused:
        assert "does not fit" in str(refused)  # noqa: PT017 # an address longer than the limit is refused, in words
        return
    assert all(len(piece) <= limit and not slack_words.is_blank(piece) for piece in pieces)
    together = "".join(mrkdwn.words(piece) for piece in pieces)
    assert "".join(together.split()) == "".join(shown(text).split())


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ((Text("un"), Strong((Text("frigging"),)), Text("believable")), f"un{Z}*frigging*{Z}believable"),
        ((Strong((Text("Done when:"),)), Text(" it works")), "*Done when:* it works"),
        ((Strong((Text(" a "),)), Emphasis((Text("b"),))), " *a* _b_"),
        ((Strong((Text("a\nb"),)),), "*a*\n*b*"),
        ((Strong((Text("a "), Emphasis((Text("b"),)))),), "*a _b_*"),
        ((Strong((Text("For "), Conversation("C1"))), Text(".")), "*For <#C1>*."),
        ((Text("2 * 3 and snake_case"),), "2 * 3 and snake_case"),
        # Inside underscores a client may take the inner one for the end.
        ((Emphasis((Text("snake_case"),)),), f"_snake{Z}_{Z}case_"),
        ((Text("a < b & c > d"),), "a &lt; b &amp; c &gt; d"),
        ((Text("> no quote"),), f"{Z}&gt; no quote"),
        ((Text(":ma"), Text("g: 🔍")), f":{Z}mag: 🔍"),
        ((Text("@here, me@here"),), f"@{Z}here, me@{Z}here"),
        ((Code("a<b>"),), "`a&lt;b&gt;`"),
        ((Code("`"),), f"{Z}`{Z}"),
        ((Link("https://a.b/?c=1&d=<e|f>", (Text("x|y > z"),)),), "<https://a.b/?c=1&amp;d=%3Ce%7Cf%3E|x¦y &gt; z>"),
        ((Link("https://a.b", ()),), "<https://a.b|https://a.b>"),
        ((Strong((Link("https://a.b", (Text("x"),)),)),), "*<https://a.b|x>*"),
        ((Link("https://a.b", (Strong((Text("x"),)),)),), "*<https://a.b|x>*"),
        ((Person("U1"), Text(" "), Strong(())), "<@U1> "),
    ],
)
def test_each_trap_of_mrkdwn_is_closed(text: Rich, drawn: str) -> None:
    """What Slack would misread is parted by a zero-width space or escaped, and nothing else is touched."""
    assert slack_words.mrkdwn(text) == drawn


def test_a_text_is_broken_at_a_line_a_sentence_or_a_space_in_that_order() -> None:
    """The reader never meets half a word where a better place was near."""
    assert slack_words.pieces((Text("First line\nsecond line. More"),), 20) == ("First line", "second line. More")
    assert slack_words.pieces((Text("First one. Second two three"),), 20) == ("First one.", "Second two three")
    assert slack_words.pieces((Text("some words without an end"),), 14) == ("some words", "without an end")
    assert slack_words.pieces((Text("abcdefghij"),), 4) == ("abcd", "efgh", "ij")


def test_a_break_inside_emphasis_or_before_a_link_leaves_both_whole() -> None:
    """Each piece carries its own marks, and a link that fits is not divided."""
    assert slack_words.pieces((Strong((Text("one two three"),)),), 10) == ("*one two*", "*three*")
    link = Link("https://a.b", (Text("a label"),))
    assert slack_words.pieces((Text("abcdefghijk "), link), 24) == ("abcdefghijk", "<https://a.b|a label>")
    assert slack_words.pieces((Text("&&&&"),), 12) == ("&amp;&amp;", "&amp;&amp;")
    assert slack_words.pieces((Text("abcdefghi"), Person("U12345")), 12) == ("abcdefghi", "<@U12345>")


def test_a_link_that_is_no_web_address_is_refused() -> None:
    """A reference that was never resolved must not reach people as a dead link."""
    with pytest.raises(ValueError, match="web address, not 'ref:moffatt'"):
        slack_words.mrkdwn((Link("ref:moffatt", (Text("x"),)),))


def test_an_address_longer_than_the_limit_is_refused() -> None:
    """Half an address would open something else."""
    with pytest.raises(ValueError, match="does not fit into 20 characters"):
        slack_words.pieces((Link("https://example.com/long", (Text("x"),)),), 20)
    with pytest.raises(ValueError, match="does not fit into 6 characters"):
        slack_words.pieces((Person("U12345"), Text(" and more")), 6)


def test_a_cut_text_says_that_it_was_cut() -> None:
    """A text for `text` ends at a sentence, with an ellipsis, and has no marks to be read aloud."""
    text = (Strong((Text("One two. "),)), Code("three"), Text(" four five six"))
    assert slack_words.cut(text, 100) == "One two. three four five six"
    assert slack_words.cut(text, 16) == "One two. …"


def test_a_moment_is_drawn_by_each_readers_own_clock_and_said_by_the_channels() -> None:
    """Slack draws it in a message; in a notification, and where Slack cannot draw it, the zone is named."""
    nine = phrases.moment(datetime(2026, 11, 30, 8, tzinfo=UTC), "Europe/Paris")
    words = "Monday 30 November 2026, 09:00 (Europe/Paris)"
    drawn = f"<!date^1796025600^{{date_short_pretty}} at {{time}} your time|{words}>"
    assert slack_words.mrkdwn((Text("Next: "), Strong((nine,)))) == f"Next: *{drawn}*"
    assert slack_words.unmarked((Text("Next: "), Strong((nine,)))) == f"Next: {words}"
    assert slack_words.pieces((Text("Next: " * 20), nine), len(drawn))[-1] == drawn
