"""What is answered ahead of Bolt is what Bolt would have answered, to the byte, and nothing else is."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings

from bot.slack.guard import Guard
from cards.model import Action, Subject, Verb
from content import library as libraries
from content.levels import LEVELS, PAGES
from content.library import Library
from handlers.slack.ahead import Kind
from tests.bot.slack import requests as sent
from tests.bot.slack.spoiled import Request, nearly_slack
from tests.content import decks
from tests.handlers.slack import ways
from tests.handlers.slack.ways import Both

# Every verb that the content alone answers; a new one that is to be among them is added here too.
CONTENT: frozenset[Verb] = frozenset({"list", "help", "show", "deepen", "page", "define"})
NOTHING_TO_POST = {(verb, kind) for verb in ("share", "keep") for kind in ("", "dilemma")} | {("keep", "dimension")}
PLACES = {
    "a channel": {"id": "C0001", "name": "pm-learning"},
    "several people": {"id": "C0002", "name": "mpdm-alice--bob--carol-1"},
    "a direct message": {"id": "D0001", "name": "directmessage"},
}


@pytest.fixture(params=["T0001", ""], ids=["one token", "many workspaces"])
async def bots(request: pytest.FixtureRequest, tmp_path: Path, shipped_content: Library) -> AsyncIterator[Both]:
    """Give both bots, of one workspace and of many."""
    async with ways.both(tmp_path, shipped_content, request.param) as both:
        yield both


def command(words: str, place: str = "a channel") -> dict[str, Any]:
    """Give a command, typed somewhere."""
    channel = PLACES[place]
    return sent.command(words) | {"channel_id": channel["id"], "channel_name": channel["name"]}


def press(
    value: str, place: str = "a channel", *, is_private: bool = True, thread: str = "", person: str = "U0009"
) -> dict[str, Any]:
    """Give a click on a button that carries `value`."""
    payload = sent.press()
    payload["user"]["id"] = person
    payload["actions"][0]["value"] = value
    payload["container"] |= {"is_ephemeral": is_private, **({"thread_ts": thread} if thread else {})}
    return payload | {"channel": PLACES[place]}


def words(library: Library) -> Iterator[str]:
    """List words for each entry of the content, and of each other kind that it answers."""
    for dimension in library.dimensions:
        yield from (dimension.id, dimension.title, dimension.short.upper(), f"what about {dimension.id}?")
        yield from (f"{dimension.id} {below}" for below in (*LEVELS, *PAGES))
    for term in library.terms:
        yield f"define {term.id}"
    for tip in library.tips[:20]:
        yield tip.title
    yield from ("", "list", "help", "hello", "stake holders", "search drift", "xylophone zebra", "🙂", "<@U1> risks")


def actions(library: Library, place: str) -> Iterator[Action]:
    """List every button that the content alone answers, and some whose entry has gone; of the tips, a place's third.

    All tips' cards are made in the same way, so each is pressed in one of the places.
    """
    yield from (Action("list"), Action("help"), Action("help", argument="privacy"))
    subjects = [Subject("dimension", one.id) for one in library.dimensions]
    first = tuple(PLACES).index(place)
    subjects += [Subject("tip", one.id) for one in library.tips[first :: len(PLACES)]]
    for subject in (*subjects, Subject("dimension", "gone"), Subject("tip", "gone")):
        yield from (Action("show", subject), Action("show", subject, "previous"))
        yield from (Action("deepen", subject, level) for level in (*LEVELS, "depths"))
        if subject.kind == "dimension":
            yield from (Action("page", subject, page) for page in (*PAGES, "last"))
    yield from (Action("define", argument=term) for term in (*(one.id for one in library.terms), "gone"))


# --- the same, to the byte


@pytest.mark.parametrize("place", PLACES)
async def test_words_are_answered_as_by_bolt(bots: Both, shipped_content: Library, place: str) -> None:
    """Each entry and page by its name, definitions, searches, and what nothing answers, as each reader sees it."""
    for typed in words(shipped_content):
        answer = await bots.alike("command", command(typed, place), ahead=True)
        assert answer.body.startswith(b'{"response_type": "ephemeral"'), typed


@pytest.mark.parametrize("place", PLACES)
async def test_buttons_are_answered_as_by_bolt(bots: Both, shipped_content: Library, place: str) -> None:
    """Each card, level, page and definition, in the place of a private card."""
    for action in actions(shipped_content, place):
        await bots.alike("action", press(action.encode(), place), ahead=True)
    assert bots.early.slack.sent[::2] == bots.long.slack.sent


@pytest.mark.parametrize("place", PLACES)
async def test_the_same_is_counted_and_noted(bots: Both, place: str) -> None:
    """What is opened, by words and by buttons, and by whom who wants to know; never in a chat with one person."""
    subjects = (Subject("dimension", "risks"), Subject("tip", "way-out"), Subject("dimension", "gone"))
    for subject in subjects:
        for action in (Action("show", subject), *(Action("deepen", subject, level) for level in LEVELS)):
            await bots.alike("action", press(action.encode(), place, person=ways.LEARNER), ahead=True)
    for typed in ("skills", "define drift", "xylophone zebra"):
        await bots.alike("command", command(typed, place), ahead=True)
    (counted, noted), (slowly_counted, slowly_noted) = await bots.early.kept(), await bots.long.kept()
    assert counted == [(*rest, 2 * total) for *rest, total in slowly_counted]  # it was asked twice
    assert noted == slowly_noted
    assert len(noted) > 2
    assert bool(counted) is (place != "a direct message")


async def test_beside_a_public_post(bots: Both) -> None:
    """Another card opens privately; below the post in its thread, and a level for everybody, are Bolt's."""
    subject = Subject("dimension", "risks")
    show, deepen = Action("show", subject).encode(), Action("deepen", subject, "detail").encode()
    await bots.alike("action", press(show, is_private=False), ahead=True)
    await bots.alike("action", press(show, is_private=False, thread="1.1"), ahead=False)
    await bots.alike("action", press(deepen, is_private=False), ahead=False)
    await bots.alike("action", press(show, thread="1.1"), ahead=True)


