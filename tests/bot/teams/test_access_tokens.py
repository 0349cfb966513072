"""How the bot gets its own tokens and Microsoft's keys: how often it asks, and what it makes of each answer."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.proxies import Proxies
from bot.settings.reader import Secret
from bot.settings.registration import Named
from bot.teams import proxies, signing_keys
from bot.teams.access_tokens import Credentials, TokenRefusedError, Tokens, TokenUnreachableError
from bot.teams.signing_keys import Keys, KeysUnreachableError

SECRET = "a-secret-nobody-may-read"  # noqa: S105 # of a service that runs for one test
Answer = Callable[[], Awaitable[web.StreamResponse]]


def saying(body: object, status: int = 200) -> Answer:
    """Answer so."""

    async def answer() -> web.Response:
        return web.json_response(body, status=status)

    return answer


def saying_text(text: str, status: int = 200, **headers: str) -> Answer:
    """Answer with something that is no JSON."""

    async def answer() -> web.Response:
        return web.Response(text=text, status=status, headers=headers)

    return answer


def token(name: str, life: object = 3600) -> Answer:
    """Answer as Entra does."""
    return saying({"token_type": "Bearer", "expires_in": life, "access_token": name})


@dataclass
class Service:
    """Microsoft's side: the forms it was sent, and what it answers next. `now` is the bot's monotonic clock."""

    url: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)
    answer: Answer = field(default_factory=lambda: token("one"))
    now: float = 1000.0

    async def hear(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        return await self.answer()


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """Give a token service on this machine."""
    running = Service()
    web_app = web.Application()
    web_app.router.add_route("*", "/", running.hear)
    async with TestServer(web_app, host="127.0.0.1") as server:
        running.url = str(server.make_url("/"))
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Give what makes the requests."""
    async with aiohttp.ClientSession() as running:
        yield running


@pytest.fixture
def tokens(service: Service, session: aiohttp.ClientSession) -> Tokens:
    """Give the bot's side."""
    credentials = Credentials(service.url, "the-client", Secret(SECRET), "https://api.botframework.com/.default")
    return Tokens(session, credentials, lambda: service.now)


async def test_a_token_is_asked_for_once_and_kept_until_five_minutes_before_its_end(
    service: Service, tokens: Tokens
) -> None:
    """However many want it at once, one request is made, with the four fields of the client credentials flow."""
    assert tokens.fault == "Microsoft has not been asked yet"
    assert await asyncio.gather(*(tokens.current() for _ in range(20))) == ["one"] * 20
    assert service.forms == [
        {
            "grant_type": "client_credentials",
            "client_id": "the-client",
            "client_secret": SECRET,
            "scope": "https://api.botframework.com/.default",
        }
    ]
    assert tokens.fault == ""
    service.answer = token("two")
    service.now += 3600 - 300 - 1
    assert await tokens.current() == "one"
    service.now += 1
    assert await tokens.current() == "two"
    assert len(service.forms) == 2


async def test_a_token_that_teams_refuses_is_replaced_once_it_is_a_minute_old(service: Service, tokens: Tokens) -> None:
    """While a machine was suspended its monotonic clock stood; where the bot itself is refused, no new token helps."""
    assert await tokens.current() == "one"
    service.answer = token("two")
    service.now += 59
    tokens.doubt("one")  # it is new: it can't be that
    assert await tokens.current() == "one"
    service.now += 1
    tokens.doubt("another")
    assert await tokens.current() == "one"
    tokens.doubt("one")
    assert tokens.fault == ""
    assert await asyncio.gather(*(tokens.current() for _ in range(5))) == ["two"] * 5
    tokens.doubt("one")  # heard late, of a call that was under way
    assert await tokens.current() == "two"
    assert len(service.forms) == 2


def unpacking(megabytes: int) -> Answer:
    """Answer with a token and keys after so many spaces, which a few bytes unpack to."""
    text = b" " * megabytes * 1_000_000 + b'{"access_token": "one", "expires_in": 3600, "keys": [{"kid": "a"}]}'
    packed = gzip.compress(text)

    async def answer() -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    return answer


async def test_an_answer_without_end_is_not_read_to_its_end(
    service: Service, tokens: Tokens, session: aiohttp.ClientSession
) -> None:
    """Neither of the two services fills the bot's memory: what is too long for a token, or for keys, is none."""
    service.answer = unpacking(20)
    with pytest.raises(TokenUnreachableError, match=r"answered unreadably \(HTTP 200\)"):
        await tokens.current()
    with pytest.raises(KeysUnreachableError, match=r"cannot be read"):
        await signing_keys.read(session, service.url)
    service.answer, service.now = unpacking(0), service.now + 5
    assert await tokens.current() == "one"
    assert await signing_keys.read(session, service.url) == {"a"}


