"""Thumbs, charts and the Home tab are drawn within Slack's limits, and refused in words beyond them."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import text
from cards.forms import Form, TextInput
from cards.model import Action, Actions, Button, Card, Chart, Feedback, Subject, TextBlock
from cards.slack import render
from tests.cards import gallery, limits
from tests.cards.slack import mrkdwn
from tests.cards.strategies import ACTIONS, BLOCKS, LABELS
from tests.cards.test_gallery import missing, seen
from tests.cards.test_limits import spoilt
from tests.cards.test_terminal import drawn as terminal

TIP = Subject("tip", "way-out")
THUMBS = Feedback(Action("useful", TIP, "tip"), Action("not-useful", TIP, "tip"))
CHART = Chart("How the channel voted", (("Ship it", 3), ("Wait", 0), ("Ask the three teams first", 12)))

COUNTS = st.integers(0, 100_000)
FEEDBACKS = st.builds(Feedback, ACTIONS, ACTIONS)
CHARTS = st.builds(
    Chart, LABELS, st.lists(st.tuples(LABELS | st.just("The same long words, twice"), COUNTS), max_size=12).map(tuple)
)
ANY = st.lists(BLOCKS | FEEDBACKS, max_size=6).flatmap(
    lambda blocks: st.lists(CHARTS, max_size=2).flatmap(lambda charts: st.permutations([*blocks, *charts]))
)
CARDS = st.builds(Card, LABELS, ANY.map(tuple))


def a_message() -> dict[str, Any]:
    """Give a message with thumbs and a chart, safe to spoil."""
    return copy.deepcopy(render.message(gallery.card(TextBlock(gallery.rich("Words")), CHART, THUMBS)))


def test_thumbs_are_slack_s_own_below_a_message() -> None:
    """Each carries its action, and is told apart by a screen reader."""
    block = a_message()["blocks"][2]
    assert block == {
        "type": "context_actions",
        "block_id": "row-3",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {
                    "text": {"type": "plain_text", "text": "👍", "emoji": False},
                    "value": "useful|tip/way-out|tip",
                    "accessibility_label": "Useful",
                },
                "negative_button": {
                    "text": {"type": "plain_text", "text": "👎", "emoji": False},
                    "value": "not-useful|tip/way-out|tip",
                    "accessibility_label": "Not useful",
                },
            }
        ],
    }


def test_counts_become_a_bar_chart() -> None:
    """One series, its points in the order of its categories; what is too long for Slack ends in an ellipsis."""
    labels = ["Ship it", "Wait", "Ask the three teams…"]
    assert a_message()["blocks"][1] == {
        "type": "data_visualization",
        "block_id": "row-2",
        "title": "How the channel voted",
        "chart": {
            "type": "bar",
            "series": [
                {
                    "name": "Count",
                    "data": [{"label": label, "value": count} for label, count in zip(labels, (3, 0, 12), strict=True)],
                }
            ],
            "axis_config": {"categories": labels},
        },
    }


def test_labels_that_are_cut_to_the_same_words_are_numbered() -> None:
    """Slack tells a series' bars apart by their labels."""
    twice = "The same long words, twice"
    chart = Chart("x" * 60, ((twice, 1), (twice, 2), ("short", 3), ("short", 4)))
    drawn = render.message(gallery.card(chart))["blocks"][0]
    assert drawn["chart"]["axis_config"]["categories"] == [
        "The same long words…",
        "The same long wor… 2",
        "short",
        "short 2",
    ]
    assert drawn["title"] == "x" * 49 + "…"


