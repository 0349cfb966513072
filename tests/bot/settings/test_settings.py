"""Settings are checked whole, and never show a secret."""

import copy
import json
import os
import re
from pathlib import Path

import pytest
from msgspec import structs
from rapidfuzz import fuzz, process

from bot.settings import registration, variables
from bot.settings.checked import Settings, SettingsError
from bot.settings.reader import Secret
from bot.settings.registration import Named

ROOT = Path(__file__).parents[3]
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef"}
TEAMS = {
    "TEAMS_CLIENT_ID": "6a1c4a3e-0000-4000-8000-00000000b017",
    "TEAMS_CLIENT_SECRET": "hidden-five",
    "TEAMS_TENANT_ID": "6a1c4a3e-0000-4000-8000-0000000000aa",
}
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def faults(environ: dict[str, str]) -> tuple[str, ...]:
    """List what is wrong with an environment."""
    with pytest.raises(SettingsError) as caught:
        Settings.read(environ, None)
    return caught.value.faults


def test_nothing_set_is_a_bot_without_slack() -> None:
    """With no variable at all every default holds, and no platform is connected."""
    settings = Settings.read({}, None)
    assert settings.slack_transport == "none"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.database_url.reveal() == "sqlite:///bot.db"
    assert settings.database_kind == "sqlite"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.content_path == Path("content/ai-pm")
    assert (settings.scheduler, settings.auto_migrate) == ("embedded", True)
    assert (settings.log_level, settings.log_format) == ("info", "console")
    assert (settings.client_timeout_seconds, settings.lease_seconds, settings.settling_seconds) == (15, 60, 120)
    assert (settings.tick_seconds, settings.grace_hours, settings.stop_seconds) == (15, 12, 10)
    assert settings.warnings == ()


