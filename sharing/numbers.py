"""Numbers as people write them. Pure."""

from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]
UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"))


@dataclass(frozen=True)
class BigNumber:
    """One number, and how it stands against the period before."""

    text: str
    before: str = ""
    change: str = ""
    has_grown: bool = False


def big_number(result: Any, format: JSON) -> BigNumber | None:
    """None where the result is not one number, or the same one of two periods."""
    totals = [one for one in result if isinstance(one, dict) and "aggregated_value" in one] if result else []
    if not totals or len(totals) != len(result):
        return None
    current = [one for one in totals if one.get("compare_label") != "previous"]
    previous = [one for one in totals if one.get("compare_label") == "previous"]
    if len(current) != 1 or len(previous) > 1:
        return None
    now = current[0]["aggregated_value"]
    before = previous[0]["aggregated_value"] if previous else None
    if now is None or before is None:
        return BigNumber(text=number_text(now, format) or "–")
    return BigNumber(
        text=number_text(now, format),
        before=number_text(before, format),
        change=f"{abs(now - before) / abs(before):.1%}" if before else "",
        has_grown=now >= before,
    )


def number_text(value: Any, format: JSON) -> str:
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value)
    shown = _shown(value, str(format.get("kind") or ""), format.get("decimals"))
    return f"{format.get('prefix') or ''}{shown}{format.get('postfix') or ''}"


def _shown(value: float, kind: str, decimals: Any) -> str:
    match kind:
        case "duration":
            return _duration(value)
        case "duration_ms":
            return _duration(value / 1000)
        case "percentage":
            return f"{_plain(value, decimals)}%"
        case "percentage_scaled":
            return f"{_plain(value * 100, decimals)}%"
        case "short":
            return _short(value)
        case _:
            return _plain(value, decimals)


def _plain(value: float, decimals: Any) -> str:
    places = min(max(int(decimals), 0), 10) if isinstance(decimals, int | float) else 2
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short(value: float) -> str:
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if abs(value) >= size:
            return f"{_plain(value / size, 1)}{unit}"
    return _plain(value, None)


def _duration(seconds: float) -> str:
    """The two largest units: `1d 4h`, `3m 20s`."""
    rest = round(abs(seconds)) if abs(seconds) >= 60 else abs(seconds)
    parts = []
    for size, unit in UNITS:
        if rest >= size:
            parts.append(f"{int(rest // size)}{unit}")
            rest %= size
    if rest or not parts:
        parts.append(f"{_plain(rest, None)}s")
    return ("-" if seconds < 0 else "") + " ".join(parts[:2])
