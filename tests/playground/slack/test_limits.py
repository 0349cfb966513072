"""The emulator refuses what Slack refuses, with Slack's own codes."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.emulator import SlackEmulator

Block = dict[str, Any]


def plain(text: str) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def section(text: str = "words", **more: object) -> Block:
    """A section in mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: object) -> Block:
    """A button that fits."""
    return {"type": "button", "text": plain("Press"), "action_id": "press", **more}


def actions(*elements: Block, **more: object) -> Block:
    """A row of elements."""
    return {"type": "actions", "elements": list(elements), **more}


def options(count: int, *, text: int = 5, value: int = 5) -> list[Block]:
    """As many options as asked, as long as asked."""
    return [{"text": plain("t" * text), "value": f"{n:0{value}d}"} for n in range(count)]


def select(**more: object) -> Block:
    """A menu that fits."""
    return {"type": "static_select", "action_id": "pick", "options": options(2), **more}


def thumbs(**more: object) -> Block:
    """Thumbs that fit, below a message."""
    pair = {
        "type": "feedback_buttons",
        "action_id": "thumbs",
        "positive_button": {"text": plain("+"), "value": "up"},
        "negative_button": {"text": plain("-"), "value": "down"},
        **more,
    }
    return {"type": "context_actions", "elements": [pair]}


def thumb(**more: object) -> Block:
    """One of them."""
    return {"text": plain("+"), "value": "up", **more}


def chart(*names: str, points: int = 2, label: str = "", value: object = 1, **more: object) -> Block:
    """A bar chart of these series, with so many points each."""
    labels = [label or str(n) for n in range(points)]
    return {
        "type": "data_visualization",
        "title": "Votes",
        "chart": {
            "type": "bar",
            "series": [
                {"name": name, "data": [{"label": each, "value": value} for each in labels]}
                for name in names or ("Votes",)
            ],
            "axis_config": {"categories": labels},
        },
        **more,
    }


def pie(*values: object) -> Block:
    """A pie of these slices."""
    segments = [{"label": str(n), "value": value} for n, value in enumerate(values)]
    return {"type": "data_visualization", "title": "Votes", "chart": {"type": "pie", "segments": segments}}


FITS: dict[str, list[Block]] = {
    "a date": [section("Next: <!date^1796025600^{date_short_pretty} at {time}|Monday 09:00 (Europe/Paris)>")],
    "50 blocks": [{"type": "divider"}] * 50,
    "section text 3,000": [section("x" * 3000)],
    "10 fields of 2,000 are too long together, 5 are not": [
        {"type": "section", "fields": [plain("x" * 2000)] * 5},
    ],
    "header 150": [{"type": "header", "text": plain("x" * 150)}],
    "25 buttons": [actions(*(button(action_id=str(n)) for n in range(25)))],
    "button text 75, value 2,000": [actions(button(text=plain("x" * 75), value="v" * 2000))],
    "100 options of 75 and 150": [actions(select(options=options(100, text=75, value=150)))],
    "context of 10": [{"type": "context", "elements": [plain("x")] * 10}],
    "the same action_id in two blocks": [actions(button()), actions(button())],
    "accessibility_label 75": [actions(button(accessibility_label="x" * 75))],
    "overflow of 5": [section(accessory={"type": "overflow", "action_id": "o", "options": options(5)})],
    "block_id 255": [section(block_id="b" * 255)],
    "thumbs of 75, 2,000 and 75": [
        thumbs(positive_button=thumb(text=plain("x" * 75), value="v" * 2000, accessibility_label="l" * 75))
    ],
    "context actions of 5": [
        {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "icon": "trash", "text": plain("Delete")}] * 5,
        }
    ],
    "2 charts of 12 series and 20 points": [chart(*"abcdefghijkl", points=20), pie(*[1] * 12)],
    "chart title 50, labels 20": [chart("n" * 20, points=1, label="l" * 20, value=0, title="t" * 50)],
    "a chart with axes": [chart() | {"chart": chart()["chart"] | {"type": "line"}}],
}