@pytest.mark.parametrize(
    ("environ", "transport"),
    [
        (SLACK, "http"),
        (SLACK | {"SLACK_APP_TOKEN": "xapp-1"}, "socket"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, "socket"),
    ],
)
def test_transport(environ: dict[str, str], transport: str) -> None:
    """An app token means Socket Mode, a signing secret alone HTTP."""
    assert Settings.read(environ, None).slack_transport == transport


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xoxp-1", "SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN does not begin with xoxb-"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN does not begin with xapp-"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "xapp-1"}, "SLACK_SIGNING_SECRET holds a token"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_BOT_TOKEN needs SLACK_APP_TOKEN"),
        ({"SLACK_SIGNING_SECRET": "abc"}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together"),
        ({"SLACK_CLIENT_SECRET": "abc"}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together"),
        (
            {
                "SLACK_CLIENT_ID": "1",
                "SLACK_CLIENT_SECRET": "s",
                "SLACK_SIGNING_SECRET": "x",
                "PUBLIC_URL": "https://bot.example",
            },
            "TOKEN_ENCRYPTION_KEYS is missing",
        ),
        (
            {
                "SLACK_CLIENT_ID": "1",
                "SLACK_CLIENT_SECRET": "s",
                "TOKEN_ENCRYPTION_KEYS": KEY,
                "PUBLIC_URL": "https://bot.example",
            },
            "SLACK_SIGNING_SECRET is missing",
        ),
        ({"TOKEN_ENCRYPTION_KEYS": f"{KEY},short"}, "TOKEN_ENCRYPTION_KEYS has a key (number 2)"),
        ({"TOKEN_ENCRYPTION_KEYS": "schlüssel"}, "TOKEN_ENCRYPTION_KEYS has a key (number 1)"),
        ({"SLACK_API_URL": "http://slack.example/api/"}, "SLACK_API_URL must be a whole https:// address"),
        (
            {"TEAMS_CLIENT_ID": TEAMS["TEAMS_CLIENT_ID"]},
            "TEAMS_CLIENT_ID, TEAMS_CLIENT_SECRET and TEAMS_TENANT_ID belong together",
        ),
        (TEAMS | {"TEAMS_CLIENT_ID": "pm-compare"}, "TEAMS_CLIENT_ID is not an id such as"),
        (TEAMS | {"TEAMS_TENANT_ID": "example.onmicrosoft.com"}, "TEAMS_TENANT_ID is not an id such as"),
        (TEAMS | {"TEAMS_ALLOWED_TENANTS": "contoso.example"}, "TEAMS_ALLOWED_TENANTS must be tenants' ids such as"),
        (
            TEAMS | {"TEAMS_ALLOWED_TENANTS": f"*,{TEAMS['TEAMS_TENANT_ID']}"},
            "TEAMS_ALLOWED_TENANTS is either * for any tenant, or ids",
        ),
        ({"TEAMS_CLOUD": "moon"}, "TEAMS_CLOUD must be one of public, usgov, usgovdod, china"),
        ({"TEAMS_CLOUD": "http://login.example"}, "TEAMS_CLOUD must be one of"),
        ({"TEAMS_CLOUD": "https://127.0.0.1:1"}, "TEAMS_CLOUD must be one of"),
        ({"TEAMS_ALLOW_UNSIGNED": "yes"}, "TEAMS_ALLOW_UNSIGNED must be one of on, off"),
        ({"TEAMS_ALLOW_UNSIGNED": "on", "HOST": "0.0.0.0"}, "TEAMS_ALLOW_UNSIGNED=on lets anybody"),  # noqa: S104 # which is what must be refused
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL is neither"),
        ({"DATABASE_URL": "bot.db"}, "DATABASE_URL is neither"),
        ({"DATABASE_URL": "postgresql://["}, "DATABASE_URL is neither"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL names no file"),
        ({"DATABASE_URL": "sqlite:///"}, "DATABASE_URL names no file"),
        ({"AUTO_MIGRATE": "yes"}, "AUTO_MIGRATE must be one of on, off"),
        ({"PORT": "0"}, "PORT must be a whole number from 1 to 65535"),
        ({"PORT": "65536"}, "PORT must be"),
        ({"PORT": "3000.0"}, "PORT must be"),
        ({"PORT": "9" * 5000}, "PORT must be"),
        ({"PUBLIC_URL": "http://bot.example"}, "PUBLIC_URL must be a whole https:// address"),
        ({"PUBLIC_URL": "bot.example"}, "PUBLIC_URL must be"),
        ({"PUBLIC_URL": "https://["}, "PUBLIC_URL must be"),
        ({"SCHEDULER": "cron"}, "SCHEDULER must be one of embedded, cluster, off"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of debug, info, warning, error"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be one of console, json"),
        ({"TICK_SECONDS": "0"}, "TICK_SECONDS must be a number above 0"),
        ({"GRACE_HOURS": "nan"}, "GRACE_HOURS must be"),
        ({"GRACE_HOURS": "1e300"}, "GRACE_HOURS must be a number above 0, and at most 1,000,000."),
        ({"STOP_SECONDS": "inf"}, "STOP_SECONDS must be"),
        ({"SLACK_API_URL": "https://slack.com"}, "SLACK_API_URL must end in /api"),
        ({"SLACK_API_URL": "https://slack.com/api/v1/"}, "SLACK_API_URL must end in /api"),
        ({"SLACK_API_URL": "https://slack.com/?x=/api"}, "SLACK_API_URL must end in /api"),
        ({"SLACK_API_URL": "https://slack.com/#/api"}, "SLACK_API_URL must end in /api"),
        ({"STOP_SECONDS": "soon"}, "STOP_SECONDS must be"),
        ({"LEASE_SECONDS": "15"}, "CLIENT_TIMEOUT_SECONDS < LEASE_SECONDS < SETTLING_SECONDS must hold"),
        ({"SETTLING_SECONDS": "30"}, "CLIENT_TIMEOUT_SECONDS < LEASE_SECONDS < SETTLING_SECONDS must hold"),
    ],
)
def test_one_fault(environ: dict[str, str], sentence: str) -> None:
    """Each mistake is named, by the variable's name, and nothing else is."""
    found = faults(environ)
    assert len(found) == 1, found
    assert found[0].startswith(sentence)


def test_every_fault_at_once() -> None:
    """All mistakes come in one message, a line each, so that nobody starts the bot five times."""
    environ = {
        "SLACK_BOT_TOKEN": "nope",
        "PORT": "x",
        "LOG_LEVEL": "loud",
        "TEAMS_TENANT_ID": TEAMS["TEAMS_TENANT_ID"],
        "SLACK_BOT_TOKN": "x",
    }
    with pytest.raises(SettingsError) as caught:
        Settings.read(environ, None)
    message = str(caught.value)
    for name in ("SLACK_BOT_TOKEN", "PORT", "LOG_LEVEL", "TEAMS_CLIENT_ID", "did you mean SLACK_BOT_TOKEN?"):
        assert name in message
    assert len(message.splitlines()) == 1 + len(caught.value.faults) + 1


def test_near_miss_is_a_warning() -> None:
    """A name that is nearly ours is pointed at; what belongs to other programs is left alone."""
    environ = SLACK | {"SLACK_BOT_TOKN": "x", "DATABASE_URI": "x", "HOSTNAME": "box", "HOME": "/", "PATH": "/bin"}
    assert Settings.read(environ, None).warnings == (
        "DATABASE_URI is not read: did you mean DATABASE_URL?",
        "SLACK_BOT_TOKN is not read: did you mean SLACK_BOT_TOKEN?",
    )


def test_every_near_miss_is_one() -> None:
    """Whatever is looked at first: all that is as alike as it takes is pointed at, and nothing else."""
    known = [each.name for each in variables.VARIABLES]
    cut = {
        f"{name[:place]}{middle}{name[place + 1 :]}"
        for name in known
        for place in range(len(name))
        for middle in ("", "Q", "QQ")
    }
    asked = sorted(cut - {*known} - {name for name in cut if name.upper().endswith("_PROXY")})
    alike = {name: process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=85) for name in asked}
    assert 0 < sum(found is None for found in alike.values()) < len(asked)
    said = {f"{name} is not read: did you mean {found[0]}?" for name, found in alike.items() if found}
    assert {*Settings.read(SLACK | dict.fromkeys(asked, "x"), None).warnings} == said


