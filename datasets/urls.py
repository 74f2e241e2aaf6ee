from common.routers import OptionalSlashRouter
from datasets.views import DatasetItemViewSet, DatasetViewSet

router = OptionalSlashRouter()
router.register("datasets", DatasetViewSet, basename="dataset")
router.register("dataset_items", DatasetItemViewSet, basename="dataset-item")

urlpatterns = router.urls