async def test_nor_is_it_by_the_look_for_keys_that_goes_through_a_proxy(service: Service) -> None:
    """The SDK's, which is a client of its own."""
    keys = proxies.Keys(service.url, Proxies())
    service.answer = unpacking(20)
    with pytest.raises(jwt.PyJWKClientConnectionError, match="ValueError"):
        await asyncio.to_thread(keys.fetch_data)
    service.answer = unpacking(0)
    assert (await asyncio.to_thread(keys.fetch_data))["keys"] == [{"kid": "a"}]


async def test_where_no_other_token_is_given_for_one_that_was_refused_that_is_the_fault(
    service: Service, tokens: Tokens
) -> None:
    """The refused one is not shown again."""
    await tokens.current()
    service.now += 60
    tokens.doubt("one")
    service.answer = saying({"error": "invalid_client", "error_codes": [7000222]}, 401)
    for _ in range(2):
        with pytest.raises(TokenRefusedError, match="AADSTS7000222"):
            await tokens.current()
    assert "AADSTS7000222" in tokens.fault
    assert len(service.forms) == 2
    service.answer = token("two")
    service.now += 5
    assert await tokens.current() == "two"


async def test_a_token_of_a_short_life_is_kept_for_a_few_seconds(service: Service, tokens: Tokens) -> None:
    """A life shorter than the margin is no reason to ask for each message."""
    service.answer = token("brief", 60)
    await tokens.current()
    service.now += 9
    await tokens.current()
    assert len(service.forms) == 1
    service.now += 1
    await tokens.current()
    assert len(service.forms) == 2


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (7000215, "TEAMS_CLIENT_SECRET is wrong"),
        (7000222, "has expired; make a new one"),
        (700016, "TEAMS_CLIENT_ID"),
        (90002, "TEAMS_TENANT_ID"),
        (1, "AADSTS1)"),
    ],
)
async def test_a_refusal_says_which_setting_it_is_about(
    service: Service, tokens: Tokens, number: int, advice: str
) -> None:
    """Entra's own sentence, which quotes ids, is left out; so is the secret."""
    service.answer = saying(
        {"error": "invalid_client", "error_description": f"App 'the-client' … {SECRET}", "error_codes": [number]}, 401
    )
    with pytest.raises(TokenRefusedError) as refused:
        await tokens.current()
    assert f"invalid_client, AADSTS{number}" in str(refused.value)
    assert advice in str(refused.value)
    assert "the-client" not in str(refused.value)
    assert SECRET not in str(refused.value) + repr(tokens.__dict__)
    assert tokens.fault == str(refused.value)


@pytest.mark.parametrize(
    "answer",
    [
        saying({"error": "temporarily_unavailable"}, 503),
        saying({"error": "too_many"}, 429),
        saying({"token_type": "Bearer"}),
        saying({"access_token": "", "expires_in": 3600}),
        token("x", "3600"),
        saying(["no", "object"]),
        saying_text("<html>proxy</html>", 502),
        saying_text("", 302, Location="http://127.0.0.1:9/"),
    ],
    ids=["503", "429", "no-token", "empty-token", "life-in-words", "list", "html", "elsewhere"],
)
async def test_an_unreadable_answer_is_no_refusal(service: Service, tokens: Tokens, answer: Answer) -> None:
    """Nobody is told to change a setting, and no redirect is followed with the secret."""
    service.answer = answer
    with pytest.raises(TokenUnreachableError, match="Microsoft's token service"):
        await tokens.current()
    assert len(service.forms) == 1


@pytest.mark.parametrize("body", ["", "<html>overloaded</html>"])
async def test_an_answer_that_is_no_json_is_told_by_its_status(service: Service, tokens: Tokens, body: str) -> None:
    """The service was reached: whoever reads that it was not would look for a proxy."""
    service.answer = saying_text(body, 503)
    with pytest.raises(TokenUnreachableError, match=r"answered unreadably \(HTTP 503\)"):
        await tokens.current()


async def test_what_marks_its_bytes_is_read(service: Service, tokens: Tokens, session: aiohttp.ClientSession) -> None:
    """Microsoft's services write a byte order mark now and then."""
    service.answer = saying_text('\ufeff{"access_token": "one", "expires_in": 3600, "keys": [{"kid": "a"}]}')
    assert await tokens.current() == "one"
    assert await signing_keys.read(session, service.url) == {"a"}


