"""What a service says when it will not do a thing. It knows no HTTP; `exception_handler` gives each kind its status."""


class Refusal(Exception):
    """The request makes no sense as asked. `attr` names the field, `code` is for machines, `detail` for people.

    `legacy_key` repeats the text under a key of its own (`error`, `detail`) where PostHog answers by hand, so that
    clients of both manners understand it.
    """

    def __init__(
        self, detail: str, code: str = "invalid_input", attr: str | None = None, *, legacy_key: str | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.attr = attr
        self.legacy_key = legacy_key


class Missing(Refusal):
    """What was asked for is not there, or not for this caller; both sound the same."""

    def __init__(self, detail: str = "Not found.", code: str = "not_found", attr: str | None = None) -> None:
        super().__init__(detail, code, attr)


class Forbidden(Refusal):
    """The caller is known and may not."""

    def __init__(self, detail: str, code: str = "permission_denied", attr: str | None = None) -> None:
        super().__init__(detail, code, attr)


class Conflict(Refusal):
    """Somebody was there first."""

    def __init__(self, detail: str, code: str = "conflict", attr: str | None = None, **kwargs: str) -> None:
        super().__init__(detail, code, attr, **kwargs)


class Outdated(Refusal):
    """The caller's `If-Match` names a version that is no longer the present one."""

    def __init__(self, detail: str, code: str = "precondition_failed", attr: str | None = None) -> None:
        super().__init__(detail, code, attr)


class TimedOut(Refusal):
    """The work took longer than the server allows."""

    def __init__(self, detail: str, code: str = "timeout", attr: str | None = None) -> None:
        super().__init__(detail, code, attr)


class TooLarge(Refusal):
    """More was sent than the server takes."""

    def __init__(self, detail: str, code: str = "request_too_large", attr: str | None = None) -> None:
        super().__init__(detail, code, attr)
