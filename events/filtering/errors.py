from common.exceptions import Refusal


class Unsupported(Refusal):
    """A question that is valid but that this server cannot answer; `place` names the part of the query."""

    def __init__(self, place: str, reason: str = "is not supported yet") -> None:
        super().__init__(f"{place} {reason}.")
