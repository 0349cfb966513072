"""Cards and forms become what Slack takes, and answers come back."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.forms import Form, Option, SingleSelect, ZoneSearch
from cards.model import Action, Actions, Button, Callout, Columns, Header, LinkButton, Select, Side, Subject, TextBlock
from cards.slack import render
from content.inline import Text
from tests.cards import gallery, limits

WINTER = datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_the_comparison_card_has_two_sides_and_rows_of_buttons() -> None:
    """The main card reads header, both sides in one section, the shift, depth, movement, note."""
    blocks = render.message(gallery.comparison())["blocks"]
    assert [block["type"] for block in blocks] == [
        "header",
        "section",
        "section",
        "actions",
        "divider",
        "actions",
        "context",
    ]
    assert [field["text"].split("\n")[0] for field in blocks[1]["fields"]] == ["*Traditional PM*", "*AI PM*"]
    rows = [f"row-{number}" for number in range(1, 8)]
    assert [block["block_id"] for block in blocks if block != blocks[5]] == [row for row in rows if row != "row-6"]
    assert blocks[5]["block_id"].startswith("row-6-")  # a client keeps what was chosen in a row of the same id


def test_a_button_carries_its_action_and_its_spoken_name() -> None:
    """What a click brings back is the encoded action; a screen reader says more than `‹ Skills`."""
    elements = render.message(gallery.comparison())["blocks"][5]["elements"]
    assert elements[0] == {
        "type": "button",
        "action_id": "share|dimension/risks|",
        "text": {"type": "plain_text", "text": "Share", "emoji": False},
        "value": "share|dimension/risks|",
        "style": "primary",
    }
    assert elements[1]["accessibility_label"] == "Previous: Skills"
    assert elements[2]["style"] == "danger"
    assert elements[3]["action_id"] == "link-4"
    assert "value" not in elements[3]
    assert elements[4]["action_id"] == "menu-5"
    assert [Action.decode(option["value"]) for option in elements[4]["options"]] == [
        Action("show", Subject("dimension", "mission")),
        Action("show", gallery.RISKS),
    ]


def test_two_buttons_with_the_same_action_have_ids_of_their_own() -> None:
    """Slack refuses a block in which an action_id repeats; the value still says what to do."""
    again = Button("Again", Action("list"))
    elements = render.message(gallery.card(Actions((again, again))))["blocks"][0]["elements"]
    assert [element["action_id"] for element in elements] == ["list||", "list||#2"]
    assert [element["value"] for element in elements] == ["list||", "list||"]


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (Actions((Button("x" * 76, Action("list")),)), "a button's label has at most 75 characters"),
        (Actions((Button(" ", Action("list")),)), "a button's label is empty"),
        (Actions((Button("x", Action("list"), spoken="x" * 76),)), "a button's spoken name has at most 75"),
        (Actions((Button("x", Action("show", None, "x" * 150)),)), "an action has at most 150"),
        (Actions((LinkButton("x", "https://" + "x" * 3000),)), "a button's address has at most 3,000"),
        (
            Actions((Select("x", tuple((str(n), Action("list")) for n in range(101))),)),
            "a menu has 1 to 100 options on Slack, not 101",
        ),
        (Actions((Select("x", ()),)), "a menu has 1 to 100 options on Slack, not 0"),
        (Actions((Select("x", (("y" * 76, Action("list")),)),)), "an option's label has at most 75"),
        (TextBlock(gallery.rich("Words. " * 2000)), "all text of a message together has at most 11,000"),
    ],
)
def test_what_slack_would_refuse_is_refused_by_the_card_s_name(block: Actions | TextBlock, sentence: str) -> None:
    """A fault is found when the card is drawn, in words that say which card and which part."""
    with pytest.raises(ValueError, match=f"card '7 · Risks': {sentence}"):
        render.message(gallery.card(block))


def test_more_than_fifty_blocks_are_refused() -> None:
    """Slack takes 50 blocks."""
    with pytest.raises(ValueError, match="at most 50 blocks on Slack, not 51"):
        render.message(gallery.card(*(TextBlock(gallery.rich("x")),) * 51))


def test_long_words_become_several_sections_cut_between_sentences() -> None:
    """Nothing is lost to the 3,000 characters of a section, and none is folded away."""
    blocks = render.message(gallery.card(TextBlock(gallery.rich("One sentence of some words. " * 200))))["blocks"]
    assert len(blocks) == 2
    assert all(block["text"]["text"].endswith("words.") and block["expand"] for block in blocks)


def test_a_side_too_long_for_a_field_is_drawn_below_the_other() -> None:
    """Fields hold 2,000 characters; a longer side is stacked, not cut."""
    blocks = render.message(
        gallery.card(Columns(Side("A", gallery.rich("word " * 450)), Side("B", gallery.rich("b"))))
    )["blocks"]
    assert [block["text"]["text"][:3] for block in blocks] == ["*A*", "*B*"]


def test_drawing_again_is_cheap_and_what_a_caller_does_to_its_list_stays_with_it() -> None:
    """Drawings are kept, yet no caller can add a block to another's message."""
    card = gallery.comparison()
    first = render.message(card)
    first["blocks"].append({"type": "divider"})
    first["text"] = ""
    again = render.message(gallery.comparison())
    assert len(again["blocks"]) == 7
    assert again["text"]
    assert again["blocks"][0] is first["blocks"][0]


