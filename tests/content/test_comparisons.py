"""Worked examples conclude nothing from what chance can undo: their comparisons are computed anew."""

import re
from math import comb, exp, lgamma
from pathlib import Path

import pytest

from content import library

REVIEW = Path("docs/content-review.md")
HEADING = "## Comparisons in worked examples"
LIKELY_LUCK = 0.05
ROW = re.compile(
    r"^\| (?P<kind>tip|recall|dimension|dilemma) `(?P<id>[a-z-]+)` "
    r"\| (?P<first>[^|]+) \| (?P<second>[^|]+) \| (?P<p>[^|]+) "
    r"\| (?P<told>a difference|left open) \|$",
    re.MULTILINE,
)


def rows() -> list[re.Match[str]]:
    """Give the rows of the table of comparisons."""
    _, found, below = REVIEW.read_text(encoding="utf-8").partition(f"\n{HEADING}\n")
    assert found
    return list(ROW.finditer(below.partition("\n## ")[0]))


def counts(cell: str) -> list[int]:
    """Read the counts of a cell such as `12 of 1,000` or `9 one way`."""
    return [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", cell)]


def fisher(hits: int, cases: int, others: int, other_cases: int) -> float:
    """Say how often chance alone gives two groups that differ so much, by Fisher's exact test, two-sided."""
    drawn = hits + others
    fewest = max(0, drawn - other_cases)

    def log_comb(number: int, chosen: int) -> float:
        return lgamma(number + 1) - lgamma(chosen + 1) - lgamma(number - chosen + 1)

    whole = log_comb(cases + other_cases, drawn)
    logs = [
        log_comb(cases, here) + log_comb(other_cases, drawn - here) - whole
        for here in range(fewest, min(drawn, cases) + 1)
    ]
    return sum(exp(log) for log in logs if log <= logs[hits - fewest] + 1e-7)


def sign_test(one: int, other: int) -> float:
    """Say how often a coin gives two counts that lie so far apart, two-sided."""
    tosses = one + other
    return min(1.0, 2 * sum(comb(tosses, heads) for heads in range(max(one, other), tosses + 1)) / (1 << tosses))


def chance(first: list[int], second: list[int]) -> float:
    """Compute one row: two shares, or two counts."""
    if len(first) == len(second) == 2:  # a share is a count and the cases it rests on
        return fisher(first[0], first[1], second[0], second[1])
    return sign_test(first[0], second[0])


def test_the_sums_are_right() -> None:
    """Against values from a textbook's tea tasting and from ten tosses."""
    assert fisher(3, 4, 1, 4) == pytest.approx(0.4857, abs=1e-4)
    assert sign_test(9, 1) == pytest.approx(22 / 1024)


def test_no_example_concludes_from_luck() -> None:
    """Each row's p is what its counts give, "a difference" is told only below 0.05, and its text exists."""
    read = library.load(Path("content/ai-pm"))
    known = {
        "tip": {tip.id for tip in read.tips},
        "recall": {tip.id for tip in read.tips},
        "dimension": {dimension.id for dimension in read.dimensions},
        "dilemma": {dilemma.id for dilemma in read.dilemmas},
    }
    found = rows()
    assert len(found) >= 80  # a table that is not read would pass
    wrong = []
    for row in found:
        p = chance(counts(row["first"]), counts(row["second"]))
        said = "<0.001" if p < 0.0005 else f"{p:.3f}"  # what rounds to 0.000
        if (
            row["p"] != said
            or (row["told"] == "a difference") != (p < LIKELY_LUCK)
            or row["id"] not in known[row["kind"]]
        ):
            wrong.append(f"{row[0]} (p {said})")
    assert not wrong, "\n".join(wrong)
