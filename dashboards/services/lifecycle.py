"""From the first to the last day of a dashboard."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.access import EDITOR, VIEWER
from accounts.models import Project, Team, User
from common.exceptions import Forbidden, Refusal
from dashboards.models import Dashboard, DashboardTile
from dashboards.services.activities import log_change, log_creation, state_of
from dashboards.services.duplication import duplicate_contents, duplicate_tiles
from dashboards.services.shelf import Shelf
from dashboards.services.templates import fields_for_use, find_template, put_tiles
from dashboards.services.writing import writing
from insights.models import Insight, ViewLog
from tagging.services import normalise, set_tags

Fields = Mapping[str, Any]

COLUMNS = (
    "name",
    "description",
    "pinned",
    "last_accessed_at",
    "last_refresh",
    "filters",
    "variables",
    "breakdown_colors",
    "data_color_theme",
    "quick_filter_ids",
    "restriction_level",
    "folder",
)
#: Written once, with the row.
ORIGIN_COLUMNS = ("creation_mode", "unlisted_tag")


@transaction.atomic
def create_dashboard(fields: Fields, *, project: Project, user: User) -> Dashboard:
    """`fields` are columns, and what a body may ask for besides: `tags`, `tiles`, `use_dashboard`, `use_template`.

    All or nothing. Raises Refusal.
    """
    if fields.get("use_template"):
        fields = fields_for_use(find_template(fields["use_template"], project=project), fields)

    dashboard = Dashboard(team=project.team, created_by=user, deleted=fields.get("deleted", False))
    _fill(dashboard, fields, columns=(*COLUMNS, *ORIGIN_COLUMNS))
    source = _source(fields, project=project, user=user)
    if source is not None:
        _fill(dashboard, _inherited(source, fields))
        dashboard.creation_mode = Dashboard.CreationMode.DUPLICATE
    dashboard.save(force_insert=True)

    if fields.get("tags"):
        set_tags(dashboard, fields["tags"], team=project.team)
    if source is not None:
        is_deep = fields.get("duplicate_tiles", False)
        duplicate_contents(source, dashboard, is_deep=is_deep, project=project, user=user)
    if fields.get("template_tiles"):
        put_tiles(dashboard, fields["template_tiles"], project=project, user=user)
    _put_tiles(dashboard, fields, project=project, user=user)
    log_creation(dashboard, tags=normalise(fields.get("tags") or ()), team=project.team, user=user)
    return dashboard


def update_dashboard(
    dashboard: Dashboard, fields: Fields, *, project: Project, user: User, if_match: str | None = None
) -> Dashboard:
    """Only what `fields` names changes. Raises Missing for a deleted one that is not restored, Forbidden, Outdated."""
    is_restored = fields.get("deleted") is False
    with writing(
        dashboard, if_match=if_match, with_cards=bool(fields.get("tiles")), even_deleted=is_restored
    ) as locked:
        _refuse_restriction(locked, fields, project=project, user=user)
        tags = fields.get("tags")
        before = state_of(locked, tags=sorted(locked.tags.values_list("name", flat=True)) if tags is not None else ())
        if fields.get("deleted"):
            delete_dashboard(locked, with_insights=fields.get("delete_insights", False), project=project, user=user)
        elif is_restored:
            restore_dashboard(locked)

        _fill(locked, fields)
        locked.save(update_fields=[name for name in COLUMNS if name in fields])
        if tags is not None:
            set_tags(locked, tags, team=project.team)
        _put_tiles(locked, fields, project=project, user=user)
        if fields.get("duplicate_tiles"):
            duplicate_tiles(locked, fields["duplicate_tiles"], project=project, user=user)
        after = state_of(locked, tags=normalise(tags or ()))
        log_change(locked, before=before, after=after, team=project.team, user=user)
    return locked


def delete_dashboard(dashboard: Dashboard, *, with_insights: bool = False, project: Project, user: User) -> None:
    """Hides it with its tiles, and `with_insights` those that are shown nowhere else and are the user's to edit.

    One stamp marks them all.

    Inside `writing`, for a dashboard that is not deleted.
    """
    stamp = uuid4()
    tiles = DashboardTile.objects.filter(dashboard=dashboard)
    if with_insights:
        lonely = list(tiles.without_other_home().values_list("insight", flat=True))
        own = Insight.objects.filter(pk__in=lonely).allowing(EDITOR, user, project)
        own.update(deleted=True, deleted_with=stamp)
    DashboardTile.objects_including_soft_deleted.filter(dashboard=dashboard).live().remove(stamp=stamp)
    Team.objects.filter(primary_dashboard=dashboard).update(primary_dashboard=None)
    dashboard.deleted, dashboard.deleted_with = True, stamp
    dashboard.save(update_fields=["deleted", "deleted_with"])


def restore_dashboard(dashboard: Dashboard) -> None:
    """Brings back what its deletion took along, and nothing that was removed before. Inside `writing`."""
    if not dashboard.deleted:
        return
    stamp = dashboard.deleted_with
    dashboard.deleted, dashboard.deleted_with = False, None
    dashboard.save(update_fields=["deleted", "deleted_with"])
    if stamp is not None:
        DashboardTile.objects_including_soft_deleted.filter(dashboard=dashboard, deleted_with=stamp).revive()
        Insight.objects_including_soft_deleted.filter(deleted_with=stamp).update(deleted=False, deleted_with=None)


def note_view(dashboard: Dashboard, *, team: Team, user: User) -> None:
    """The user looks at it now. Changes no version, and waits for nobody: whoever writes now accesses it, too."""
    now = timezone.now()
    with transaction.atomic(savepoint=False):
        if Dashboard.objects.filter(pk=dashboard.pk).unlocked().update(last_accessed_at=now):
            dashboard.last_accessed_at = now
        ViewLog.objects.record("dashboard", [dashboard.pk], team=team, user=user)
    dashboard.last_viewed_at = now  # type: ignore[attr-defined]


def _fill(dashboard: Dashboard, fields: Fields, *, columns: Sequence[str] = COLUMNS) -> None:
    for name in columns:
        if name in fields:
            setattr(dashboard, name, fields[name])


def _put_tiles(dashboard: Dashboard, fields: Fields, *, project: Project, user: User) -> None:
    if not fields.get("tiles"):
        return
    shelf = Shelf(dashboard, project=project, user=user)
    shelf.put(fields["tiles"])
    shelf.save()


def _source(fields: Fields, *, project: Project, user: User) -> Dashboard | None:
    pk = fields.get("use_dashboard")
    if pk is None:
        return None
    source = Dashboard.objects.for_project(project).seen_by(user).filter(pk=pk).first()
    if source is None:
        raise Refusal("Invalid value provided", attr="use_dashboard")
    source.refuse_unless_allows(VIEWER, user, project)
    return source


def _inherited(source: Dashboard, fields: Fields) -> dict[str, Any]:
    """What a duplicate has of its source: filters unless given, the rest wherever the source has any."""
    columns = ("variables", "breakdown_colors", "data_color_theme", "quick_filter_ids")
    inherited = {name: getattr(source, name) for name in columns if getattr(source, name)}
    return inherited if fields.get("filters") else {**inherited, "filters": source.filters}


def _refuse_restriction(dashboard: Dashboard, fields: Fields, *, project: Project, user: User) -> None:
    wanted = fields.get("restriction_level", dashboard.restriction_level)
    if wanted != dashboard.restriction_level and not dashboard.may_be_restricted_by(user, project):
        raise Forbidden(
            "Only the dashboard owner and project admins have the restriction rights required to change "
            "the dashboard's restriction level."
        )
