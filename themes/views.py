from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from accounts.viewsets import ProjectScopedViewSet
from themes.models import DataColorTheme
from themes.permissions import OnlyStaffWriteGlobalThemes
from themes.serializers import DataColorThemeSerializer
from themes.services import create_theme, delete_theme, update_theme


class DataColorThemeViewSet(ProjectScopedViewSet, ModelViewSet):
    """Colours of charts: the project's own, and the global ones that every project has."""

    queryset = DataColorTheme.objects.all()
    serializer_class = DataColorThemeSerializer
    permission_classes = [OnlyStaffWriteGlobalThemes]
    scope_object = "project"
    sharing_enabled_actions = ("list", "retrieve")

    def perform_create(self, serializer: BaseSerializer[DataColorTheme]) -> None:
        serializer.instance = create_theme(serializer.validated_data, team=self.team, user=self.caller)

    def perform_update(self, serializer: BaseSerializer[DataColorTheme]) -> None:
        theme: DataColorTheme = serializer.instance  # type: ignore[assignment]
        serializer.instance = update_theme(theme, serializer.validated_data, team=self.team, user=self.caller)

    def perform_destroy(self, instance: DataColorTheme) -> None:
        delete_theme(instance, team=self.team, user=self.caller)
