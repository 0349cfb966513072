"""The commands of writers: `check`, `preview`, `manifest`."""

import json
from pathlib import Path

import pytest

from tests.cli.program import Ended, run, typed
from tests.content.decks import DECK, TWIST, written


def line_of(text: str) -> int:
    """Find a line of the deck by its words."""
    return DECK.splitlines().index(text) + 1


async def test_check_names_every_fault(tmp_path: Path) -> None:
    """A broken deck: each fault as file:line: sentence, all at once, exit code 1; as JSON the same."""
    deck = tmp_path / "deck"
    deck.mkdir()
    (deck / "deck.yaml").write_text(DECK.replace("number: 1", "number: one").replace("short: Taste", "shrt: Taste"))
    broken = await run(tmp_path, "check", "deck")
    assert (broken.code, broken.err) == (1, "")
    *lines, closing = broken.out.splitlines()
    assert any(line.startswith(f"deck/deck.yaml:{line_of('    number: 1')}: ") for line in lines), lines
    assert any(line.startswith(f"deck/deck.yaml:{line_of('    short: Taste')}: ") for line in lines), lines
    faults = [line for line in lines if not line.endswith("(warning)")]
    assert closing == f"deck: {len(faults)} faults"
    as_json = typed(tmp_path, "check", "deck", "--json")
    report = json.loads(as_json.out)
    assert (as_json.code, report["ok"], report["grades"], report["alike"]) == (1, False, {}, [])
    assert [f"{fault['file']}:{fault['line']}: {fault['sentence']}" for fault in report["faults"]] == faults


def test_check_of_sound_content(tmp_path: Path) -> None:
    """Without a path it is the bot's own content, which has no fault: exit code 0; and sound is sound as JSON."""
    ended = typed(tmp_path, "check")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith("content/ai-pm: no faults\n")
    as_json = typed(tmp_path, "check", "--json", str(written(tmp_path)))
    assert (as_json.code, json.loads(as_json.out)["ok"]) == (0, True)


def test_check_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A wrong path is a fault in words too."""
    ended = typed(tmp_path, "check", "nowhere")
    assert ended.code == 1
    assert "there is no such folder" in ended.out


async def test_preview_fits_a_narrow_pipe(tmp_path: Path) -> None:
    """On 50 columns nothing is wider, and where nobody sees colours there are none; JSON is never wrapped."""
    drawn = await run(tmp_path, "preview", "risks", COLUMNS="50")
    slack = typed(tmp_path, "preview", "risks", "--as", "slack", COLUMNS="50")
    assert (drawn.code, drawn.err, slack.code, slack.err) == (0, "", 0, "")
    assert max(map(len, drawn.out.splitlines())) <= 50
    assert "\x1b" not in drawn.out
    assert "7 · Risks and responsibilities" in drawn.out
    assert json.loads(slack.out)["blocks"][0]["text"]["text"] == "7 · Risks and responsibilities"


@pytest.mark.parametrize("form", ["terminal", "text", "slack"])
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("risks sources", "Risks and responsibilities: sources"),
        ("rsiks", "7 · Risks"),
        ("tip way-out", "Give every answer a way out"),
        ("tip way-out detail", "A worked example"),
        ("tip way-out sources", "Checked "),
        ("tip way-out try", "Done when:"),
        ("tip way-out recall", ": right."),
        ("dilemma sales-has-promised", "Deliver the promise by sending a sixth to people"),
        ("dilemma of the day please", "Dilemma"),
        ("tip of the day please", "tip"),
        ("tip", "AI PM tip"),
        ("tips", "Weekly tips"),
        ("doctor", "tip"),
        ("random", "Traditional PM"),
        ("asdfgh qwerty", "Nothing on “asdfgh qwerty”"),
        ("🦆 quack", "quack”"),
        ("🦆 ?!", "How to use PM Compare"),
        ("", "Seven ways"),
    ],
)
def test_preview_draws_whatever_is_asked(tmp_path: Path, words: str, shown: str, form: str) -> None:
    """Every form of every kind of answer; nonsense gets the nearest matches, never an error."""
    ended = typed(tmp_path, "preview", *words.split(), "--as", form)
    assert (ended.code, ended.err) == (0, "")
    text = json.dumps(json.loads(ended.out), ensure_ascii=False) if form == "slack" else ended.out
    assert shown in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tip way-otu", "There is no tip `way-otu`; did you mean `way-out`?"),
        ("tip quokka", "There is no tip `quokka`"),
        ("dilemma sales-has-promisd", "There is no dilemma `sales-has-promisd`; did you mean `sales-has-promised`?"),
        ("dilemma quokka twist", "There is no dilemma `quokka`"),
        ("dilemma sales-has-promised twit", "A dilemma has no `twit`; did you mean `twist`?"),
        ("tip way-otu recall", "There is no tip `way-otu`; did you mean `way-out`?"),
        (
            "tip way-out detial",
            "A tip has no `detial`; did you mean `detail`?; there are detail, sources, exercise, re",
        ),
    ],
)
def test_preview_says_what_is_not_there(tmp_path: Path, words: str, said: str) -> None:
    """A writer's slip is no search."""
    ended = typed(tmp_path, "preview", *words.split())
    assert (ended.code, ended.out) == (1, "")
    assert said in ended.err


def test_preview_of_another_folder(tmp_path: Path) -> None:
    """A deck of one's own is drawn before it is used; its tips may have no recall, its dilemmas no twist."""
    written(tmp_path)
    ended = typed(tmp_path, "preview", "--path", ".", "taste")
    assert (ended.code, ended.err) == (0, "")
    assert "Taste & smell" in ended.out
    refused = typed(tmp_path, "preview", "--path", ".", "tip", "cool-water", "recall")
    assert (refused.code, "The tip `cool-water` has no recall." in refused.err) == (1, True)
    ended = typed(tmp_path, "preview", "--path", ".", "dilemma", "guest-in-a-hurry", "twist", "--as", "text")
    assert "\nAgainst it: The impatient one." in ended.out
    written(tmp_path, {"dilemmas.yaml": (TWIST, "")})
    refused = typed(tmp_path, "preview", "--path", ".", "dilemma", "guest-in-a-hurry", "twist")
    assert (refused.code, "The dilemma `guest-in-a-hurry` has no twist." in refused.err) == (1, True)


def test_preview_of_broken_content_says_what_is_wrong(tmp_path: Path) -> None:
    """A writer whose deck cannot be read gets the faults, not a traceback."""
    (tmp_path / "deck.yaml").write_text("deck: [")
    ended = typed(tmp_path, "preview", "risks", CONTENT_PATH=str(tmp_path))
    assert ended.code == 1
    assert "deck.yaml:" in ended.err
    assert "a bracket opens here" in ended.err


async def test_manifest_for_socket_mode(tmp_path: Path) -> None:
    """What is pasted at Slack is valid JSON on standard output, and nothing else is there."""
    ended = await run(tmp_path, "manifest")
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out)["settings"]["socket_mode_enabled"] is True


def test_manifest_for_http(tmp_path: Path) -> None:
    """With --url every address is the bot's own; one that Slack would refuse is refused in words."""
    form = json.loads(typed(tmp_path, "manifest", "--url", "https://bot.example.org").out)
    assert form["settings"]["socket_mode_enabled"] is False
    assert form["features"]["slash_commands"][0]["url"] == "https://bot.example.org/slack/events"
    refused = typed(tmp_path, "manifest", "--url", "http://bot.example.org")
    assert refused == Ended(1, "", refused.err)
    assert "over https only" in refused.err
