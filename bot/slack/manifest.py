"""The Slack app's manifest in both its forms: Socket Mode as it lies at the repository's root, and HTTP."""

import copy
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from bot.slack.profile import PROFILE

PATH = Path(__file__).parents[2] / "manifest.json"
REDIRECT = "/slack/oauth_redirect"  # what bot/slack/install serves; its addresses need the SDK, and this does not
NEW_APP = "https://api.slack.com/apps?new_app=1"


def socket_form() -> dict[str, Any]:
    """Read manifest.json: what an app in Socket Mode is made from."""
    manifest: dict[str, Any] = orjson.loads(PATH.read_bytes())
    return manifest


def http_form(manifest: dict[str, Any], url: str) -> dict[str, Any]:
    """Rewrite a Socket Mode manifest for a bot that the internet reaches at `url`, and that workspaces may install.

    One manifest can't serve both: with socket_mode_enabled Slack ignores the addresses, and without it, it demands
    them for events, interactivity, menus that ask for options, and each command.

    Raises:
        ValueError: `url` is no https address, and Slack takes no other; or it goes on after the path.
    """
    if not _is_usable(url):
        raise ValueError(
            "Slack reaches a bot over https only: give an address such as https://pm-compare.example.com, "
            "without spaces, “?” and “#”."
        )
    base = url.rstrip("/").removesuffix(PROFILE.path).rstrip("/")
    address = base + PROFILE.path
    changed = copy.deepcopy(manifest)
    for command in changed["features"]["slash_commands"]:
        command["url"] = address
    settings = changed["settings"]
    settings["event_subscriptions"]["request_url"] = address
    settings["interactivity"] |= {"request_url": address, "message_menu_options_url": address}
    settings["socket_mode_enabled"] = False
    # Where workspaces install the app from our page, Slack sends them back here; one token leaves it unused.
    changed["oauth_config"]["redirect_urls"] = [base + REDIRECT]
    settings["org_deploy_enabled"] = True  # an organization may install it as a whole
    return changed


def text(url: str | None) -> str:
    """Write the manifest as JSON to paste: the HTTP form for `url`, the Socket Mode form for None.

    Raises:
        ValueError: as `http_form`.
    """
    return orjson.dumps(_form(url), option=orjson.OPT_INDENT_2).decode()


def link(url: str | None) -> str:
    """Give the address at which Slack begins a new app with the manifest filled in, forms as in `text`.

    https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests

    Raises:
        ValueError: as `http_form`.
    """
    return f"{NEW_APP}&manifest_json={quote(orjson.dumps(_form(url)), safe='')}"


def _form(url: str | None) -> dict[str, Any]:
    form = socket_form()
    return form if url is None else http_form(form, url)


def _is_usable(url: str) -> bool:
    # By hand: urlsplit drops tabs and line ends in silence.
    if not url.startswith("https://") or any(sign.isspace() or sign in "?#" for sign in url):
        return False
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # "https://[": an IPv6 address that never ends; "https://host:port"
        return False
