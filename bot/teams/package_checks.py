"""Find what Teams would refuse in an app package, before anybody uploads it."""

import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final

MANIFEST_VERSION: Final = "1.29"
ICONS: Final = {"color": 192, "outline": 32}  # pixels, both ways. Teams: "App icons"
# Teams: "App manifest". 1.29 allows titles of 128 characters and descriptions of 4,000; kept are the lengths of before,
# which is what a menu has room for.
_LISTS, _COMMANDS, _TITLE, _DESCRIPTION = 3, 12, 32, 128
_PROMPT = 4_000  # characters that a prompt starter puts into the box
_PLACES = {"compose", "commandBox"}  # of a message extension; `message` would hand it what others wrote
_URL = 2048
_LENGTHS: Final = {
    ("name", "short"): 30,
    ("name", "full"): 100,
    ("description", "short"): 80,
    ("description", "full"): 4000,
    ("developer", "name"): 32,
    ("developer", "websiteUrl"): _URL,
    ("developer", "privacyUrl"): _URL,
    ("developer", "termsOfUseUrl"): _URL,
}
_OPTIONAL = {("name", "full")}
_SCOPES: Final = ("personal", "team", "groupChat")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_PNG = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">I4sIIBB")  # after the signature: a length, a name, then width, height, depth, kind of colour
_WITH_ALPHA = {4, 6}

Manifest = Mapping[str, Any]


def faults(manifest: Manifest, icons: Mapping[str, bytes]) -> list[str]:
    """List what is wrong, a sentence each; `icons` are the files, by the names that the manifest gives them."""
    return [
        *_texts(manifest),
        *_bots(manifest),
        *_extensions(manifest),
        *_promises(manifest),
        *_icons(manifest, icons),
    ]


def schema_faults(manifest: Manifest, schema: Manifest) -> list[str]:
    """List what Microsoft's own JSON Schema says against a manifest.

    Raises:
        ImportError: there is no `jsonschema` here, which is a tool of developers.
    """
    from jsonschema.validators import validator_for  # noqa: PLC0415 # may be missing

    found = validator_for(schema)(schema).iter_errors(manifest)
    return [f"{'.'.join(map(str, error.absolute_path)) or 'manifest'}: {error.message[:200]}" for error in found]


def _texts(manifest: Manifest) -> Iterator[str]:
    if manifest.get("manifestVersion") != MANIFEST_VERSION:
        yield f"manifestVersion is not {MANIFEST_VERSION}, whose rules these are."
    for (group, name), most in _LENGTHS.items():
        said = _within(manifest, group).get(name, "")
        if not isinstance(said, str) or (not said and (group, name) not in _OPTIONAL):
            yield f"{group}.{name} is missing."
        elif len(said) > most:
            yield f"{group}.{name} has {len(said)} characters, and Teams takes {most}: shorten it."
    if not _HEX.fullmatch(str(manifest.get("accentColor"))):
        yield "accentColor is not a colour such as #1D3557."


def _bots(manifest: Manifest) -> Iterator[str]:
    bots = _objects(manifest.get("bots"))
    if len(bots) != 1:
        yield f"bots has {len(bots)} entries, and Teams takes one bot an app."
        return
    bot = bots[0]
    scopes = _words(bot.get("scopes"))
    if not scopes or not set(scopes) <= set(_SCOPES):
        yield f"bots.scopes is not of {', '.join(_SCOPES)}."
    if "team" in scopes and manifest.get("supportsChannelFeatures") != "tier1":
        # Teams: since 1.25 the upload fails without it, though the schema does not ask for it.
        yield 'supportsChannelFeatures is missing: an app for teams needs it, and "tier1" is what it can be.'
    lists = _objects(bot.get("commandLists"))
    if len(lists) > _LISTS:
        yield f"bots.commandLists has {len(lists)} lists, and Teams takes {_LISTS}: one a scope."
    served = [scope for each in lists for scope in _words(each.get("scopes"))]
    if len(served) != len(set(served)) or not set(served) <= set(scopes):
        yield "bots.commandLists names a scope twice, or one that the bot does not have."
    for each in lists:
        yield from _commands(each, is_private=bot.get("supportsTargetedMessages") is True)


