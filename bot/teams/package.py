"""Make the Teams app's package: appPackage/manifest.json with the ids filled in, beside the icons, in a zip file."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from msgspec import Struct

from bot import clock
from bot.settings.checked import Settings
from bot.settings.values import GUID
from bot.teams import package_checks

FOLDER = Path(__file__).parents[2] / "appPackage"
OUT = "pm-compare-teams.zip"
DEVELOPER = "PM Compare"
VERSION = "1.0.0"
MANIFEST = "manifest.json"
_SEMVER = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}")
_PLACEHOLDER = re.compile(r"\$\{\{([A-Z_]+)\}\}")  # as Microsoft's own tools write it
_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold: the same package whenever it is made
_UNIX, _MODE = 3, 0o644 << 16


class PackageError(ValueError):
    """There is no package, for the reasons given: a sentence each."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(("There is no package yet:", *(f"- {line}" for line in faults))))
        self.faults = faults


class Given(Struct, frozen=True):
    """What was said on the command line; '' where nothing was."""

    client_id: str = ""
    app_id: str = ""
    version: str = ""
    url: str = ""
    developer: str = ""
    website: str = ""
    privacy: str = ""
    terms: str = ""


class Identity(Struct, frozen=True):
    """All that the manifest leaves open; `domain` is '' where the bot's own address is not known."""

    client_id: str
    app_id: str
    version: str
    developer: str
    website: str
    privacy: str
    terms: str
    domain: str

    @property
    def values(self) -> dict[str, str]:
        """Give what stands for each placeholder of appPackage/manifest.json."""
        return {
            "TEAMS_CLIENT_ID": self.client_id,
            "TEAMS_APP_ID": self.app_id,
            "VERSION": self.version,
            "DEVELOPER": self.developer,
            "WEBSITE_URL": self.website,
            "PRIVACY_URL": self.privacy,
            "TERMS_URL": self.terms,
            "PUBLIC_DOMAIN": self.domain,
        }


def identity(given: Given, settings: Settings) -> Identity:
    """Complete what was said from the settings, and check it whole.

    Raises:
        PackageError: names everything that is missing or wrong.
    """
    faults: list[str] = []
    client_id = _guid(given.client_id, "--client-id", faults) or settings.teams_client_id
    if not (client_id or given.client_id):
        faults.append(
            "The bot's id is missing: set TEAMS_CLIENT_ID, or give --client-id. It is the Application (client) ID of "
            "the bot's registration in Microsoft Entra (docs/teams.md)."
        )
    if client_id and client_id == settings.teams_tenant_id:
        other = settings.teams_named.tenant_id
        faults.append(f"The bot's id is the same as {other}: the client id is the other one, of the same page.")
    version = given.version.strip() or VERSION
    if not _SEMVER.fullmatch(version):
        faults.append(f"--version {version!r} is not of the form 1.2.3, and Teams takes no other.")
    url = given.url or settings.public_url
    domain = _domain(url, "--url" if given.url else "PUBLIC_URL", faults) if url else ""
    website = given.website or (url if domain else "")
    if not (website or url):
        faults.append(
            "Teams wants a web page of whoever provides the app: give --website, such as your intranet's page about "
            "it, or set PUBLIC_URL to the address under which Teams reaches the bot."
        )
    pages = (website, given.privacy or website, given.terms or website)
    for option, page in zip(
        ("--website", "--privacy", "--terms"), (given.website, given.privacy, given.terms), strict=True
    ):
        if page and not _host(page):
            faults.append(f"{option} {page!r} is not a whole https:// address, and Teams takes no other.")
    app_id = _guid(given.app_id, "--app-id", faults) or client_id
    if faults:
        raise PackageError(*faults)
    developer = given.developer.strip() or DEVELOPER
    return Identity(client_id, app_id, version, developer, *pages, domain=domain)


def manifest(filled: Identity, folder: Path = FOLDER) -> dict[str, Any]:
    """Read appPackage/manifest.json, and put what is known for its placeholders.

    Raises:
        PackageError: it cannot be read, is no JSON, or has a placeholder that nothing is known for.
    """
    path = folder / MANIFEST
    try:
        template = orjson.loads(path.read_bytes())
    except OSError as error:
        raise PackageError(f"{path} cannot be read: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise PackageError(f"{path}:{error.lineno}:{error.colno}: this is no JSON: {error.msg}.") from error
    if not isinstance(template, dict):
        raise PackageError(f"{path}: a manifest is a JSON object.")
    unknown: set[str] = set()
    done: dict[str, Any] = _filled(template, filled.values, unknown)
    if unknown:
        raise PackageError(f"{path}: nothing is known to put for {', '.join(sorted(unknown))}.")
    return done


def package(filled: Identity, folder: Path = FOLDER, schema: Path | None = None) -> bytes:
    """Make the zip file: manifest and icons at its root, the same bytes for the same identity.

    Raises:
        PackageError: names everything that Teams would refuse; or `schema`, Microsoft's, cannot be used.
    """
    made = manifest(filled, folder)
    named = made.get("icons")
    names = [str(named[kind]) for kind in package_checks.ICONS if kind in named] if isinstance(named, dict) else []
    icons = {name: _read(folder / name) for name in names}
    faults = package_checks.faults(made, icons)
    if schema is not None:
        faults += _schema_faults(made, schema)
    if faults:
        raise PackageError(*faults)
    files = {MANIFEST: orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE), **icons}
    return _zipped(files)


def _guid(written: str, option: str, faults: list[str]) -> str:
    given = written.strip().lower()
    if given and not GUID.fullmatch(given):
        faults.append(
            f"{option} is not an id such as 01234567-89ab-cdef-0123-456789abcdef: copy it from the registration."
        )
        return ""
    return given


def _domain(url: str, name: str, faults: list[str]) -> str:
    host = _host(url)
    if not host or clock.is_loopback(host) or "." not in host:
        faults.append(
            f"{name} {url!r} is not an https:// address on the internet, and Teams reaches a bot at no other: give "
            "one such as https://pm-compare.example.com."
        )
        return ""
    return host


def _host(url: str) -> str:
    """Give the host of an https address, '' where it is none."""
    # By hand: urlsplit drops tabs and line ends in silence.
    if not url.startswith("https://") or any(sign.isspace() for sign in url):
        return ""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # "https://[": an IPv6 address that never ends; "https://host:port"
        return ""
    return "" if host is None or port == 0 else host


def _filled(value: Any, values: Mapping[str, str], unknown: set[str]) -> Any:  # noqa: ANN401 # JSON
    """Fill a piece of JSON in; an entry of a list that comes to nothing is left out."""
    if isinstance(value, dict):
        return {name: _filled(each, values, unknown) for name, each in value.items()}
    if isinstance(value, list):
        entries = [_filled(each, values, unknown) for each in value]
        return [entry for entry in entries if entry != ""]
    if not isinstance(value, str):
        return value
    unknown.update(name for name in _PLACEHOLDER.findall(value) if name not in values)
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), value)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # what it should have been is said by the checks
        return b""


def _schema_faults(made: Mapping[str, Any], path: Path) -> list[str]:
    try:
        return package_checks.schema_faults(made, orjson.loads(path.read_bytes()))
    except (OSError, orjson.JSONDecodeError) as error:
        raise PackageError(f"{path} is no JSON Schema that can be read: {error}.") from error
    except ImportError as error:
        raise PackageError("--schema needs the development tools: install requirements-dev.txt.") from error


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            # Stored, not deflated: what deflating makes of the same bytes is each zlib's own affair.
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = _UNIX, _MODE
            archive.writestr(entry, content)
    return packed.getvalue()
