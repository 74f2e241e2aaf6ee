from django.urls import path

from home.views import CreateKeyView, DashboardView, DeleteKeyView, HomeView, SignOutView, read_me_for_models

#: At the root, for browsers.
urlpatterns = [
    path("llms.txt", read_me_for_models, name="llms_txt"),
    path("", HomeView.as_view(), name="home"),
    path("sign-out", SignOutView.as_view(), name="sign_out"),
    path("keys", CreateKeyView.as_view(), name="create_key"),
    path("keys/<str:key_id>/delete", DeleteKeyView.as_view(), name="delete_key"),
    path("dashboards/<int:dashboard_id>", DashboardView.as_view(), name="dashboard"),
]
