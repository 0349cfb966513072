"""The page's own drawing of Adaptive Cards: every part the bot uses, and every way a part can be pressed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from playground.slack.emulator import SlackEmulator
from tests.browser.screen import Kept, Screen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser of both"),
    pytest.mark.asyncio(loop_scope="session"),
]

DRAW = """async (card) => {
    const { drawCard } = await import('/page/teams_cards.js');
    window.pressed = [];
    const people = [{ title: 'Alice Martin', value: 'a' }, { title: 'Bob Okafor', value: 'b' }];
    const desk = {
        press: async (at, values) => { window.pressed.push([at, values]); return { invalid: window.invalid ?? {} }; },
        search: async (at, typed) => people.filter((one) => one.title.toLowerCase().includes(typed.toLowerCase())),
        follow: (address) => { window.pressed.push([address, {}]); return true; },
    };
    const node = drawCard(card, desk);
    node.id = 'drawn';
    document.body.append(node);
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(kept: Kept) -> AsyncIterator[Page]:
    """Give the page with nothing in it; it must not complain."""
    async with SlackEmulator() as slack:
        slack.user("alice")
        slack.channel("pm-learning")
        screen = Screen(await kept.page())
        await screen.page.goto(slack.url)
        await expect(screen.page.get_by_role("heading", level=2).first).to_be_visible()
        yield screen.page
        screen.leave()
        await kept.clean()
        assert screen.complaints == []


async def drawn(page: Page, *body: dict[str, Any], actions: tuple[dict[str, Any], ...] = ()) -> Locator:
    """Draw a card of these parts."""
    await page.evaluate(DRAW, {"type": "AdaptiveCard", "body": list(body), "actions": list(actions)})
    return page.locator("#drawn")


async def pressed(page: Page) -> list[Any]:
    """Give what was sent so far: where, and with which values."""
    found: list[Any] = await page.evaluate("window.pressed")
    return found


def words(text: str, **look: object) -> dict[str, Any]:
    """Make a TextBlock."""
    return {"type": "TextBlock", "text": text, "wrap": True, **look}


def execute(title: str = "", **more: object) -> dict[str, Any]:
    """Make an Action.Execute."""
    return {"type": "Action.Execute", "verb": "v", **({"title": title} if title else {}), **more}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and *italic* and _too_", "<strong>bold</strong> and <em>italic</em> and <em>too</em>"),
        ("***both*** snake_case_name 2 * 3 * 4", "<strong><em>both</em></strong> snake_case_name 2 * 3 * 4"),
        (r"\*literal\* \[no\](link) \\", r"*literal* [no](link) \\"[:-1]),
        ("- one\n- **two**", "<ul><li>one</li><li><strong>two</strong></li></ul>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("a\nb", "a<br>b"),
        ("[x](javascript:alert(1)) <b>no</b>", "[x](javascript:alert(1)) &lt;b&gt;no&lt;/b&gt;"),
    ],
)
async def test_markdown_is_the_subset_teams_draws(page: Page, text: str, html: str) -> None:
    """Bold, italic, lists and breaks; what is escaped, or no web address, stays as it was typed."""
    card = await drawn(page, words(text))
    assert await card.locator(".c-text").inner_html() == html


async def test_links_lead_to_their_address_and_nowhere_else(page: Page) -> None:
    """A link in Markdown, in a RichTextBlock and behind Action.OpenUrl."""
    run = {"type": "TextRun", "text": "run", "selectAction": {"type": "Action.OpenUrl", "url": "https://example.org/r"}}
    open_url = {"type": "Action.OpenUrl", "title": "Open", "url": "https://example.org/o"}
    rich = {"type": "RichTextBlock", "inlines": ["plain ", run, {"type": "TextRun", "text": "!", "italic": True}]}
    card = await drawn(page, words(r"[a **b** \]](https://example.org/m)"), rich, actions=(open_url,))
    await expect(card.get_by_role("link", name="a b ]")).to_have_attribute("href", "https://example.org/m")
    await card.get_by_role("link", name="run").click()
    await card.get_by_role("button", name="Open").click()
    assert [where for where, _ in await pressed(page)] == ["https://example.org/r", "https://example.org/o"]


async def test_columns_flow_and_what_is_unknown_falls_back(page: Page) -> None:
    """Columns share the width, boxes of a flow have their least; an unknown part is its fallback, dropped, or named."""
    columns = [{"width": "auto", "items": [words("narrow")]}, {"width": "stretch", "items": [words("wide")]}]
    flow = {
        "type": "Container",
        "layouts": [{"type": "Layout.Flow", "itemFit": "Fill", "minItemWidth": "260px"}],
        "items": [{"type": "Container", "items": [words(side)]} for side in ("left", "right")],
    }
    facts = {"type": "FactSet", "facts": [{"title": "When", "value": "**Monday**"}]}
    card = await drawn(
        page,
        {"type": "ColumnSet", "columns": columns},
        flow,
        facts,
        {"type": "Carousel", "fallback": words("instead")},
        {"type": "Carousel", "fallback": "drop"},
        {"type": "Carousel"},
    )
    narrow = await card.get_by_text("narrow").bounding_box()
    wide = await card.get_by_text("wide").bounding_box()
    assert narrow is not None
    assert wide is not None
    assert narrow["width"] < wide["width"]
    left = await card.get_by_text("left").bounding_box()
    right = await card.get_by_text("right").bounding_box()
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    await expect(card.get_by_role("definition")).to_have_text("Monday")
    await expect(card.get_by_text("instead")).to_be_visible()
    await expect(card.get_by_text("(Carousel)")).to_have_count(1)


