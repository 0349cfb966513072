"""The files that hosts read say the same as the program: variables, ports, the health path, and a memory that lasts."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings.checked import Settings
from bot.settings.variables import VARIABLES
from bot.web import application
from tests import dockerfile
from tests.bot.web.asgi import call
from tests.bot.web.test_application import probes

ROOT = Path(__file__).parents[1]
NAMES = {variable.name for variable in VARIABLES}
IMAGE = dockerfile.stages(ROOT / "Dockerfile")[-1]
PORT = IMAGE.environment["PORT"]
HEALTH = "/healthz"
POSTGRES = "postgresql://bot:secret@db/pm_compare"
TOKENS = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"} | {
    f"TEAMS_{name}" for name in ("CLIENT_ID", "CLIENT_SECRET", "TENANT_ID")
}
FORM = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


def text(name: str) -> str:
    """Read a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def read(name: str) -> Any:  # noqa: ANN401 # whatever is written there
    """Read YAML, JSON or TOML, by the file's name."""
    match Path(name).suffix:
        case ".toml":
            return tomllib.loads(text(name))
        case ".json":
            return json.loads(text(name))
        case _:
            return yaml.safe_load(text(name))


def settings(environ: dict[str, str]) -> Settings:
    """Read what a host would set, over what the image sets."""
    return Settings.read(IMAGE.environment | environ, None)


