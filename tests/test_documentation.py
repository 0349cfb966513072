"""The documentation says what is so: it is compared with the program, word by word."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from bot.__main__ import main
from bot.settings.variables import VARIABLES
from cards import text
from cards.compose import found, usage
from content.library import Library, load
from handlers import answers
from handlers.asking import kinds

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOSTS = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|crates|rubygems)\.(?:org|com|io)\b|\bproxy\.golang\.org\b", re.IGNORECASE
)
MACHINES = re.compile(r"(?<![\w.:/{}$~-])/(?:home|Users|root|work)/[\w.-]+")
MEANING: dict[str, type[object]] = {
    "list": kinds.Show,
    "risks": kinds.Compare,
    "7": kinds.Compare,
    "stake holders": kinds.Compare,
    "who do I work with": kinds.Show,
    "risks detail": kinds.Show,
    "risks sources": kinds.Show,
    "risks exercise": kinds.Show,
    "risks share": kinds.Share,
    "risks examples": kinds.Show,
    "risks questions": kinds.Show,
    "risks metrics": kinds.Show,
    "risks failures": kinds.Show,
    "risks checklist": kinds.Show,
    "risks role": kinds.Show,
    "search WORDS": kinds.Show,
    "what is WORD": kinds.Show,
    "random": kinds.AnyDimension,
    "tips": kinds.Settings,
    "tips me": kinds.Settings,
    "tips skip": kinds.ChangeTips,
    "tips keep": kinds.ChangeTips,
    "tips pause": kinds.ChangeTips,
    "tips resume": kinds.ChangeTips,
    "tips now": kinds.ChangeTips,
    "tips off": kinds.ChangeTips,
    "tips upcoming": kinds.Upcoming,
    "tips history": kinds.Past,
    "tips swap WORDS": kinds.Swapping,
    "stop": kinds.Stopping,
    "unsubscribe": kinds.Stopping,
    "no more tips": kinds.Stopping,
    "tip": kinds.NextTip,
    "doctor": kinds.Diagnosis,
    **dict.fromkeys(("dilemma", "recall", "me", "home", "plans", "stats"), kinds.Learn),
    "record": kinds.Learn,
    "suggest": kinds.Learn,
    "report": kinds.Learn,
    "help": kinds.Show,
    "privacy": kinds.Learn,
}


@pytest.fixture(scope="module")
def library() -> Library:
    """Give the content that ships."""
    return load(ROOT / "content" / "ai-pm")


def table(heading: str, document: str = README) -> list[list[str]]:
    """Read the cells of the rows of the first table under a heading, without its head."""
    _, found, below = document.partition(f"\n## {heading}\n")
    assert found, heading
    rows = [line for line in below.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def codes(words: str) -> list[str]:
    """List what is typed literally in some words."""
    return re.findall(r"`([^`]+)`", words)


def tracked() -> list[Path]:
    """List the files that git keeps, or will keep once they are added."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")
    listed = subprocess.run(  # noqa: S603 # git, with words of ours
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip(f"needs a git checkout: {listed.stderr.decode().strip()}")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def documents() -> list[Path]:
    """List the Markdown files."""
    return [path for path in tracked() if path.suffix == ".md"]


def test_every_command_is_described() -> None:
    """The README's table of commands has exactly those that exist, and those below `tips` too."""
    rows = table("What operators type")
    assert sorted(codes(row[0])[0] for row in rows) == sorted(main.commands)
    described = next(row[1] for row in rows if codes(row[0]) == ["tips"])
    tips = main.commands["tips"]
    assert isinstance(tips, click.Group)
    assert [word for word in tips.commands if word not in codes(described)] == []


def test_every_command_line_can_be_copied() -> None:
    """Where README and CONTRIBUTING show a command line, it starts in .venv, and all it names exists."""
    shown = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    calls = re.findall(r"(\S*)python -m bot (\S+)([^`\n]*)", shown)
    assert calls
    for where, name, rest in calls:
        assert where.strip("`") == ".venv/bin/", f"python -m bot {name}"
        assert name == "COMMAND" or name in main.commands
        options = [word.partition("=")[0] for word in rest.split() if word.startswith("--")]
        known = [option for each in main.commands.values() for found in each.params for option in found.opts]
        assert [option for option in options if option not in [*known, "--help"]] == []
    goals = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", shown, flags=re.MULTILINE)) <= set(goals)


def test_every_word_of_the_grammar_is_answered(library: Library) -> None:
    """What the README says can be typed has the meaning it says, and the answer is found, not guessed at."""
    typed = [word for row in table("What people type") for word in codes(row[0])]
    assert sorted(typed) == sorted(MEANING)
    missed = found.nothing(library, "drift", ()).title
    for words in typed:
        answer = answers.ask(library, words.replace("WORDS", "drift").replace("WORD", "drift"))
        assert type(answer) is MEANING[words], words
        if isinstance(answer, kinds.Show):
            assert answer.card.title != missed, words


def test_help_and_the_readme_name_the_same_words(library: Library) -> None:
    """Each word of the README's grammar is in the answer to help, and each of help's examples is in the README."""
    said = text.message(usage.usage(library))
    typed = [word for row in table("What people type") for word in codes(row[0])]
    bare = [words.removesuffix(" WORDS").removesuffix(" WORD") for words in typed]
    understood = [words.removeprefix("risks ").removeprefix("tips ") for words in bare]
    examples = {"7", "stake holders", "who do I work with"}  # a number, a near miss, a question
    examples |= {"unsubscribe", "no more tips"}  # `stop` in other words
    implied = {"list", "help"}  # nothing typed means the first, and this answer is the second
    assert [word for word in understood if word not in said and word not in examples | implied] == []
    shown = {line.partition("  ")[0] for line in re.findall(r"/pm-compare ([a-z][^\n]*)", said)}
    assert len(shown) >= 8
    assert [words for words in shown if not any(words.startswith(word) for word in (*bare, *understood))] == []


def test_every_dimension_is_named(library: Library) -> None:
    """The README names the seven by their titles and the words they are called with, in their order."""
    section = " ".join(README.partition("The dimensions: ")[2].partition("Mention the bot")[0].split())
    named = re.findall(r"([^,.(][^,(]*) \(`([a-z]+)`\)", section)
    assert [(title.strip(), id_) for title, id_ in named] == [(each.title, each.id) for each in library.dimensions]


def test_every_setting_is_described() -> None:
    """The README's table of settings has each variable with its default and its purpose, word for word."""
    described = [(codes(row[0])[0], *(codes(row[1]) or [""]), row[2]) for row in table("Settings")]
    assert sorted(described) == sorted((each.name, each.default, each.purpose) for each in VARIABLES)


def test_every_folder_is_on_the_map() -> None:
    """The README's map has each folder of the program, and no other."""
    mapped = {row[0].partition("](")[2].rstrip(")") for row in table("The map")}
    folders = {path.relative_to(ROOT).parts[0] for path in tracked() if path.suffix == ".py" and path.parent != ROOT}
    assert mapped == folders - {"tests"}


def test_every_link_leads_somewhere() -> None:
    """Links and pictures in the documents that point into the repository point at something that is there."""
    links = [(page, link) for page in documents() for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))]
    inside = [
        (page, link.partition("#")[0]) for page, link in links if not re.match(r"https?:|mailto:|ref:|term:|#", link)
    ]
    assert len(inside) > 10
    dead = [(page.name, link) for page, link in inside if "…" not in link and not (page.parent / link).exists()]
    assert dead == []


