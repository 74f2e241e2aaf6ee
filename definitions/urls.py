from common.routers import OptionalSlashRouter
from definitions.views import EventDefinitionViewSet, PropertyDefinitionViewSet

router = OptionalSlashRouter()
router.register("event_definitions", EventDefinitionViewSet, basename="event-definition")
router.register("property_definitions", PropertyDefinitionViewSet, basename="property-definition")

urlpatterns = router.urls
