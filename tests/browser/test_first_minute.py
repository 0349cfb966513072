"""What a newcomer does in the first minute, in a real browser: no step fails for its order, no key surprises."""

import pytest
from playwright.async_api import Request, expect
from slack_sdk.web.async_client import AsyncWebClient

from tests.browser.screen import Screen
from tests.browser.world import PageWorld
from tests.playground.shapes import MENU

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]

# Names that don't hold the words one sees (WCAG 2.5.3); signs and emoji are not words.
MISNAMED = """() => [...document.querySelectorAll('[aria-label]:is(button, a, summary, [role=button], [role=link])')]
    .filter((node) => node.checkVisibility())
    .map((node) => [node.innerText, node.getAttribute('aria-label')]
        .map((text) => text.replace(/[^\\p{L}\\p{N}]+/gu, ' ').trim().toLowerCase()))
    .filter(([seen, name]) => !name.includes(seen))"""
# Items outside a list, roles that their element may not have, and landmarks that sound the same.
MISPLACED = """() => {
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
    const items = shown('li:not([role])').filter((node) => !node.parentElement.matches(':is(ul, ol):not([role])'));
    const roles = shown('textarea[role], input[type=search][role]');
    const by = (node) => document.getElementById(node.getAttribute('aria-labelledby'))?.innerText;
    const sections = 'section[aria-label]:not([role]), section[aria-labelledby]:not([role])';
    const marks = shown(`main, nav, aside, ${sections}`)
        .map((node) => `${node.tagName} ${node.getAttribute('aria-label') ?? by(node)}`);
    const twice = marks.filter((mark, index) => marks.indexOf(mark) !== index);
    return [...items, ...roles].map((node) => node.outerHTML.slice(0, 80)).concat(twice);
}"""


async def test_the_tours_third_step_works_first(alice: Screen, world: PageWorld) -> None:
    """Nothing was asked yet: a card is shared, reacted to, and its thread opens with more."""
    await alice.page.get_by_role("button", name="Show me: react").click()
    await expect(alice.thread.get_by_role("article")).to_have_count(2)
    await expect(alice.cards.first).to_contain_text("Shared by @Alice")
    await world.settle()
    assert world.slack.faults == []


async def test_escape_closes_a_thread_and_goes_back_to_what_opened_it(alice: Screen) -> None:
    """The keyboard stands on the line that says how many replies there are."""
    await alice.say("@PM Compare mission")
    opener = alice.cards.first.get_by_role("button", name="1 reply")
    await expect(opener).to_contain_text("1 reply")
    await opener.click()
    await expect(alice.thread.get_by_role("article")).to_have_count(2)
    await alice.page.keyboard.press("Escape")
    await expect(alice.thread).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_the_focus_goes_to_what_is_new(alice: Screen) -> None:
    """After *More detail* and after *Back* the keyboard stands on the heading, not on another button."""
    card = await alice.ask("risks")
    for button, heading in (("More detail", "more detail"), ("Back to the card", "7 · Risks")):
        await card.get_by_role("button", name=button).focus()
        await alice.page.keyboard.press("Enter")
        await expect(card.get_by_role("heading", name=heading).first).to_be_focused()


async def test_arrow_keys_in_a_menu_only_look(alice: Screen, world: PageWorld) -> None:
    """A menu that acts at once acts on Enter, and going away changes nothing (WCAG 3.2.2)."""
    client = AsyncWebClient(token=world.slack.bot_token, base_url=world.slack.api_url)
    blocks = [{"type": "actions", "block_id": "row", "elements": [MENU]}]
    await client.chat_postMessage(channel=world.room.id, text="menu", blocks=blocks)
    chosen: list[Request] = []
    alice.page.on("request", lambda request: chosen.append(request) if request.url.endswith("/choose") else None)
    menu = alice.cards.last.get_by_label("Choose")
    await menu.focus()
    await alice.page.keyboard.press("ArrowDown")
    await alice.page.keyboard.press("Tab")
    await expect(menu).to_have_value("")
    await menu.focus()
    await alice.page.keyboard.type(MENU["options"][0]["text"]["text"][0])  # a letter chooses in a closed list
    await alice.page.keyboard.press("Tab")
    await expect(menu).to_have_value("")
    assert chosen == []
    await menu.focus()
    await alice.page.keyboard.press("ArrowDown")  # the list opens
    await alice.page.keyboard.press("ArrowDown")
    async with alice.page.expect_request("**/page/choose"):
        await alice.page.keyboard.press("Enter")
    assert len(chosen) == 1


async def test_what_is_new_stays_marked_after_a_reload(alice: Screen, world: PageWorld) -> None:
    """Bob writes elsewhere; the mark is there before and after, until Alice looks."""
    row = alice.page.get_by_role("navigation").get_by_role("button", name="channel product")
    await world.slack.say(world.bob, world.elsewhere, "Hello")
    await expect(row).to_contain_text("has something new")
    await alice.page.reload()
    await expect(row).to_contain_text("has something new")
    await row.click()
    await expect(row).not_to_contain_text("has something new")


async def test_a_long_room_shows_its_end_and_more_when_asked(alice: Screen, world: PageWorld) -> None:
    """Of 90 messages the newest are drawn; a button brings those before, and what is on the screen stays there."""
    for number in range(90):
        await world.slack.say(world.bob if number % 2 else world.alice, world.room, f"Number {number}.")
    await expect(alice.cards.last).to_contain_text("Number 89.")
    assert await alice.cards.count() < 90
    await expect(alice.cards.last).to_be_in_viewport()
    await expect(alice.page.get_by_role("button", name="earlier message")).to_be_visible()
    while await alice.cards.count() < 90:  # coming near the top brings more too, and may take the button away
        await alice.page.evaluate("document.querySelector('#messages .earlier button')?.click()")
    await expect(alice.cards.first).to_contain_text("Number 0.")


async def test_an_emoji_is_found_by_its_name(alice: Screen) -> None:
    """The window with all of them opens inside the page, is searched by typing, and Enter takes the first."""
    await alice.say("Hello")
    card = alice.cards.last
    await card.hover()
    await card.get_by_role("button", name="React with another emoji").click()
    picker = alice.page.get_by_role("dialog", name="Emoji to react with")
    await expect(picker).to_be_in_viewport(ratio=1)
    await alice.page.keyboard.type("rocket")
    await expect(picker.get_by_role("button")).to_have_count(1)
    await alice.page.keyboard.press("Enter")
    await expect(picker).to_be_hidden()
    await expect(card.get_by_role("button", name="rocket, 1: Alice")).to_be_visible()


async def test_names_hold_what_one_sees_and_everything_stands_where_it_may(alice: Screen) -> None:
    """In the room, a thread and the drawer: names, lists, roles and landmarks."""
    await alice.ask("risks")
    await alice.say("@PM Compare mission")
    await alice.cards.last.get_by_role("button", name="1 reply").click()
    await expect(alice.thread.get_by_role("article")).to_have_count(2)
    await alice.page.get_by_role("button", name="Trouble").click()
    assert await alice.page.evaluate(MISNAMED) == []
    assert await alice.page.evaluate(MISPLACED) == []
