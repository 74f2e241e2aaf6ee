"""What capture says no to. The sentences are those that clients of PostHog know."""

from common.exceptions import Refusal

_WHERE_TO_FIND_IT = "You can find your project API key in PostHog project settings."


class Malformed(Refusal):
    """The request as a whole cannot be understood; sending it again will not help."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Malformed request data: {reason}", code="invalid_payload")


class KeyRefused(Refusal):
    """No project takes these events."""


class NotUnderstood(Refusal):
    """The body is in a form that this endpoint does not take."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, code="unsupported_media_type")


class PersonalKeyInvalid(KeyRefused):
    """For the few questions of SDKs that need more than a project's token."""

    def __init__(self) -> None:
        super().__init__("Personal API key invalid.", code="authentication_failed")


class KeyMissing(KeyRefused):
    def __init__(self) -> None:
        super().__init__(f"API key not provided. {_WHERE_TO_FIND_IT}", code="missing_api_key")


class KeyInvalid(KeyRefused):
    def __init__(self) -> None:
        super().__init__(f"Project API key invalid. {_WHERE_TO_FIND_IT}", code="invalid_api_key")