async def test_events_that_ask_for_nothing(bots: Both) -> None:
    """Reactions with another emoji, to others' messages and to files; events that nobody listens to."""
    reaction = sent.reaction()
    for changes in (
        {"reaction": "tada"},
        {"item_user": "U0003"},
        {"item": {"type": "file", "file": "F0001"}},
        {"user": ways.BOT, "item_user": "U0003"},
    ):
        await bots.alike("event", sent.event(reaction["event"] | changes), ahead=True)
    for kind in ("message", "team_join", "channel_created", "pin_added", "reaction_removed", "app_mentions"):
        await bots.alike("event", sent.event({"type": kind, "user": "U0001"}), ahead=True)
    assert bots.long.asked  # and there they were


# --- what must not be


async def test_each_verb_goes_one_way(bots: Both) -> None:
    """What needs the store, a form or chance is Bolt's, whatever the button carries."""
    for verb in get_args(Verb):
        for subject in (None, Subject("dimension", "risks"), Subject("tip", "way-out"), Subject("dilemma", "gone")):
            body = press(Action(verb, subject, "detail").encode())
            answer = bots.early.hears.ahead.answer("action", body, ways.BOT)
            kind = subject.kind if subject else ""
            is_gone = (verb, kind) in NOTHING_TO_POST  # then the card that says so is of the content too
            assert (answer is not None) is (verb in CONTENT or is_gone), (verb, subject)
    await bots.early.tasks.drain(30)


@pytest.mark.parametrize(
    "typed", ["tips", "tips on", "risks share", "random", "stop", "settings", "dilemma", "plans", "privacy", "w" * 201]
)
async def test_words_that_need_more_than_the_content(bots: Both, typed: str) -> None:
    """The store's, what posts, chance's, and what is too long to be remembered."""
    for place in PLACES:
        assert bots.early.hears.ahead.answer("command", command(typed, place), ways.BOT) is None


async def test_events_that_somebody_hears(bots: Both) -> None:
    """Each by its name, or by its pattern; and a reaction that may be to a post of ours."""
    heard = (
        *("app_mention", "app_home_opened", "app_uninstalled", "tokens_revoked", "channel_id_changed", "team_rename"),
        *("team_access_granted", "team_access_revoked", "grid_migration_started", "grid_migration_finished"),
        *("team_domain_change", "channel_rename", "group_archive", "channel_unarchive", "group_deleted"),
        *("channel_left",),
    )
    for kind in heard:
        assert bots.early.hears.ahead.answer("event", sent.event({"type": kind}), ways.BOT) is None, kind
    assert bots.early.hears.ahead.answer("event", sent.reaction(), ways.BOT) is None
    # Who we are is not known yet: then the ledger tells whose the message is.
    others = sent.event(sent.reaction()["event"] | {"item_user": "U0003"})
    assert bots.early.hears.ahead.answer("event", others, None) is None
    assert bots.early.hears.ahead.answer("event", others, ways.BOT) is not None