REFUSED: dict[str, tuple[list[Any], str, str]] = {
    "a date without a fallback": (
        [section("Next: <!date^1796025600^{date_short_pretty} at {time}>")],
        "invalid_blocks",
        "a date that cannot be drawn",
    ),
    "a date of an unknown form": (
        [section("Next: <!date^1796025600^{day} at {time}|Monday>")],
        "invalid_blocks",
        "[json-pointer:/blocks/0/text/text]",
    ),
    "51 blocks": ([{"type": "divider"}] * 51, "invalid_blocks", "no more than 50 items allowed"),
    "section text 3,001": ([section("x" * 3001)], "invalid_blocks", "must be less than 3001 characters"),
    "empty section text": ([section("")], "invalid_blocks", "must be more than 0 characters"),
    "11 fields": ([{"type": "section", "fields": [plain("x")] * 11}], "invalid_blocks", "no more than 10 items"),
    "no fields": ([{"type": "section", "fields": []}], "invalid_blocks", "no fewer than 1 items"),
    "field of 2,001": (
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "invalid_blocks",
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    "section of nothing": ([{"type": "section"}], "invalid_blocks", "missing required field: text"),
    "header 151": ([{"type": "header", "text": plain("x" * 151)}], "invalid_blocks", "must be less than 151"),
    "header in mrkdwn": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "invalid_blocks",
        "must be plain_text",
    ),
    "26 buttons": (
        [actions(*(button(action_id=str(n)) for n in range(26)))],
        "invalid_blocks",
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "empty actions": ([actions()], "invalid_blocks", "no fewer than 1 items"),
    "button text 76": ([actions(button(text=plain("x" * 76)))], "invalid_blocks", "must be less than 76 characters"),
    "button value 2,001": ([actions(button(value="x" * 2001))], "invalid_blocks", "must be less than 2001"),
    "button with disabled": (
        [actions(button(disabled=True))],
        "invalid_blocks",
        "invalid additional property: disabled",
    ),
    "button style": ([actions(button(style="loud"))], "invalid_blocks", "must be one of: danger, primary"),
    "accessibility_label 76": ([actions(button(accessibility_label="x" * 76))], "invalid_blocks", "less than 76"),
    "the same action_id twice in a block": ([actions(button(), button())], "invalid_blocks", "must be unique"),
    "the same block_id twice": ([section(block_id="b"), section(block_id="b")], "invalid_blocks", "must be unique"),
    "action_id 256": ([actions(button(action_id="a" * 256))], "invalid_blocks", "must be less than 256"),
    "block_id 256": ([section(block_id="b" * 256)], "invalid_blocks", "must be less than 256"),
    "101 options": ([actions(select(options=options(101)))], "invalid_blocks", "no more than 100 items"),
    "no options": ([actions(select(options=[]))], "invalid_blocks", "no fewer than 1 items"),
    "option text 76": ([actions(select(options=options(1, text=76)))], "invalid_blocks", "less than 76"),
    "option value 151": ([actions(select(options=options(1, value=151)))], "invalid_blocks", "less than 151"),
    "a strange initial option": (
        [actions(select(initial_option=options(3)[2]))],
        "invalid_blocks",
        "must match one of the options",
    ),
    "overflow of 6": (
        [section(accessory={"type": "overflow", "action_id": "o", "options": options(6)})],
        "invalid_blocks",
        "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    "11 radio buttons": (
        [actions({"type": "radio_buttons", "action_id": "r", "options": options(11)})],
        "invalid_blocks",
        "no more than 10 items",
    ),
    "context of 11": ([{"type": "context", "elements": [plain("x")] * 11}], "invalid_blocks", "no more than 10 items"),
    "a clock time of 25:00": (
        [actions({"type": "timepicker", "action_id": "t", "initial_time": "25:00"})],
        "invalid_blocks",
        "must be HH:mm",
    ),
    "an image without words": (
        [{"type": "image", "image_url": "https://example.com/a.png"}],
        "invalid_blocks",
        "missing required field: alt_text",
    ),
    "6 context actions": (
        [{"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x")}] * 6}],
        "invalid_blocks",
        "no more than 5 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "a button among context actions": (
        [{"type": "context_actions", "elements": [button()]}],
        "invalid_blocks",
        "unsupported type: button",
    ),
    "thumbs among actions": ([actions(thumbs()["elements"][0])], "invalid_blocks", "unsupported type: feedback_button"),
    "one thumb": (
        [thumbs() | {"elements": [{"type": "feedback_buttons", "positive_button": thumb()}]}],
        "invalid_blocks",
        "missing required field: negative_button",
    ),
    "a thumb without a value": (
        [thumbs(positive_button={"text": plain("+")})],
        "invalid_blocks",
        "missing required field: value",
    ),
    "a thumb of 76": ([thumbs(positive_button=thumb(text=plain("x" * 76)))], "invalid_blocks", "less than 76"),
    "a thumb's value of 2,001": ([thumbs(negative_button=thumb(value="x" * 2001))], "invalid_blocks", "than 2001"),
    "a thumb with a label of 76": (
        [thumbs(negative_button=thumb(accessibility_label="x" * 76))],
        "invalid_blocks",
        "less than 76",
    ),
    "a thumb with a style": ([thumbs(negative_button=thumb(style="danger"))], "invalid_blocks", "property: style"),
    "an icon nobody has": (
        [{"type": "context_actions", "elements": [{"type": "icon_button", "icon": "bin", "text": plain("x")}]}],
        "invalid_blocks",
        "must be one of: trash",
    ),
    "3 charts": ([chart()] * 3, "invalid_blocks", "no more than 2 data_visualization blocks allowed"),
    "chart title 51": ([chart(title="x" * 51)], "invalid_blocks", "must be less than 51 characters"),
    "no chart": ([{"type": "data_visualization", "title": "x"}], "invalid_blocks", "missing required field: chart"),
    "a chart of words": ([chart(chart="bars")], "invalid_blocks", "must provide an object"),
    "a chart nobody draws": (
        [chart(chart={"type": "radar"})],
        "invalid_blocks",
        "must be one of: area, bar, line, pie",
    ),
    "13 series": ([chart(*"abcdefghijklm")], "invalid_blocks", "no more than 12 items"),
    "the same series twice": ([chart("a", "a")], "invalid_blocks", "must be unique"),
    "no series": ([chart(chart=chart()["chart"] | {"series": []})], "invalid_blocks", "no fewer than 1 items"),
    "series name 21": ([chart("x" * 21)], "invalid_blocks", "must be less than 21"),
    "21 points": ([chart(points=21)], "invalid_blocks", "no more than 20 items"),
    "no points": ([chart(points=0)], "invalid_blocks", "no fewer than 1 items"),
    "a label of 21": ([chart(points=1, label="x" * 21)], "invalid_blocks", "must be less than 21"),
    "the same label twice": ([chart(label="x")], "invalid_blocks", "must be unique"),
    "points that are no categories": (
        [chart(chart=chart()["chart"] | {"axis_config": {"categories": ["0", "2"]}})],
        "invalid_blocks",
        "must have exactly one data point for each category",
    ),
    "an axis of 51": (
        [chart(chart=chart()["chart"] | {"axis_config": {"categories": ["0", "1"], "y_label": "x" * 51}})],
        "invalid_blocks",
        "must be less than 51",
    ),
    "a count in words": ([chart(value="3")], "invalid_blocks", "must be a number"),
    "a slice of nothing": ([pie(1, 0)], "invalid_blocks", "must be greater than 0"),
    "13 slices": ([pie(*[1] * 13)], "invalid_blocks", "no more than 12 items"),
    "a text longer than its field": (
        [
            {
                "type": "input",
                "label": plain("x"),
                "element": {"type": "plain_text_input", "action_id": "a", "max_length": 5, "initial_value": "x" * 6},
            }
        ],
        "invalid_blocks",
        "must be less than 6",
    ),
    "a type nobody knows": ([{"type": "carousel"}], "invalid_blocks", "unsupported type: carousel"),
    "no type": ([{}], "invalid_blocks", "missing required field: type"),
    "blocks that are no objects": (["words"], "invalid_blocks_format", ""),
    "13,201 characters together": ([section("x" * 2641) for _ in range(5)], "msg_blocks_too_long", ""),
}

