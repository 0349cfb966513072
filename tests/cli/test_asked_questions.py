"""`check --questions`: a file of questions has faults with lines too, and says what is found in place of an answer."""

import json
from pathlib import Path

import pytest

from tests.cli.program import Ended, typed
from tests.content import decks

SOUND = """\
questions:
  - ask: when is tea bitter
    answers: [tip/cool-water, dimension/taste]
    half: seen
  - ask: how much does coffee weigh
    nothing: true
    half: kept
"""


def asked(folder: Path, text: str, *words: str) -> Ended:
    """Check the small deck with a file of questions."""
    decks.written(folder)
    (folder / "asked.yaml").write_text(text, encoding="utf-8")
    return typed(folder, "check", ".", "--questions", "asked.yaml", *words)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    half: seen\n", "", "asked.yaml:2: this question has no `half`: write seen or kept, by turns"),
        ("half: seen", "half: sen", "asked.yaml:4: `half` is `sen`; did you mean `seen`?"),
        ("half: seen", "half: first", "asked.yaml:4: `half` is `first`: write seen or kept"),
        ("half: seen", "half: kept", "asked.yaml:4: `half` is `kept`, and the first question: they take turns, so"),
        ("half: kept", "half: seen", "asked.yaml:7: `half` is `seen`, and the question above it is `seen`: they take"),
        ("ask: when is tea bitter", "aks: when", "asked.yaml:2: unknown key `aks`; did you mean `ask`?"),
        ("ask: when is tea bitter\n    ", "", "asked.yaml:2: this question has no `ask`: write what people type"),
        ("how much does coffee weigh", "When is tea bitter?", "asked.yaml:5: `When is tea bitter?` is asked on line 2"),
        ("tip/cool-water", "tip/cool-watr", "asked.yaml:3: there is no `tip/cool-watr`; did you mean `tip/cool-water`"),
        ("tip/cool-water", "term/quokka", "asked.yaml:3: there is no `term/quokka`: take it out"),
        (
            "tip/cool-water",
            "cool-water",
            "asked.yaml:3: `cool-water` is no subject: write tip/ID, dilemma/ID, term/ID, dimension",
        ),
        ("tip/cool-water", "lits", "asked.yaml:3: `lits` is no subject; did you mean `list`?"),
        ("tip/cool-water", "[list]", "asked.yaml:3: an answer is one word: write tip/ID"),
        ("dimension/taste", "tip/cool-water", "asked.yaml:3: `tip/cool-water` answers this already: name it once"),
        ("nothing: true", "nothing: yes", "asked.yaml:6: `nothing` is `yes`: write `true`, or what answers it"),
        ("    nothing: true\n", "", "asked.yaml:5: write what answers this in `answers: [...]`, best first, or else"),
        ("    nothing: true\n", "    answers: []\n", "asked.yaml:6: write what answers this in `answers: [...]`"),
        ("  - ask: when", "  - only words\n  - ask: when", "asked.yaml:2: a question consists of keys and values"),
        ("questions:", "question:", "asked.yaml:1: a file of questions is a list below `questions:`"),
        (SOUND, "[", "asked.yaml:2: a bracket opens here"),
        (SOUND, "", "asked.yaml:1: the file is empty"),
    ],
)
def test_each_fault_is_a_sentence_at_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    """As of the content itself; nothing is counted before they are mended."""
    assert old in SOUND
    ended = asked(tmp_path, SOUND.replace(old, new, 1))
    assert (ended.code, ended.err) == (1, "")
    assert any(line.startswith(said) for line in ended.out.splitlines()), ended.out
    assert "Questions, " not in ended.out


def test_another_encoding_is_a_fault(tmp_path: Path) -> None:
    """It is not guessed at."""
    decks.written(tmp_path)
    (tmp_path / "asked.yaml").write_bytes(b"questions:\n  - ask: caf\xe9\n")
    ended = typed(tmp_path, "check", ".", "--questions", "asked.yaml")
    assert (ended.code, "asked.yaml:2: this is not UTF-8" in ended.out) == (1, True)


def test_the_faults_of_a_broken_deck_come_with_those_of_the_questions(tmp_path: Path) -> None:
    """Subjects are not judged then: which there are cannot be told."""
    decks.written(tmp_path, {"tips.yaml": ("minutes: 15", "minutes: 1")})
    (tmp_path / "asked.yaml").write_text(SOUND.replace("half: seen", "half: sen").replace("tip/cool", "tip/kool"))
    ended = typed(tmp_path, "check", ".", "--questions", "asked.yaml")
    assert ended.code == 1
    assert ended.out.splitlines()[-1] == ".: 2 faults"
    assert "asked.yaml:4: `half` is `sen`" in ended.out
    assert "tips.yaml:19: `minutes` is 1" in ended.out


def test_a_miss_is_told_of_the_half_that_is_seen_alone(tmp_path: Path) -> None:
    """With --misses, at the question's line; what is kept stays unread, whatever it finds."""
    text = SOUND.replace("tip/cool-water, dimension/taste", "dimension/caffeine")
    kept = "nothing: true\n    half: kept"
    assert kept in text
    text = text.replace("how much does coffee weigh", "why tannin").replace(kept, "answers: [list]\n    half: kept")
    plain = asked(tmp_path, text)
    assert (plain.code, "found" in plain.out) == (0, False)
    ended = asked(tmp_path, text, "--misses")
    told = [line for line in ended.out.splitlines() if " found " in line]
    assert (ended.code, len(told)) == (0, 1)
    assert told[0].startswith("asked.yaml:2: `when is tea bitter` found ")
    assert told[0].endswith(", not dimension/caffeine")
    assert "Questions, kept: 1 asked: 0.0% right at first" in ended.out
    (miss,) = json.loads(asked(tmp_path, text, "--misses", "--json").out)["misses"]
    assert (miss["file"], miss["line"]) == ("asked.yaml", 2)


def test_a_half_without_questions_is_left_out(tmp_path: Path) -> None:
    """Whoever begins has one question, and no share of none."""
    ended = asked(tmp_path, SOUND.partition("  - ask: how much")[0])
    assert "Questions, seen: 1 asked" in ended.out
    assert "Questions, kept" not in ended.out


def test_misses_are_of_a_file(tmp_path: Path) -> None:
    """Without one there is nothing to miss."""
    decks.written(tmp_path)
    ended = typed(tmp_path, "check", ".", "--misses")
    assert (ended.code, "name it with --questions FILE" in ended.err) == (2, True)