def test_compose_keeps_its_memory_on_a_volume() -> None:
    """The bot has a named volume where the image keeps its database, and asks itself how it is, as in the image."""
    compose = read("compose.yaml")
    bot = compose["services"]["bot"]
    assert bot["volumes"] == [f"data:{IMAGE.last('VOLUME')}"]
    assert bot["healthcheck"]["test"] == ["CMD", *dockerfile.words(IMAGE.last("HEALTHCHECK"))]
    volumes = [each.partition(":")[0] for service in compose["services"].values() for each in service["volumes"]]
    assert sorted(volumes) == sorted(compose["volumes"])
    assert set(bot["environment"]) <= NAMES
    default = re.fullmatch(r"\$\{DATABASE_URL:-(.+)\}", bot["environment"]["DATABASE_URL"])
    assert default
    assert default[1] == IMAGE.environment["DATABASE_URL"]
    assert settings({"PORT": bot["environment"]["PORT"]}).port == int(PORT)
    assert bot["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]  # not open to the network: a proxy adds https
    assert int(bot["stop_grace_period"].rstrip("s")) > settings({}).stop_seconds


def test_compose_has_postgresql_for_who_asks_for_it() -> None:
    """It comes with its profile only, unreachable from outside, and the bot waits until it answers."""
    services = read("compose.yaml")["services"]
    assert {name: service.get("profiles") for name, service in services.items()} == {
        "bot": None,
        "postgres": ["postgres"],
    }
    assert services["bot"]["depends_on"]["postgres"] == {"condition": "service_healthy", "required": False}
    assert "ports" not in services["postgres"]
    made = services["postgres"]["environment"]
    (shown,) = re.findall(r"DATABASE_URL=(postgresql://\S+)", text("docs/deploying.md").replace("…", "secret"))
    assert shown == f"postgresql://{made['POSTGRES_USER']}:secret@postgres/{made['POSTGRES_DB']}"


async def test_the_health_path_is_answered() -> None:
    """What every host below asks is a path of the bot's."""
    assert (await call(application.application({}, probes()), "GET", HEALTH)).status == 200


def render() -> dict[str, str]:
    """Give what Render sets of itself."""
    blueprint = read("render.yaml")
    (service,) = blueprint["services"]
    (database,) = blueprint["databases"]
    assert (service["type"], service["runtime"]) == ("web", "docker")
    assert service["healthCheckPath"] == HEALTH
    variables = {each["key"]: each for each in service["envVars"]}
    assert variables.pop("DATABASE_URL")["fromDatabase"] == {"name": database["name"], "property": "connectionString"}
    assert "free" not in (service["plan"], database["plan"])  # one sleeps, the other is deleted
    asked = {name for name, each in variables.items() if each.get("sync") is False}
    assert asked == TOKENS
    return {name: each.get("value", "") for name, each in variables.items()}


def fly() -> dict[str, str]:
    """Give what Fly.io sets of itself."""
    app = read("fly.toml")
    service = app["http_service"]
    assert str(service["internal_port"]) == app["env"]["PORT"]
    (check,) = service["checks"]
    assert (check["method"], check["path"]) == ("GET", HEALTH)
    assert (service["auto_stop_machines"], service["min_machines_running"]) == ("off", 1)
    assert int(app["kill_timeout"].rstrip("s")) > settings({}).stop_seconds
    found: dict[str, str] = app["env"]
    return found


def heroku() -> dict[str, str]:
    """Give what Heroku sets of itself."""
    app = read("app.json")
    assert app["stack"] == "container"
    assert read("heroku.yml") == {"build": {"docker": {"web": "Dockerfile"}}}
    assert set(app["formation"]) == {"web"}
    assert app["formation"]["web"]["size"] not in {"eco", "free"}  # these sleep
    (database,) = app["addons"]
    assert database["plan"].startswith("heroku-postgresql:")
    assert database["as"] == "DATABASE"  # the variable is named after it
    assert {name for name, each in app["env"].items() if not each.get("required", True)} == TOKENS
    assert all(each["description"] for each in app["env"].values())
    return {name: each.get("value", "") for name, each in app["env"].items()}


@pytest.mark.parametrize("host", [render, fly, heroku])
def test_a_hosts_file_says_what_the_program_reads(host: Any) -> None:  # noqa: ANN401 # one of the three above
    """Only variables of ours, right together once PostgreSQL is there; without, the bot refuses to start and forget."""
    environ = host()
    assert set(environ) <= NAMES
    found = settings(environ | {"DATABASE_URL": POSTGRES})
    assert (found.database_kind, found.scheduler, found.host) == ("postgresql", "cluster", IMAGE.environment["HOST"])
    assert str(found.port) == PORT
    with pytest.raises(Exception, match="SCHEDULER=cluster needs PostgreSQL"):
        settings(environ)


def test_the_page_on_deploying_names_each_file() -> None:
    """Every host's file has its paragraph, and what the page says can be set exists."""
    page = text("docs/deploying.md")
    for name in ("compose.yaml", "render.yaml", "fly.toml", "app.json", "heroku.yml", "Dockerfile", "Procfile"):
        assert f"(../{name})" in page, name
    others = {"COMPOSE_PROFILES", "POSTGRES_PASSWORD"}
    assert set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", page)) - others <= NAMES


def test_continuous_integration_runs_what_we_run() -> None:
    """The workflow calls `.ci/run` on the oldest Python that is promised and on the image's, and builds the image."""
    workflow = read(".github/workflows/ci.yml")
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {"contents": "read"}
    assert [step["run"] for step in jobs["test"]["steps"] if "run" in step] == [".ci/run"]
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    project = read("pyproject.toml")["project"]
    oldest, image = project["requires-python"].removeprefix(">="), IMAGE.image.partition(":")[2].partition("-")[0]
    assert jobs["test"]["strategy"]["matrix"]["python"] == [oldest, image]
    steps = [step["run"] for step in jobs["image"]["steps"] if "run" in step]
    assert any("docker build" in step for step in steps)
    assert any(f"= {IMAGE.last('USER')}" in step for step in steps)
    assert set(re.findall(r"--env ([A-Z_]+)=", "".join(steps))) <= NAMES


@pytest.mark.parametrize("name", ["fault", "content", "idea"])
def test_a_form_for_issues_is_one(name: str) -> None:
    """The forge shows it: named, described, made of elements it knows, each with a label and an id of its own."""
    form = read(f".github/ISSUE_TEMPLATE/{name}.yml")
    assert form["name"]
    assert form["description"]
    assert {each["type"] for each in form["body"]} <= FORM
    asked = [each for each in form["body"] if each["type"] != "markdown"]
    assert len({each["id"] for each in asked}) == len(asked) > 0
    assert all(each["attributes"]["label"] for each in asked)
    assert any(each.get("validations", {}).get("required") for each in asked)