async def test_a_shown_card_sends_its_own_fields_and_those_around_it(page: Page) -> None:
    """Action.ShowCard opens one card at a time; the pointer and the values are those the emulator knows."""
    inner = {"body": [{"type": "Input.Text", "id": "why", "label": "Why"}], "actions": [execute("Yes")]}
    shows = [{"type": "Action.ShowCard", "title": title, "card": inner} for title in ("One", "Two")]
    outer = {"type": "Input.Text", "id": "who", "label": "Who", "value": "me"}
    card = await drawn(page, outer, {"type": "ActionSet", "actions": [*shows, execute("Go")]})
    for title in ("One", "Two"):
        await card.get_by_role("button", name=title).click()
        await expect(card.get_by_role("textbox", name="Why")).to_have_count(1)
    await expect(card.get_by_role("button", name="One")).to_have_attribute("aria-expanded", "false")
    await card.get_by_role("textbox", name="Why").fill("because")
    await card.get_by_role("button", name="Yes").click()
    await card.get_by_role("button", name="Go").click()
    assert await pressed(page) == [
        ["/body/1/actions/1/card/actions/0", {"who": "me", "why": "because"}],
        ["/body/1/actions/2", {"who": "me"}],
    ]


async def test_parts_are_shown_and_hidden_by_name(page: Page) -> None:
    """Action.ToggleVisibility turns parts on and off, by keyboard too; whoever sets it off says what it has done."""
    toggle = {"type": "Action.ToggleVisibility", "title": "More", "targetElements": ["more"]}
    hide = {
        "type": "Action.ToggleVisibility",
        "title": "Less",
        "targetElements": [{"elementId": "more", "isVisible": False}],
    }
    tapped = {"type": "Container", "items": [words("inside")], "selectAction": execute()}
    hidden = {"type": "Container", "id": "more", "isVisible": False, "items": [tapped]}
    trigger = {"type": "Container", "items": [words("More ▾")], "selectAction": toggle}
    card = await drawn(page, trigger, hidden, actions=(hide,))
    await expect(card.get_by_text("inside")).to_be_hidden()
    more = card.get_by_role("button", name="More")
    await more.focus()
    await page.keyboard.press(" ")
    await expect(more).to_have_attribute("aria-expanded", "true")
    await card.get_by_role("button", name="inside").press("Enter")
    await card.get_by_role("button", name="Less").click()
    await expect(card.get_by_text("inside")).to_be_hidden()
    await expect(more).to_have_attribute("aria-expanded", "false")
    assert await pressed(page) == [["/body/1/items/0/selectAction", {}]]


async def test_every_field_says_what_stands_in_it(page: Page) -> None:
    """All kinds of inputs, as preset, as changed, and as complained about."""
    two = [{"title": "First", "value": "1"}, {"title": "Second", "value": "2"}]
    choice: dict[str, Any] = {"type": "Input.ChoiceSet", "choices": two}
    query = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
    fields: list[dict[str, Any]] = [
        {"type": "Input.Text", "id": "text", "label": "Text", "isMultiline": True},
        {"type": "Input.Number", "id": "number", "label": "Number", "value": 3},
        {"type": "Input.Date", "id": "date", "label": "Date", "value": "2026-11-23"},
        {"type": "Input.Time", "id": "time", "label": "Time", "value": "09:30", "isRequired": True},
        {"type": "Input.Toggle", "id": "toggle", "title": "Toggle", "valueOn": "on", "valueOff": "off"},
        {**choice, "id": "menu", "label": "Menu", "value": "2"},
        {**choice, "id": "radios", "label": "Radios", "style": "expanded", "value": "1"},
        {**choice, "id": "boxes", "label": "Boxes", "style": "expanded", "isMultiSelect": True, "value": "1,2"},
        {**choice, "id": "typed", "label": "Typed", "style": "filtered", "value": "1"},
        {**choice, "choices": [], "choices.data": query, "id": "people", "label": "People", "isMultiSelect": True},
    ]
    card = await drawn(page, *fields, actions=(execute("Send"),))
    await card.get_by_role("button", name="Send").click()
    preset = {"text": "", "number": "3", "date": "2026-11-23", "time": "09:30", "toggle": "off", "menu": "2"}
    assert (await pressed(page))[-1][1] == {**preset, "radios": "1", "boxes": "1,2", "typed": "1", "people": ""}

    await card.get_by_role("textbox", name="Text").fill("words")
    await card.get_by_role("checkbox", name="Toggle").check()
    await card.get_by_role("combobox", name="Menu").select_option("First")
    await card.get_by_role("group", name="Radios").get_by_role("radio", name="Second").check()
    await card.get_by_role("group", name="Boxes").get_by_role("checkbox", name="First").uncheck()
    typed = card.get_by_role("combobox", name="Typed")
    await typed.fill("sec")
    offered = card.get_by_role("listbox", name="Suggestions")
    await expect(offered.get_by_role("option", name="Second")).to_have_attribute("aria-selected", "true")
    await typed.press("Enter")
    people = card.get_by_role("combobox", name="People")
    for sought, name in (("ali", "Alice Martin"), ("bo", "Bob Okafor")):
        await people.fill(sought)
        await expect(offered.get_by_role("option", name=name)).to_have_attribute("aria-selected", "true")
        await people.press("Enter")
    await card.get_by_role("button", name="Remove Alice Martin").click()
    await page.evaluate("window.invalid = { time: 'Choose a time.' }")
    await card.get_by_role("button", name="Send").click()
    changed = {"text": "words", "toggle": "on", "menu": "1", "radios": "2", "boxes": "2", "typed": "2", "people": "b"}
    assert (await pressed(page))[-1][1] == {**preset, **changed}
    time = card.get_by_label("Time")
    await expect(time).to_be_focused()
    await expect(time).to_have_attribute("aria-invalid", "true")
    await expect(time).to_have_accessible_description("Choose a time.")


