"""The Teams app asks for as little as it can, its package is one that Teams takes, and faults are said in words."""

import copy
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from bot.settings.checked import Settings
from bot.teams import package, package_checks
from bot.teams.package import Given, PackageError
from cards.compose import found, usage
from content.library import Library, load
from handlers import answers
from handlers.asking import kinds
from tests import strict
from tests.bot.teams.package_table import App

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / ".." / "shared" / "schemas" / "teams-app-manifest.1.29.schema.json"
WORDS = {"name", "short", "full", "title", "description", "prompt"}  # any are as good as ours
CLIENT = "01234567-89ab-cdef-0123-456789abcdef"
TENANT = "fedcba98-7654-3210-fedc-ba9876543210"
URL = "https://pm-compare.example.com"
IDENTITY = package.identity(Given(client_id=CLIENT, url=URL), Settings.read({}, None))


@pytest.fixture(scope="module")
def library() -> Library:
    """Give the content that ships."""
    return load(ROOT / "content" / "ai-pm")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of appPackage, to spoil."""
    return Path(shutil.copytree(package.FOLDER, tmp_path / "appPackage"))


def manifest() -> dict[str, Any]:
    """Give the manifest as it is packed."""
    return package.manifest(IDENTITY)


def icons() -> dict[str, bytes]:
    """Give the icons as they are packed."""
    return {name: (package.FOLDER / name).read_bytes() for name in ("color.png", "outline.png")}


# --- what is packed


def test_what_teams_takes() -> None:
    """The manifest is made of what Teams knows, and one that is spoilt anywhere is refused."""
    made = manifest()
    assert strict.faults(App, made) == []
    unnoticed = [
        f"{where} {how}"
        for where, name, how in strict.spoilings(made)
        if not (how == "missing" and name == "$schema")
        if not (how == "reworded" and (name in WORDS or "/validDomains/" in where))
        if strict.faults(App, made) == []
    ]
    assert unnoticed == []


def test_microsofts_own_schema_says_the_same() -> None:
    """It accepts the manifest, and what it refuses of a spoilt one our table refuses."""
    if not SCHEMA.exists():
        pytest.skip(f"to compare our table with it, put Microsoft's schema of 1.29 at ../shared/schemas/{SCHEMA.name}")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    judge = jsonschema.validators.validator_for(schema)(schema)
    made = manifest()
    assert [error.message for error in judge.iter_errors(made)] == []
    for listed in made["bots"][0]["commandLists"]:
        del listed["commands"][1:]
    for where, _, how in strict.spoilings(made):
        assert judge.is_valid(made) or strict.faults(App, made), f"{where} {how}"


def test_what_is_open_is_filled_in() -> None:
    """The ids, the version, the pages and the domain stand where they belong, and no placeholder is left."""
    made = manifest()
    assert (made["id"], made["bots"][0]["botId"], made["version"]) == (CLIENT, CLIENT, "1.0.0")
    assert made["developer"] == {
        "name": "PM Compare",
        "websiteUrl": URL,
        "privacyUrl": URL,
        "termsOfUseUrl": URL,
    }
    assert made["validDomains"] == ["pm-compare.example.com"]
    assert "{{" not in json.dumps(made)


def test_the_package() -> None:
    """Manifest and icons lie at the root, readable by everybody, and nothing else does."""
    with zipfile.ZipFile(io.BytesIO(package.package(IDENTITY))) as archive:
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        assert archive.testzip() is None
        assert json.loads(archive.read("manifest.json")) == manifest()
        assert {name: archive.read(name) for name in ("color.png", "outline.png")} == icons()
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}


def test_the_package_is_the_same_whenever_it_is_made(folder: Path) -> None:
    """The same identity gives the same bytes, whatever the files' times are; another one gives others."""
    first = package.package(IDENTITY)
    for path in folder.iterdir():
        path.touch()
    assert package.package(IDENTITY, folder) == first
    other = package.identity(Given(client_id=CLIENT, url=URL, version="1.0.1"), Settings.read({}, None))
    assert package.package(other) != first


