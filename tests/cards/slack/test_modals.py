"""A card in a modal: where something is pressed that belongs to no channel, every card may have to stand in one."""

import pytest

from cards.model import Action, Card, Chart, Divider, Feedback, Listing, TextBlock
from cards.slack import render
from content.inline import Text
from tests.cards import gallery, limits


@pytest.mark.xdist_group("gallery")  # with all who draw every card, each composed once
def test_every_card_of_ours_fits_in_a_modal() -> None:
    """Slack opens it, whichever card it is."""
    assert gallery.faults(gallery.cards(), lambda card: limits.view_faults(render.modal(card))) == []


def test_what_no_modal_takes_is_left_out() -> None:
    """Slack: neither thumbs nor charts; what a chart says stands beside it, or comes in its place."""
    thumbs = Feedback(Action("useful", gallery.RISKS), Action("not-useful", gallery.RISKS))
    words = TextBlock((Text("3 opened it"),))
    view = render.modal(Card("Counts", (words, Chart("Opened", (("Detail", 3),)), thumbs)))
    assert [block["type"] for block in view["blocks"]] == ["section"]
    assert "submit" not in view
    alone = Chart("Opened", (("Detail", 3),), Listing(((Text("Detail: 3"),),), "Opened"))
    (block,) = render.modal(Card("Counts", (alone,)))["blocks"]
    assert block["text"]["text"] == "*Opened*\n• Detail: 3"


def test_a_modal_is_held_to_its_limit() -> None:
    """100 blocks stand, one more is refused before Slack does."""
    assert limits.view_faults(render.modal(Card("Full", (Divider(),) * 100))) == []
    with pytest.raises(ValueError, match=r"card 'Full'.*at most 100 blocks on Slack, not 101"):
        render.modal(Card("Full", (Divider(),) * 101))
