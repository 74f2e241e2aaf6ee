"""The process that parses. Run as a file, in isolated mode: nothing of this program is imported here.

The parser holds the interpreter lock, takes exponential time on nested texts and crashes on very long ones: whoever
asks may kill this process at any time. Frames on stdin and stdout are a length of four bytes and that much JSON.
"""

import importlib.util
import json
import resource
import struct
import sys
import types
from typing import Any, BinaryIO

MEMORY_LIMIT = 1 << 30
_LENGTH = struct.Struct(">I")
_ROOT, _PARENT, _ERRORS = "posthog", "posthog.hogql", "posthog.hogql.errors"
_ERROR_NAMES = ("BaseHogQLError", "ExposedHogQLError", "SyntaxError", "NotImplementedError", "ParsingError")


def import_parser() -> Any:
    """The parser asks for PostHog's error classes by name when it is imported, and for nothing else of PostHog.

    `posthog` itself is stood in for only where no such package is installed (PostHog's SDK is one).
    """
    roots = [] if importlib.util.find_spec(_ROOT) else [_ROOT]
    added = [name for name in (*roots, _PARENT, _ERRORS) if name not in sys.modules]
    sys.modules.update({name: _stub(name) for name in added})
    try:
        return importlib.import_module("hogql_parser")
    finally:
        for name in added:
            sys.modules.pop(name, None)


def _stub(name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__path__ = []
    for error in _ERROR_NAMES:
        setattr(module, error, type(error, (Exception,), {}))
    return module


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    parser = import_parser()
    rules = {
        "select": parser.parse_select_json,
        "expr": parser.parse_expr_json,
        "order": parser.parse_order_expr_json,
    }
    while request := _read(requests):
        rule, text = json.loads(request)
        answers.write(_frame(_parsed(rules[rule], text)))
        answers.flush()


def _parsed(rule: Any, text: str) -> bytes:
    try:
        return rule(text).encode()
    except Exception:
        return json.dumps({"error": True, "message": "The query cannot be parsed."}).encode()


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(_LENGTH.size)
    return stream.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None


def _frame(body: bytes) -> bytes:
    return _LENGTH.pack(len(body)) + body


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, sys.stdout.buffer)