def test_the_icons() -> None:
    """Teams: the one in full colour is 192 × 192 and covers all of it, the other 32 × 32, white and else nothing."""
    with Image.open(package.FOLDER / "color.png") as colour:
        assert (colour.size, colour.mode) == ((192, 192), "RGB")
        assert len(colour.getcolors(maxcolors=192 * 192) or ()) > 4
        assert colour.getpixel((0, 0)) == (0x1D, 0x35, 0x57)  # the accent colour, which Teams puts around it
    with Image.open(package.FOLDER / "outline.png") as outline:
        assert (outline.size, outline.mode) == ((32, 32), "RGBA")
        assert {outline.getchannel(band).getextrema() for band in "RGB"} == {(255, 255)}
        clear = outline.getchannel("A").histogram()
        assert clear[0] > 32 * 32 / 3
        assert clear[255] > 100
    for name in ("color", "outline"):
        assert (package.FOLDER / f"{name}.svg").read_text(encoding="utf-8").startswith("<svg ")


# --- what it promises


def test_nothing_reads_along() -> None:
    """No permission reads messages, files or members; the two that are told of say who asks, and that tips come."""
    made = manifest()
    assert made["permissions"] == ["identity", "messageTeamMembers"]
    absent = ("authorization", "webApplicationInfo", "devicePermissions", "configurableTabs")
    assert [name for name in absent if name in made] == []
    (extension,) = made["composeExtensions"]
    assert "messageHandlers" not in extension
    assert [(each["type"], each["context"]) for each in extension["commands"]] == [("query", ["compose", "commandBox"])]
    assert not re.search(r"\.(?:Read|ReadWrite|Send|Selected)\b", json.dumps(made))
    bot = made["bots"][0]
    assert [bot[name] for name in ("supportsFiles", "supportsCalling", "supportsVideo")] == [False, False, False]


def test_it_can_be_added_wherever_people_talk() -> None:
    """The bot is for persons, teams and group chats; Teams refuses an app for teams without supportsChannelFeatures."""
    made = manifest()
    assert made["bots"][0]["scopes"] == ["personal", "team", "groupChat"]
    assert made["supportsChannelFeatures"] == "tier1"
    assert made["bots"][0]["isNotificationOnly"] is False


def test_commands_can_be_typed_with_a_slash_where_others_are() -> None:
    """Teams: a slash command is a targeted message, answered unseen by the others; the personal chat has none."""
    bot = manifest()["bots"][0]
    assert bot["supportsTargetedMessages"] is True
    assert [each["triggers"] for each in bot["commandLists"]] == [
        ["mention"],
        ["mention", "slash"],
        ["mention", "slash"],
    ]


def test_every_command_is_understood(library: Library) -> None:
    """Each command of each list means something to the grammar, and is found, not guessed at; a scope has one list."""
    missed = found.nothing(library, "drift", ()).title
    helping = usage.usage(library).title
    lists = manifest()["bots"][0]["commandLists"]
    assert [each["scopes"] for each in lists] == [["personal"], ["team"], ["groupChat"]]
    for each in lists:
        titles = [command["title"] for command in each["commands"]]
        assert {"list", "risks", "tips", "doctor", "help"} <= set(titles)
        for title in titles:
            answer = answers.ask(library, title)
            if isinstance(answer, kinds.Show):
                assert answer.card.title != missed, title
                assert (answer.card.title == helping) is (title == "help"), title


def test_every_prompt_starter_is_answered(library: Library) -> None:
    """Three or more a scope, what they put into the box finds its answer, and where others read it is no guess."""
    missed = found.nothing(library, "drift", ()).title
    for each in manifest()["bots"][0]["commandLists"]:
        prompts = [command["prompt"] for command in each["commands"] if command.get("type") == "prompt"]
        assert len(prompts) >= 3
        for prompt in prompts:
            answer = answers.ask(library, prompt)
            assert not (isinstance(answer, kinds.Show) and answer.card.title == missed), prompt
            assert each["scopes"] == ["personal"] or kinds.is_for_all(answer), prompt


