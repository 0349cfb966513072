"""What our Adaptive Cards are made of: each element's properties and words, as Teams knows them.

Of Adaptive Cards 1.5 here is what we draw, and no more: adaptivecards.io/explorer. What Teams adds to it stands in
`ADDED`, with where it is described. `test_adaptive.py` compares the table with the published schema.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from tests.strict import MAY, Exact

Said = Annotated[str, Field(min_length=1)]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]
Spacing = Literal["None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding"]
Size = Literal["Default", "Small", "Medium", "Large", "ExtraLarge"]
Weight = Literal["Default", "Lighter", "Bolder"]
Color = Literal["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"]
Emphasised = Literal["default", "positive", "destructive"]

# What Teams has beyond the schema of 1.5. learn.microsoft.com: "Format cards in Teams" (width), "Container layouts",
# "People Picker in Adaptive Cards". `filtered` is 1.5 by its own documentation, which the schema was not brought up to.
ADDED = {
    ("AdaptiveCard", "msteams"),
    ("Container", "grid.area"),
    ("Container", "layouts"),
    ("Input.ChoiceSet", "choices.data"),
}
ADDED_WORDS = {("Input.ChoiceSet", "style", "filtered")}
# "Charts in Adaptive Cards" too; `showTitle` is Microsoft's own SDK's (microsoft-teams-cards, HorizontalBarChart).
TEAMS_ALONE = {"Layout.AreaGrid", "Layout.Flow", "Data.Query", "task/fetch", "Chart.HorizontalBar"}


class Element(Exact):
    """What stands in a card."""

    id: Said = MAY
    is_visible: bool = MAY
    separator: bool = MAY
    spacing: Spacing = MAY


class TextBlock(Element):
    """Words."""

    type: Literal["TextBlock"]
    text: Said
    wrap: bool = MAY
    size: Size = MAY
    weight: Weight = MAY
    color: Color = MAY
    is_subtle: bool = MAY
    style: Literal["default", "heading"] = MAY


class Asked(Exact):
    """What opens a dialog. learn.microsoft.com: "Dialogs", invoked from an Adaptive Card."""

    type: Literal["task/fetch"]


class Data(Exact):
    """What comes back to us; any object for Teams, this one for the SDK and us."""

    action: Literal["pm-compare"]
    value: Said
    msteams: Asked = MAY
    context: str = MAY
    several: str = MAY


class Action(Exact):
    """What can be pressed."""

    title: Said = MAY
    style: Emphasised = MAY
    tooltip: Said = MAY


class Execute(Action):
    """A press that comes back, and may change the card. Teams: without a verb it does nothing."""

    type: Literal["Action.Execute"]
    verb: Literal["pm-compare"]
    data: Data


class Submit(Action):
    """A dialog's end, or what opens one."""

    type: Literal["Action.Submit"]
    data: Data


class OpenUrl(Action):
    """A link."""

    type: Literal["Action.OpenUrl"]
    url: Url


class Target(Exact):
    """An element, and whether it is to be seen."""

    element_id: Said
    is_visible: bool


class ToggleVisibility(Action):
    """What shows and hides elements, by their ids."""

    type: Literal["Action.ToggleVisibility"]
    target_elements: Annotated[list[Said | Target], Field(min_length=1)]


class ShowCard(Action):
    """A button with a card below it."""

    type: Literal["Action.ShowCard"]
    card: "InnerCard"


Selected = Annotated[Execute | Submit | OpenUrl | ToggleVisibility, Field(discriminator="type")]
Pressed = Annotated[Execute | Submit | OpenUrl | ToggleVisibility | ShowCard, Field(discriminator="type")]


class ActionSet(Element):
    """Buttons."""

    type: Literal["ActionSet"]
    actions: Annotated[list[Pressed], Field(min_length=1)]


class FlowLayout(Exact):
    """Elements beside each other as long as there is room."""

    type: Literal["Layout.Flow"]
    item_fit: Literal["Fit", "Fill"]
    column_spacing: Spacing
    row_spacing: Spacing


class Area(Exact):
    """A place of a grid, by the name that an element says."""

    name: Literal["left", "right"]
    column: Annotated[int, Field(ge=1, le=2)]


