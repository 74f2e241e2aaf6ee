from rest_framework.pagination import PageNumberPagination
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from accounts.viewsets import UUID_REFERENCE, ProjectScopedViewSet
from insights.models import InsightVariable
from insights.serializers.variables import InsightVariableSerializer
from insights.variable_services import create_variable


class VariablePagination(PageNumberPagination):
    page_size = 500


class InsightVariableViewSet(ProjectScopedViewSet, ModelViewSet):
    """What may stand in SQL as `{variables.code_name}`. The code name comes from the first name, and stays."""

    queryset = InsightVariable.objects.all()
    serializer_class = InsightVariableSerializer
    pagination_class = VariablePagination
    scope_object = "insight_variable"
    lookup_pattern = UUID_REFERENCE

    def perform_create(self, serializer: BaseSerializer[InsightVariable]) -> None:
        serializer.instance = create_variable(serializer.validated_data, team=self.team, user=self.caller)