def test_a_chart_without_bars_is_nothing() -> None:
    """Slack takes no empty chart, and there is nothing to see."""
    assert render.message(gallery.card(Chart("Votes", ())))["blocks"] == []


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        ((CHART,) * 3, "a message has at most 2 charts on Slack, not 3"),
        ((Chart("x", tuple((str(n), n) for n in range(21))),), "a chart has at most 20 bars on Slack, not 21"),
        ((Chart(" ", (("x", 1),)),), "a chart's title is empty"),
        ((Chart("x", (("\u200b", 1),)),), "a bar's label is empty"),
        ((Feedback(Action("useful", None, "x" * 150), Action("list")),), "an action has at most 150"),
    ],
)
def test_what_slack_would_refuse_is_refused_by_the_card_s_name(blocks: tuple[Chart, ...], sentence: str) -> None:
    """A fault is found when the card is drawn, in a Home as in a message."""
    with pytest.raises(ValueError, match=f"card '7 · Risks': {sentence}"):
        render.message(gallery.card(*blocks))
    with pytest.raises(ValueError, match=f"card '7 · Risks': {sentence.replace('a message', 'a Home')}"):
        render.home(gallery.card(*blocks))


def test_a_home_has_small_thumbs_and_the_rest_as_in_a_message() -> None:
    """Slack takes context_actions in messages only."""
    card = gallery.card(TextBlock(gallery.rich("Words")), CHART, THUMBS)
    view = render.home(card)
    assert limits.home_faults(view) == []
    assert view["type"] == "home"
    assert view["blocks"][:2] == render.message(card)["blocks"][:2]
    thumbs = view["blocks"][2]
    assert (thumbs["type"], thumbs["block_id"]) == ("actions", "row-3")
    assert [(each["text"]["text"], each["value"], each["accessibility_label"]) for each in thumbs["elements"]] == [
        ("👍", "useful|tip/way-out|tip", "Useful"),
        ("👎", "not-useful|tip/way-out|tip", "Not useful"),
    ]


def test_a_home_holds_more_than_a_message_and_not_without_end() -> None:
    """100 blocks and 250 kB, of which a message's 11,000 characters are no limit."""
    line = TextBlock(gallery.rich("Some words. " * 200))
    assert limits.home_faults(render.home(gallery.card(*(line,) * 90))) == []
    with pytest.raises(ValueError, match="card '7 · Risks': a Home has at most 100 blocks on Slack, not 101"):
        render.home(gallery.card(*(TextBlock(gallery.rich("x")),) * 101))
    # Slack counts bytes as they are sent: each é has six.
    with pytest.raises(ValueError, match=r"card '7 · Risks': a Home has at most 250,000 bytes on Slack, not 2\d\d,"):
        render.home(gallery.card(*(TextBlock(gallery.rich("é" * 2_900)),) * 15))


@given(CARDS)
def test_any_card_with_thumbs_and_charts_is_taken_as_a_message_and_as_a_home(card: Card) -> None:
    """Whatever stands beside them; and no word of the card is lost to them."""
    message, home = render.message(card), render.home(card)
    assert limits.message_faults(message) == []
    assert limits.home_faults(home) == []
    for blocks in (message["blocks"], home["blocks"]):
        assert missing(card, seen(blocks)) == []


@pytest.mark.xdist_group("gallery")  # with all who draw every card, each composed once
def test_every_card_of_ours_is_one_a_home_could_show() -> None:
    """What a message holds, a Home does."""
    assert gallery.faults(gallery.cards(), lambda card: limits.home_faults(render.home(card))) == []


def test_thumbs_and_charts_are_silent_where_words_stand_beside_them() -> None:
    """A screen reader and a notification hear the same card without them."""
    words = TextBlock(gallery.rich("Ship it: 3"))
    with_both = gallery.card(words, CHART, THUMBS)
    assert text.message(with_both) == text.message(gallery.card(words))
    assert mrkdwn.words(render.fallback(with_both)) == mrkdwn.words(render.fallback(gallery.card(words)))