async def test_what_is_beyond_six_buttons_waits_in_a_menu(page: Page) -> None:
    """Teams draws six; a tooltip that says more is the button's name."""
    actions = [execute(f"No. {number}") for number in range(8)] + [execute("Last", mode="secondary")]
    actions[0]["tooltip"] = "No. 0, the first"
    card = await drawn(page, actions=tuple(actions))
    await expect(card.get_by_role("button", name="No. 0, the first")).to_have_text("No. 0")
    await expect(card.get_by_role("button", name="No. 7")).to_be_hidden()
    await card.locator("summary").click()
    await card.get_by_role("button", name="Last").click()
    assert await pressed(page) == [["/actions/8", {}]]


async def test_counts_are_bars_that_can_be_read(page: Page) -> None:
    """The longest bar is the greatest count, none is no bar; the picture has a name that says all of it."""
    bars = [{"x": "More detail", "y": 1_200}, {"x": "Sources", "y": 300}, {"x": "Exercise", "y": 0}]
    chart = {"type": "Chart.HorizontalBar", "title": "Levels opened", "data": bars, "fallback": "drop"}
    card = await drawn(page, {**chart, "showTitle": True}, chart, {**chart, "data": [{"x": "None yet", "y": 0}]})
    first = card.get_by_role("img", name="Levels opened: More detail 1200, Sources 300, Exercise 0").first
    await expect(first.get_by_text("Levels opened")).to_be_visible()
    await expect(card.get_by_text("Levels opened")).to_have_count(1)  # Teams: shown where it says so
    await expect(first.get_by_text("1,200")).to_be_visible()
    tracks = [await track.bounding_box() for track in await first.locator(".c-track").all()]
    lengths = [await bar.bounding_box() for bar in await first.locator(".c-bar").all()]
    shares = [bar["width"] / track["width"] for bar, track in zip(lengths, tracks, strict=True) if bar and track]
    assert shares == pytest.approx([1, 0.25, 0], abs=0.01)
    [nothing] = await card.get_by_role("img", name="None yet 0").locator(".c-bar").all()
    assert (await nothing.evaluate("node => node.style.width")) == "0%"


async def test_thumbs_are_words_that_the_keyboard_reaches(page: Page) -> None:
    """Two columns that can be pressed, each by its own name."""
    thumbs = [
        {"width": "auto", "items": [words(f"{sign} {said}", size="Small")], "selectAction": execute(said)}
        for sign, said in (("👍", "Useful"), ("👎", "Not useful"))
    ]
    card = await drawn(page, words("A tip"), {"type": "ColumnSet", "columns": thumbs})
    await card.get_by_role("button", name="Useful", exact=True).click()
    await card.get_by_role("button", name="Not useful").press("Enter")
    assert [where for where, _ in await pressed(page)] == [
        f"/body/1/columns/{number}/selectAction" for number in range(2)
    ]


async def test_text_has_as_many_lines_and_letters_as_the_card_says(page: Page) -> None:
    """A long text wraps and keeps its lines; nothing beyond its length can be typed."""
    long = {"type": "Input.Text", "id": "long", "label": "Long", "isMultiline": True, "maxLength": 10}
    short = {"type": "Input.Text", "id": "short", "label": "Short", "maxLength": 5, "isRequired": True}
    card = await drawn(page, long, short, actions=(execute("Send"),))
    await card.get_by_role("textbox", name="Long").press_sequentially("one\ntwo three")
    await card.get_by_role("textbox", name="Short").press_sequentially("one two")
    await card.get_by_role("button", name="Send").click()
    assert (await pressed(page))[-1][1] == {"long": "one\ntwo th", "short": "one t"}
    await expect(card.get_by_role("textbox", name="Short")).to_have_attribute("aria-required", "true")
