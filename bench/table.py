"""Judge the figures by their aims, and draw them side by side."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.contest import FRESH, Rivals
from bench.rounds import Memory, Samples, Speeds, Starts, StartSamples

RATE_AIM, RESTART_AIM, FIRST_AIM, BESIDE_AIM = 0.9, 1.8, 2.2, 0.8


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be: at least or at most `limit`, which is a ratio unless it has a unit."""

    limit: float
    is_least: bool
    unit: str = ""

    def __str__(self) -> str:
        """Give `≥ 0.90` or `≤ 120 MB`."""
        return f"{'≥' if self.is_least else '≤'} " + (
            f"{self.limit:g} {self.unit}" if self.unit else f"{self.limit:.2f}"
        )

    def is_met(self, value: float) -> bool:
        """Say whether a value is on the right side."""
        return value >= self.limit if self.is_least else value <= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: a value a round for each server that has it, in alternation, so that rounds can be compared."""

    label: str
    ours: Sequence[float]
    bare: Sequence[float] = ()
    raw: Sequence[float] = ()
    aim: Aim | None = None
    digits: int = 2
    heads: str = ""  # a line of its own above this row

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios: in a round both ran one after the other, on a machine equally busy."""
        return median(self._ratios())

    @property
    def verdict(self) -> str:
        """`met` or `missed`, or nothing where there is no aim."""
        if self.aim is None:
            return ""
        return "met" if self.aim.is_met(median(self.ours) if self.aim.unit else self.ratio) else "missed"

    def cells(self) -> tuple[str, ...]:
        """Give the row's cells, in the order of the headings."""
        shown = [f"{median(values):,.{self.digits}f}" if values else "" for values in (self.ours, self.bare, self.raw)]
        return (self.label, *shown, self._ratio_words() if self.bare else "", str(self.aim or ""), self.verdict)

    def _ratios(self) -> list[float]:
        return [ours / bare for ours, bare in zip(self.ours, self.bare, strict=True)]

    def _ratio_words(self) -> str:
        rounds = self._ratios()
        return f"{self.ratio:.2f}" + (f" ({min(rounds):.2f} to {max(rounds):.2f})" if len(rounds) > 1 else "")


def beside(speeds: Speeds, pairs: Mapping[str, str], rivals: Rivals) -> list[Row]:
    """Compare loads of ours with other loads of ours, by their titles: how much is kept where nothing is ready-made."""
    ours, aim = rivals.columns[0], Aim(BESIDE_AIM, is_least=True)
    return [
        Row(
            "requests/s, 32 clients",
            speeds[one][ours].rate,
            speeds[other][ours].rate,
            aim=aim,
            digits=0,
            heads=f"{one} (first), beside {other} (second), both ours",
        )
        for one, other in pairs.items()
    ]


def rows(speeds: Speeds, starts: Starts, memories: Mapping[str, Memory], requests: int, rivals: Rivals) -> list[Row]:
    """Put the figures into rows; `requests` of each kind went before the second figure of the memory."""
    ours, other, ceiling = rivals.columns
    found: list[Row] = []
    for title, by_server in speeds.items():
        mine, theirs, most = by_server[ours], by_server[other], by_server.get(ceiling, Samples())
        speed = rivals.speeds.get(title, rivals.speed)
        rate, p50, p99 = Aim(speed.rate, is_least=True), _at_most(speed.p50), _at_most(speed.p99)
        found += [
            Row("requests/s, 32 clients", mine.rate, theirs.rate, most.rate, rate, digits=0, heads=title),
            Row("core a request, µs", mine.cpu, theirs.cpu, most.cpu, digits=0),
            Row("p50, ms, 1 client", mine.p50, theirs.p50, most.p50, p50, digits=rivals.digits),
            Row("p99, ms, 1 client", mine.p99, theirs.p99, most.p99, p99, digits=rivals.digits),
        ]
        if mine.until_posted:
            posted = None if rivals.posted_aim is None else Aim(rivals.posted_aim, is_least=False)
            found += [
                Row("accepted/s, 32 clients", mine.accepted, theirs.accepted, digits=0),
                Row("until its answer is posted, ms", mine.until_posted, theirs.until_posted, aim=posted, digits=1),
            ]
    least = starts.get(ceiling, StartSamples())
    restart, first_start = Aim(RESTART_AIM, is_least=False), Aim(FIRST_AIM, is_least=False)
    again, usual = starts[ours], starts[other]
    found += [
        Row("restart, s", again.clock, usual.clock, least.clock, restart, heads="from start to the first 200"),
        Row("core a restart, s", again.core, usual.core, least.core),
    ]
    if first := starts.get(FRESH):
        found += [
            Row("first start, s", first.clock, usual.clock, least.clock, first_start),
            Row("core a first start, s", first.core, usual.core, least.core),
        ]
    memory, my, its = Aim(rivals.memory_aim, is_least=False, unit="MB"), memories[ours], memories[other]
    return [
        *found,
        Row("at start, MB", [my.at_start], [its.at_start], digits=0, heads="resident memory"),
        Row(f"after {requests:,} of each, MB", [my.after], [its.after], aim=memory, digits=0),
    ]


def _at_most(limit: float | None) -> Aim | None:
    return None if limit is None else Aim(limit, is_least=False)


def drawn(found: Sequence[Row], columns: tuple[str, str, str]) -> str:
    """Draw the table in plain text; `columns` names ours, what it is compared with, and the ceiling."""
    headings = ("", *columns, f"{columns[0]} / {columns[1]}", "aim", "")
    first, *lines = aligned([headings, *(row.cells() for row in found)], {0, 4, 5}, indent="  ")
    text = [first]
    for row, line in zip(found, lines, strict=True):
        text += [f"\n{row.heads}", line] if row.heads else [line]
    return "\n".join(text)


def aligned(lines: Sequence[Sequence[str]], left: Collection[int] = (0,), indent: str = "") -> list[str]:
    """Draw columns, of which those in `left` begin together, and the others end so."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]

    def drawn_line(cells: Sequence[str]) -> str:
        numbered = enumerate(zip(cells, widths, strict=True))
        return "  ".join(cell.ljust(width) if n in left else cell.rjust(width) for n, (cell, width) in numbered)

    return [f"{indent}{drawn_line(cells)}".rstrip() for cells in lines]
