"""HogQL text → syntax tree (JSON), by the parser in its own process, within limits of size, depth and time."""

import os
import re
import selectors
import struct
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any, Literal, NoReturn

import orjson
import structlog

from common.exceptions import Refusal
from insights.queries.hogql.lost_words import with_lost_words

logger = structlog.get_logger(__name__)

Node = dict[str, Any]
Rule = Literal["select", "expr", "order"]

MAX_LENGTH = 10_000
MAX_DEPTH = 50
SECONDS = 1.0
#: A new process needs time to import the parser before it can answer.
SECONDS_TO_START = 10.0
REMEMBERED = 500
#: A text that was too much is not asked again for so long: the server may just have been busy.
SECONDS_TO_FORGET = 30.0
_CHILD = Path(__file__).with_name("child.py")
_LENGTH = struct.Struct(">I")
_OPENING, _CLOSING = "([{", ")]}"
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_CHUNK = 1 << 16
_SHOWN_ERROR = 200


class TooComplex(Refusal):
    def __init__(self) -> None:
        super().__init__("Query is too complex.", code="query_too_complex")


def parse_select(text: str) -> Node:
    return _parse("select", text)


def parse_expression(text: str) -> Node:
    return _parse("expr", text)


def parse_order(text: str) -> Node:
    """One expression with its direction. The parser stops after it and says nothing of what follows."""
    tree = _parse("order", text)
    if _COMMENTS.sub("", text[tree["end"]["offset"] :]).strip():
        raise Refusal(f"Invalid order: {text[:50]!r} holds more than one expression.")
    return tree


def _parse(rule: Rule, text: str) -> Node:
    """The tree is shared between callers: read it, do not write to it."""
    _check(text)
    answer = _answers.get(rule, text)
    if answer is None:
        raise TooComplex
    if answer.get("error"):
        _refuse(answer, text)
    return with_lost_words(answer, text)


def _check(text: str) -> None:
    if len(text) > MAX_LENGTH or _depth(text) > MAX_DEPTH:
        raise TooComplex
    if "\x00" in text or not _is_encodable(text):
        raise Refusal("The query holds characters that are not text.")
    if not text.strip():
        raise Refusal("The query is empty.")


def _depth(text: str) -> int:
    """Brackets in strings count too: this is a guard, not a reading."""
    depth = deepest = 0
    for character in text:
        if character in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif character in _CLOSING:
            depth -= 1
    return deepest


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(answer: Node, text: str) -> NoReturn:
    message = str(answer.get("message") or "The query cannot be parsed.")
    shown = message if len(message) <= _SHOWN_ERROR else message[:_SHOWN_ERROR] + "…"
    start = (answer.get("start") or {}).get("offset")
    place = "" if start is None else f" (line {text.count(chr(10), 0, start) + 1}, position {start})"
    raise Refusal(f"Syntax error: {shown}{place}", code="syntax_error")


class _Child:
    """One parser process. Not safe for threads: its owner holds a lock."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self.has_answered = False

    def ask(self, rule: Rule, text: str) -> bytes | None:
        """None if it did not answer in time, or died of the question."""
        question = orjson.dumps([rule, text])
        deadline = time.monotonic() + (SECONDS if self.has_answered else SECONDS_TO_START)
        try:
            self._write(_LENGTH.pack(len(question)) + question)
            (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
            answer = self._read(length, deadline)
        except (OSError, EOFError):
            return None
        self.has_answered = True
        return answer

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.forget()

    def forget(self) -> None:
        """Close our ends of the pipes. In a forked process that is all that may be done: the child is not its own."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _write(self, frame: bytes) -> None:
        assert self.process.stdin is not None
        view = memoryview(frame)
        while view:
            view = view[self.process.stdin.write(view) :]

    def _read(self, size: int, deadline: float) -> bytes:
        assert self.process.stdout is not None
        pieces: list[bytes] = []
        missing = size
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while missing:
                if not selector.select(max(deadline - time.monotonic(), 0)):
                    raise TimeoutError
                piece = os.read(self.process.stdout.fileno(), min(missing, _CHUNK))
                if not piece:
                    raise EOFError("the parser died")
                pieces.append(piece)
                missing -= len(piece)
        return b"".join(pieces)


class _Answers:
    """What the parser said, by text; None stands for what was too much for it."""

    def __init__(self) -> None:
        self.known: OrderedDict[tuple[Rule, str], tuple[Node | None, float]] = OrderedDict()
        self.child: _Child | None = None
        self.lock = threading.Lock()

    def get(self, rule: Rule, text: str) -> Node | None:
        key = (rule, text)
        with self.lock:
            tree, asked_at = self.known.get(key, (None, float("-inf")))
            if tree is None and time.monotonic() - asked_at > SECONDS_TO_FORGET:
                tree = self._ask(rule, text)
                self.known[key] = tree, time.monotonic()
            self.known.move_to_end(key)
            while len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
            return tree

    def after_fork(self) -> None:
        """The parent keeps its parser; a lock that another thread held would never be released here."""
        if self.child is not None:
            self.child.forget()
        self.child = None
        self.lock = threading.Lock()

    def _ask(self, rule: Rule, text: str) -> Node | None:
        self._ensure_ready()
        assert self.child is not None
        answer = self.child.ask(rule, text)
        if answer is None:
            logger.warning("hogql_parser_killed", rule=rule, length=len(text))
            self._end()
            return None
        try:
            return orjson.loads(answer)
        except orjson.JSONDecodeError:
            return None  # Nested deeper than the reader takes.

    def _ensure_ready(self) -> None:
        """A process that died between two questions is not the fault of the next one."""
        if self.child is not None and self.child.process.poll() is not None:
            self._end()
        if self.child is None:
            self.child = _Child()
            if self.child.ask("expr", "1") is None:
                self._end()
                raise Refusal("The query parser did not start.", code="parser_unavailable")

    def _end(self) -> None:
        if self.child is not None:
            self.child.kill()
        self.child = None


_answers = _Answers()
os.register_at_fork(after_in_child=_answers.after_fork)
