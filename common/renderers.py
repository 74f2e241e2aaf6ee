import json
from typing import Any

import orjson
from rest_framework import renderers
from rest_framework.utils.encoders import JSONEncoder

_encoder = JSONEncoder()


def dump_json(data: Any) -> bytes:
    """JSON as the API writes it: whatever DRF's encoder knows, and numbers of any size.

    Postgres keeps 1e25 as an integer, which orjson refuses to write; such an answer is written by Python's own encoder.
    """
    try:
        return orjson.dumps(
            data, default=_encoder.default, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
        )
    except orjson.JSONEncodeError:
        return json.dumps(data, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()


class JSONRenderer(renderers.JSONRenderer):
    """DRF's renderer with orjson under it."""

    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else dump_json(data)
