"""Several workspaces on the page: going to one, installing the app there by clicking through, asking, removing it."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from playground.teams.emulator import NORTHWIND
from tests.browser.axe import faults
from tests.browser.installing import ManyWorld
from tests.browser.screen import Screen
from tests.browser.world import PATIENCE

WORLD = ManyWorld
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_an_app_is_installed_by_clicking_through_and_removed(
    world: ManyWorld, look: Callable[[str], Awaitable[Screen]]
) -> None:
    """Keys alone: to Northwind, through the bot's page and Slack's, back, a question there, and the app away again."""
    screen = await look("Chloe")
    page, keys = screen.page, screen.page.keyboard
    workspaces = page.get_by_role("list", name="Workspaces")
    await workspaces.get_by_role("button", name="Northwind").press("Enter")
    await expect(page.get_by_role("group", name="You are").get_by_role("button", name="Greta")).to_be_visible()
    await screen.enter("product")
    await screen.say("/pm-compare risks")
    await expect(screen.cards.last).to_contain_text("not a valid command")

    await page.get_by_role("link", name="Install PM Compare").press("Enter")
    await page.get_by_role("link", name="Add to Slack").press("Enter")
    await expect(page.get_by_role("heading", name="PM Compare is requesting permission")).to_be_visible()
    assert await faults(page) == []
    chosen = page.get_by_label("Where to install it")
    assert await chosen.evaluate("node => node.selectedOptions[0].text") == "Northwind, as Greta"
    await page.get_by_role("checkbox", name="See people in the workspace").press("Space")
    await page.get_by_role("button", name="Allow").press("Enter")
    await page.get_by_role("link", name="Open in Slack").press("Enter")

    app = page.get_by_role("group", name="PM Compare here")
    await expect(app).to_contain_text("Installed in this workspace")
    assert "users:read" not in world.slack.directory.installs["T0NORTHWIND"].scopes
    await screen.enter("product")
    await screen.say("/pm-compare risks")
    await expect(screen.cards.last).to_contain_text("T0NORTHWIND is served")

    await app.get_by_role("button", name="End it now").press("Enter")
    await expect(app).to_contain_text("Its token has ended")
    await app.get_by_role("button", name="Remove the app").press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(app).to_contain_text("Not installed in this workspace")
    assert sorted(await world.told(2)) == ["app_uninstalled", "tokens_revoked"]
    await workspaces.get_by_role("button", name="Pocket").focus()
    await keys.press("Enter")
    await expect(page.get_by_role("group", name="You are").get_by_role("button", name="Chloe")).to_be_visible()
    await expect(app).to_contain_text("Installed in this workspace")
    assert await faults(page) == []


async def test_an_organization_admits_a_workspace_on_the_page(
    world: ManyWorld, look: Callable[[str], Awaitable[Screen]]
) -> None:
    """Its owner installs it for all, and ticks the workspaces that it may be in."""
    screen = await look("Chloe")
    page = screen.page
    await page.get_by_role("list", name="Workspaces").get_by_role("button", name="Harbor Web").click()
    await page.get_by_role("link", name="Install PM Compare").click()
    await page.get_by_role("link", name="Add to Slack").click()
    await page.get_by_label("Where to install it").select_option("E0HARBOR:U0INES")
    await page.get_by_role("button", name="Allow").click()
    await page.get_by_role("link", name="Open in Slack").click()
    app = page.get_by_role("group", name="PM Compare here")
    await page.get_by_role("list", name="Workspaces").get_by_role("button", name="Harbor Web").click()
    await expect(app).to_contain_text("this workspace is not admitted")
    await app.get_by_role("checkbox", name="Admitted to Harbor Web").check()
    await expect(app).to_contain_text("Installed for all of Harbor Group")
    await screen.enter("web-product")
    await screen.say("/pm-compare risks")
    await expect(screen.cards.last).to_contain_text("T0HARBORWEB is served")
    assert await world.told(1) == ["team_access_granted"]
    await app.get_by_role("checkbox", name="Admitted to Harbor Web").uncheck()
    await expect(app).to_contain_text("this workspace is not admitted")
    assert await world.told(2) == ["team_access_granted", "team_access_revoked"]
    await app.get_by_role("button", name="Remove it from Harbor Group").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(app).to_contain_text("Not installed in this workspace")


async def test_another_workspace_is_gone_to_from_the_middle_of_a_long_channel(
    world: ManyWorld, look: Callable[[str], Awaitable[Screen]]
) -> None:
    """The emptied list scrolls, which asks for older messages: of a channel that the next workspace does not have."""
    zoe = world.slack.user("zoe")
    room = world.slack.channel("long", members=[zoe], bot=True)
    for number in range(60):
        await world.slack.say(zoe, room, f"message {number}")
    screen = await look("Zoe")
    await screen.enter("long")
    await expect(screen.page.locator("#messages")).to_contain_text("message 59")
    workspaces = screen.page.get_by_role("list", name="Workspaces")
    for name, person in (("Northwind", "Greta"), ("Pocket", "Zoe"), ("Northwind", "Greta")):
        await workspaces.get_by_role("button", name=name).click()
        await expect(
            screen.page.get_by_role("group", name="You are").get_by_role("button", name=person)
        ).to_be_visible()


async def test_a_tenant_that_is_not_served_is_told_so(
    world: ManyWorld, look: Callable[[str], Awaitable[Screen]]
) -> None:
    """Teams' side has a second tenant; the app can be added there, and the page says that the bot turns it away."""
    page = (await look("Chloe")).page
    await page.get_by_role("button", name="Teams", exact=True).click()
    tenants = page.get_by_role("list", name="Tenants")
    await tenants.get_by_role("button", name="Northwind").press("Enter")
    await expect(page.get_by_role("group", name="You are").get_by_role("button", name="Greta Vogel")).to_be_visible()
    await page.get_by_role("button", name="Add the app").click()
    told = page.get_by_role("navigation", name="Chats, teams and people").get_by_role("status")
    await expect(told).to_contain_text("turns this tenant away")
    assert await faults(page) == []
    await tenants.get_by_role("button", name="Pocket").click()
    await expect(page.get_by_role("group", name="You are").get_by_role("button", name="Alice Martin")).to_be_visible()
    await expect(told).to_have_count(0)
    there = world.teams.tenants[NORTHWIND.id]  # which is told twice that the app was added, one after the other
    both = {"conversationUpdate", "installationUpdate"}
    assert await there.wait_for(lambda: {each.where for each in there.faults} == both, within=PATIENCE)
    assert world.teams.faults == []