def test_the_text_of_a_message_says_all_of_the_card_once() -> None:
    """A screen reader hears title, sides, shift and buttons in order; mentions and links stay alive."""
    assert render.fallback(gallery.comparison()).split("\n") == [
        "7 · Risks",
        "Traditional PM: Primary risks are usability issues and low adoption.",
        "AI PM: Inherits those risks and adds new ones: hallucinations, bias, drift.",
        'The shift: from "does it work?" to "how wrong may it be, and who pays?"',
        "Buttons: More detail; Sources",
        (
            "Buttons: Share; Previous: Skills; Turn off; <https://example.com/a?b=1&amp;c=2|Read the paper>; "
            "All seven (1 · Mission, 7 · Risks)"
        ),
        "Shared by <@U123> in <#C123>",
    ]


def test_a_long_text_is_cut_at_a_sentence() -> None:
    """Slack recommends 4,000 characters; the card itself has the rest."""
    said = render.fallback(gallery.card(TextBlock(gallery.rich("A sentence & more. " * 400))))
    assert 2000 < len(said) <= 4000
    assert said.endswith("A sentence &amp; more. …")


ANY_TEXT = {"type": "plain_text", "emoji": False}


def test_a_form_becomes_a_modal_slack_takes() -> None:
    """Every field is an input named by its field, filled with its value, within the limits."""
    view = render.view(gallery.form(), WINTER)
    assert limits.view_faults(view) == []
    assert (view["callback_id"], view["private_metadata"]) == ("tips-save||", '{"channel": "C1"}')
    note, *inputs = view["blocks"]
    assert note["elements"][0]["text"] == "For <#C1>"
    assert [block["block_id"] for block in inputs] == ["weekday", "at", "zone", "changed_by"]
    weekday, at, zone, changed_by = (block["element"] for block in inputs)
    assert (weekday["type"], weekday["initial_option"]["value"]) == ("static_select", "3")
    assert (at["type"], at["initial_time"]) == ("timepicker", "09:30")
    assert (changed_by["type"], changed_by["initial_option"]["value"]) == ("radio_buttons", "anyone")
    assert zone["initial_option"] in render.zone_options("paris", WINTER)
    assert inputs[2]["hint"]["text"] == "Type a city"


def test_a_form_without_values_asks_for_them() -> None:
    """An unknown zone or choice is left open, not guessed."""
    choice = SingleSelect("day", "Day", (Option("Monday", "0"),), "9")
    view = render.view(Form("Tips", "Save", Action("tips-save"), "", (choice, ZoneSearch("zone", "Zone", ""))))
    assert limits.view_faults(view) == []
    assert all("initial_option" not in block["element"] for block in view["blocks"])


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (Form("x" * 25, "Save", Action("tips-save"), "", ()), "title has at most 24"),
        (Form("x", "s" * 25, Action("tips-save"), "", ()), "submit button has at most 24"),
        (Form("x", "Save", Action("tips-save"), "c" * 3001, ()), "context has at most 3,000"),
        (Form("x", "Save", Action("tips-save"), "", (ZoneSearch("z", "Z", ""),) * 101), "at most 100 blocks"),
    ],
)
def test_a_form_slack_would_refuse_is_refused_by_its_name(form: Form, sentence: str) -> None:
    """A fault is found when the form is drawn."""
    with pytest.raises(ValueError, match=f"form 'x+': .*{sentence}"):
        render.view(form)