def test_every_word_a_description_names_is_understood(library: Library) -> None:
    """What the lists say goes as well does: each word has an answer of its own."""
    said = json.dumps(manifest()["bots"][0]["commandLists"])
    for words, kind in {
        "risks detail goes deeper": ("risks detail", kinds.Show),
        "sources and exercise": ("risks sources", kinds.Show),
        "tip shows the next": ("tip", kinds.NextTip),
        "tips upcoming shows five weeks": ("tips upcoming", kinds.Upcoming),
        "tips keep": ("tips keep", kinds.ChangeTips),
        "privacy says": ("privacy", kinds.Learn),
    }.items():
        assert words in said
        assert isinstance(answers.ask(library, kind[0]), kind[1])


# --- what is refused


def spoiled(change: Callable[[dict[str, Any]], object]) -> list[str]:
    """Give what the checks say once the manifest was changed."""
    made = copy.deepcopy(manifest())
    change(made)
    return package_checks.faults(made, icons())


def commands(made: dict[str, Any], number: int = 0) -> list[dict[str, str]]:
    """Give the commands of one list."""
    listed: list[dict[str, str]] = made["bots"][0]["commandLists"][number]["commands"]
    return listed


def query(made: dict[str, Any]) -> dict[str, Any]:
    """Give the search that inserts cards."""
    found_: dict[str, Any] = made["composeExtensions"][0]["commands"][0]
    return found_


def ask_for(name: str) -> dict[str, Any]:
    """Give the part of a manifest that asks for a permission within a team or chat."""
    return {"permissions": {"resourceSpecific": [{"name": name, "type": "Application"}]}}


def test_the_manifest_has_no_fault() -> None:
    """What ships passes its own checks, so that each fault below is its own."""
    assert spoiled(lambda _made: None) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda made: made["name"].update(short="x" * 31), "name.short has 31 characters, and Teams takes 30"),
        (lambda made: made["name"].update(full="x" * 101), "name.full has 101 characters"),
        (lambda made: made["description"].update(short="x" * 81), "description.short has 81 characters"),
        (lambda made: made["description"].update(full="x" * 4001), "description.full has 4001 characters"),
        (lambda made: made["description"].pop("full"), "description.full is missing."),
        (lambda made: made["developer"].update(name="x" * 33), "developer.name has 33 characters"),
        (lambda made: made["developer"].update(privacyUrl=""), "developer.privacyUrl is missing."),
        (lambda made: made.update(manifestVersion="1.28"), "manifestVersion is not 1.29"),
        (lambda made: made.update(accentColor="blue"), "accentColor is not a colour"),
        (lambda made: made.update(bots=[]), "bots has 0 entries"),
        (lambda made: made["bots"][0].update(scopes=["copilot"]), "bots.scopes is not of personal, team, groupChat."),
        (lambda made: made.pop("supportsChannelFeatures"), "supportsChannelFeatures is missing"),
        (lambda made: commands(made).append({"title": "value"}), "are 13, and Teams shows 1 to 12."),
        (lambda made: commands(made).clear(), "are 0, and Teams shows 1 to 12."),
        (lambda made: commands(made)[0].update(title="x" * 33), "has 33 characters, and may have 1 to 32."),
        (lambda made: commands(made)[0].update(title=""), "has 0 characters, and may have 1 to 32."),
        (lambda made: commands(made)[0].update(title="help"), "The commands for personal have a title twice."),
        (lambda made: commands(made, 1)[0].update(description="x" * 129), "risks” is longer than 128 characters."),
        (lambda made: commands(made)[0].pop("prompt"), "a prompt starter has a `prompt` of 1 to 4000"),
        (lambda made: commands(made)[0].update(prompt="x" * 4001), "a prompt starter has a `prompt`"),
        (lambda made: commands(made)[0].pop("type"), "a prompt starter has a `prompt` of 1 to 4000"),
        (lambda made: made["composeExtensions"][0].update(botId=TENANT), "composeExtensions.botId is another bot's"),
        (lambda made: made["composeExtensions"][0].update(messageHandlers=[]), "promises to read none of them"),
        (lambda made: query(made).update(context=["message"]), "is to be a query in commandBox and compose alone"),
        (lambda made: query(made).update(type="action"), "is to be a query in commandBox and compose alone"),
        (lambda made: query(made).update(title=""), "the title of “” may have 1 to 32 characters"),
        (lambda made: query(made).update(description="x" * 129), "the description of “Insert a card” may have 1 to"),
        (lambda made: made["bots"][0]["commandLists"].append({"scopes": []}), "has 4 lists, and Teams takes 3"),
        (lambda made: made["bots"][0]["commandLists"][0].update(scopes=["team"]), "names a scope twice"),
        (lambda made: made["bots"][0].update(supportsTargetedMessages=False), "team have the trigger “slash”"),
        (lambda made: made.update(authorization=ask_for("ChannelMessage.Read.Group")), "promises to read no messages"),
        (lambda made: made.update(authorization=ask_for("TeamMember.Read.Group")), "asks for TeamMember.Read.Group"),
        (lambda made: made.update(webApplicationInfo={"id": CLIENT}), "webApplicationInfo lets an app sign people in"),
        (lambda made: made["icons"].update(color="outline.png"), "outline.png has 32 × 32 pixels, and Teams wants 192"),
        (lambda made: made["icons"].update(outline="color.png"), "color.png is not transparent"),
        (lambda made: made["icons"].update(outline="gone.png"), "gone.png is no PNG picture."),
        (lambda made: made["icons"].update(outline="../outline.png"), "is not the name of a file beside the manifest."),
        (lambda made: made.pop("icons"), "icons.color is not the name of a file beside the manifest."),
    ],
)
def test_what_teams_would_refuse_is_refused_here(change: Callable[[dict[str, Any]], object], said: str) -> None:
    """Each limit is told with what is and what may be, before anybody uploads it."""
    assert [fault for fault in spoiled(change) if said in fault], spoiled(change)


