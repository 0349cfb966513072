"""Draw counts as Teams' own bar chart, which says nothing that the words beside it do not say."""

from cards.model import Chart
from cards.teams import limits, markup, objects
from cards.teams.objects import JSON


def drawn(chart: Chart) -> JSON | None:
    """Draw a chart; None for one without bars. ValueError for more bars than `limits.BARS`, or one without a label.

    learn.microsoft.com: "Charts in Adaptive Cards". A client that knows no charts drops it.
    """
    if not chart.bars:
        return None
    if len(chart.bars) > limits.BARS:
        raise ValueError(f"a chart has at most {limits.BARS} bars on Teams, not {len(chart.bars)}")
    return {
        "type": "Chart.HorizontalBar",
        "title": _short(chart.title, limits.CHART_TITLE, "a chart's title"),
        "showTitle": True,  # Teams: otherwise the title is for screen readers alone
        # Teams: beside an axis long labels are cut, and bars that are called the same become one.
        "displayMode": "AbsoluteNoAxis",
        "data": [{"x": _short(label, limits.CHART_LABEL, "a bar's label"), "y": count} for label, count in chart.bars],
        "fallback": "drop",
    }


def _short(words: str, limit: int, what: str) -> str:
    said = markup.label(words)
    if not said:
        raise ValueError(f"{what} is empty")
    return objects.cut(said, limit)
