"""Slips of copying: what no setting can be is refused in words, and what could be right is not."""

import re
from pathlib import Path

import pytest

from bot.settings import registration, variables
from bot.settings.checked import Settings, SettingsError

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 # opens nothing
GUID, OTHER = "6a1c4a3e-0000-4000-8000-00000000b017", "6a1c4a3e-0000-4000-8000-0000000000aa"
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

# A value of each variable that is right, whatever the others are.
RIGHT = {
    "SLACK_BOT_TOKEN": "xoxb-1234567890-abcDEF",
    "SLACK_APP_TOKEN": "xapp-1-A0001-1234-abcdef",
    "SLACK_SIGNING_SECRET": SECRET,
    "SLACK_API_URL": "https://slack-gov.com/api/",
    "SLACK_CLIENT_ID": "1234567890.1234567890",
    "SLACK_CLIENT_SECRET": SECRET[::-1],
    "TOKEN_ENCRYPTION_KEYS": f"{KEY}, {KEY}",
    "ALLOWED_WORKSPACES": "T0123456789, E0123456789",
    "TEAMS_CLIENT_ID": GUID,
    "TEAMS_CLIENT_SECRET": "abc8Q~x_y.z-1234567890",
    "TEAMS_TENANT_ID": OTHER,
    "TEAMS_ALLOWED_TENANTS": f"{OTHER}, {GUID}",
    "CLIENT_ID": GUID,
    "CLIENT_SECRET": "abc8Q~x_y.z-1234567890",
    "TENANT_ID": OTHER,
    "TEAMS_CLOUD": "usgov",
    "TEAMS_ALLOW_UNSIGNED": "off",
    "DATABASE_URL": "sqlite:////srv/my bot/bot#1.db",
    "AUTO_MIGRATE": "off",
    "HOST": "::1",
    "PORT": "4000",
    "PUBLIC_URL": "https://bot.example.org",
    "CONTENT_PATH": "content/a folder # 2",
    "CONTENT_CACHE": "/srv/a folder # 2",
    "SCHEDULER": "off",
    "MCP": "off",
    "HTTPS_PROXY": "http://user:password@proxy.example:3128",
    "HTTP_PROXY": "proxy.example:3128",
    "ALL_PROXY": "https://proxy.example",
    "NO_PROXY": "example.com, 10.0.0.0/8",
    "LOG_LEVEL": "debug",
    "LOG_FORMAT": "json",
    "TICK_SECONDS": "21.5",
    "CLIENT_TIMEOUT_SECONDS": "14",
    "LEASE_SECONDS": "61",
    "SETTLING_SECONDS": "121",
    "GRACE_HOURS": "11",
    "PACE_PER_SECOND": "4",
    "PACE_BURST": "19",
    "STOP_SECONDS": "9",
}
# One token and many workspaces contradict each other.
ONE = {name: value for name, value in RIGHT.items() if not name.startswith("SLACK_CLIENT_")}
MANY = {name: value for name, value in RIGHT.items() if name != "SLACK_BOT_TOKEN"}
SLIPS = {
    "quotation marks, as docker --env-file keeps them": '"{}"',
    "single ones": "'{}'",
    "those of a word processor": "“{}”",
    "one left over": '{}"',
    "its own name": "{name}={}",
    "a sign nobody sees": "{}\u200b",
    "a byte order mark": "\ufeff{}",
    "two lines": "{}\n{}",
    "bytes that are no text": "{}\udce9",
    "a comment": "{} # the new one",
    "a comment behind a tab": "{}\t# the new one",
}


def wrong(environ: dict[str, str], name: str) -> list[str]:
    """List what is said of one variable."""
    try:
        Settings.read(environ, None)
    except SettingsError as refused:
        return [fault for fault in refused.faults if fault.startswith(f"{name} ")]
    return []


def test_what_is_right_is_taken() -> None:
    """Every value above, with the white space around it that pasting brings; and the walk below leaves none out."""
    assert RIGHT.keys() == {variable.name for variable in variables.VARIABLES}
    for right in (ONE, MANY):
        plain = Settings.read(right, None)
        for around in (" {} ", "{}\n", "{}\r\n", "\t{}\u00a0"):
            assert Settings.read({name: around.format(value) for name, value in right.items()}, None) == plain
        assert plain.warnings == ()


