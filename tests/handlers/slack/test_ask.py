"""Asking on Slack: what is typed, and what comes back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.slack.emulator import Ephemeral
from tests.handlers.slack.world import World, labels


async def ask(world: World, words: str) -> Ephemeral:
    """Type `/pm-compare words` as Alice and give the private answer."""
    answer = await world.slack.command(world.alice, world.room, f"/pm-compare {words}".rstrip())
    assert answer.status == 200
    if answer.ephemeral is not None:
        return answer.ephemeral
    await world.settle()  # what is looked up first, or is posted for her alone, comes after the acknowledgement
    return world.slack.ephemerals(world.alice, world.room)[-1]


async def test_a_dimension_is_answered_with_its_card_and_no_call_to_slack(world: World) -> None:
    """The acknowledgement is the answer: both sides, the shift, depth, movement; nothing else is asked."""
    before = len(world.slack.calls)
    card = await ask(world, "risks")
    header = card.blocks[0]
    assert header["text"]["text"] == "7 · Risks and responsibilities"
    sides = card.blocks[1]["fields"]
    assert [side["text"].split("\n")[0] for side in sides] == ["*Traditional PM*", "*AI PM*"]
    assert labels(card) == ["More detail", "Exercise", "Share", "Sources", "‹ Skills", "Mission ›", "All seven"]
    assert "The shift:" in card.text
    assert len(world.slack.calls) == before


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("7", "7 · Risks and responsibilities"),
        ("Risks and responsibilities", "7 · Risks and responsibilities"),
        ("RISK", "7 · Risks and responsibilities"),
        ("rsiks", "7 · Risks and responsibilities"),
        ("stake holders", "5 · Stakeholders & collaboration"),
        ("who do I work with?", "5 · Stakeholders & collaboration"),
        ("lifecycle", "4 · Development & lifecycle"),
    ],
)
async def test_a_dimension_is_found_by_whatever_people_call_it(world: World, typed: str, title: str) -> None:
    """Number, title, alias, slip of the finger or a question in plain words leads to the card."""
    card = await ask(world, typed)
    assert title in [block["text"]["text"] for block in card.blocks if block["type"] == "header"]


async def test_nothing_typed_lists_all_seven_with_a_button_each(world: World) -> None:
    """`/pm-compare` alone, and `list`, show every dimension."""
    for typed in ("", "list"):
        card = await ask(world, typed)
        beside = [block["accessory"] for block in card.blocks if "accessory" in block]
        assert [button["text"]["text"] for button in beside] == ["Open"] * 7
        assert len({button["accessibility_label"] for button in beside}) == 7


async def test_other_words_are_searched_over_all_content(world: World) -> None:
    """A word that names no dimension gets the sentences that answer, and the ways to go on."""
    card = await ask(world, "hallucinations")
    assert card.text.startswith("Hallucination\n")
    assert "Compare: Behavior" in labels(card)


async def test_words_that_stand_nowhere_get_a_kind_answer(world: World) -> None:
    """Nonsense gets a suggestion, the seven buttons and the way to the writers, never an error."""
    card = await ask(world, "xylophone quokka")
    assert "Nothing on “xylophone quokka” yet" in card.text
    *seven, tell = labels(card)
    assert len(seven) == 7
    assert tell == "Tell the writers what is missing…"


@pytest.mark.parametrize("level", ["detail", "sources", "exercise"])
async def test_a_level_can_be_typed(world: World, level: str) -> None:
    """`risks detail` opens the level at once."""
    card = await ask(world, f"risks {level}")
    assert "Risks and responsibilities" in card.text
    assert "Back to the card" in card.text


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("help", "How to use PM Compare"),
        ("privacy", "no permission to read messages"),
        ("what is drift", "Drift"),
        ("what is a hallucination?", "allucination"),
        ("search drift", "drift"),
        ("tips", "off"),
        ("tip", "Only you can see this preview"),
        ("doctor", "No tip is planned here"),
        ("random", "Traditional PM"),
    ],
)
async def test_every_word_of_the_grammar_is_answered(world: World, typed: str, part: str) -> None:
    """Each word that help names has an answer of its own."""
    assert part in (await ask(world, typed)).text


async def test_the_command_works_where_the_bot_is_no_member_and_in_direct_messages(world: World) -> None:
    """Asking needs no invitation."""
    for channel in (world.elsewhere, world.slack.dm(world.alice)):
        answer = await world.slack.command(world.alice, channel, "/pm-compare risks")
        assert answer.ephemeral is not None
        assert "Risks and responsibilities" in answer.ephemeral.text


async def test_buttons_move_between_cards_in_place(world: World) -> None:
    """Next, previous, the menu of pages and the way back replace the private card; no second one piles up."""
    card = await ask(world, "risks")
    for label, title in (("Mission ›", "1 · Core mission"), ("More detail", "Core mission: more detail")):
        await world.slack.click(world.alice, card, label=label)
        await world.settle()
        (card,) = world.slack.ephemerals(world.alice, world.room)
        assert card.text.startswith(title)
    shown = []
    for page in ("Examples", "Metrics"):
        row, menu = next((b, e) for b in card.blocks for e in b.get("elements", ()) if e["type"] == "static_select")
        shown.append((row["block_id"], menu.get("initial_option", {}).get("text", {}).get("text")))
        await world.slack.choose(world.alice, card, menu["action_id"], page)
        await world.settle()
        (card,) = world.slack.ephemerals(world.alice, world.room)
        assert card.text.startswith(f"Core mission: {page.lower()}")
    assert [chosen for _, chosen in shown] == [None, "Examples"]
    assert shown[0][0] != shown[1][0]  # a client keeps what was chosen in a row of the same id
    await world.slack.click(world.alice, card, label="‹ Back to the card")
    await world.settle()
    (card,) = world.slack.ephemerals(world.alice, world.room)
    assert card.text.startswith("1 · Core mission")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(words=st.text(max_size=300).filter(lambda words: "\x00" not in words))
async def test_any_words_get_an_answer(world: World, words: str) -> None:
    """Whatever is typed, the person gets a card that Slack accepts, never an error."""
    answer = await world.slack.command(world.alice, world.room, f"/pm-compare {words}")
    assert answer.status == 200
    assert answer.error is None


@pytest.mark.parametrize("place", ["two people", "three people"])
async def test_nothing_can_be_shared_between_people(world: World, place: str) -> None:
    """In direct messages of two or more nobody can invite the bot: it says so, and its cards offer no sharing."""
    dm = world.slack.dm(world.alice, world.bob)
    if place == "three people":
        dm = world.slack.channel("mpdm-alice--bob--carol-1", members=[world.alice, world.bob, world.carol])
    typed = await world.slack.command(world.alice, dm, "/pm-compare risks share")
    await world.settle()
    told = world.slack.ephemerals(world.alice, dm)[-1]
    assert (typed.status, typed.ephemeral) == (200, None)
    assert "Sharing is not possible here" in told.text
    assert "/pm-compare risks share in a channel that I am in" in told.text.replace("`", "")
    assert "/invite" not in told.text
    assert labels(told) == []
    await world.slack.command(world.alice, dm, "/pm-compare risks")
    for pressed in ("More detail", "‹ Back to the card", "Mission ›"):
        card = world.slack.ephemerals(world.alice, dm)[-1]
        assert "Share" not in labels(card)
        await world.slack.click(world.alice, card, label=pressed)
        await world.settle()
    assert "Share" not in labels(world.slack.ephemerals(world.alice, dm)[-1])
    assert world.slack.posts(dm) == []


async def test_sharing_in_a_channel_without_the_bot_asks_for_an_invitation(world: World) -> None:
    """There somebody can; and in the person's own chat with the bot the card simply comes."""
    await world.slack.command(world.alice, world.elsewhere, "/pm-compare risks share")
    await world.settle()
    assert "/invite @PM Compare" in world.slack.ephemerals(world.alice, world.elsewhere)[-1].text
    dm = world.slack.dm(world.alice)
    await world.slack.command(world.alice, dm, "/pm-compare risks share")
    await world.settle()
    assert len(world.slack.posts(dm)) == 1