def test_the_personal_chat_has_no_private_commands() -> None:
    """It is private already, and Teams shows no such list there."""
    made = manifest()
    made["bots"][0]["commandLists"][0]["triggers"] = ["slash"]
    (fault,) = package_checks.faults(made, icons())
    assert "no personal scope" in fault
    made["bots"][0]["commandLists"][0]["triggers"] = ["mention"]
    assert strict.faults(App, made) == []


def test_the_manifest_of_somebody_who_changed_it(folder: Path) -> None:
    """What was broken by hand is named with its file and line; several limits are named at once."""
    path = folder / "manifest.json"
    whole = path.read_text(encoding="utf-8")
    for text, said in {
        whole.replace('"1.29",', '"1.29"'): rf"{re.escape(str(path))}:4:\d+: this is no JSON: ",
        "[]": "a manifest is a JSON object",
        whole.replace("${{VERSION}}", "${{VERSOIN}}"): "nothing is known to put for VERSOIN",
        whole.replace('"PM Compare"', f'"{"x" * 31}"').replace("tier1", "tier2"): "name.short(.|\n)*supportsChannelFea",
    }.items():
        path.write_text(text, encoding="utf-8")
        with pytest.raises(PackageError, match=said):
            package.package(IDENTITY, folder)
    path.unlink()
    with pytest.raises(PackageError, match=r"manifest\.json cannot be read: No such file"):
        package.package(IDENTITY, folder)
    shutil.copy(package.FOLDER / "manifest.json", path)
    (folder / "color.png").unlink()
    with pytest.raises(PackageError, match=r"color\.png is no PNG picture"):
        package.package(IDENTITY, folder)


def test_the_schema_is_asked_where_it_is_given(tmp_path: Path) -> None:
    """`--schema` adds what Microsoft's says; a file that is none is named."""
    schema = tmp_path / "schema.json"
    schema.write_text('{"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"id": {"maxLength": 3}}}')
    with pytest.raises(PackageError, match=rf"- id: '{CLIENT}' is too long"):
        package.package(IDENTITY, schema=schema)
    schema.write_text('{"$schema": "http://json-schema.org/draft-04/schema#", "type": "object"}')
    assert package.package(IDENTITY, schema=schema) == package.package(IDENTITY)
    for text in ("{", None):
        if text is None:
            schema.unlink()
        else:
            schema.write_text(text)
        with pytest.raises(PackageError, match=r"schema\.json is no JSON Schema that can be read"):
            package.package(IDENTITY, schema=schema)


# --- what it is made from