class GridLayout(Exact):
    """Places side by side on cards of some width; on others elements stack."""

    type: Literal["Layout.AreaGrid"]
    target_width: Literal["atLeast:standard"]
    columns: Annotated[list[Annotated[int, Field(ge=1, le=100)]], Field(min_length=1)]
    column_spacing: Spacing
    areas: Annotated[list[Area], Field(min_length=1)]


class Container(Element):
    """Elements together."""

    type: Literal["Container"]
    items: list["Drawn"]
    select_action: Selected = MAY
    layouts: Annotated[list[FlowLayout | GridLayout], Field(min_length=1)] = MAY
    style: Literal["default", "emphasis", "accent", "good"] = MAY
    area: Literal["left", "right"] = Field(default=MAY, alias="grid.area")


class Column(Element):
    """One of several beside each other."""

    type: Literal["Column"]
    width: Literal["auto", "stretch"]
    items: list["Drawn"]
    select_action: Selected = MAY


class ColumnSet(Element):
    """Columns beside each other."""

    type: Literal["ColumnSet"]
    columns: list[Column]


class Input(Element):
    """A field; ours all have a name and a label."""

    id: Said
    label: Said
    is_required: bool = MAY
    error_message: Said = MAY
    value: Said = MAY


class Choice(Exact):
    """One of a field's options."""

    title: Said
    value: str


class Query(Exact):
    """Who finds options: Teams' own search for people, or, for a name of ours, the bot."""

    type: Literal["Data.Query"]
    dataset: Literal["graph.microsoft.com/users", "zones"]


class ChoiceSet(Input):
    """Choose one, or several."""

    type: Literal["Input.ChoiceSet"]
    choices: list[Choice]
    style: Literal["compact", "expanded", "filtered"]
    placeholder: Said = MAY
    is_multi_select: bool = MAY
    data: Query = Field(default=MAY, alias="choices.data")


class Date(Input):
    """Choose a day."""

    type: Literal["Input.Date"]
    value: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] = MAY


class Time(Input):
    """Choose an hour and minute."""

    type: Literal["Input.Time"]
    value: Annotated[str, Field(pattern=r"^\d\d:\d\d$")] = MAY


class Text(Input):
    """Type some words."""

    type: Literal["Input.Text"]
    is_multiline: bool = MAY
    max_length: int = MAY


class Bar(Exact):
    """One of a chart's counts. Its words are bounded by our own limits: Teams documents none."""

    x: Annotated[str, Field(min_length=1, max_length=20)]
    y: int


class BarChart(Element):
    """Counts as bars; what a client that knows none drops."""

    type: Literal["Chart.HorizontalBar"]
    title: Annotated[str, Field(min_length=1, max_length=50)]
    show_title: Literal[True]
    display_mode: Literal["AbsoluteWithAxis", "AbsoluteNoAxis", "PartToWhole"]
    data: Annotated[list[Bar], Field(min_length=1, max_length=12)]
    fallback: "Literal['drop'] | Container"


Drawn = Annotated[
    TextBlock | ActionSet | Container | ColumnSet | ChoiceSet | Date | Time | Text | BarChart,
    Field(discriminator="type"),
]


class InnerCard(Exact):
    """The card below a button, which needs no version."""

    type: Literal["AdaptiveCard"]
    body: list[Drawn]
    actions: list[Pressed] = MAY


class Width(Exact):
    """How wide Teams draws a card."""

    width: Literal["Full"]


class AdaptiveCard(InnerCard):
    """A whole card."""

    address: Literal["http://adaptivecards.io/schemas/adaptive-card.json"] = Field(default=MAY, alias="$schema")
    version: Literal["1.5"]
    fallback_text: Said
    speak: Said
    msteams: Width = MAY


def plain(drawn: Any) -> Any:  # noqa: ANN401 # JSON
    """Give a card without what Teams adds to the schema of 1.5."""
    if isinstance(drawn, list):
        return [plain(value) for value in drawn if not (isinstance(value, dict) and value.get("type") in TEAMS_ALONE)]
    if not isinstance(drawn, dict):
        return drawn
    kind = drawn.get("type", "")
    return {
        name: plain(value)
        for name, value in drawn.items()
        if (kind, name) not in ADDED and not (isinstance(value, str) and (kind, name, value) in ADDED_WORDS)
    }


for _each in (ShowCard, ActionSet, Container, Column, ColumnSet, InnerCard, AdaptiveCard):
    _each.model_rebuild()