NEW = b"Steeped twice"
ODD: list[tuple[Kind | str, dict[str, Any]]] = [
    ("command", sent.command() | {"type": "url_verification", "challenge": "abc"}),
    ("command", sent.command() | {"event": {}}),
    ("action", press("show|dimension/risks|") | {"command": "/pm-compare"}),
    ("action", press("show|dimension/risks|") | {"event": {}}),
    ("action", press("show|dimension/risks|") | {"actions": 2 * press("show|dimension/risks|")["actions"]}),
    ("action", press("show|dimension/risks|") | {"response_url": ""}),
    ("action", press("show|dimension/risks|") | {"container": {"type": "message_attachment"}}),
    ("action", press("show|dimension/risks|") | {"container": {"type": "view", "view_id": "V1"}}),
    ("action", press("dance|dimension/risks|")),
    ("event", sent.event({"type": "message"}) | {"command": "/pm-compare", "text": "risks"}),
    ("verification", sent.verification()),
    ("view", sent.submit()),
    ("options", sent.choose()),
    ("shortcut", sent.shortcut()),
    ("something new", sent.command()),
]


@pytest.mark.parametrize(("kind", "body"), ODD)
async def test_what_is_odd_goes_the_long_way(bots: Both, kind: str, body: dict[str, Any]) -> None:
    """Bolt may take it for something else; and other kinds are all its own."""
    assert bots.early.hears.ahead.answer(kind, body, ways.BOT) is None


@pytest.fixture
async def together(tmp_path: Path, shipped_content: Library) -> AsyncIterator[Both]:
    """Give both bots, of many workspaces, for all examples of a test: what they remember of one changes no other."""
    async with ways.both(tmp_path, shipped_content, "") as both:
        yield both


@pytest.mark.long
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=nearly_slack())
async def test_whatever_the_guard_lets_through(together: Both, request: Request) -> None:
    """Spoiled requests go the long way, or are answered as there."""
    content_type, raw = request
    headers = {name.lower(): value for name, value in sent.headers(content_type, raw)}
    try:
        admitted = Guard(sent.SECRET, sent.Noon()).admit("1", headers, raw)
    except Exception:  # noqa: BLE001 # refused: what it says is the guard's own test
        return
    assert admitted is not None
    before = len(together.early.slack.sent)
    said = together.early.hears.ahead.answer(admitted.kind, admitted.body, ways.BOT)
    await together.early.tasks.drain(30)
    if said is not None:
        answer, found = await together.long.answer(admitted.kind, admitted.body)
        assert (answer.status, answer.body) == (200, said)
        assert together.early.slack.sent[before:] == found


# --- the content


async def test_a_reload_leaves_no_old_card(tmp_path: Path) -> None:
    """Whatever was answered before: by words, by a button, in each form; and back again."""
    (tmp_path / "new").mkdir()
    old = libraries.load(decks.written(tmp_path))
    new = libraries.load(decks.written(tmp_path / "new", {"deck.yaml": ("Grassy and light", NEW.decode())}))
    name = old.dimensions[0].id
    async with ways.both(tmp_path, old, "T0001") as bots:

        async def said() -> bytes:
            found = b""
            for place in PLACES:
                for value in (Action("show", Subject("dimension", name)), Action("list")):
                    await bots.alike("action", press(value.encode(), place), ahead=True)
                found += (await bots.alike("command", command(name, place), ahead=True)).body
                found += bots.early.slack.sent[-2][1]
            return found

        before = await said()
        for way in (bots.early, bots.long):
            way.context.content.library = new
        after = await said()
        assert after.count(NEW) >= len(PLACES)
        assert NEW not in before
        for way in (bots.early, bots.long):
            way.context.content.library = old
        assert await said() == before


async def test_what_is_remembered_is_bounded(bots: Both) -> None:
    """However much is typed, and however often: what was pushed out is drawn again, the same."""
    first = await bots.early.answer("command", command("risks"))
    for number in range(600):  # most of them one word in many ways: a search takes long
        rows, spaces = divmod(number, 30)
        typed = f"zebra {number}" if number % 10 == 0 else f"{' ' * spaces}help{' ' * rows}"
        bots.early.hears.ahead.answer("command", command(typed), ways.BOT)
    assert await bots.early.answer("command", command("risks")) == first
    assert not bots.early.asked
