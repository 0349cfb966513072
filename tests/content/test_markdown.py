"""What writers may type, and what the tree then holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import inline
from content.inline import Bullets, Code, Emphasis, Link, Paragraph, Prose, Rich, Strong, Text, plain, plain_prose
from content.markdown import Undrawable, parse_inline, parse_prose


def test_every_mark_of_the_guide_becomes_its_part() -> None:
    """Bold, italic, code, links and references are read; nothing of the marks is left in the words."""
    text = "**a *b* c** `d_e` [f](https://example.org/g_h?i=1) and [j](ref:k-2)\nl \\*m\\*"
    assert parse_inline(text) == (
        Strong((Text("a "), Emphasis((Text("b"),)), Text(" c"))),
        Text(" "),
        Code("d_e"),
        Text(" "),
        Link("https://example.org/g_h?i=1", (Text("f"),)),
        Text(" and "),
        Link("ref:k-2", (Text("j"),)),
        Text(" l *m*"),
    )


def test_prose_has_paragraphs_and_lists() -> None:
    """Blank lines part paragraphs, and both kinds of list are read, items parted by blank lines or not."""
    text = "One\ntwo.\n\n- a\n- **b**\n\nThree\n\n1. c\n\n2. d"
    assert parse_prose(text) == (
        Paragraph((Text("One two."),)),
        Bullets(((Text("a"),), (Strong((Text("b"),)),))),
        Paragraph((Text("Three"),)),
        Bullets(((Text("c"),), (Text("d"),)), ordered=True),
    )
    assert plain_prose(parse_prose(text)) == "One two.\na\nb\nThree\nc\nd"


@pytest.mark.parametrize(
    ("text", "says", "line", "near"),
    [
        ("# Big", "a heading cannot be drawn", 1, "# Big"),
        ("Big\n===", "a heading cannot be drawn", 1, "Big"),
        ("a\n\n> b", "a quote cannot be drawn", 3, "> b"),
        ("a\n\n---\n\nb", "a rule across cannot be drawn", 3, "---"),
        ("```\na\n```", "a block of code cannot be drawn", 1, "```"),
        ("a\n\n    b", "begins with four spaces", 3, "b"),
        ("<div>\na</div>", "HTML cannot be drawn", 1, "<div>"),
        ("a\nb <b>c</b>", "HTML cannot be drawn", 2, "<b>"),
        ("a ![b](https://example.org/c.png)", "an image cannot be drawn", 1, "!["),
        ("a  \nb", "a forced line break cannot be drawn", 1, ""),
        ("- a\n  - b", "a list within a list cannot be drawn", 2, ""),
        ("- a\n\n  b", "an item of a list is one paragraph", 3, ""),
        ("-", "an item of a list is one paragraph", 1, ""),
        ("3. a", "a numbered list begins with `1.`", 1, ""),
        ("a :mag: b", "`:mag:` is an emoji on Slack only", 1, ":mag:"),
        ("R &amp; D", "`&amp;` is HTML", 1, "&amp;"),
        ("[a](http://example.org)", "it must begin with https://", 1, "http://examp"),
        ("[a](javascript:alert)", "it must begin with https://", 1, "javascript:a"),
        ("[a](https://example.org|b)", "it must begin with https://", 1, "https://exam"),
        ("[a](ref:B_c)", "names no reference", 1, "ref:B_c"),
        ('[a](https://example.org "b")', "a link's title cannot be drawn", 1, "]("),
        ("[](https://example.org)", "a link without words", 1, "[]("),
        ("<https://example.org>", "a bare address cannot be drawn", 1, "<https://exa"),
        ("[a](https://example.org/b c)", "a link is broken", 1, "]("),
        ("**a", "`**` has no partner", 1, "**"),
        ("`a", "a backtick has no partner", 1, "`"),
        ("` `", "code without words", 1, "`"),
        ("**a **b** c**", "bold within bold", 1, ""),
        ("*a **b *c **d** c* b** a*", "nested too deeply", 1, "**"),
        ("", "no words are left here", 1, ""),
    ],
)
def test_what_some_platform_cannot_draw_is_named_with_its_line(text: str, says: str, line: int, near: str) -> None:
    """Each construct is refused by name, with its line within the text, how it begins, and what to write instead."""
    with pytest.raises(Undrawable) as caught:
        parse_prose(text)
    assert says in str(caught.value)
    assert ": " in str(caught.value)
    assert caught.value.line == line
    assert caught.value.near == near


def test_every_fault_of_a_text_is_reported_at_once() -> None:
    """A writer mends a text in one go."""
    with pytest.raises(Undrawable) as caught:
        parse_inline("<b>a</b> :mag: **c")
    others = [str(other) for other in caught.value.others]
    assert len(others) == 2
    assert "HTML" in str(caught.value)
    assert "`**`" in others[0]
    assert ":mag:" in others[1]


@pytest.mark.parametrize(
    ("text", "says"), [("- a", "a list cannot stand here"), ("a\n\nb", "two paragraphs"), ("# a", "a heading")]
)
def test_a_single_paragraph_stays_one(text: str, says: str) -> None:
    """Where one paragraph is wanted, a list or a second paragraph is refused."""
    with pytest.raises(Undrawable, match=says):
        parse_inline(text)


@pytest.mark.parametrize(
    "words", ["[a]: https://example.org", "~~a~~ b", "a < b > c", "at 10:30:45", "2 * 3 = 6", "a_b_c"]
)
def test_words_that_only_look_like_marks_stay_words(words: str) -> None:
    """Nothing the writer typed is swallowed or drawn as something else."""
    assert plain(parse_inline(words)) == words


def test_links_are_found_and_replaced_at_any_depth() -> None:
    """References are resolved wherever they stand."""
    rich = parse_inline("a [b](ref:c) **d [*e*](ref:f)** `g`")
    assert inline.links(rich) == ("ref:c", "ref:f")
    assert inline.links(inline.with_links(rich, str.upper)) == ("REF:C", "REF:F")
    assert plain(inline.with_links(rich, str.upper)) == "a b d e g"


@given(st.text(st.sampled_from("ab *_`[](){}<>!#&;:\\-+1.=~\n\t/|\"'é🔍"), max_size=60) | st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    """Parsing raises Undrawable and nothing else, and what it gives holds no empty part."""
    for parse in (parse_inline, parse_prose):
        refused: list[Undrawable] = []
        found: Rich | Prose = ()
        try:
            found = parse(text)
        except Undrawable as error:
            refused += (error, *error.others)
        assert bool(found) != bool(refused)
        assert all(str(each) and 1 <= each.line <= len(text.splitlines()) + 1 for each in refused)


@given(st.text(st.sampled_from("abZé1 .,:;!?'\"“”‘’()/-–—%€…→=~$@#+"), min_size=1, max_size=40))
def test_plain_words_read_alike_with_and_without_the_parser(words: str) -> None:
    """The short cut for plain words gives what the parser gives: code beside them changes nothing about them."""
    try:
        alone = parse_inline(words.strip())
    except Undrawable:
        return
    assert parse_inline(f"{words.strip()} `x`") == (Text(f"{plain(alone)} "), Code("x"))
