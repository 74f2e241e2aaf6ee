"""The SQL over groups and their types."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import orjson
from django.db import connections
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform

from accounts.querysets import ProjectScopedQuerySet

if TYPE_CHECKING:
    # Named in quotes below, where ruff does not look.
    from events.models import Group, GroupType  # noqa: F401

GroupName = tuple[int, str]


class GroupTypeQuerySet(ProjectScopedQuerySet["GroupType"]):
    def indexes(self, *, team_id: int) -> dict[str, int]:
        return dict(self.filter(team_id=team_id).values_list("group_type", "group_type_index"))

    def claim(self, *, team_id: int, indexes: dict[str, int]) -> None:
        """Gives types their indexes, unless somebody was faster: then the type or the index is taken by now."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO group_types (team_id, group_type, group_type_index, created_at)
                SELECT %s::bigint, claimed.group_type, claimed.group_type_index, now()
                FROM unnest(%s::text[], %s::smallint[]) AS claimed (group_type, group_type_index)
                ON CONFLICT DO NOTHING
                """,
                [team_id, list(indexes), list(indexes.values())],
            )


class GroupQuerySet(ProjectScopedQuerySet["Group"]):
    def upsert(self, *, team_id: int, groups: dict[GroupName, dict[str, Any]], at: datetime) -> None:
        """New properties come to those that are there. In sorted order, in which every batch takes its locks."""
        names = sorted(groups)
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO groups AS kept (team_id, group_type_index, group_key, group_properties, created_at)
                SELECT %s::bigint, sent.group_type_index, sent.group_key, sent.properties::jsonb, %s::timestamptz
                FROM unnest(%s::smallint[], %s::text[], %s::text[]) AS sent (group_type_index, group_key, properties)
                ON CONFLICT (team_id, group_type_index, group_key) DO UPDATE
                SET group_properties = kept.group_properties || excluded.group_properties
                WHERE NOT kept.group_properties @> excluded.group_properties
                """,
                [
                    team_id,
                    at,
                    [index for index, _ in names],
                    [key for _, key in names],
                    [orjson.dumps(groups[name]).decode() for name in names],
                ],
            )

    def search(self, text: str) -> Self:
        """In the key or the name."""
        named = self.annotate(own_name=KeyTextTransform("name", "group_properties"))
        return named.filter(Q(group_key__icontains=text) | Q(own_name__icontains=text))

    def for_list(self) -> Self:
        return self.order_by(F("created_at").desc(), "-id")