def test_dotenv(tmp_path: Path) -> None:
    """The file fills in what the environment leaves unset, word for word, and os.environ stays as it was."""
    before = dict(os.environ)
    file = tmp_path / ".env"
    tokens = "SLACK_BOT_TOKEN=xoxb-$HOME\nexport SLACK_APP_TOKEN=xapp-1\n"
    file.write_text(f"\ufeffPORT=4000\n# words\nHOST='::1'\n{tokens}COLOUR=red\n")
    settings = Settings.read({"PORT": "5000", "HOST": ""}, file)
    assert (settings.port, settings.host) == (5000, "::1")
    assert settings.slack_bot_token == Secret("xoxb-$HOME")
    assert settings.warnings == (f"COLOUR in {file} is not read by PM Compare.",)
    assert dict(os.environ) == before
    assert Settings.read({}, tmp_path / "absent").port == 3000


@pytest.mark.parametrize(
    "pasted",
    ["xoxb-123-hidden", "HIDDEN123", "hidden=", "xapp-1-hidden=5", '"hidden', "'hidden'", "=hidden", "a hidden b"],
)
def test_a_pasted_secret_is_not_a_name(tmp_path: Path, pasted: str) -> None:
    """A line of .env that is no setting is named by its number and never quoted: it may be a token without its name."""
    file = tmp_path / ".env"
    file.write_text(f"# tokens\n\nPORT=4000\n\n{pasted}\n")
    settings = Settings.read({}, file)
    assert settings.port == 4000
    assert settings.warnings == (f"line 5 of {file} is not of the form NAME=value.",)
    with pytest.raises(SettingsError) as caught:
        Settings.read({"PORT": "x"}, file)
    assert "hidden" not in str(caught.value).lower().replace(str(file).lower(), "")


def test_unreadable_dotenv(tmp_path: Path) -> None:
    """A file that is no text is named, not a traceback."""
    file = tmp_path / ".env"
    file.write_bytes(b"PORT=\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.read({}, file)


def test_heroku_and_postgresql() -> None:
    """Heroku's scheme is understood, and the password counts as a secret."""
    settings = Settings.read({"DATABASE_URL": "postgres://bot:hunter22@db.example/pm"}, None)
    assert settings.database_url.reveal() == "postgresql://bot:hunter22@db.example/pm"
    assert settings.database_kind == "postgresql"
    assert "hunter22" in settings.secrets()


MANY = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "s",
    "TOKEN_ENCRYPTION_KEYS": KEY,
    "PUBLIC_URL": "https://bot.example",
}


