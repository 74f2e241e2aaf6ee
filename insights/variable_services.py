from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Team, User
from common.exceptions import Refusal
from insights.models import InsightVariable
from insights.variables import JSON, declared_in, with_values


def create_variable(fields: Mapping[str, Any], *, team: Team, user: User) -> InsightVariable:
    """Raises Refusal for a name whose code name is taken."""
    code_name = InsightVariable.code_name_of(fields["name"])
    try:
        with transaction.atomic():
            return InsightVariable.objects.create(team=team, created_by=user, code_name=code_name, **fields)
    except IntegrityError as error:
        if "one_variable_per_code_name" not in str(error):
            raise
        raise Refusal("Variable with this code name already exists") from error


def fill_variables(asked: Sequence[JSON | None], chosen: Mapping[str, Any], *, team: Team) -> list[JSON | None]:
    """The queries with chosen values for their variables, or defaults. One statement, if any declares one."""
    known = InsightVariable.objects.known_to(team, by=[declared_in(query) for query in asked])
    return [query and with_values(query, dict(chosen), known) for query in asked]
