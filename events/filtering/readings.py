"""What is meant as a number or as a time: by the text of a property, in SQL, and by the value of a filter."""

from datetime import UTC, datetime, timedelta

from common.exceptions import Refusal
from events.filtering.moments import Clock, parse_moment, readable_dates, start_of_day
from events.filtering.nodes import Scalar
from events.filtering.sql import Sql, compose

# At most 200 characters and an exponent of two digits: the largest such number still fits a double.
_NUMBER = r"^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?\s*$"
_DATE = (
    r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[-+](0[0-9]|1[0-4]):?[0-5][0-9])?)?$"
)
_OFFSET = r"[-+][0-9]{2}:?[0-9]{2}$"
_SECONDS = r"^[0-9]{9,10}(\.[0-9]{1,9})?$"
_MILLISECONDS = r"^[0-9]{12,13}$"
_MILLISECONDS_BEGIN = 10**11


def number_of(text: Sql) -> Sql:
    """The number that a text holds, else NULL."""
    return compose(
        "CASE WHEN length({text}) <= 200 AND {text} ~ {pattern}::text THEN ({text})::float8 END",
        text=text,
        pattern=_NUMBER,
    )


def as_number(value: Scalar) -> float | None:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    # Infinity and NaN are texts in JSON, if anything.
    return number if abs(number) < float("inf") else None


def number_among(value: Scalar) -> float | None:
    """Of what is compared with a property; true and false are no numbers there."""
    return None if isinstance(value, bool) else as_number(value)


def instant_of(text: Sql, clock: Clock) -> Sql:
    """The instant that an ISO text or a unix time (seconds, milliseconds) means, else NULL.

    31 February passes the pattern; written as "first of the month plus 30 days" it cannot make Postgres raise.
    """
    day = "(left({text}, 7) || '-01')::date + substr({text}, 9, 2)::int - 1"
    time = "coalesce(substring({text} from '[0-9]{{2}}:[0-9]{{2}}(?::[0-9.]+)?'), '00:00')::interval"
    wall = f"(({day}) + {time})"
    offset = "replace(substring({text} from {offset_pattern}::text), ':', '')"
    offset_interval = f"(left({offset}, 3) || ':' || right({offset}, 2))::interval"
    zone = (
        f"CASE WHEN length({{text}}) > 10 AND {{text}} ~ {{offset_pattern}}::text"
        f" THEN ({wall} - {offset_interval}) AT TIME ZONE 'UTC'"
        f" WHEN right({{text}}, 1) = 'Z' THEN {wall} AT TIME ZONE 'UTC'"
        f" ELSE {wall} AT TIME ZONE {{zone}}::text END"
    )
    return compose(
        f"CASE WHEN {{text}} ~ {{date_pattern}}::text THEN {zone}"
        " WHEN {text} ~ {seconds_pattern}::text THEN to_timestamp(({text})::float8)"
        " WHEN {text} ~ {milliseconds_pattern}::text THEN to_timestamp(({text})::float8 / 1000) END",
        text=text,
        date_pattern=_DATE,
        offset_pattern=_OFFSET,
        seconds_pattern=_SECONDS,
        milliseconds_pattern=_MILLISECONDS,
        zone=clock.zone.key,
    )


def moment_meant(value: Scalar, *, operator: str, clock: Clock) -> datetime:
    """A date without a time means its midnight, a number a unix time: in seconds, or if too large, milliseconds."""
    number = number_among(value)
    if number is not None:
        seconds = number / 1000 if abs(number) >= _MILLISECONDS_BEGIN else number
        with readable_dates(str(value)):
            return datetime.fromtimestamp(seconds, UTC)
    if not isinstance(value, str) or not value.strip().lstrip("-")[:1].isdigit():
        raise Refusal(f"the operator {operator} of a time needs a date.")
    return parse_moment(value, clock).at


def span_meant(value: Scalar, *, operator: str, clock: Clock) -> tuple[datetime, datetime]:
    """A date without a time means its whole day."""
    if not isinstance(value, str):
        raise Refusal(f"the operator {operator} needs a date.")
    moment = parse_moment(value, clock)
    if ":" in value or moment.unit in ("h", "M", "s"):
        return moment.at, moment.at
    start = start_of_day(moment.at)
    with readable_dates(value):
        return start, start + timedelta(days=1) - timedelta(microseconds=1)
