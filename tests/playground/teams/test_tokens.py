"""The emulator's tokens, both ways: what the bot shows the connector, and what the connector shows the bot."""

from typing import Any

import aiohttp
import jwt
import pytest

from playground.teams.emulator import SigningKey, TeamsEmulator
from tests.playground.echo_bot import EchoBot
from tests.playground.teams.caller import Caller

HELLO = {"type": "message", "text": "hello"}


@pytest.mark.parametrize(
    ("changes", "status", "error", "number"),
    [
        ({"tenant": "nobody"}, 400, "invalid_request", 90002),
        ({"client_id": "another"}, 400, "unauthorized_client", 700016),
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"scope": "https://graph.microsoft.com/.default"}, 400, "invalid_scope", 70011),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_wrong_credentials_get_no_token(
    changes: dict[str, str], status: int, error: str, number: int, caller: Caller
) -> None:
    """Each mistake in Entra's own words, with its number."""
    refused = await caller.ask_for_token(**changes)
    assert (refused.status, refused.body["error"], refused.body["error_codes"]) == (status, error, [number])
    assert f"AADSTS{number}" in refused.body["error_description"]


async def test_the_connector_asks_for_a_token(teams: TeamsEmulator, caller: Caller) -> None:
    """None, a strange one, one taken back and one that has expired are all refused, before anything is looked at."""
    room = teams.channel(teams.team("Product", members=[teams.person("Alice Martin")]), "pm-learning")
    await teams.install(room)
    good = caller.token
    assert (await caller.post(room, HELLO)).status == 201
    for wrong in ("", "made-up", teams.token()):
        caller.token = wrong
        refused = await caller.post(room, HELLO)
        assert (refused.status, refused.code) == (401, "Unauthorized")
    caller.token = good
    teams.clock.let_pass(3599)
    assert (await caller.post(room, HELLO)).status == 201
    teams.clock.let_pass(2)
    assert (await caller.post(room, HELLO)).status == 401
    await caller.sign_in()
    teams.revoke_tokens()
    assert (await caller.post(room, HELLO)).status == 401
    await caller.sign_in()
    assert (await caller.post(room, HELLO)).status == 201
    assert all("access_token" not in (call.outcome or {}) for call in teams.calls)


async def test_a_secret_expires(teams: TeamsEmulator, caller: Caller) -> None:
    """Then neither old tokens nor new ones help, until it is renewed."""
    room = teams.group("Readers", members=[teams.person("Alice Martin")])
    await teams.install(room)
    teams.expire_credentials()
    assert (await caller.post(room, HELLO)).status == 401
    assert (await caller.ask_for_token()).body["error_codes"] == [7000222]
    teams.renew_credentials()
    await caller.sign_in()
    assert (await caller.post(room, HELLO)).status == 201


async def _keys(teams: TeamsEmulator) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{teams.url}/v1/.well-known/openidconfiguration") as response:
            metadata = await response.json()
        assert metadata["issuer"] == "https://api.botframework.com"
        async with session.get(metadata["jwks_uri"]) as response:
            listed = jwt.PyJWKSet.from_dict(await response.json())
    return {str(key.key_id): key.key for key in listed.keys}


def _claims(token: str, keys: dict[str, Any], audience: str) -> dict[str, Any]:
    """As the bot checks it. Raises jwt.PyJWTError or KeyError."""
    kid = jwt.get_unverified_header(token)["kid"]
    issuer = "https://api.botframework.com"
    return jwt.decode(token, keys[kid], algorithms=["RS256"], audience=audience, issuer=issuer)


async def test_activities_are_signed(teams: TeamsEmulator, bot: EchoBot) -> None:
    """With a published key, for this bot, naming the serviceUrl that the activity names; one token for many."""
    alice = teams.person("Alice Martin")
    await teams.install(teams.personal(alice))
    await teams.say(alice, teams.personal(alice), "risks")
    keys = await _keys(teams)
    assert len(bot.heard) == 3
    tokens = {heard.headers["authorization"].removeprefix("Bearer ") for heard in bot.heard}
    [token] = tokens
    claims = _claims(token, keys, teams.client_id)
    assert {claims["serviceurl"]} == {heard.event["serviceUrl"] for heard in bot.heard} == {teams.service_url}
    assert 0 < claims["exp"] - claims["nbf"] <= 4000


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"issuer": "https://sts.windows.net/x/"}, jwt.InvalidIssuerError),
        ({"audience": "another-bot"}, jwt.InvalidAudienceError),
        ({"expires_in": -3600}, jwt.ExpiredSignatureError),
        ({"key": SigningKey}, KeyError),
        ({"kid": "nobody-knows-it"}, KeyError),
    ],
    ids=["issuer", "audience", "expired", "key", "kid"],
)
async def test_tokens_can_be_wrong(
    wrong: dict[str, Any], error: type[Exception], teams: TeamsEmulator, bot: EchoBot
) -> None:
    """In one respect each, and they go out with an activity."""
    alice = teams.person("Alice Martin")
    activity = teams.activity("message", alice, teams.personal(alice), text="risks")
    wrong = {name: value() if value is SigningKey else value for name, value in wrong.items()}
    await teams.send_activity(activity, token=teams.token(**wrong))
    with pytest.raises(error):
        _claims(bot.heard[-1].headers["authorization"].removeprefix("Bearer "), await _keys(teams), teams.client_id)


async def test_a_known_key_id_with_another_key(teams: TeamsEmulator, bot: EchoBot) -> None:
    """A forged signature under a published key's id does not hold."""
    alice = teams.person("Alice Martin")
    keys = await _keys(teams)
    [kid] = keys
    forged = teams.token(key=SigningKey(), kid=kid)
    await teams.send_activity(teams.activity("message", alice, teams.personal(alice)), token=forged)
    assert bot.heard[-1].headers["authorization"] == f"Bearer {forged}"
    with pytest.raises(jwt.InvalidSignatureError):
        _claims(forged, keys, teams.client_id)


async def test_no_token_and_another_service_url(teams: TeamsEmulator, bot: EchoBot) -> None:
    """An activity can go without any, or with one for another address, or for none."""
    alice = teams.person("Alice Martin")
    activity = teams.activity("message", alice, teams.personal(alice))
    await teams.send_activity(activity, token="")
    assert "authorization" not in bot.heard[-1].headers
    keys = await _keys(teams)
    assert _claims(teams.token(service_url="https://x/"), keys, teams.client_id)["serviceurl"] == "https://x/"
    assert "serviceurl" not in _claims(teams.token(service_url=None), keys, teams.client_id)


async def test_keys_rotate(teams: TeamsEmulator, bot: EchoBot) -> None:
    """Afterwards the old key is published no more, and activities come with the new one."""
    old = teams.token()
    before = await _keys(teams)
    teams.rotate_keys()
    after = await _keys(teams)
    assert not before.keys() & after.keys()
    with pytest.raises(KeyError):
        _claims(old, after, teams.client_id)
    alice = teams.person("Alice Martin")
    await teams.say(alice, teams.personal(alice), "never sent: the app is not there")
    assert bot.heard == []
    await teams.install(teams.personal(alice))
    assert _claims(bot.heard[-1].headers["authorization"].removeprefix("Bearer "), after, teams.client_id)
