from django.apps import AppConfig


class PosthogLiteConfig(AppConfig):
    name = "posthog_lite"
