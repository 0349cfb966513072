"""Emoji by their names on Slack: drawn as they are, faulted where there are none, and the same on both platforms."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import text
from cards.compose import dimensions
from cards.teams import render
from content import emoji as library_emoji
from content import library
from content.levels import Level
from handlers.teams import emoji as teams_emoji
from tests.content import decks

DECK: dict[str, Level] = {"mag": "detail", "books": "sources", "test_tube": "exercise"}


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        *(("mag", "🔍"), ("bulb", "💡"), ("memo", "📝"), ("pencil", "📝"), ("thinking_face", "🤔"), ("+1", "👍")),
        *(("white_check_mark", "✅"), ("rocket", "🚀"), ("flag-fr", "🇫🇷"), ("large_green_circle", "🟢")),
        *(("male-farmer", "👨‍🌾"), ("whale", "🐳"), ("hugging_face", "🤗"), ("juggling", "🤹")),
        *(("magg", ""), ("not_an_emoji", ""), ("flag-xx", ""), ("magnifying_glass", ""), ("mag_left", ""), ("", "")),
    ],
)
def test_a_name_of_slacks_is_one_emoji(name: str, sign: str) -> None:
    """Its own, where the library of emoji has another by that name; none for what does not exist."""
    assert library_emoji.sign(name) == sign


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("magg", "there is no emoji called `magg`; did you mean `mag`?"),
        ("tset_tube", "there is no emoji called `tset_tube`; did you mean `test_tube`?"),
        ("bulbs", "there is no emoji called `bulbs`; did you mean `bulb`?"),
        ("lightbulb", "there is no emoji called `lightbulb`; did you mean `bulb`?"),
        ("open_book", "`open_book` is the same emoji as `book`: take one of them out"),
        *((name, f"there is no emoji called `{name}`") for name in ("skin_tone", "skin-tone-2", "light_skin")),
        ("light_skin_tone", "there is no emoji called `light_skin_tone`"),
        ("'🔍'", "is no name of a reaction"),
    ],
)
def test_a_name_that_is_no_emoji_is_a_fault(tmp_path: Path, written: str, sentence: str) -> None:
    """At its line, with the name that was probably meant."""
    entry = f"    book: detail\n    {written}: sources\n    test_tube: exercise\n"
    decks.written(tmp_path, {"deck.yaml": ("    mag: detail\n    books: sources\n    test_tube: exercise\n", entry)})
    (fault,) = library.check(tmp_path).faults
    assert (Path(fault.file).name, fault.line) == ("deck.yaml", decks.line_of("deck.yaml", "books: sources"))
    assert sentence in fault.sentence


def test_any_emoji_a_writer_chose_is_drawn_everywhere(tmp_path: Path) -> None:
    """Its sign in texts and on Teams, never a name between colons; and it works on both platforms."""
    changed = "    bulb: detail\n    pencil: sources\n    flag-fr: exercise\n"
    decks.written(tmp_path, {"deck.yaml": ("    mag: detail\n    books: sources\n    test_tube: exercise\n", changed)})
    deck = library.load(tmp_path)
    card = dimensions.tip(deck, deck.tips[0])
    for drawn in (text.message(card), str(render.card(card))):
        assert "React 💡 more detail · 📝 sources · 🇫🇷 exercise" in drawn
    reactions = deck.deck.reactions
    # Slack: whichever of its names was typed, the first one comes: `memo` for `pencil`.
    assert [library_emoji.level(name, reactions) for name in ("bulb", "memo", "flag-fr", "mag")] == [
        *("detail", "sources", "exercise"),
        None,
    ]
    asked = ("1f4a1_lightbulb", "1f4dd_memo", "1f1eb-1f1f7_flagfrance", "1f50d_leftpointingmagnifyingglass")
    assert [teams_emoji.level(reaction, reactions) for reaction in asked] == ["detail", "sources", "exercise", None]


def test_what_is_taken_for_the_same_is_so_on_both_platforms() -> None:
    """Every name and every sign of the one table, with and without a skin tone, whichever of them the deck names."""
    different = []
    for row in library_emoji.ALIKE:
        for named in row:
            deck: dict[str, Level] = {named: "detail"}
            for name, sign in row.items():
                points = "-".join(f"{ord(each):x}" for each in sign)
                slack = {library_emoji.level(each, deck) for each in (name, f"{name}::skin-tone-3")}
                on_teams = {teams_emoji.level(each, deck) for each in (sign, points, f"{points}_x", f"{points}-1f3fd")}
                if slack | on_teams != {"detail"}:
                    different.append((named, name))
    assert different == []


@pytest.mark.parametrize(
    ("reaction", "name"), [("like", "+1"), ("heart", "heart"), ("laugh", "laughing"), ("sad", "cry")]
)
def test_teams_oldest_reactions_are_emoji_too(reaction: str, name: str) -> None:
    """A deck may name them; where it does not they are applause."""
    assert teams_emoji.level(reaction, {name: "detail"}) == "detail"
    assert teams_emoji.level(reaction, DECK) is None


@given(st.text(max_size=30) | st.text(st.sampled_from("0123456789abcdef-_x"), max_size=20))
def test_any_reaction_is_read(reaction: str) -> None:
    """Whatever a platform sends as one."""
    assert teams_emoji.level(reaction, DECK) in (None, *DECK.values())
    assert library_emoji.level(reaction, DECK) in (None, *DECK.values())
