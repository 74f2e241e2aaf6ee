"""What old posthog-js made of its JSON with `compression=lz64`: LZ-string, as base64. Pure.

A stream of bits, least significant first, in which each number is 0 or 1 (a new character follows, of 8 or of 16
bits), 2 (the end) or an entry of the dictionary that both sides build as they go. A few kilobytes can unpack to
gigabytes, so the length is watched on the way.
"""

from events.capture.refusals import Malformed

MAX_COMPRESSED = 2 * 1024 * 1024
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BITS = {ord(char): f"{value:06b}" for value, char in enumerate(_ALPHABET)}
# A form makes a space of a plus; the URL-safe alphabet has its own two.
_REPAIRED = str.maketrans({" ": "+", "-": "+", "_": "/"})
_NEW_BYTE, _NEW_UNIT, _END = 0, 1, 2
_FIRST_ENTRY = 3


class TooLong(Exception):
    """It unpacks to more than the limit."""


def decompress(text: str, *, limit: int) -> str:
    """Raises Malformed, and TooLong without unpacking more than `limit` characters."""
    reader = _Bits(text.strip().translate(_REPAIRED).rstrip("="))
    units = "".join(_entries(reader, limit))
    # JavaScript counts in units of UTF-16; the rest of the world has characters.
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Bits:
    def __init__(self, text: str) -> None:
        try:
            self.bits = "".join(_BITS[ord(char)] for char in text)
        except KeyError:
            raise Malformed("Failed to decompress data. Invalid lz64 data.") from None
        self.at = 0

    def number(self, width: int) -> int:
        end = self.at + width
        if end > len(self.bits):
            raise Malformed("Failed to decompress data. The lz64 data ends too early.")
        bits = self.bits[self.at : end]
        self.at = end
        return int(bits[::-1], 2)


def _entries(reader: _Bits, limit: int) -> list[str]:
    entries: list[str] = []
    dictionary = {}
    width, size, length = 2, _FIRST_ENTRY, 0
    # How many more numbers have this width.
    left = 1
    previous = ""
    while True:
        code = reader.number(width)
        if code == _END:
            return entries
        if code in (_NEW_BYTE, _NEW_UNIT):
            dictionary[size] = chr(reader.number(8 if code == _NEW_BYTE else 16))
            code, size, left = size, size + 1, left - 1
            if not left:
                left, width = 2**width, width + 1
        entry = dictionary.get(code) or (previous + previous[:1] if code == size else "")
        if not entry:
            raise Malformed("Failed to decompress data. Invalid lz64 data.")
        length += len(entry)
        if length > limit:
            raise TooLong
        entries.append(entry)
        if previous:
            dictionary[size] = previous + entry[0]
            size, left = size + 1, left - 1
            if not left:
                left, width = 2**width, width + 1
        previous = entry
