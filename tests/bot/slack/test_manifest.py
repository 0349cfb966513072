"""The Slack app asks for as little as it can, and both forms of its manifest are ones Slack takes."""

import copy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import orjson
import pytest

from bot.slack import manifest
from cards import scopes
from playground.slack.emulator import SlackEmulator
from tests import strict
from tests.bot.slack.manifest_table import Manifest

SCHEMA = Path(__file__).parents[4] / "shared" / "schemas" / "slack-app-manifest.2.0.0.schema.json"
WORDS = {"name", "description", "display_name", "usage_hint"}  # any are as good as ours
URL = "https://pm-compare.example.com"
ADDRESS = "https://pm-compare.example.com/slack/events"


def forms() -> list[dict[str, Any]]:
    """Give both forms."""
    return [manifest.socket_form(), manifest.http_form(manifest.socket_form(), URL)]


def test_what_slack_takes() -> None:
    """Both forms are made of what Slack knows, and one that is spoilt anywhere is refused."""
    for form in forms():
        assert strict.faults(Manifest, form) == []
        unnoticed = [
            f"{where} {how}"
            for where, name, how in strict.spoilings(form)
            if not (how == "missing" and name.endswith(("url", "urls"))) and not (how == "reworded" and name in WORDS)
            if strict.faults(Manifest, form) == []
        ]
        assert unnoticed == []
    assert strict.faults(Manifest, forms()[0] | {"display_information": {"name": "x" * 36}})


def test_slacks_own_schema_says_the_same() -> None:
    """It accepts both forms, and what it refuses of a spoilt one our table refuses."""
    if not SCHEMA.exists():
        pytest.skip(f"to compare our table with it, put Slack's schema of manifests at ../shared/schemas/{SCHEMA.name}")
    schema = orjson.loads(SCHEMA.read_bytes())
    validator = jsonschema.validators.validator_for(schema)(schema)
    for form in forms():
        assert [error.message for error in validator.iter_errors(form)] == []
        for where, _, how in strict.spoilings(form):
            assert validator.is_valid(form) or strict.faults(Manifest, form), f"{where} {how}"


def test_scopes() -> None:
    """Exactly the scopes that features need; none that reads history or lists channels, not even optional."""
    for form in forms():
        scopes = form["oauth_config"]["scopes"]
        assert scopes == {
            "bot": ["app_mentions:read", "chat:write", "commands", "reactions:read"],
            "bot_optional": ["users:read"],
        }


def test_what_the_page_asks_for_is_what_the_manifest_lists() -> None:
    """Slack refuses a scope that the app does not have; people may leave out those alone that it calls optional."""
    listed = manifest.socket_form()["oauth_config"]["scopes"]
    assert sorted(scope.name for scope in scopes.REQUIRED) == listed["bot"]
    assert sorted(scope.name for scope in scopes.OPTIONAL) == listed["bot_optional"]


def test_forbidden_scopes() -> None:
    """Whatever is asked for one day, it is never a scope that breaks the promise not to read along."""
    for form in forms():
        every = [scope for kind in form["oauth_config"]["scopes"].values() for scope in kind]
        assert every
        for scope in every:
            assert not scope.endswith(":history"), scope
            assert scope not in {"channels:read", "groups:read", "im:read", "mpim:read", "im:write"}, scope


def test_the_emulated_app_is_the_manifest_s() -> None:
    """Its command, its global shortcut and its tabs are those that the emulator offers unless it is told otherwise."""
    features, app = manifest.socket_form()["features"], SlackEmulator().platform.app
    assert app.commands == tuple(command["command"] for command in features["slash_commands"])
    assert app.shortcuts == {shortcut["callback_id"]: shortcut["name"] for shortcut in features["shortcuts"]}
    home = features["app_home"]
    assert (app.home_tab, app.messages_tab) == (home["home_tab_enabled"], home["messages_tab_enabled"])


def test_socket_form() -> None:
    """manifest.json is the Socket Mode form: no address in it, and one command."""
    form = manifest.socket_form()
    assert form["settings"]["socket_mode_enabled"] is True
    assert b"request_url" not in orjson.dumps(form)
    assert [command["command"] for command in form["features"]["slash_commands"]] == ["/pm-compare"]
    # Slack refuses direct messages with messages_tab_disabled unless both are true.
    home = form["features"]["app_home"]
    assert (home["messages_tab_enabled"], home["messages_tab_read_only_enabled"]) == (True, True)
    assert home["home_tab_enabled"] is True
    assert form["settings"]["event_subscriptions"]["bot_events"] == [
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "grid_migration_finished",
        "grid_migration_started",
        "reaction_added",
        "team_access_granted",
        "team_access_revoked",
        "tokens_revoked",
    ]


@pytest.mark.parametrize("url", [URL, URL + "/", ADDRESS, ADDRESS + "/"])
def test_http_form(url: str) -> None:
    """The HTTP form has the one address in all four places, is otherwise the same, and changes nothing it was given."""
    socket = manifest.socket_form()
    before = copy.deepcopy(socket)
    form = manifest.http_form(socket, url)
    assert socket == before
    assert form["features"]["slash_commands"][0].pop("url") == ADDRESS
    assert form["settings"]["event_subscriptions"].pop("request_url") == ADDRESS
    assert form["settings"]["interactivity"].pop("request_url") == ADDRESS
    assert form["settings"]["interactivity"].pop("message_menu_options_url") == ADDRESS
    assert form["oauth_config"].pop("redirect_urls") == ["https://pm-compare.example.com/slack/oauth_redirect"]
    assert (form["settings"].pop("org_deploy_enabled"), socket["settings"].pop("org_deploy_enabled")) == (True, False)
    assert form["settings"].pop("socket_mode_enabled") is False
    assert socket["settings"].pop("socket_mode_enabled") is True
    assert form == socket


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example",
        "bot.example",
        "https://",
        "https://[",
        "",
        f"{URL}?team=1",
        f"{URL}/?",
        f"{URL}#top",
        f"{URL} ",
        "https://pm compare.example.com",
        f"{URL}\n",
        f"{URL}:port",
    ],
)
def test_http_form_wants_https(url: str) -> None:
    """Slack calls https addresses only, so any other is refused in words; nothing given is not the Socket Mode form."""
    with pytest.raises(ValueError, match="https"):
        manifest.http_form(manifest.socket_form(), url)
    for written in (manifest.text, manifest.link):
        with pytest.raises(ValueError, match="https"):
            written(url)


@pytest.mark.parametrize("url", [None, URL])
def test_link(url: str | None) -> None:
    """The address begins a new app with the form filled in, whole, however it is pasted into a message or a page."""
    address = manifest.link(url)
    assert address.isascii()
    assert not set(address) & set(" <>\"'()|")
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "api.slack.com", "/apps")
    asked = parse_qs(parts.query, strict_parsing=True)
    assert asked.keys() == {"new_app", "manifest_json"}
    assert orjson.loads(asked["manifest_json"][0]) == orjson.loads(manifest.text(url))
    assert len(address) < 8000  # what servers and proxies take as an address


def test_text() -> None:
    """What is printed to paste is the form itself, indented."""
    assert orjson.loads(manifest.text(None)) == manifest.socket_form()
    assert orjson.loads(manifest.text(URL)) == manifest.http_form(manifest.socket_form(), URL)
    assert "\n  " in manifest.text(None)
