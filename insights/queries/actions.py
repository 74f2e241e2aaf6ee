"""Which actions a query names, and what they mean."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from common.exceptions import Refusal
from events.models import Action
from insights.queries.nodes.base import NamesAction


def look_up_actions(query: BaseModel, *, team_id: int) -> None:
    """One statement, if the query names any. Deleted ones still mean what they meant. Raises Refusal."""
    nodes = [(node, node.action_id) for node in _naming(query) if node.action_id is not None]
    if not nodes:
        return
    actions = Action.objects_including_soft_deleted.meant_by([action_id for _, action_id in nodes], team_id=team_id)
    for node, action_id in nodes:
        if action_id not in actions:
            raise Refusal(f"Action ID {action_id} does not exist!")
        node.mean(actions[action_id])


def _naming(value: Any) -> Iterator[NamesAction]:
    if isinstance(value, NamesAction):
        yield value
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _naming(getattr(value, name))
    elif isinstance(value, list):
        for member in value:
            yield from _naming(member)
