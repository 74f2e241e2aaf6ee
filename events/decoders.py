import json
from typing import Any

import orjson


class ExactJSONDecoder(json.JSONDecoder):
    """Reads numbers as they were before Postgres wrote them out: 1e300 becomes no integer of 301 digits."""

    def decode(self, text: str, **kwargs: Any) -> Any:  # type: ignore[override]
        return orjson.loads(text)
