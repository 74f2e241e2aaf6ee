from typing import TYPE_CHECKING, Self

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import models
from django.db.models import Case, Func, Q, Value, When

from common.querysets import SoftDeleteQuerySet

if TYPE_CHECKING:
    from accounts.models import Project
    from dashboards.models import DashboardTemplate

#: The `scope` of templates that every project sees.
GLOBAL = "global"


class DashboardTemplateQuerySet(SoftDeleteQuerySet["DashboardTemplate"]):
    def for_project(self, project: "Project") -> Self:
        """The project's own and the global ones."""
        return self.filter(Q(team_id=project.pk) | Q(scope=GLOBAL))

    def for_list(self) -> Self:
        return self.select_related("created_by").order_by("-is_featured", "template_name", "pk")

    def named(self, name: str, project: "Project") -> "DashboardTemplate | None":
        """The project's own of this name, or else the oldest global one."""
        is_foreign = Case(When(team_id=project.pk, then=0), default=1, output_field=models.IntegerField())
        return self.filter(template_name=name).order_by(is_foreign, "created_at", "pk").first()

    def of_scope(self, scope: str, project: "Project") -> Self:
        """Global ones are everybody's; of the others the project's own."""
        return self.filter(scope=scope) if scope == GLOBAL else self.filter(scope=scope, team_id=project.pk)

    def for_detail(self) -> Self:
        return self.for_list()

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True)

    def search(self, text: str) -> Self:
        """By words in the name, the tags and the description, weighed in this order; or by a part of a word."""
        tags = Func("tags", Value(" "), function="array_to_string", output_field=models.TextField())
        document = (
            SearchVector("template_name", weight="A", config="english")
            + SearchVector(tags, weight="B", config="english")
            + SearchVector("dashboard_description", weight="C", config="english")
        )
        query = SearchQuery(text, search_type="websearch", config="english")
        ranked = self.annotate(document=document, rank=SearchRank(document, query))
        holds = Q(template_name__icontains=text) | Q(dashboard_description__icontains=text)
        return ranked.filter(Q(document=query) | holds).order_by("-rank", "template_name", "pk")
