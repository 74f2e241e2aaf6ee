from django.urls import re_path

from sharing.views.configurations import DashboardSharingViewSet, InsightSharingViewSet, SharingViewSet
from sharing.views.public import SharedPageView


def _paths(viewset: type[SharingViewSet], thing: str) -> list:
    base = rf"^{thing}s/(?P<{thing}_id>[^/]+)/sharing"
    one_password = rf"{base}/passwords/(?P<password_id>[^/]+)/?$"
    return [
        re_path(rf"{base}/?$", viewset.as_view({"get": "retrieve", "patch": "patch"}), name=f"{thing}_sharing"),
        re_path(rf"{base}/refresh/?$", viewset.as_view({"post": "refresh"}), name=f"{thing}_sharing_refresh"),
        re_path(rf"{base}/passwords/?$", viewset.as_view({"post": "passwords"}), name=f"{thing}_sharing_passwords"),
        re_path(one_password, viewset.as_view({"delete": "delete_password"}), name=f"{thing}_sharing_password"),
    ]


urlpatterns = [*_paths(DashboardSharingViewSet, "dashboard"), *_paths(InsightSharingViewSet, "insight")]

#: At the root, for browsers.
public_urlpatterns = [
    re_path(r"^shared/(?P<reference>[^/]+)$", SharedPageView.as_view(), name="shared"),
    re_path(r"^shared_dashboard/(?P<reference>[^/]+)$", SharedPageView.as_view(), name="shared_dashboard"),
    re_path(r"^embedded/(?P<reference>[^/]+)$", SharedPageView.as_view(is_embedded=True), name="embedded"),
]