async def test_what_went_wrong_is_tried_again_after_five_seconds(service: Service, tokens: Tokens) -> None:
    """Messages that wait meanwhile get the same answer without a request, and the next token is used at once."""
    service.answer = saying({}, 500)
    failed = await asyncio.gather(*(tokens.current() for _ in range(5)), return_exceptions=True)
    assert [type(each) for each in failed] == [TokenUnreachableError] * 5
    assert len(set(map(id, failed))) == 5
    assert len(service.forms) == 1
    service.answer = token("back")
    service.now += 4.9
    with pytest.raises(TokenUnreachableError):
        await tokens.current()
    service.now += 0.1
    assert await tokens.current() == "back"
    assert tokens.fault == ""
    assert len(service.forms) == 2


async def test_nobody_there(session: aiohttp.ClientSession) -> None:
    """Neither a service nor keys: both say so in words."""
    address = f"http://127.0.0.1:{unused_port()}/"
    with pytest.raises(TokenUnreachableError, match="cannot be reached"):
        await Tokens(session, Credentials(address, "id", Secret(SECRET), "scope")).current()
    with pytest.raises(KeysUnreachableError, match="cannot be read"):
        await signing_keys.read(session, address)


async def test_the_ids_of_a_key_set_are_read(service: Service, session: aiohttp.ClientSession) -> None:
    """A key without an id is left out: no token could name it."""
    service.answer = saying({"keys": [{"kid": "a", "kty": "RSA"}, {"kty": "RSA"}, {"kid": 7}, {"kid": "b"}]})
    assert await signing_keys.read(session, service.url) == {"a", "b"}


@pytest.mark.parametrize(
    "answer",
    [
        saying({"keys": [{"kid": "a"}]}, 500),
        saying({"keys": "none"}),
        saying({"keys": None}),
        saying({}),
        saying([1]),
        saying_text("<html>"),
        saying_text("", 302, Location="http://127.0.0.1:9/"),
    ],
    ids=["500", "words", "null", "no-keys", "list", "html", "elsewhere"],
)
async def test_what_is_no_key_set_is_not_taken_for_an_empty_one(
    service: Service, session: aiohttp.ClientSession, answer: Answer
) -> None:
    """Else every request from Microsoft would be refused as forged."""
    service.answer = answer
    with pytest.raises(KeysUnreachableError):
        await signing_keys.read(session, service.url)


class Book:
    """Published keys, and how often they were looked at."""

    def __init__(self, *ids: str) -> None:
        self.ids = frozenset(ids)
        self.looks = 0
        self.is_there = True
        self.now = 0.0
        self.keys = Keys(self.read, lambda: self.now)

    async def read(self) -> frozenset[str]:
        """Look."""
        self.looks += 1
        await asyncio.sleep(0)
        if not self.is_there:
            raise KeysUnreachableError("gone")
        return self.ids


async def test_a_known_key_is_never_looked_up_again() -> None:
    """One look for all that come at once, and none afterwards."""
    book = Book("a", "b")
    assert all(await asyncio.gather(*(book.keys.publishes(each) for each in "ab" * 10)))
    book.now += 10_000
    assert await book.keys.publishes("b")
    assert book.looks == 1


async def test_unknown_keys_are_looked_for_once_in_ten_seconds() -> None:
    """Anybody can send tokens that name keys nobody has; a new key counts after at most that long."""
    book = Book("a")
    assert not any([await book.keys.publishes(f"made-up-{number}") for number in range(50)])
    assert book.looks == 1
    book.ids = frozenset({"a", "new"})
    assert not await book.keys.publishes("new")
    book.now += 10
    assert await book.keys.publishes("new")
    assert book.looks == 2


async def test_unreadable_keys_take_nothing_from_the_known_ones() -> None:
    """Known keys count on while nobody answers; of others nobody can say, until they can be read again."""
    book = Book("a")
    assert await book.keys.publishes("a")
    book.is_there = False
    book.now += 10
    for _ in range(3):
        with pytest.raises(KeysUnreachableError):
            await book.keys.publishes("new")
        assert await book.keys.publishes("a")
    assert book.looks == 2
    book.is_there, book.ids = True, frozenset({"new"})
    book.now += 10
    assert await book.keys.publishes("new")
    assert not await book.keys.publishes("a")
    assert book.looks == 3


async def test_a_refusal_names_the_variables_that_were_set(service: Service) -> None:
    """Whoever set CLIENT_SECRET, as Microsoft's command line writes it, looks for no other."""
    service.answer = saying({"error": "invalid_client", "error_codes": [7000215]}, 401)
    named = Named("CLIENT_ID", "CLIENT_SECRET", "TENANT_ID")
    shown = Credentials(service.url, "the-client", Secret(SECRET), "https://api.botframework.com/.default", named)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(TokenRefusedError) as refused:
            await Tokens(session, shown).current()
    assert ": CLIENT_SECRET is wrong" in str(refused.value)