def _commands(listed: Manifest, *, is_private: bool) -> Iterator[str]:
    scopes, commands = _words(listed.get("scopes")), _objects(listed.get("commands"))
    where = f"The commands for {' and '.join(scopes) or 'no scope'}"
    if not 0 < len(commands) <= _COMMANDS:
        yield f"{where} are {len(commands)}, and Teams shows 1 to {_COMMANDS}."
    titles = [str(command.get("title", "")) for command in commands]
    if len(titles) != len(set(titles)):
        yield f"{where} have a title twice."
    for command, title in zip(commands, titles, strict=True):
        if not 0 < len(title) <= _TITLE:
            yield f"{where}: the title “{title}” has {len(title)} characters, and may have 1 to {_TITLE}."
        if len(str(command.get("description", ""))) > _DESCRIPTION:
            yield f"{where}: the description of “{title}” is longer than {_DESCRIPTION} characters."
        if not _is_typed(command):
            yield f"{where}: “{title}”: a prompt starter has a `prompt` of 1 to {_PROMPT} characters, others none."
    # Teams: "Expose slash commands from agents and apps". The personal chat has none: it is private already.
    if "slash" in _words(listed.get("triggers")) and ("personal" in scopes or not is_private):
        yield f"{where} have the trigger “slash”, which needs supportsTargetedMessages, and no personal scope."


def _is_typed(command: Manifest) -> bool:
    """Say whether a prompt starter, and nothing else, says what it puts into the box."""
    if command.get("type", "basic") != "prompt":
        return "prompt" not in command
    return 0 < len(str(command.get("prompt", "")).strip()) <= _PROMPT


def _extensions(manifest: Manifest) -> Iterator[str]:
    """Look at what can be searched for from the box of any message."""
    for extension in _objects(manifest.get("composeExtensions")):
        if extension.get("botId") != next((bot.get("botId") for bot in _objects(manifest.get("bots"))), None):
            yield "composeExtensions.botId is another bot's."
        if "messageHandlers" in extension:
            yield "composeExtensions.messageHandlers hands over links: PM Compare promises to read none of them."
        for command in _objects(extension.get("commands")):
            title, places = command.get("title"), set(_words(command.get("context")))
            if command.get("type") != "query" or not places or not places <= _PLACES:
                yield (
                    f"composeExtensions: “{title}” is to be a query in {' and '.join(sorted(_PLACES))} alone: anything "
                    "else hands over what others wrote."
                )
            for name, most in (("title", _TITLE), ("description", _DESCRIPTION)):
                if not 0 < len(str(command.get(name, ""))) <= most:
                    yield f"composeExtensions: the {name} of “{title}” may have 1 to {most} characters."


def _promises(manifest: Manifest) -> Iterator[str]:
    """Keep what README and docs/teams.md promise: nothing reads along."""
    asked = _within(_within(manifest, "authorization"), "permissions").get("resourceSpecific")
    if asked:
        names = ", ".join(str(each.get("name")) for each in _objects(asked))
        yield f"authorization asks for {names}: PM Compare needs no such permission, and promises to read no messages."
    if "webApplicationInfo" in manifest:
        yield "webApplicationInfo lets an app sign people in, which PM Compare does not do: take it out."


def _icons(manifest: Manifest, icons: Mapping[str, bytes]) -> Iterator[str]:
    for kind, size in ICONS.items():
        name = str(_within(manifest, "icons").get(kind, ""))
        picture = icons.get(name, b"")
        if "/" in name or "\\" in name or not name:
            yield f"icons.{kind} is not the name of a file beside the manifest."
        elif not picture.startswith(_PNG) or len(picture) < len(_PNG) + _HEAD.size:
            yield f"{name} is no PNG picture."
        else:
            _length, _name, width, height, _depth, colour = _HEAD.unpack_from(picture, len(_PNG))
            if (width, height) != (size, size):
                yield f"{name} has {width} × {height} pixels, and Teams wants {size} × {size}."
            if kind == "outline" and colour not in _WITH_ALPHA:
                yield f"{name} is not transparent: Teams wants it white on nothing."


def _within(group: Manifest, name: str) -> Manifest:
    value = group.get(name)
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Manifest]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _words(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
