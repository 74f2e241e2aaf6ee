"""ClickHouse's format of times (`%Y-%m-%d`) → the patterns of Postgres. Pure."""

from common.exceptions import Refusal

_PIECES = {
    "Y": "YYYY",
    "y": "YY",
    "m": "MM",
    "c": "FMMM",
    "b": "Mon",
    "M": "FMMonth",
    "d": "DD",
    "e": "FMDD",
    "j": "DDD",
    "a": "Dy",
    "W": "FMDay",
    "u": "ID",
    "H": "HH24",
    "k": "FMHH24",
    "h": "HH12",
    "I": "HH12",
    "l": "FMHH12",
    "i": "MI",
    "S": "SS",
    "s": "SS",
    "f": "US",
    "p": "AM",
    "Q": "Q",
    "V": "IW",
    "G": "IYYY",
    "z": "OF",
    "F": "YYYY-MM-DD",
    "T": "HH24:MI:SS",
    "R": "HH24:MI",
    "D": "MM/DD/YY",
    "n": "\n",
    "t": "\t",
    "%": "%",
}
_LONGEST = 200


def to_postgres_pattern(text: str) -> str:
    """What is not a code stands between quotes, so that no letter of it is taken for one."""
    if len(text) > _LONGEST:
        raise Refusal(f"A format of time has at most {_LONGEST} characters.")
    pieces, characters = [], iter(text)
    for character in characters:
        if character != "%":
            pieces.append(_quoted(character))
            continue
        code = next(characters, "")
        if code not in _PIECES:
            raise Refusal(f"Unknown code in a format of time: %{code}.")
        pieces.append(_quoted(_PIECES[code]) if code in "nt%" else _PIECES[code])
    return "".join(pieces)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
