"""Dashboards that are made from a template as a whole, apart from `use_template` of an ordinary create."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Project, User
from common.exceptions import Conflict, Refusal
from dashboards.blueprints import UNLISTED_BY_TAG
from dashboards.models import Dashboard
from dashboards.services.lifecycle import create_dashboard
from dashboards.services.templates import fields_from, find_template

Fields = Mapping[str, Any]

UNLISTED_ONCE = "one_unlisted_dashboard_per_tag"
VERSION = {"__template_version": 1}


def create_from_template_json(fields: Fields, *, project: Project, user: User) -> Dashboard:
    """`fields` are those of a dashboard and `template` or `use_template`, and `variables_values`. Raises Refusal."""
    own = dict(fields)
    name, values = own.pop("use_template", None), own.pop("variables_values", None)
    template = own.pop("template", None) or find_template(name or "", project=project)
    return create_dashboard(fields_from(template, own, values=values), project=project, user=user)


def create_unlisted_dashboard(fields: Fields, *, project: Project, user: User) -> Dashboard:
    """The one dashboard that a project has for this `tag`, hidden from the list.

    Raises Refusal for a tag without template, Conflict if it is there; of many callers at once one gets it.
    """
    own = dict(fields)
    tag = own.pop("tag")
    template = UNLISTED_BY_TAG.get(tag)
    if template is None:
        raise Refusal(f"Unknown template tag: {tag}", attr="tag")

    own |= {"tags": [tag], "unlisted_tag": tag, "creation_mode": Dashboard.CreationMode.UNLISTED}
    versioned = {**template, "dashboard_filters": {**template["dashboard_filters"], **VERSION}}
    try:
        with transaction.atomic():
            return create_dashboard(fields_from(versioned, own), project=project, user=user)
    except IntegrityError as error:
        if UNLISTED_ONCE not in str(error):
            raise
        raise Conflict(f"Unlisted dashboard with tag '{tag}' already exists", attr="tag") from error
