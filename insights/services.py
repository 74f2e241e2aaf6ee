"""Deeds on insights. Each is one transaction and refuses before it writes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, Team, User
from activity.changes import activity_between, changes_between
from activity.services import Entry, log_activities, log_activity
from common.exceptions import Forbidden
from insights.models import Insight, ViewLog
from insights.querysets import InsightQuerySet
from insights.rights import refuse_uneditable
from tagging.services import Tagged, normalise, set_tags

Fields = Mapping[str, Any]

COLUMNS = ("name", "derived_name", "description", "query", "filters", "order", "saved", "favorited", "folder")
ALWAYS_WRITTEN = ("is_sample", "deleted", "deleted_with", "updated_at", "last_modified_at", "last_modified_by")
#: Changes to these count as a modification; a star or a tag does not.
MATERIAL_COLUMNS = {"name", "derived_name", "description", "query", "filters"}
ACTIVITY_SCOPE = "Insight"
LOGGED_COLUMNS = ("name", "derived_name", "description", "query", "filters", "order", "saved", "favorited", "deleted")
MOST_VIEWERS = 3


@transaction.atomic
def create_insight(fields: Fields, *, project: Project, user: User) -> Insight:
    """`fields` are columns, `tags` (names) and `dashboards` (rows), which the user must be able to edit.

    Raises Forbidden.
    """
    dashboards = fields.get("dashboards") or []
    refuse_uneditable(dashboards, deed="add insights to", project=project, user=user)

    insight = Insight(team=project.team, created_by=user, last_modified_by=user, deleted=fields.get("deleted", False))
    _fill(insight, fields)
    insight.save(force_insert=True)

    if fields.get("tags"):
        set_tags(insight, fields["tags"], team=project.team)
    if dashboards:
        insight.dashboard_tiles.place_on(dashboards)
    ViewLog.objects.record(ViewLog.Kind.INSIGHT, [insight.pk], team=project.team, user=user)
    if insight.name or insight.derived_name:
        log_activity(_entry(insight), team=project.team, user=user, scope=ACTIVITY_SCOPE, activity="created")
    return insight


@transaction.atomic
def update_insight(insight: Insight, fields: Fields, *, project: Project, user: User) -> Insight:
    """Only what `fields` names changes; `dashboards` is the whole set wanted. Raises Forbidden.

    Dashboards are locked before the insight, as everywhere, so that no two writers wait for each other.
    """
    if "dashboards" in fields:
        _refuse_moves(insight, fields["dashboards"], project=project, user=user)
    if insight.deleted:
        _refuse_return(insight, project=project, user=user)
    stamp = uuid4() if fields.get("deleted") else None
    before = _relations(insight, fields, project=project)
    _tell_dashboards(insight, fields, stamp=stamp)

    insight = Insight.objects_including_soft_deleted.select_for_update(no_key=True).get(pk=insight.pk)
    before |= _columns(insight)
    changed = _fill(insight, {"saved": True, **fields})
    insight.is_sample = False
    if changed & MATERIAL_COLUMNS:
        insight.last_modified_at, insight.last_modified_by = timezone.now(), user
    if "deleted" in fields and fields["deleted"] != insight.deleted:
        insight.deleted, insight.deleted_with = fields["deleted"], stamp
    insight.save(update_fields=[*changed, *ALWAYS_WRITTEN])

    if fields.get("tags") is not None:
        set_tags(insight, fields["tags"], team=project.team)
    after = _columns(insight) | _wanted_relations(fields)
    entry = _entry(insight, changes=changes_between(before, after, after))
    log_activity(entry, team=project.team, user=user, scope=ACTIVITY_SCOPE, activity=activity_between(before, after))
    return insight


def note_tagged(changed: Sequence[Tagged], *, team: Team, user: User) -> None:
    """The tags of these insights were changed, in this transaction."""
    insights = Insight.objects.among([row.id for row in changed])
    insights.bump_dashboards()
    named = insights.only("name", "derived_name", "short_id").in_bulk()
    entries = [_entry(named[row.id], changes=_change_of_tags(row)) for row in changed if row.id in named]
    log_activities(entries, team=team, user=user, scope=ACTIVITY_SCOPE, activity="updated")


def trending_insights(insights: InsightQuerySet, *, team: Team, days: int, limit: int) -> list[Insight]:
    """Those that most people looked at in these days, each with `viewers`, the last of them. Two queries."""
    views = ViewLog.objects.since(timezone.now() - timedelta(days=days))
    shown = list(insights.viewed_most(views)[:limit])
    viewers: dict[int, list[User]] = {insight.pk: [] for insight in shown}
    for view in views.of_insights(viewers, team=team).latest_of_each(MOST_VIEWERS):
        viewers[view.ref].append(view.user)
    for insight in shown:
        insight.viewers = viewers[insight.pk]  # type: ignore[attr-defined]
    return shown


def record_views(insight_ids: Iterable[int], *, team: Team, user: User) -> None:
    """The user has looked at these now. Ids that name nothing here are passed over."""
    found = team.insights.in_bulk(set(insight_ids))
    if found:
        ViewLog.objects.record(ViewLog.Kind.INSIGHT, found, team=team, user=user)


def _fill(insight: Insight, fields: Fields) -> set[str]:
    """Sets the columns and returns those that changed. A query makes legacy filters meaningless."""
    wanted = {name: fields[name] for name in COLUMNS if name in fields}
    if wanted.get("query", insight.query):
        wanted["filters"] = {}
    changed = {name for name, value in wanted.items() if getattr(insight, name) != value}
    for name in changed:
        setattr(insight, name, wanted[name])
    return changed


def _entry(insight: Insight, *, changes: Sequence[dict[str, Any]] = ()) -> Entry:
    name = insight.name or insight.derived_name
    return Entry(insight.pk, name, short_id=insight.short_id, changes=changes)


def _columns(insight: Insight) -> dict[str, Any]:
    return {name: getattr(insight, name) for name in LOGGED_COLUMNS}


def _relations(insight: Insight, fields: Fields, *, project: Project) -> dict[str, Any]:
    """Tags and dashboards as they are, as far as `fields` says anything of them."""
    relations: dict[str, Any] = {}
    if fields.get("tags") is not None:
        relations["tags"] = sorted(tag.name for tag in insight.tags.all())
    if "dashboards" in fields:
        shown_on = {tile.dashboard_id for tile in insight.dashboard_tiles.all()}
        relations["dashboards"] = _named(project.team.dashboards.in_bulk(shown_on).values())
    return relations


def _wanted_relations(fields: Fields) -> dict[str, Any]:
    relations: dict[str, Any] = {}
    if fields.get("tags") is not None:
        relations["tags"] = normalise(fields["tags"])
    if "dashboards" in fields:
        relations["dashboards"] = _named(fields["dashboards"])
    return relations


def _named(dashboards: Iterable[Any]) -> list[dict[str, Any]]:
    return sorted(({"id": one.pk, "name": one.name} for one in dashboards), key=lambda one: one["id"])


def _change_of_tags(row: Tagged) -> list[dict[str, Any]]:
    return changes_between({"tags": sorted(row.before)}, {"tags": sorted(row.after)}, ["tags"])


def _refuse_moves(insight: Insight, wanted: Iterable[Any], *, project: Project, user: User) -> None:
    present = {tile.dashboard_id: tile.dashboard for tile in insight.dashboard_tiles.all()}
    wanted_by_id = {dashboard.pk: dashboard for dashboard in wanted}
    added = [dashboard for pk, dashboard in wanted_by_id.items() if pk not in present]
    removed = [dashboard for pk, dashboard in present.items() if pk not in wanted_by_id]
    refuse_uneditable(added, deed="add insights to", project=project, user=user)
    refuse_uneditable(removed, deed="remove insights from", project=project, user=user)


def _refuse_return(insight: Insight, *, project: Project, user: User) -> None:
    """Who could not have deleted it may not restore it: one dashboard that it returns to must be the user's to edit."""
    # Not through the relation itself, which may hold prefetched live tiles.
    every_tile = insight.dashboard_tiles.model.objects_including_soft_deleted.select_related("dashboard")
    taken = every_tile.filter(insight=insight, deleted_with=insight.deleted_with) if insight.deleted_with else []
    returning = [tile.dashboard for tile in taken]
    if returning and not any(dashboard.is_editable_by(user, project) for dashboard in returning):
        raise Forbidden("You don't have edit permissions for this insight.")


def _tell_dashboards(insight: Insight, fields: Fields, *, stamp: UUID | None) -> None:
    """Moves the tiles, and gives every dashboard concerned a new version. A deletion takes along what is left."""
    if fields.get("deleted") is False and insight.deleted:
        insight.dashboard_tiles.restore_with(insight.deleted_with)
    moved = insight.dashboard_tiles.place_on(fields["dashboards"]) if "dashboards" in fields else []
    if stamp is not None:
        insight.dashboard_tiles.remove_with(stamp)
    else:
        insight.dashboard_tiles.bump_dashboards(besides=moved)
