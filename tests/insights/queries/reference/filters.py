"""Which events meet a property filter: the contract read aloud, value by value, without a thought for speed."""

import re
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import re2

NEGATIONS = {
    "is_not": "exact",
    "not_in": "exact",
    "not_icontains": "icontains",
    "not_regex": "regex",
    "is_not_set": "is_set",
}


def meets(filters, event_properties, person_properties, zone: ZoneInfo, types=None) -> bool:
    """`types`: what is defined of properties, by kind and key."""
    if not filters:
        return True
    if isinstance(filters, list):
        return all(meets(one, event_properties, person_properties, zone, types) for one in filters)
    if "values" in filters:
        holds = [meets(one, event_properties, person_properties, zone, types) for one in filters["values"]]
        return all(holds) if filters["type"] == "AND" else any(holds) or not holds
    properties = person_properties if filters.get("type") == "person" else event_properties
    defined = (types or {}).get((filters.get("type") or "event", filters["key"]))
    return _holds(filters, text_of(properties.get(filters["key"])), zone, defined)


def text_of(value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(Decimal(repr(value)), "f")


def number_of(text: str | None) -> float | None:
    if text is None or not re.fullmatch(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*", text, re.ASCII):
        return None
    return float(text)


def _holds(one, text: str | None, zone: ZoneInfo, defined: str | None) -> bool:
    operator = one.get("operator") or "exact"
    if operator == "is_set":
        return text is not None
    if operator == "is_not_set":
        return text is None

    values = one.get("value")
    values = values if isinstance(values, list) else [] if values is None else [values]
    if not values:
        return True
    if operator in NEGATIONS:
        return not _any_matches(NEGATIONS[operator], values, text, zone, defined)
    return _any_matches(operator, values, text, zone, defined)


def _any_matches(operator, values, text, zone, defined) -> bool:
    if text is None:
        return False
    if operator in ("between", "not_between"):
        number = number_of(text)
        inside = number is not None and values[0] <= number <= values[1]
        return number is not None and inside == (operator == "between")
    return any(_matches(operator, value, text, zone, defined) for value in values)


def _matches(operator, value, text: str, zone: ZoneInfo, defined: str | None) -> bool:
    if operator in ("exact", "in"):
        return _is_same(value, text, defined)
    if operator == "icontains":
        return text_of(value).lower() in text.lower()
    if operator == "regex":
        return re2.search(value, text) is not None
    if operator in ("gt", "gte", "lt", "lte"):
        return _is_ordered(operator, value, text, zone, defined)
    return _matches_date(operator, value, instant_of(text, zone), zone)


def _is_same(value, text: str, defined: str | None) -> bool:
    if text == text_of(value) or (isinstance(value, float) and text == text_of(value).removesuffix(".0")):
        return True
    if defined == "Boolean":
        return text.strip().lower() == text_of(value).strip().lower() in ("true", "false")
    if defined in ("Numeric", "Duration"):
        number = number_of(text_of(value))
        return number is not None and number == number_of(text)
    return False


def _is_ordered(operator, value, text: str, zone: ZoneInfo, defined: str | None) -> bool:
    if defined == "DateTime":
        left, right = instant_of(text, zone), _moment(value, zone)
        if right is None:  # Refused, unless the filters around it have decided already.
            return False
    elif number_of(text_of(value)) is None:
        left, right = text.encode(), text_of(value).encode()
    else:
        left, right = number_of(text), number_of(text_of(value))
    return left is not None and _compare(operator, left, right)


def _moment(value, zone: ZoneInfo) -> datetime | None:
    """A number is a unix time, of milliseconds where seconds would be after the year 5000. None: no time at all."""
    number = number_of(text_of(value))
    if number is None:
        return instant_of(value, zone)
    try:
        return datetime.fromtimestamp(number / 1000 if abs(number) >= 1e11 else number, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _compare(operator, left, right) -> bool:
    return {"gt": left > right, "gte": left >= right, "lt": left < right, "lte": left <= right}[operator]


def _matches_date(operator, value, instant: datetime | None, zone: ZoneInfo) -> bool:
    if instant is None:
        return False
    first = last = datetime.fromisoformat(value)
    if first.tzinfo is None:
        first = last = first.replace(tzinfo=zone)
    if ":" not in value:
        last = first + timedelta(days=1) - timedelta(microseconds=1)
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    if operator == "is_date_before":
        return instant < first
    return instant > last if operator == "is_date_after" else first <= instant <= last


def instant_of(text: str, zone: ZoneInfo) -> datetime | None:
    if re.fullmatch(r"\d{9,10}", text):
        return datetime.fromtimestamp(int(text), UTC)
    if re.fullmatch(r"\d{12,13}", text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    match = re.fullmatch(r"(\d{4}-\d\d-)(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[-+]\d\d:\d\d)?)?", text)
    if not match or int(match[1][5:7]) > 12 or int((match[3] or "0:").split(":")[0]) > 23:
        return None
    # 31 February is 2 March: every text that looks like a date is some day.
    day = datetime.fromisoformat(f"{match[1]}01") + timedelta(days=int(match[2]) - 1)
    clock = time.fromisoformat(match[3]) if match[3] else time()
    offset = {None: zone, "Z": UTC}.get(match[4]) or datetime.fromisoformat(f"2024-01-01T00:00{match[4]}").tzinfo
    return datetime.combine(day, clock, tzinfo=offset).astimezone(UTC)
