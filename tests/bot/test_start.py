"""What a start imports: each part takes time and memory from whoever does not need it."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases, ready

ROOT = Path(__file__).parents[2]
NEVER = {"rich", "pygments", "playground", "hypothesis", "pytest", "mcp"}
TEAMS = {"microsoft_teams", "cryptography", "bot.teams.side", "cards.teams"}
SDK = {f"microsoft_teams.{name}" for name in ("api", "apps", "cards")}
WHOLE_SDK = SDK | {"pydantic", "fastapi", "httpx", "msal"}
SLACK = {"slack_bolt", "slack_sdk", "bot.slack.side"}
SERVERS = {"psycopg", "procrastinate", "sqlalchemy.dialects.postgresql"}
MIGRATING = {"alembic", "mako"}
# store/database/connection.py does without the first, handlers/slack/bolt.py without the second, content/likeness.py
# mostly without the third.
LATER = {"sqlalchemy.orm", "aiohttp.web", "rapidfuzz"}
MANY = {"bot.slack.many_workspaces", "messengers.slack.stored_installations", "handlers.slack.places"}
SOCKET_MODE = {"slack_sdk.socket_mode", "bot.slack.socket_mode"}
OURS = {"bot", "handlers", "scheduler", "messengers", "cards", "store", "content"}
DATACLASSES = {"handlers.context.HandlerContext": "most of its fields nobody may give, and a struct has none of those"}
OTHERS = dict.fromkeys(("PATH", "HOME", "HOSTNAME", "LANG", "TERM", "USER", "VIRTUAL_ENV", "PYTHONPATH", "DYNO"), "x")
FOR_SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret"}
FOR_MANY = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "another",
    "SLACK_SIGNING_SECRET": "secret",
    "PUBLIC_URL": "https://bot.example",
    "TOKEN_ENCRYPTION_KEYS": "a2V5IG9mIDMyIGJ5dGVzIGZvciBhIHRlc3QgYWxvbmU=",
}
GUID = "6a1c4a3e-0000-4000-8000-00000000b017"
FOR_TEAMS = {"TEAMS_CLIENT_ID": GUID, "TEAMS_CLIENT_SECRET": "secret", "TEAMS_TENANT_ID": GUID.replace("6a1c", "1c6a")}
STARTS_WITH = """
async def start():
    async with app.build(Settings.read({settings!r}, None), clock.real) as bot:
        bot.content.library.prepare()
        bot.web()
        print(*sys.modules, sep="\\n", file=sys.stderr)

asyncio.run(start())
"""


def loaded(folder: Path, settings: dict[str, str]) -> set[str]:
    """Build the bot in a process of its own, in the way `serve` does; gives which modules it has then."""
    given = {
        **OTHERS,
        **settings,
        "DATABASE_URL": f"sqlite:///{folder / 'bot.db'}",
        "CONTENT_PATH": str(ROOT / "content" / "ai-pm"),
        "CONTENT_CACHE": os.environ["CONTENT_CACHE"],
    }
    done = ready.ended(ready.SERVES, STARTS_WITH.format(settings=given))
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


STARTS = [
    pytest.param(FOR_SLACK, SLACK, TEAMS | WHOLE_SDK | SERVERS | MANY | SOCKET_MODE, id="Slack"),
    pytest.param(FOR_TEAMS, TEAMS, WHOLE_SDK | SLACK | SERVERS | MANY | SOCKET_MODE, id="Teams"),
    pytest.param(
        FOR_MANY,
        SLACK | MANY | {"cryptography"},
        WHOLE_SDK | TEAMS - {"cryptography"} | SERVERS | SOCKET_MODE,
        id="many workspaces",
    ),
]


@pytest.mark.parametrize(("settings", "has", "spared"), STARTS)
def test_a_start_loads_what_is_set_up(
    tmp_path: Path, settings: dict[str, str], has: set[str], spared: set[str]
) -> None:
    """The first, which makes the database, loads no more than those that come after it."""
    first = loaded(tmp_path, settings)
    assert first >= has
    assert first & (spared | MIGRATING | LATER) == set()
    assert loaded(tmp_path, settings) == first
    if settings is FOR_SLACK:
        assert first & NEVER == set()


@pytest.mark.parametrize(("settings", "has", "spared"), STARTS[:2])
def test_a_start_on_older_tables_migrates_them_and_loads_nothing_else_for_it(
    tmp_path: Path, settings: dict[str, str], has: set[str], spared: set[str]
) -> None:
    """What migrates is neither platform's: here each stands for the other."""
    databases.at(f"sqlite:///{tmp_path / 'bot.db'}", "0001")
    first = loaded(tmp_path, settings)
    assert first >= has | MIGRATING
    assert first & (spared - SERVERS | {"psycopg", "procrastinate", "playground"}) == set()


def dataclasses_in(module: str) -> Iterator[str]:
    """Name the dataclasses that a module of ours defines."""
    place = ROOT.joinpath(*module.split("."))
    source = (place / "__init__.py" if place.is_dir() else place.with_suffix(".py")).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)) if "dataclass" in source else ():
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(each) for each in node.decorator_list):
            yield f"{module}.{node.name}"


def test_the_values_that_a_start_loads_are_structs(tmp_path: Path) -> None:
    """Each start makes all types anew, and a struct many times faster than a dataclass: of those the list has all."""
    databases.put(tmp_path / "bot.db")
    modules = loaded(tmp_path, FOR_MANY | FOR_TEAMS)
    assert modules >= SLACK | MANY | TEAMS
    ours = [module for module in modules if module.partition(".")[0] in OURS]
    assert {name for module in ours for name in dataclasses_in(module)} == DATACLASSES.keys()


def test_nothing_takes_a_struct_for_a_dataclass() -> None:
    """What takes dataclasses apart refuses a struct, or knows none, when it runs; mypy lets it pass."""
    apart = {"replace", "asdict", "astuple", "fields", "is_dataclass"}
    taken = set()
    for path in (each for folder in (*OURS, "playground", "tests") for each in (ROOT / folder).rglob("*.py")):
        text, place = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
        if "dataclasses" not in text or place.parts[:2] in {("tests", "bench"), ("tests", "faults")}:
            continue  # the benchmarks' own are dataclasses
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.ImportFrom(module="dataclasses", names=names) if apart & {each.name for each in names}:
                    taken.add(place.as_posix())
                case ast.Attribute(value=ast.Name(id="dataclasses"), attr=name) if name in apart:
                    taken.add(place.as_posix())
    assert taken == {"bot/teams/sdk.py"}  # of the SDK's own


def test_the_list_of_commands_and_the_version_load_none_of_it() -> None:
    """They are typed to look something up, and answered at once."""
    for typed in ("--version", "--help", "tips --help", "workspaces --help"):
        listed = f"b.main({typed.split()}, standalone_mode=False); print(*sys.modules, sep='\\n', file=sys.stderr)"
        modules = set(ready.ended(ready.COMMANDS, listed).stderr.splitlines())
        assert "click" in modules
        wanted = NEVER | TEAMS | SLACK | SERVERS | MIGRATING | {"sqlalchemy", "aiohttp"}
        assert modules & wanted == set()
