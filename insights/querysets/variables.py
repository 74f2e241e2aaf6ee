from collections.abc import Collection
from typing import TYPE_CHECKING

from accounts.querysets import ProjectScopedQuerySet

if TYPE_CHECKING:
    from accounts.models import Team
    from insights.models import InsightVariable


class InsightVariableQuerySet(ProjectScopedQuerySet["InsightVariable"]):
    def known_to(self, team: "Team", *, by: Collection[object]) -> dict[str, "InsightVariable"]:
        """The project's variables by their code names; not asked for where no values (`by`) need them."""
        if not any(by):
            return {}
        return {variable.code_name: variable for variable in self.filter(team=team)}