def test_answers_come_back_by_field_name() -> None:
    """A view_submission, or its view alone, gives each field's value, '' where nothing was chosen."""
    values = {
        "weekday": {"weekday": {"type": "static_select", "selected_option": {"value": "3"}}},
        "changed_by": {"changed_by": {"type": "radio_buttons", "selected_option": {"value": "owner"}}},
        "at": {"at": {"type": "timepicker", "selected_time": "09:30"}},
        "zone": {"zone": {"type": "external_select", "selected_option": None}},
    }
    expected = {"weekday": "3", "changed_by": "owner", "at": "09:30", "zone": ""}
    assert render.answers({"type": "view_submission", "view": {"state": {"values": values}}}) == expected
    assert render.answers({"state": {"values": values}}) == expected


def test_answers_of_every_field_come_back_as_words() -> None:
    """Dates, typed words and people; several values are separated by spaces."""
    values = {
        "until": {"until": {"type": "datepicker", "selected_date": "2026-12-07"}},
        "empty": {"empty": {"type": "datepicker", "selected_date": None}},
        "dates": {"dates": {"type": "plain_text_input", "value": "2026-12-25, 2027-01-01"}},
        "topics": {"topics": {"type": "checkboxes", "selected_options": [{"value": "risks"}, {"value": "skills"}]}},
        "owner": {"owner": {"type": "users_select", "selected_user": "U1"}},
        "people": {"people": {"type": "multi_users_select", "selected_users": ["U1", "U2"]}},
    }
    assert render.answers({"state": {"values": values}}) == {
        "until": "2026-12-07",
        "empty": "",
        "dates": "2026-12-25, 2027-01-01",
        "topics": "risks skills",
        "owner": "U1",
        "people": "U1 U2",
    }


def test_the_other_fields_become_inputs_that_hold_their_values() -> None:
    """Few options are boxes to tick, many a menu; what may stay empty says so."""
    blocks = {block["block_id"]: block for block in render.view(gallery.other_form(), WINTER)["blocks"]}
    drawn = {name: block["element"] for name, block in blocks.items()}
    assert [(name, element["type"]) for name, element in drawn.items()] == [
        ("dimensions", "checkboxes"),
        ("many", "multi_static_select"),
        ("until", "datepicker"),
        ("since", "datepicker"),
        ("quiet_dates", "plain_text_input"),
        ("quiet_country", "external_select"),
        ("owner", "users_select"),
        ("co_owners", "multi_users_select"),
    ]
    assert [option["value"] for option in drawn["many"]["initial_options"]] == ["3", "10"]
    assert drawn["until"]["initial_date"] == "2026-12-07"
    assert drawn["quiet_country"]["initial_option"] == {"text": ANY_TEXT | {"text": "Germany"}, "value": "DE"}
    assert (drawn["owner"]["initial_user"], drawn["co_owners"]["initial_users"]) == ("U1", ["U1", "U2"])
    assert {name for name, block in blocks.items() if block.get("optional")} == {"until", "quiet_dates", "co_owners"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["none", "CI", "DE", "NL"]),
        ("ger", ["none", "DE"]),
        ("DE", ["none", "DE"]),
        ("cote", ["none", "CI"]),
        ("lands", ["none", "NL"]),
        ("x", ["none"]),
    ],
)
def test_a_country_is_found_by_its_name_or_code(typed: str, found: list[str]) -> None:
    """No country is always offered: Slack's menus cannot be emptied."""
    countries = (("CI", "Côte d'Ivoire"), ("DE", "Germany"), ("NL", "Netherlands"))
    assert [option["value"] for option in render.country_options(typed, countries)] == found


def test_a_dangerous_button_asks_first() -> None:
    """A button with a question becomes one with Slack's confirmation."""
    buttons = render.message(gallery.comparison())["blocks"][5]["elements"]
    asking = next(button for button in buttons if "confirm" in button)
    assert asking["confirm"]["title"]["text"] == asking["text"]["text"] == "Turn off"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["view", "state", "values", "selected_option", "selected_options", "value", "zone", "type"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JUNK)