@pytest.mark.parametrize("transport", [{"SLACK_SIGNING_SECRET": "abc"}, {"SLACK_APP_TOKEN": "xapp-1"}])
def test_many_workspaces(transport: dict[str, str]) -> None:
    """They install over HTTP, and their requests come over HTTP or Socket Mode; one token needs none of that."""
    settings = Settings.read(MANY | transport, None)
    assert (settings.installs_slack, settings.slack_transport != "none") == (True, True)
    assert not Settings.read(SLACK, None).installs_slack
    assert faults(MANY) == ("SLACK_SIGNING_SECRET is missing: Slack signs many workspaces' requests with it.",)


def test_many_workspaces_and_one_token_contradict() -> None:
    """One of them would be silently unused, so neither is guessed at: the sentence says how to have either."""
    (said,) = faults(MANY | SLACK)
    assert said.startswith("SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set")
    assert "/slack/install" in said
    (said,) = faults(
        {name: value for name, value in MANY.items() if name != "PUBLIC_URL"} | {"SLACK_APP_TOKEN": "xapp-1"}
    )
    assert said.startswith("PUBLIC_URL is missing, and SLACK_CLIENT_ID is set")


def test_allowed_workspaces() -> None:
    """Ids of workspaces and organizations, in any case and order; none means all, and a name is no id."""
    assert Settings.read(SLACK, None).allowed_workspaces == frozenset()
    given = {"ALLOWED_WORKSPACES": " T0123, e0456,,"}
    assert Settings.read(SLACK | given, None).allowed_workspaces == {"T0123", "E0456"}
    for wrong in ("acme", "C0123", "T0123 T0456", "T" + "0" * 64):
        (said,) = faults(SLACK | {"ALLOWED_WORKSPACES": wrong})
        assert said.startswith("ALLOWED_WORKSPACES holds something that is no id")


def test_each_platform_alone_or_both() -> None:
    """A bot serves whatever is set up, and knows at which addresses: a shifted clock is for those on this machine."""
    neither, slack, teams = (Settings.read(environ, None) for environ in ({}, SLACK, TEAMS))
    assert [(one.serves, one.serves_teams) for one in (neither, slack, teams)] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert neither.platform_addresses == slack.platform_addresses == ("https://slack.com/api/",)
    assert teams.platform_addresses == ("public",)
    both = Settings.read(SLACK | TEAMS | {"TEAMS_CLOUD": "http://127.0.0.1:9/"}, None)
    assert both.platform_addresses == ("https://slack.com/api/", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("given", "cloud"),
    [
        ("", "public"),
        ("USGov", "usgov"),
        ("usgovdod", "usgovdod"),
        ("China", "china"),
        ("http://127.0.0.1:4100/", "http://127.0.0.1:4100"),
        ("http://[::1]:4100", "http://[::1]:4100"),
    ],
)
def test_clouds(given: str, cloud: str) -> None:
    """Microsoft's clouds have names; an address is that of an emulated one, on this machine only."""
    assert Settings.read(TEAMS | {"TEAMS_CLOUD": given}, None).teams_cloud == cloud


def test_ids_of_teams_are_compared_in_lower_case() -> None:
    """Azure shows ids in either case, and its tokens have them in lower case."""
    settings = Settings.read(TEAMS | {"TEAMS_CLIENT_ID": TEAMS["TEAMS_CLIENT_ID"].upper()}, None)
    assert settings.teams_client_id == TEAMS["TEAMS_CLIENT_ID"]


def test_the_own_tenant_is_served_where_no_other_is_named() -> None:
    """Ids in either case, each once, with or without spaces; leaving out one's own is possible, and said."""
    own, other = TEAMS["TEAMS_TENANT_ID"], "7c7c7c7c-0000-4000-8000-00000000beef"
    for given, allowed in {
        "": (own,),
        f"{own}, {other.upper()},{other},": (own, other),
        "*": ("*",),
    }.items():
        settings = Settings.read(TEAMS | {"TEAMS_ALLOWED_TENANTS": given}, None)
        assert (settings.teams_allowed_tenants, settings.warnings) == (allowed, ())
    alone = Settings.read(theirs() | {"TEAMS_ALLOWED_TENANTS": other}, None)
    assert alone.teams_allowed_tenants == (other,)
    assert alone.warnings == (
        "TEAMS_ALLOWED_TENANTS leaves out the bot's own tenant (TENANT_ID): its people are refused.",
    )
    assert Settings.read({}, None).teams_allowed_tenants == ()


