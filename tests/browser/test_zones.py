"""A zone is searched in a real browser: what is found says where it is, and what is not found is told so."""

import pytest
from playwright.async_api import expect

from tests.browser.screen import Screen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_a_zone_that_does_not_exist_is_told_so_above_each_region(alice: Screen) -> None:
    """The sentence is no option: what can be chosen below it are the regions' zones."""
    card = await alice.ask("tips")
    await card.get_by_role("button", name="Turn on…").click()
    zone = alice.modal.get_by_label("Time zone")
    await zone.press_sequentially("Narnia")
    await expect(alice.modal.get_by_text("No zone of that name. Europe:")).to_be_visible()
    await expect(alice.modal.get_by_role("option", name="No zone")).to_have_count(0)
    await zone.fill("")
    await zone.press_sequentially("Munich")
    munich = alice.modal.get_by_role("option", name="Europe/Berlin (UTC+01:00) · Munich, Bayern, Germany")
    await expect(munich).to_have_attribute("aria-selected", "true")
    await alice.page.keyboard.press("Enter")
    await alice.modal.get_by_role("button", name="Turn on").click()
    await expect(card).to_contain_text("Mondays 09:00, Europe/Berlin")