def test_answers_of_any_shape_are_read_as_words(payload: object) -> None:
    """A payload Slack never promised gives no error, only empty answers."""
    for values in (payload, {"state": {"values": payload}}, {"view": {"state": {"values": {"zone": payload}}}}):
        assert all(isinstance(value, str) for value in render.answers(values).values())
    assert render.answers({"view": {"state": {"values": {"zone": []}}}}) == {"zone": ""}


def test_zone_options_fit_slack() -> None:
    """At most 100 options, each a label with its offset and a value that is the zone's name."""
    for typed in ("", "a", "+1", "paris"):
        options = render.zone_options(typed, WINTER)
        assert 1 <= len(options) <= 100
        assert all(len(option["text"]["text"]) <= 75 for option in options)
    assert render.zone_options("paris", WINTER)[0] == {
        "text": {"type": "plain_text", "text": "Europe/Paris (UTC+01:00)", "emoji": False},
        "value": "Europe/Paris",
    }


def test_a_heading_keeps_unicode_emoji_and_shows_names_as_words() -> None:
    """`:mag:` in a heading is words; 🔍 is itself."""
    header = render.message(gallery.card(Header("🔍 :mag:")))["blocks"][0]
    assert header["text"] == {"type": "plain_text", "text": "🔍 :mag:", "emoji": False}
    assert json.dumps(render.message(gallery.card(TextBlock((Text(":mag:"),)))), ensure_ascii=False).count(":mag:") == 0


def test_a_quiet_row_is_the_overflow_menu_of_the_row_before_it() -> None:
    """What is needed less often is one press further; a menu holds two to five, and asks no questions."""
    row = Actions((Button("More detail", Action("deepen", gallery.RISKS, "detail"), "primary"),))
    few = tuple(Button(f"{number}", Action("list", argument=str(number))) for number in range(6))

    def rows(*blocks: Actions | TextBlock) -> list[list[str]]:
        drawn = render.message(gallery.card(*blocks))["blocks"]
        return [[each["type"] for each in block["elements"]] for block in drawn if block["type"] == "actions"]

    assert rows(row, Actions(few[:5], is_quiet=True)) == [["button", "overflow"]]
    assert rows(row, Actions(few, is_quiet=True)) == [["button"], ["button"] * 6]
    assert rows(row, Actions(few[:1], is_quiet=True)) == [["button"], ["button"]]
    asking = Button("Off", Action("tips-off"), asks="Sure?")
    assert rows(row, Actions((few[0], asking), is_quiet=True)) == [["button"], ["button", "button"]]
    assert rows(row, TextBlock(gallery.rich("x")), Actions(few[:2], is_quiet=True)) == [["button"], ["button"] * 2]
    assert rows(Actions(few[:1] * 25), Actions(few[:2], is_quiet=True)) == [["button"] * 25, ["overflow"]]
    (block,) = render.message(gallery.card(row, Actions(few[1:3], is_quiet=True)))["blocks"]
    options = [(option["text"]["text"], option["value"]) for option in block["elements"][1]["options"]]
    assert options == [("1", "list||1"), ("2", "list||2")]


def test_a_callout_is_a_quote_on_each_of_its_lines() -> None:
    """Slack quotes line by line; what was typed as the sign of a quote is none."""
    (block,) = render.message(gallery.card(Callout(gallery.rich("One\n> two"))))["blocks"]
    assert block["text"]["text"] == "> One\n> \u200b&gt; two"


def test_a_row_has_another_id_when_its_menu_shows_something_else() -> None:
    """A client keeps what somebody chose in a row of the same id, whatever the message says then."""

    def drawn(chosen: str, number: int = 2) -> str:
        options = tuple((str(each), Action("show", None, str(each))) for each in range(number))
        menu = Select("All", options, Action("show", None, chosen) if chosen else None)
        return str(render.message(gallery.card(Actions((menu,))))["blocks"][0]["block_id"])

    assert len({drawn(""), drawn("0"), drawn("1"), drawn("1", 3)}) == 4
    assert drawn("1") == drawn("1")