def test_a_chart_is_bars_at_a_terminal() -> None:
    """The longest is longest, nothing is nothing, and what was counted at all is seen."""
    lines = terminal(gallery.card(Chart("Votes", (("Ship it", 300), ("Wait", 1), ("Ask", 0)))), 60).splitlines()
    bars = {label: next(line.count("█") for line in lines if label in line) for label in ("Ship it", "Wait", "Ask")}
    assert bars["Ship it"] > 10
    assert (bars["Wait"], bars["Ask"]) == (1, 0)
    assert any("Votes" in line for line in lines)
    assert all(count in "".join(lines) for count in ("300", "1", "0"))
    assert "█" not in terminal(gallery.card(Chart("Votes", (("Ask", 0),)), Actions((Button("x", Action("list")),))))


def test_a_text_input_is_as_long_and_as_needed_as_it_says() -> None:
    """One line unless several are meant; 0 characters is what Slack takes."""
    fields = (
        TextInput("why", "Why", "w" * 600, most=500, is_long=True, optional=False),
        TextInput("source", "Source", "s" * 3_100),
        TextInput("words", "Words", most=9_000),
    )
    view = render.view(Form("Feedback", "Send", Action("feedback-save"), "", fields))
    assert limits.view_faults(view) == []
    why, source, words = view["blocks"]
    assert (why["element"]["multiline"], why["element"]["max_length"]) == (True, 500)
    assert why["element"]["initial_value"] == "w" * 500
    assert "optional" not in why
    assert (source["element"]["multiline"], source["element"]["max_length"], source["optional"]) == (False, 3_000, True)
    assert len(source["element"]["initial_value"]) == words["element"]["max_length"] == 3_000


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("blocks", [{"type": "context_actions", "elements": []}], "0 elements"),
        ("blocks.2.elements.0.type", "button", "can't hold"),
        ("blocks.2.elements.0.positive_button", {}, "no text object"),
        ("blocks.2.elements.0.positive_button.value", "", "is empty"),
        ("blocks.2.elements.0.negative_button.text.text", "x" * 76, "75 are the most"),
        ("blocks.2.elements.0.negative_button.style", "danger", "unknown keys"),
        ("blocks.2.elements.0.negative_button.accessibility_label", "x" * 76, "75 are the most"),
        ("blocks.1.title", "x" * 51, "50 are the most"),
        ("blocks.1.chart.type", "pie", "no bar chart"),
        ("blocks.1.chart.series", [], "not 1 to 12 series"),
        ("blocks.1.chart.axis_config.categories", ["Wait"], "points are not its categories"),
        ("blocks.1.chart.axis_config.categories", ["Wait", "Wait"], "that differ"),
        ("blocks.1.chart.series.0.name", "", "is empty"),
        ("blocks.1.chart.series.0.data.0.label", "x" * 21, "20 are the most"),
        ("blocks.1.chart.series.0.data.0.value", "3", "no count"),
    ],
)
def test_the_judge_finds_what_is_spoilt(path: str, value: object, fault: str) -> None:
    """One place spoilt, and the judge names it; unspoilt it has nothing to say."""
    assert limits.message_faults(a_message()) == []
    assert [sentence for sentence in limits.message_faults(spoilt(a_message(), path, value)) if fault in sentence]


def test_the_judge_knows_what_stands_nowhere_else() -> None:
    """Thumbs of Slack's own in messages alone, charts in no modal, two of them at most."""
    message = a_message()
    home = {"type": "home", "blocks": message["blocks"]}
    assert limits.home_faults(home) == ["block 3 is of type 'context_actions', unknown in a home"]
    assert "block 2 is of type 'data_visualization', unknown in a modal" in limits.view_faults(home)
    assert "3 charts, 2 are the most" in limits.message_faults(message | {"blocks": [message["blocks"][1]] * 3})
    assert "101 blocks, 100 are the most" in limits.home_faults({"type": "home", "blocks": [{"type": "divider"}] * 101})
    assert limits.home_faults({"type": "home", "blocks": [], "title": "x" * 260_000})[1:] == [
        "the view has more than 250 kB"
    ]
