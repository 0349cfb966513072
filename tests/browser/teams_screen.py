"""What a person sees and does on Teams' side of the page, by the names a screen reader would say."""

import re

from playwright.async_api import Locator, expect

from tests.browser.screen import Screen


class TeamsScreen:
    """One person's window, looking at Teams; Slack's side of it is `screen`."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.page = screen.page

    @property
    def list(self) -> Locator:
        """Chats, teams and channels."""
        return self.page.get_by_role("navigation", name="Chats, teams and people")

    @property
    def composer(self) -> Locator:
        """The box for a new post or message."""
        return self.page.get_by_role("textbox", name=re.compile("for commands|for the app"))

    @property
    def messages(self) -> Locator:
        """The open place's messages, a post's replies after it."""
        return self.page.get_by_role("main").get_by_role("article")

    @property
    def cards(self) -> Locator:
        """Those of the open place's messages that are cards; what suggests something after them is none."""
        return self.page.get_by_role("main").locator("article.with-card")

    @property
    def suggestions(self) -> Locator:
        """What the last answer suggests to ask next."""
        return self.page.get_by_role("group", name="Suggestions").get_by_role("button")

    @property
    def posts(self) -> Locator:
        """The open channel's posts."""
        return self.page.get_by_role("main").get_by_role("group", name="Post by")

    @property
    def dialog(self) -> Locator:
        """The dialog on top."""
        return self.page.get_by_role("dialog")

    async def enter(self, place: str) -> None:
        """Go to a place of the list, by the words of its button."""
        await self.list.get_by_role("button", name=place).click()
        await expect(self.page.get_by_role("main").get_by_role("heading", level=2)).to_contain_text(place)

    async def say(self, text: str) -> None:
        """Type and send."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def ask(self, words: str) -> Locator:
        """Ask in the chat that is open, and give the card that answers."""
        before = await self.cards.count()
        await self.say(words)
        await expect(self.cards).to_have_count(before + 1)
        name = await self.cards.last.get_attribute("id")
        return self.page.locator(f'[id="{name}"]')

    async def post(self, words: str) -> Locator:
        """Mention the bot in the channel that is open, and give the post with the answer in it."""
        before = await self.posts.count()
        await self.say(f"@PM Compare {words}")
        await expect(self.posts).to_have_count(before + 1)
        post = self.posts.nth(before)
        await expect(post.get_by_role("article")).to_have_count(2)
        return post

    async def newest(self) -> Locator:
        """Give the last message, which stays this one whatever comes after it."""
        name = await self.messages.last.get_attribute("id")
        return self.page.locator(f'[id="{name}"]')

    async def react(self, message: Locator, name: str) -> None:
        """React to a message with one of the emoji offered beside it."""
        await message.hover()
        await message.get_by_role("button", name=f"React with {name}").click()

    async def manage(self, act: str) -> None:
        """Choose from the menu of what can be done with the place that is open."""
        await self.page.get_by_role("main").locator("summary[aria-label^='What can be done with']").click()
        await self.page.get_by_role("main").get_by_role("button", name=act).click()


async def greeted(screen: Screen) -> TeamsScreen:
    """Wait until somebody sees what the app said first."""
    seen = TeamsScreen(screen)
    await expect(seen.messages.get_by_text("I show how an AI PM", exact=False)).to_be_visible()
    return seen
