"""The page's modules as one: a browser has at once what it would take many round trips to fetch piece by piece.

The sources stay as they are and work as they are; what is sent is put together when somebody opens the page.
"""

import re
from pathlib import Path

IMPORT = re.compile(r'^import (?:\{ (?P<names>[^}]*) \} from )?"\./(?P<file>\w+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) (?P<name>\w+))", re.MULTILINE)
LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class NotJoinedError(Exception):
    """A module says something in a way that `joined` does not know; the message names it."""


def joined(folder: Path, first: str) -> str:
    """The module `first` of a folder with all that it imports, each in a function of its own, in an order that works.

    Raises NotJoinedError.
    """
    parts: dict[str, str] = {}
    _add(folder, first, parts, ())
    return "\n".join(parts.values())


def _add(folder: Path, name: str, parts: dict[str, str], above: tuple[str, ...]) -> None:
    if name in above:
        raise NotJoinedError(f"{' > '.join((*above, name))}: modules that import each other")
    source = (folder / name).read_text(encoding="utf-8")
    for found in IMPORT.finditer(source):
        if found["file"] not in parts:
            _add(folder, found["file"], parts, (*above, name))
    exported = [found["name"] for found in EXPORT.finditer(source)]
    body = EXPORT.sub("", IMPORT.sub(_taken, source))
    if left := LEFT.search(body):
        raise NotJoinedError(f'{name}: write `import {{ name }} from "./file.js";` or `export const`, not: {left[0]}')
    parts[name] = f"// {name}\nconst {_place(name)} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();"


def _taken(found: re.Match[str]) -> str:
    """An import, as what it takes from a part above: `a as b` is `a: b` there."""
    if found["names"] is None:
        return ""
    return f"const {{ {found['names'].replace(' as ', ': ')} }} = {_place(found['file'])};\n"


def _place(name: str) -> str:
    return f"${name.removesuffix('.js')}"