MODAL: Block = {"type": "modal", "title": plain("Title"), "blocks": [section()]}
INPUT: Block = {"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input", "action_id": "name"}}

REFUSED_VIEWS: dict[str, tuple[Block, str, str]] = {
    "title 25": ({**MODAL, "title": plain("x" * 25)}, "invalid_arguments", "must be less than 25 characters"),
    "submit 25": ({**MODAL, "submit": plain("x" * 25)}, "invalid_arguments", "[json-pointer:/view/submit/text]"),
    "no title": ({"type": "modal", "blocks": []}, "invalid_arguments", "missing required field: title"),
    "101 blocks": ({**MODAL, "blocks": [{"type": "divider"}] * 101}, "invalid_arguments", "no more than 100 items"),
    "private_metadata 3,001": ({**MODAL, "private_metadata": "x" * 3001}, "invalid_arguments", "less than 3001"),
    "an input and no submit": ({**MODAL, "blocks": [INPUT]}, "invalid_arguments", "must define `submit`"),
    "a home tab in a modal": ({**MODAL, "type": "home"}, "invalid_arguments", "must be 'modal'"),
    "thumbs in a modal": (
        {**MODAL, "blocks": [thumbs()]},
        "invalid_arguments",
        "unsupported type: context_actions [json-pointer:/view/blocks/0/type]",
    ),
    "a chart in a modal": ({**MODAL, "blocks": [chart()]}, "invalid_arguments", "unsupported type: data_visualization"),
    "250 kB": (
        {**MODAL, "blocks": [section("x" * 3000) for _ in range(90)]},
        "view_too_large",
        "",
    ),
}