def test_every_slip_of_every_setting_is_named_once() -> None:
    """One sentence for it, which says what to remove, quotes no value, and is not followed by its consequences."""
    amiss = []
    for name, value in RIGHT.items():
        for slip, form in SLIPS.items():
            said = wrong({**RIGHT, name: form.format(value, value, name=name)}, name)
            is_allowed = name in {"CONTENT_PATH", "CONTENT_CACHE"} and slip == "a comment"  # a folder may be called so
            if len(said) != (not is_allowed) or any(value in sentence for sentence in said):
                amiss.append(f"{name} with {slip}: {said}")
    assert amiss == []


def test_quotation_marks_in_the_env_file_are_its_own(tmp_path: Path) -> None:
    """There they mean what they mean in a shell, and so does a comment."""
    file = tmp_path / ".env"
    for right in (ONE, MANY):
        lines = [f"{name}='{value}' # {name.lower()}" for name, value in right.items()]
        file.write_text("\r\n".join(lines))
        assert Settings.read({}, file) == Settings.read(right, None)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xoxe.xoxb-1-abc"}, "SLACK_BOT_TOKEN does not begin with xoxb-: .*rotates.*12 hours.*new"),
        ({"SLACK_BOT_TOKEN": "xoxe-1-abc"}, "SLACK_BOT_TOKEN does not begin with xoxb-: it is a refresh token"),
        ({"SLACK_BOT_TOKEN": "xoxe.xoxp-1-abc"}, "SLACK_BOT_TOKEN .*rotates"),
        ({"SLACK_BOT_TOKEN": "xapp-1-abc"}, "SLACK_BOT_TOKEN .* belongs into SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": "xoxb-1-abc"}, "SLACK_APP_TOKEN .* belongs into SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xoxe.xoxb-1-abc"}, "SLACK_APP_TOKEN .*rotates"),
        ({"SLACK_BOT_TOKEN": "xoxp-1-abc"}, "SLACK_BOT_TOKEN .*a person's token"),
        ({"SLACK_BOT_TOKEN": "xoxc-1-abc"}, "SLACK_BOT_TOKEN .*another kind"),
        ({"SLACK_BOT_TOKEN": "xoxb-"}, "SLACK_BOT_TOKEN is only the beginning"),
        ({"SLACK_BOT_TOKEN": "xoxb-…"}, "SLACK_BOT_TOKEN has a sign in it that no such value has"),
        ({"SLACK_BOT_TOKEN": "<xoxb-1>"}, "SLACK_BOT_TOKEN does not begin with xoxb-"),
        ({"SLACK_SIGNING_SECRET": "xoxe.xoxb-1"}, "SLACK_SIGNING_SECRET holds a token"),
        ({"SLACK_SIGNING_SECRET": RIGHT["SLACK_CLIENT_ID"]}, "SLACK_SIGNING_SECRET holds the client id"),
        ({"SLACK_SIGNING_SECRET": "A0123456789"}, "SLACK_SIGNING_SECRET holds the app's id"),
        ({"SLACK_SIGNING_SECRET": "Xxzj5CFQ1LYvZqP3nR8tKw2m"}, "SLACK_SIGNING_SECRET holds the verification token"),
        ({"SLACK_SIGNING_SECRET": GUID}, "SLACK_SIGNING_SECRET holds an id"),
        ({"SLACK_SIGNING_SECRET": f"{SECRET}#new"}, "SLACK_SIGNING_SECRET has a sign in it"),
        ({"SLACK_SIGNING_SECRET": f"{SECRET} {SECRET}"}, "SLACK_SIGNING_SECRET has a space in it"),
        (
            {"SLACK_SIGNING_SECRET": RIGHT["SLACK_CLIENT_SECRET"]},
            "SLACK_SIGNING_SECRET and SLACK_CLIENT_SECRET are the",
        ),
        ({"SLACK_CLIENT_ID": "A0123456789"}, "SLACK_CLIENT_ID is not a client id"),
        ({"SLACK_CLIENT_SECRET": "xoxb-1"}, "SLACK_CLIENT_SECRET holds a token"),
        ({"TEAMS_CLIENT_SECRET": OTHER.upper()}, "TEAMS_CLIENT_SECRET holds an id .*copy the secret's value"),
        ({"TEAMS_CLIENT_SECRET": "…"}, "TEAMS_CLIENT_SECRET has a sign in it"),
        ({"TEAMS_CLIENT_ID": OTHER}, "TEAMS_CLIENT_ID and TEAMS_TENANT_ID are the same"),
        ({"TEAMS_CLIENT_ID": f"{{{GUID}}}"}, "TEAMS_CLIENT_ID is not an id"),
        ({"HOST": "0.0.0.0:3000"}, "HOST must be an address"),
        ({"HOST": "http://0.0.0.0"}, "HOST must be an address"),
        ({"HOST": "[::"}, "HOST must be an address"),
        ({"HOST": "*"}, "HOST must be an address"),
        ({"HOST": "256.1.1.1"}, "HOST must be an address"),
        ({"HOST": "1.2.3"}, "HOST must be an address"),
        ({"HOST": "bot.example.5"}, "HOST must be an address"),
        ({"HOST": "a..b"}, "HOST must be an address"),
        ({"HOST": "-bot.example"}, "HOST must be an address"),
        ({"HOST": f"{'b' * 64}.example"}, "HOST must be an address"),
        ({"PUBLIC_URL": "https://me:pass@bot.example"}, "PUBLIC_URL must be a whole https:// address without a user"),
        ({"PUBLIC_URL": "https://bot.example/?next=1"}, "PUBLIC_URL must end before the"),
        ({"PUBLIC_URL": "https://bot.example/#top"}, "PUBLIC_URL must end before the"),
        ({"SLACK_BOT_TOKEN": "xoxb-your-token"}, "SLACK_BOT_TOKEN holds what an example has"),
        ({"SLACK_BOT_TOKEN": "xoxb-..."}, "SLACK_BOT_TOKEN holds what an example has"),
        ({"SLACK_APP_TOKEN": "xapp-1-XXXXXXXX"}, "SLACK_APP_TOKEN holds what an example has"),
        ({"SLACK_SIGNING_SECRET": "your_signing_secret"}, "SLACK_SIGNING_SECRET holds what an example has"),
        ({"TEAMS_CLIENT_SECRET": "changeme"}, "TEAMS_CLIENT_SECRET holds what an example has"),
        ({"PUBLIC_URL": "https://bot.example:99999"}, "PUBLIC_URL must be a whole https:// address"),
        ({"SLACK_API_URL": "https://slack.com:x/api"}, "SLACK_API_URL must be a whole https:// address"),
        ({"DATABASE_URL": "postgresql://bot@db.example:port/pm"}, "DATABASE_URL is neither"),
    ],
)
def test_a_value_in_anothers_place_is_told(environ: dict[str, str], sentence: str) -> None:
    """What stands beside the right value and is copied for it is named, where it can be told; nothing else is."""
    right = ONE if "SLACK_BOT_TOKEN" in environ else MANY
    once = {name: value for name, value in right.items() if name not in registration.THEIRS.values()}
    with pytest.raises(SettingsError) as refused:
        Settings.read({**once, **environ}, None)
    (fault,) = refused.value.faults
    assert re.match(sentence, fault), fault
    assert not any(value in fault for value in environ.values() if len(value) > 3)


@pytest.mark.parametrize("given", ["0123456789ABCDEF0123456789ABCDEF", "8f742231b10e8888abcd99yyyzzz85a5", "abc"])
def test_a_signing_secret_of_another_form_is_doubted(given: str) -> None:
    """Slack promises no form, so it is not refused; but all of them are 32 hexadecimal digits."""
    (warning,) = Settings.read({**ONE, "SLACK_SIGNING_SECRET": given}, None).warnings
    assert "is not 32 hexadecimal digits" in warning
    assert given not in warning


@pytest.mark.parametrize(
    ("given", "host"), [("[::1]", "::1"), ("[::]", "::"), ("localhost", "localhost"), ("fe80::1%eth0", "fe80::1%eth0")]
)
def test_hosts(given: str, host: str) -> None:
    """Brackets around an IPv6 address do no harm, and names are hosts too."""
    assert Settings.read({"HOST": given}, None).host == host


def test_the_command_lines_host_is_checked_too() -> None:
    """What HOST could not be, --host cannot be either."""
    with pytest.raises(SettingsError, match="--host must be an address"):
        Settings.read({}, None).listening("0.0.0.0:80", None)
    assert Settings.read({}, None).listening("[::]", None).host == "::"
