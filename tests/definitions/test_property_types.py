"""What kind of value a property holds. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from definitions.property_types import property_type

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SECONDS = NOW.timestamp()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("plan", "pro", "String"),
        ("plan", "", "String"),
        ("plan", "12", "String"),
        ("plan", "x" * 100_000, "String"),
        ("amount", 0, "Numeric"),
        ("amount", 1.5, "Numeric"),
        ("amount", float("inf"), "Numeric"),
        ("amount", 2**63 - 1, "Numeric"),
        ("is_paid", True, "Boolean"),
        ("is_paid", "true", "Boolean"),
        ("is_paid", "False", "Boolean"),
        ("anything", None, None),
        ("anything", {}, None),
        ("anything", [1], None),
        ("anything", "2026-06-01T12:00:00Z", "DateTime"),
        ("anything", "2026-06-01 12:00:00", "DateTime"),
        ("anything", "2026-06-01T12:00:00.123456+02:00", "DateTime"),
        ("anything", "2026-06-01T12:00", "DateTime"),
        ("anything", "Wed, 02 Oct 2002 13:00:00 GMT", "DateTime"),
        ("anything", "99 Xyz 2002 13:00:00", "String"),
        ("anything", "2026-06-01", "String"),
        ("anything", "2026-13-01T12:00:00Z", "String"),
        ("anything", "2026-06-01T12:00:00Z and more", "String"),
        ("created_at", "2026-06-01", "DateTime"),
        ("signup-date", "2026-06-01", "DateTime"),
        ("created_at", "soon", "String"),
        ("timestamp", SECONDS, "DateTime"),
        ("timestamp", int(SECONDS), "DateTime"),
        ("updatedAt", int(SECONDS * 1000), "DateTime"),
        ("timestamp", (NOW - timedelta(days=365)).timestamp(), "Numeric"),
        ("load_time", 120, "Numeric"),
        ("time", -1, "Numeric"),
        ("time", True, "Boolean"),
        ("utm_source", 5, "String"),
        ("$initial_utm_medium", True, "String"),
        ("$feature/new", True, "String"),
        ("$feature_flag_response", True, "String"),
        ("$survey_response_1", 3, "String"),
        ("$survey_response", None, "String"),
    ],
)
def test_is_guessed_from_name_and_value(name, value, expected):
    assert property_type(name, value, now=NOW) == expected