HOME: Block = {"type": "home", "blocks": [section()]}
REFUSED_HOMES: dict[str, tuple[Block, str, str]] = {
    "101 blocks": ({**HOME, "blocks": [{"type": "divider"}] * 101}, "invalid_arguments", "no more than 100 items"),
    "250 kB": ({**HOME, "blocks": [section("x" * 3000)] * 90}, "view_too_large", ""),
    "thumbs": ({**HOME, "blocks": [thumbs()]}, "invalid_arguments", "unsupported type: context_actions"),
    "3 charts": ({**HOME, "blocks": [chart()] * 3}, "invalid_arguments", "no more than 2 data_visualization"),
    "a title": ({**HOME, "title": plain("Home")}, "invalid_arguments", "invalid additional property: title"),
    "a modal": ({**MODAL}, "invalid_arguments", "must be 'home'"),
}


@pytest.mark.parametrize("blocks", FITS.values(), ids=FITS.keys())
async def test_what_fits_is_posted(blocks: list[Block], slack: SlackEmulator) -> None:
    """A message at the very limit is taken."""
    room = slack.channel("pm-learning", bot=True)
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    posted = await client.chat_postMessage(channel=room.id, text="words", blocks=blocks)
    assert slack.posts(room)[-1].ts == posted["ts"]
    assert slack.faults == []


@pytest.mark.parametrize(("blocks", "error", "words"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_does_not_fit_is_refused(blocks: list[Any], error: str, words: str, slack: SlackEmulator) -> None:
    """One beyond the limit gets Slack's error code, and says where; nothing is posted, and it is a fault."""
    room = slack.channel("pm-learning", bot=True)
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.postMessage", json={"channel": room.id, "text": "words", "blocks": blocks})
    assert refused.value.response["error"] == error
    told = refused.value.response.get("response_metadata", {}).get("messages", [""])
    assert any(words in each for each in told), told
    assert slack.posts(room) == []
    assert [fault.error for fault in slack.faults] == [error]


@pytest.mark.parametrize(("view", "error", "words"), REFUSED_VIEWS.values(), ids=REFUSED_VIEWS.keys())
async def test_a_modal_that_does_not_fit_is_refused(view: Block, error: str, words: str, slack: SlackEmulator) -> None:
    """views.open holds modals to their limits."""
    alice = slack.user("alice")
    answer = await slack.command(alice, slack.channel("pm-learning"), "/pm-compare")
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=str(answer.trigger_id), view=view)
    assert refused.value.response["error"] == error
    told = refused.value.response.get("response_metadata", {}).get("messages", [""])
    assert any(words in each for each in told), told
    assert slack.view(alice) is None


@pytest.mark.parametrize(("view", "error", "words"), REFUSED_HOMES.values(), ids=REFUSED_HOMES.keys())
async def test_a_home_that_does_not_fit_is_refused(view: Block, error: str, words: str, slack: SlackEmulator) -> None:
    """views.publish holds Homes to their limits, and shows nothing."""
    alice = slack.user("alice")
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    with pytest.raises(SlackApiError) as refused:
        await client.views_publish(user_id=alice.id, view=view)
    assert refused.value.response["error"] == error
    told = refused.value.response.get("response_metadata", {}).get("messages", [""])
    assert any(words in each for each in told), told
    assert slack.home(alice) is None


async def test_a_home_at_the_limit_is_shown(slack: SlackEmulator) -> None:
    """100 blocks, charts among them."""
    alice = slack.user("alice")
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    blocks = [chart(), chart(), actions(button()), *[{"type": "divider"}] * 97]
    await client.views_publish(user_id=alice.id, view={**HOME, "blocks": blocks})
    assert slack.home(alice) is not None
    assert slack.faults == []


async def test_words_of_a_message(slack: SlackEmulator) -> None:
    """Nothing to say is `no_text`; 40,000 characters are kept; an update takes 4,000; blocks alone are warned about."""
    room = slack.channel("pm-learning", bot=True)
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    with pytest.raises(SlackApiError, match="no_text"):
        await client.api_call("chat.postMessage", json={"channel": room.id, "text": " "})
    posted = await client.chat_postMessage(channel=room.id, text="x" * 40_001)
    assert len(slack.posts(room)[0].text) == 40_000
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.chat_update(channel=room.id, ts=posted["ts"], text="x" * 4_001)
    alone = await client.api_call("chat.postMessage", json={"channel": room.id, "blocks": [section()]})
    assert alone["warning"] == "missing_text_in_message"
