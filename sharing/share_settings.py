"""How a shared page looks: the keys PostHog knows, nothing else. Pure."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

FLAGS = ("whitelabel", "noHeader", "showInspector", "legend", "detailed", "hideExtraDetails")


class ShareSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    whitelabel: bool | None = None
    noHeader: bool | None = None
    showInspector: bool | None = None
    legend: bool | None = None
    detailed: bool | None = None
    hideExtraDetails: bool | None = None
    theme: Literal["light", "dark", "system"] | None = None


def clean_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Unknown keys and nulls are dropped, no default is filled in. Raises pydantic's ValidationError."""
    return ShareSettings.model_validate(settings).model_dump(exclude_none=True)
