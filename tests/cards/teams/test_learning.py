"""How a channel that learns looks on Teams: thumbs that take no button, charts, and forms of every kind."""

import itertools

import pytest
from msgspec.structs import replace

from cards.forms import TextInput
from cards.model import FORMS, Action, Actions, Button, Chart, Select, Verb
from cards.teams import limits, render
from tests.cards import gallery
from tests.cards.teams import adaptive, learning
from tests.cards.teams.learning import THUMBS, VERBS


def pressing(drawn: object, action: Action) -> list[dict[str, object]]:
    """Give what sends an action, wherever it stands in a card."""
    return [each for each in adaptive.every(drawn) if each.get("data", {}).get("value") == action.encode()]


@pytest.mark.parametrize("verb", VERBS)
def test_what_opens_a_form_opens_a_dialog(verb: Verb) -> None:
    """Teams: only what is drawn for it does; a button, words that can be pressed, and an option of a menu alike."""
    action = learning.acting(verb)
    as_button = gallery.card(Actions((Button("Press", action),)))
    as_words = gallery.card(learning.buttons(6), Actions((Button("Press", action),)))
    as_option = gallery.card(Actions((Select("Menu", (("Press", action),)),)))
    for card in (as_button, as_words, as_option):
        [sent] = pressing(render.card(card), action)
        if verb in FORMS:
            assert (sent["type"], sent["data"]) == (
                "Action.Submit",
                {"msteams": {"type": "task/fetch"}, "action": "pm-compare", "value": action.encode()},
            )
        else:
            assert (sent["type"], sent["verb"]) == ("Action.Execute", "pm-compare")
        assert render.pressed(sent["data"]) == action


@pytest.mark.parametrize(("opens", "saves"), list(FORMS.items()))
def test_every_form_comes_back_under_its_verb(opens: Verb, saves: Verb) -> None:
    """What the dialog of any form sends is read as that form, with what it brought along and what was typed."""
    form = learning.form(saves)
    opened = render.task(form, render.dialog(form))
    card = opened["task"]["value"]["card"]["content"]
    assert adaptive.card_faults(card) == []
    [submit] = card["actions"]
    assert submit["type"] == "Action.Submit"
    sent = {**submit["data"], "why": "outdated", "words": "Since May.\nSee there.", "source": "x", "told": "yes"}
    assert render.submitted(sent) == (form.action, form.context)
    assert render.answers(sent) == {"why": "outdated", "words": "Since May.\nSee there.", "source": "x", "told": "yes"}
    assert opens != saves


def test_thumbs_take_no_button() -> None:
    """They are words that can be pressed, with a name that a screen reader can say; six buttons stay six buttons."""
    drawn = render.card(learning.new()["thumbs below six buttons"])
    [row] = [each for each in adaptive.every(drawn) if each.get("type") == "ActionSet"]
    assert len(row["actions"]) == limits.ACTIONS
    columns = [each for each in adaptive.every(drawn) if each.get("type") == "Column"]
    assert [(adaptive.words(each["items"]), each["selectAction"]["title"]) for each in columns] == [
        ("👍 Useful", "Useful"),
        ("👎 Not useful", "Not useful"),
    ]
    assert [render.pressed(each["selectAction"]["data"]) for each in columns] == [THUMBS.up, THUMBS.down]
    assert [each["selectAction"]["type"] for each in columns] == ["Action.Execute", "Action.Submit"]


def test_a_chart_is_cut_and_dropped_where_there_is_none() -> None:
    """What is too long ends in an ellipsis, counts stay as they are, and a client without charts shows nothing."""
    drawn = render.card(learning.new()["crowded charts"])
    first, _, _ = charts = [each for each in adaptive.every(drawn) if each.get("type") == "Chart.HorizontalBar"]
    assert first["title"] == "Stakeholders and the people who are asked last …"
    assert [bar["x"] for bar in first["data"]][:2] == ["0 Stakeholders …", "1 Stakeholders …"]
    assert [bar["y"] for bar in first["data"]] == list(range(12))
    assert {each["fallback"] for each in charts} == {"drop"}
    short = render.card(learning.new()["chart"])["body"][0]
    assert (short["title"], short["data"][0]) == ("Levels opened", {"x": "More detail", "y": 12})
    assert render.card(learning.new()["chart without bars"])["body"] == []


@pytest.mark.parametrize(
    ("chart", "fault"),
    [
        (Chart("Many", tuple((str(number), 1) for number in range(13))), "at most 12 bars on Teams, not 13"),
        (Chart(" ", (("one", 1),)), "a chart's title is empty"),
        (Chart("One", (("\n", 1),)), "a bar's label is empty"),
    ],
)
def test_a_chart_that_cannot_be_drawn_says_why(chart: Chart, fault: str) -> None:
    """The card is named, and what is wrong with its chart."""
    with pytest.raises(ValueError, match=f"card '7 · Risks': .*{fault}"):
        render.card(gallery.card(chart))


@pytest.mark.parametrize("most", [0, 1, 500, limits.INPUT_LENGTH + 1])
@pytest.mark.parametrize(("is_long", "optional"), list(itertools.product((True, False), repeat=2)))
def test_a_text_field_keeps_to_its_length(most: int, *, is_long: bool, optional: bool) -> None:
    """Its length, its lines, and whether it may stay empty are Teams' to keep; nothing longer is shown again."""
    field = TextInput("words", "Words", most=most, is_long=is_long, optional=optional)
    form = gallery.form()
    typed = {"words": "é" * 4_000}
    drawn = render.dialog(type(form)(form.title, form.submit, form.action, "", (field,)), values=typed)
    [drawn_field] = [each for each in adaptive.every(drawn) if each.get("type") == "Input.Text"]
    room = limits.INPUT_LENGTH if most in {0, limits.INPUT_LENGTH + 1} else most
    assert drawn_field["maxLength"] == len(drawn_field["value"]) == room
    assert drawn_field.get("isMultiline", False) is is_long
    asked = (drawn_field.get("isRequired"), drawn_field.get("errorMessage"))
    assert asked == ((None, None) if optional else (True, "Type some words."))


@pytest.mark.parametrize("sign", ["x", "é", "🧪", "\x01", "\n"])
def test_many_long_texts_leave_room_for_the_form(sign: str) -> None:
    """What was typed first is kept whole as long as all of it fits; the last of many is cut, and the dialog opens."""
    fields = tuple(TextInput(f"text{number}", f"Text {number}", most=1_500, is_long=True) for number in range(12))
    values = {field.name: sign * 1_500 for field in fields}
    drawn = render.dialog(replace(learning.form("suggest-save"), fields=fields), values=values, faults={"text0": "No."})
    assert adaptive.card_faults(drawn) == []
    kept = [each.get("value", "") for each in adaptive.every(drawn) if each.get("type") == "Input.Text"]
    assert len(kept) == len(fields)
    assert all(sign * len(each.replace(sign, "x")) == each for each in kept)
    assert len(kept[0]) == 1_500
    assert len(kept[-1]) < 1_500
    assert sum(map(len, kept)) > 1_900
