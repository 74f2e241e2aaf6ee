from django.urls import re_path

from events.capture import remote_config, views

capture_urlpatterns = [
    re_path(r"^(?:batch|capture|track|e|i/v0/e|i/v0/ai/batch)/?$", views.capture, name="capture"),
    re_path(r"^engage/?$", views.capture, {"default_name": "$identify"}, name="capture_engage"),
    re_path(r"^s/?$", views.session_recording, name="capture_session_recording"),
    re_path(r"^flags/?$", remote_config.flags, name="flags"),
    re_path(r"^decide/?$", remote_config.decide, name="decide"),
    re_path(r"^array/(?P<token>[^/]+)/config(?P<script>\.js)?/?$", remote_config.remote_config, name="remote_config"),
]