def theirs(**changes: str) -> dict[str, str]:
    """Give the registration by the names that Microsoft's command line writes, some of it otherwise."""
    return {name.removeprefix("TEAMS_"): value for name, value in TEAMS.items()} | changes


def test_the_names_of_microsofts_command_line_do() -> None:
    """CLIENT_ID, CLIENT_SECRET and TENANT_ID set Teams up as ours do, in .env too; which it was is known."""
    ours, found = Settings.read(TEAMS, None), Settings.read(theirs(), None)
    assert ours.teams_named == Named() == Settings.read({}, None).teams_named
    assert found.teams_named == Named("CLIENT_ID", "CLIENT_SECRET", "TENANT_ID")
    assert structs.replace(found, teams_named=Named()) == ours
    assert faults(theirs(CLIENT_ID="pm-compare"))[0].startswith("CLIENT_ID is not an id such as")
    assert faults(theirs() | {"CLIENT_SECRET": "xoxb-1"})[0].startswith("CLIENT_SECRET holds a token of Slack's")


def test_ours_win_and_what_differs_is_a_fault() -> None:
    """Both names may be set as long as they say the same; one of ours and two of theirs are a whole registration."""
    both = Settings.read(TEAMS | theirs(CLIENT_ID=TEAMS["TEAMS_CLIENT_ID"].upper()), None)
    assert both == Settings.read(TEAMS, None)
    mixed = {"TEAMS_CLIENT_ID": TEAMS["TEAMS_CLIENT_ID"]} | theirs(CLIENT_ID="")
    found = Settings.read(mixed, None)
    assert found.teams_named == Named("TEAMS_CLIENT_ID", "CLIENT_SECRET", "TENANT_ID")
    assert structs.replace(found, teams_named=Named()) == both
    for name in TEAMS:
        other = name.removeprefix("TEAMS_")
        another = "hidden-six" if "SECRET" in name else "6a1c4a3e-0000-4000-8000-00000000ffff"
        (fault,) = faults(TEAMS | theirs(**{other: another}))
        assert fault.startswith(f"{name} and {other} are both set, and differ")
        assert another not in fault


def test_another_programs_client_id_is_no_reason_to_stop() -> None:
    """Where not all three are there, and none of ours, they are left alone, and a warning says so."""
    found = Settings.read(SLACK | {"CLIENT_ID": "some app", "TENANT_ID": "x"}, None)
    assert (found.serves_teams, found.teams_named) == (False, Named())
    assert found.warnings == ("CLIENT_ID and TENANT_ID are not read without CLIENT_SECRET: Teams is not set up.",)


def test_unsigned_requests_are_for_this_machine_alone() -> None:
    """They are taken on loopback only, and no option of the command line goes round that."""
    settings = Settings.read(TEAMS | {"TEAMS_ALLOW_UNSIGNED": "on"}, None)
    assert settings.teams_allow_unsigned
    assert not Settings.read(TEAMS, None).teams_allow_unsigned
    assert settings.listening("localhost", 4000).host == "localhost"
    with pytest.raises(SettingsError, match="TEAMS_ALLOW_UNSIGNED=on lets anybody"):
        settings.listening("0.0.0.0", None)  # noqa: S104 # which is what must be refused


def test_many_machines_need_postgresql() -> None:
    """A file on one machine's disk is nothing that machines could share; a wrong address is named once only."""
    postgres = Settings.read({"SCHEDULER": "cluster", "DATABASE_URL": "postgresql://bot@db.example/pm"}, None)
    assert (postgres.scheduler, postgres.database_kind) == ("cluster", "postgresql")
    with pytest.raises(SettingsError, match="SCHEDULER=cluster needs PostgreSQL"):
        Settings.read({"SCHEDULER": "cluster"}, None)
    with pytest.raises(SettingsError) as refused:
        Settings.read({"SCHEDULER": "cluster", "DATABASE_URL": "mysql://x"}, None)
    assert [fault.split(" ")[0] for fault in refused.value.faults] == ["DATABASE_URL"]


