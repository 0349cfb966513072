"""The shape and size of a chart (docs.slack.dev/reference/block-kit/blocks/data-visualization-block)."""

from playground.shared.values import Json
from playground.slack.limits.check import Check

CHARTS = 2  # a message
CHART_TITLE = 50
CHART_LABEL = 20
CHART_POINTS = 20
CHART_SERIES = 12
CHART_SLICES = 12
AXIS_LABEL = 50

PLOTTED = {"bar", "area", "line"}


def check_chart(check: Check, block: Json, at: str) -> None:
    """Checks a data_visualization block: a pie of slices, or series that share their categories."""
    check.keys(block, at, {"type", "block_id", "title", "chart"})
    if not check.need(block, at, "title", "chart"):
        return
    check.string(block["title"], f"{at}/title", most=CHART_TITLE)
    chart, here = block["chart"], f"{at}/chart"
    if not check.is_object(chart, here):
        return
    if chart.get("type") == "pie":
        check.keys(chart, here, {"type", "segments"})
        for index, each in enumerate(check.items(chart.get("segments"), f"{here}/segments", most=CHART_SLICES)):
            _check_point(check, each, f"{here}/segments/{index}", is_slice=True)
    elif chart.get("type") in PLOTTED:
        _check_plot(check, chart, here)
    else:
        check.say(f"{here}/type", "must be one of: area, bar, line, pie")


def _check_plot(check: Check, chart: Json, at: str) -> None:
    check.keys(chart, at, {"type", "series", "axis_config"})
    if not check.need(chart, at, "series", "axis_config"):
        return
    categories = _categories(check, chart["axis_config"], f"{at}/axis_config")
    names: set[str] = set()
    for index, each in enumerate(check.items(chart["series"], f"{at}/series", most=CHART_SERIES)):
        here = f"{at}/series/{index}"
        if not check.is_object(each, here) or not check.need(each, here, "name", "data"):
            continue
        check.keys(each, here, {"name", "data"})
        check.string(each["name"], f"{here}/name", most=CHART_LABEL)
        if each["name"] in names:
            check.say(f"{here}/name", "must be unique")
        names.add(str(each["name"]))
        points = check.items(each["data"], f"{here}/data", most=CHART_POINTS)
        for number, point in enumerate(points):
            _check_point(check, point, f"{here}/data/{number}", is_slice=False)
        labels = sorted(str(point.get("label")) for point in points if isinstance(point, dict))
        if labels != sorted(categories):
            check.say(f"{here}/data", "must have exactly one data point for each category")


def _categories(check: Check, axes: object, at: str) -> list[str]:
    if not check.is_object(axes, at):
        return []
    assert isinstance(axes, dict)  # noqa: S101  # narrowed by is_object
    check.keys(axes, at, {"categories", "x_label", "y_label"})
    for name in ("x_label", "y_label"):
        if name in axes:
            check.string(axes[name], f"{at}/{name}", most=AXIS_LABEL)
    categories = check.items(axes.get("categories"), f"{at}/categories", most=CHART_POINTS)
    for index, each in enumerate(categories):
        check.string(each, f"{at}/categories/{index}", most=CHART_LABEL)
    found = [str(each) for each in categories]
    if len(set(found)) != len(found):
        check.say(f"{at}/categories", "must be unique")
    return found


def _check_point(check: Check, point: object, at: str, *, is_slice: bool) -> None:
    if not check.is_object(point, at):
        return
    assert isinstance(point, dict)  # noqa: S101  # narrowed by is_object
    check.keys(point, at, {"label", "value"})
    if check.need(point, at, "label", "value"):
        check.string(point["label"], f"{at}/label", most=CHART_LABEL)
        value = point["value"]
        if not isinstance(value, int | float) or isinstance(value, bool):
            check.say(f"{at}/value", "must be a number")
        elif is_slice and value <= 0:
            check.say(f"{at}/value", "must be greater than 0")
