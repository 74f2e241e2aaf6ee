"""Property filters and groups of them, discriminated by `type` (an event property when there is none)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

PropertyOperator = Literal[
    "exact",
    "is_not",
    "icontains",
    "not_icontains",
    "icontains_multi",
    "not_icontains_multi",
    "regex",
    "not_regex",
    "gt",
    "gte",
    "lt",
    "lte",
    "is_set",
    "is_not_set",
    "is_date_exact",
    "is_date_before",
    "is_date_after",
    "between",
    "not_between",
    "min",
    "max",
    "in",
    "not_in",
    "is_cleaned_path_exact",
    "flag_evaluates_to",
    "semver_eq",
    "semver_neq",
    "semver_gt",
    "semver_gte",
    "semver_lt",
    "semver_lte",
    "semver_tilde",
    "semver_caret",
    "semver_wildcard",
]
Scalar = str | bool | int | float


class _Filter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: str | None = None


class _ValuedFilter(_Filter):
    key: str
    operator: PropertyOperator | None = None
    value: list[Scalar] | Scalar | None = None


class EventPropertyFilter(_ValuedFilter):
    type: Literal["event"] = "event"


class PersonPropertyFilter(_ValuedFilter):
    type: Literal["person"]


class GroupPropertyFilter(_ValuedFilter):
    type: Literal["group"]
    group_type_index: int | None = None
    group_key_names: dict[str, Any] | None = None


class CohortPropertyFilter(_Filter):
    type: Literal["cohort"]
    key: Literal["id"] = "id"
    operator: PropertyOperator | None = None
    value: int
    cohort_name: str | None = None


class ElementPropertyFilter(_ValuedFilter):
    type: Literal["element"]
    key: Literal["tag_name", "text", "href", "selector"]


class FlagPropertyFilter(_Filter):
    type: Literal["flag"]
    key: str
    operator: Literal["flag_evaluates_to"] = "flag_evaluates_to"
    value: bool | str


class HogQLPropertyFilter(_Filter):
    type: Literal["hogql"]
    key: str
    value: list[Scalar] | Scalar | None = None


class OtherPropertyFilter(_ValuedFilter):
    type: Literal[
        "session",
        "feature",
        "recording",
        "event_metadata",
        "log_entry",
        "data_warehouse",
        "data_warehouse_person_property",
        "error_tracking_issue",
        "revenue_analytics",
        "workflow_variable",
        "log",
        "log_attribute",
        "log_resource_attribute",
        "span",
        "span_attribute",
        "span_resource_attribute",
    ]


class EmptyPropertyFilter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["empty"] = "empty"


class PropertyGroup(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["AND", "OR"]
    values: list["PropertyItem"]


_OWN_CLASS = {"event", "person", "group", "cohort", "element", "flag", "hogql", "empty"}


def _tag(candidate: Any) -> str:
    """Which class reads this filter; the class then says what is wrong with it."""
    is_model = isinstance(candidate, BaseModel)
    if isinstance(candidate, PropertyGroup) or (isinstance(candidate, dict) and "values" in candidate):
        return "group of filters"
    if candidate == {}:
        return "empty"

    kind = getattr(candidate, "type", None) if is_model else isinstance(candidate, dict) and candidate.get("type")
    if not kind or not isinstance(kind, str):
        return "event"
    return kind if kind in _OWN_CLASS else "other"


PropertyItem = Annotated[
    Annotated[EventPropertyFilter, Tag("event")]
    | Annotated[PersonPropertyFilter, Tag("person")]
    | Annotated[GroupPropertyFilter, Tag("group")]
    | Annotated[CohortPropertyFilter, Tag("cohort")]
    | Annotated[ElementPropertyFilter, Tag("element")]
    | Annotated[FlagPropertyFilter, Tag("flag")]
    | Annotated[HogQLPropertyFilter, Tag("hogql")]
    | Annotated[OtherPropertyFilter, Tag("other")]
    | Annotated[EmptyPropertyFilter, Tag("empty")]
    | Annotated[PropertyGroup, Tag("group of filters")],
    Discriminator(_tag),
]
PropertyGroup.model_rebuild()
PropertyFilters = list[PropertyItem]
PropertyFilterList = Annotated[
    Annotated[PropertyFilters, Tag("list")] | Annotated[PropertyGroup, Tag("group of filters")],
    Discriminator(lambda candidate: "list" if isinstance(candidate, list) else "group of filters"),
    Field(description="A list of filters that must all hold, or one group of them."),
]
