"""Draw counts as a bar chart in Slack's Block Kit.

Shape and figures: docs.slack.dev/reference/block-kit/blocks/data-visualization-block.
"""

from collections.abc import Iterable, Iterator

from cards.model import Chart
from cards.slack import limits, markup
from cards.slack.objects import JSON

COUNT = "Count"  # Slack: a series has a name, which its legend shows
_ELLIPSIS = "…"


def drawn(chart: Chart) -> Iterator[JSON]:
    """Draw a chart as a `data_visualization` block; nothing for one without bars.

    What is too long is cut with an ellipsis. ValueError for more bars than Slack takes, and for a title or a label
    without words.
    """
    if len(chart.bars) > limits.CHART_POINTS:
        raise ValueError(f"a chart has at most {limits.CHART_POINTS} bars on Slack, not {len(chart.bars)}")
    if not chart.bars:
        return
    labels = _distinct(label for label, _ in chart.bars)
    points = [{"label": label, "value": count} for label, (_, count) in zip(labels, chart.bars, strict=True)]
    yield {
        "type": "data_visualization",
        "title": _shortened(_said(chart.title, "a chart's title"), limits.CHART_TITLE),
        "chart": {
            "type": "bar",
            "series": [{"name": COUNT, "data": points}],
            "axis_config": {"categories": labels},
        },
    }


def _distinct(labels: Iterable[str]) -> list[str]:
    """Shorten labels, and number those that would be the same: Slack finds a bar's place by its label."""
    given: list[str] = []
    for label in labels:
        words = _said(label, "a bar's label")
        short, number = _shortened(words, limits.CHART_LABEL), 1
        while short in given:
            number += 1
            short = f"{_shortened(words, limits.CHART_LABEL - len(f' {number}'))} {number}"
        given.append(short)
    return given


def _said(words: str, what: str) -> str:
    line = " ".join(words.split())
    if markup.is_blank(line):
        raise ValueError(f"{what} is empty")
    return line


def _shortened(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + _ELLIPSIS