def test_loopback_may_be_http() -> None:
    """The playground's Slack speaks http on this machine; the address ends with one slash for slack_sdk."""
    for address in ("http://127.0.0.1:4000/api", "http://localhost:4000/api/", "http://[::1]:4000/api"):
        assert Settings.read({"SLACK_API_URL": address}, None).slack_api_url == address.rstrip("/") + "/"


def test_listening() -> None:
    """The command line may name another address; what it leaves out stays."""
    settings = Settings.read({"HOST": "0.0.0.0", "PORT": "4000"}, None)  # noqa: S104 # as the Procfile sets it
    assert settings.listening(None, None) == settings
    elsewhere = settings.listening("127.0.0.1", 5000)
    assert (elsewhere.host, elsewhere.port) == ("127.0.0.1", 5000)


ONE_TOKEN = {"SLACK_BOT_TOKEN": "xoxb-hidden-one", "SLACK_APP_TOKEN": "xapp-hidden-two"}
LINK = {
    "SLACK_SIGNING_SECRET": "hidden-three",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "hidden-four",
    "TOKEN_ENCRYPTION_KEYS": KEY,
    "PUBLIC_URL": "https://bot.example",
}


@pytest.mark.parametrize(("slack", "secrets"), [(ONE_TOKEN, 4), (LINK, 5)])
def test_no_secret_is_ever_shown(slack: dict[str, str], secrets: int) -> None:
    """No representation of settings, of one secret, or of what is wrong shows any of the secrets."""
    environ = {**slack, **TEAMS, "DATABASE_URL": "postgresql://bot:hidden-six@db.example/pm"}
    settings = Settings.read(environ, None)
    assert len(settings.secrets()) == secrets
    shown = [repr(settings), str(settings), f"{settings.slack_bot_token}", json.dumps(settings, default=str)]
    shown += [repr(structs.asdict(settings)), repr(copy.deepcopy(settings)), f"{settings.database_url!s:>20}"]
    wrong = {name: f"!hidden{value}" if variable_is_secret(name) else value for name, value in environ.items()}
    with pytest.raises(SettingsError) as caught:
        Settings.read(wrong, None)
    shown.append(str(caught.value))
    for text in shown:
        assert "hidden" not in text
        assert KEY not in text
    assert "***" in repr(settings)


def variable_is_secret(name: str) -> bool:
    """Ask the table."""
    return next(variable for variable in variables.VARIABLES if variable.name == name).is_secret


def test_example_file_is_the_table() -> None:
    """.env.example is what the table of variables writes, so it lists each with its default."""
    assert (ROOT / ".env.example").read_text() == variables.dotenv_example()


def test_example_file_works_as_it_is(tmp_path: Path) -> None:
    """Copied and uncommented, the example is valid: every default in it is one the program accepts."""
    file = tmp_path / ".env"
    file.write_text(re.sub(r"^#(?=[A-Z_]+=)", "", variables.dotenv_example(), flags=re.MULTILINE))
    assert Settings.read({}, file) == Settings.read({}, None)


def test_each_variable_is_read() -> None:
    """No variable of the table is forgotten: an absurd value of each changes something or is refused."""
    plain = Settings.read({}, None)
    for variable in variables.VARIABLES:
        try:
            changed = Settings.read({variable.name: "1"}, None)
        except SettingsError as error:
            assert variable.name in str(error)  # noqa: PT017 # either outcome is right, as long as it was read
        else:
            assert changed != plain, variable.name


def test_readme_names_every_variable() -> None:
    """The README lists exactly the variables there are."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| *`([A-Z][A-Z_]+)`", readme, flags=re.MULTILINE)
    assert sorted(listed) == sorted(variable.name for variable in variables.VARIABLES)


def test_every_variable_is_a_setting() -> None:
    """What is declared is read, and what is read is declared; proxies are one setting of four variables.

    Those of Teams that have two names each are one setting, which says by which name it was read.
    """
    read = {name.upper() for name in Settings.__struct_fields__} - {"PROXIES", "WARNINGS", "TEAMS_NAMED"}
    others = {*variables.IN_EITHER_CASE, *registration.THEIRS.values()}
    assert read == {variable.name for variable in variables.VARIABLES} - others