def test_the_settings_are_what_is_not_said() -> None:
    """TEAMS_CLIENT_ID and PUBLIC_URL stand in for the options, which win over them."""
    other = "11111111-2222-3333-4444-555555555555"
    environ = {
        "TEAMS_CLIENT_ID": CLIENT.upper(),
        "TEAMS_CLIENT_SECRET": "hidden",
        "TEAMS_TENANT_ID": TENANT,
        "PUBLIC_URL": f"{URL}:8443/bot/",
    }
    settings = Settings.read(environ, None)
    filled = package.identity(Given(), settings)
    assert (filled.client_id, filled.app_id, filled.domain) == (CLIENT, CLIENT, "pm-compare.example.com")
    assert {filled.website, filled.privacy, filled.terms} == {f"{URL}:8443/bot"}
    said = Given(
        client_id=other.upper(),
        app_id=TENANT,
        version="2.10.0",
        url="https://other.example.com",
        developer="Contoso",
        website="https://contoso.example/bot",
        terms="https://contoso.example/terms",
    )
    filled = package.identity(said, settings)
    assert (filled.client_id, filled.app_id, filled.version) == (other, TENANT, "2.10.0")
    assert (filled.developer, filled.domain) == ("Contoso", "other.example.com")
    assert filled.website == filled.privacy == "https://contoso.example/bot"
    assert filled.terms == "https://contoso.example/terms"


def test_without_an_address_no_domain_is_named() -> None:
    """A page of the organisation is enough; where the bot is reached stands in the registration."""
    filled = package.identity(Given(client_id=CLIENT, website="https://contoso.example"), Settings.read({}, None))
    assert filled.domain == ""
    assert package.manifest(filled)["validDomains"] == []
    assert package.package(filled)


def test_everything_that_is_missing_is_named_at_once() -> None:
    """Who gives nothing hears of both, and where each is found."""
    with pytest.raises(PackageError) as raised:
        package.identity(Given(), Settings.read({}, None))
    client, website = raised.value.faults
    assert "set TEAMS_CLIENT_ID, or give --client-id" in client
    assert "give --website" in website
    assert "PUBLIC_URL" in website


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Given(client_id="pm-compare", url=URL), "--client-id is not an id such as"),
        (Given(client_id=CLIENT, app_id=CLIENT[:-1], url=URL), "--app-id is not an id such as"),
        (Given(client_id=TENANT, url=URL), "the same as TEAMS_TENANT_ID"),
        (Given(client_id=CLIENT, url=URL, version="1.0"), "--version '1.0' is not of the form 1.2.3"),
        (Given(client_id=CLIENT, url=URL, version="1.02.3"), "is not of the form 1.2.3"),
        (Given(client_id=CLIENT, url=URL, version="v1.2.3"), "is not of the form 1.2.3"),
        (Given(client_id=CLIENT, url="http://bot.example.com"), "--url 'http://bot.example.com' is not an https://"),
        (Given(client_id=CLIENT, url="https://localhost:3000"), "Teams reaches a bot at no other"),
        (Given(client_id=CLIENT, url="https://127.0.0.1"), "Teams reaches a bot at no other"),
        (Given(client_id=CLIENT, url="https://["), "Teams reaches a bot at no other"),
        (Given(client_id=CLIENT, url="https://bot.example.com:0"), "Teams reaches a bot at no other"),
        (Given(client_id=CLIENT, url=URL, website="contoso.example"), "--website 'contoso.example' is not a whole"),
        (Given(client_id=CLIENT, url=URL, privacy="https://a b.example"), "--privacy 'https://a b.example' is not"),
        (Given(client_id=CLIENT, url=URL, terms="ftp://contoso.example"), "--terms 'ftp://contoso.example' is not"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(given: Given, said: str) -> None:
    """One sentence a fault, which names the option, and nothing besides."""
    environ = {"TEAMS_CLIENT_ID": CLIENT, "TEAMS_CLIENT_SECRET": "hidden", "TEAMS_TENANT_ID": TENANT}
    with pytest.raises(PackageError) as raised:
        package.identity(given, Settings.read(environ, None))
    assert len(raised.value.faults) == 1
    assert said in raised.value.faults[0]
    assert str(raised.value).startswith("There is no package yet:\n- ")