@pytest.mark.parametrize(
    ("pattern", "guilty"),
    [(HOSTS, "pypi,org".replace(",", ".")), (MACHINES, ",home,alice".replace(",", "/"))],
    ids=["registries", "machines"],
)
def test_no_file_names_a_registry_or_a_private_machine(pattern: re.Pattern[str], guilty: str) -> None:
    """Where packages come from is each machine's own setting, and nobody's home folder is in a file that others get."""
    assert pattern.search(f"see {guilty}")
    found = []
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a picture
        found += [f"{path.relative_to(ROOT)}:{number}" for number, line in enumerate(lines, 1) if pattern.search(line)]
    assert found == []


def test_the_requirements_set_no_index() -> None:
    """The locked requirements are packages with hashes, and no option that says where to fetch them."""
    files = sorted(ROOT.glob("requirements*.txt"))
    assert len(files) >= 3
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        assert any("==" in line for line in lines)
        assert [line for line in lines if line.startswith("-")] == []


def test_the_map_leads_to_files_that_are_there() -> None:
    """Whoever wants to change something finds the file, and its twin where it is about one platform of two."""
    rows = table("Where things are", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    named = [code for row in rows for code in codes(row[1])]
    assert len(named) > 15
    assert [name for name in named if not any(ROOT.glob(name))] == []
    twins = {twin for name in named for twin in (name.replace("slack", "teams"), name.replace("teams", "slack"))}
    assert [twin for twin in twins - set(named) if any(ROOT.glob(twin))] == []
