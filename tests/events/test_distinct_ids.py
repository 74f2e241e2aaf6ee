import pytest

from events.distinct_ids import clean_distinct_id, may_be_merged


@pytest.mark.parametrize("value", [None, "", "   ", "\t\n"])
def test_blank_is_nobody(value):
    assert clean_distinct_id(value) is None


@pytest.mark.parametrize(
    "name",
    ["anonymous", "GUEST", "distinct_id", "Undefined", "true", "[object Object]", "NaN", "0", "'null'", '"none"', "''"],
)
def test_names_of_nobody_merge_with_nobody(name):
    assert not may_be_merged(name)


@pytest.mark.parametrize("name", ["ann", "nan", "NULL", "00", "'ann'", "anonymous2"])
def test_other_names_may_be_merged(name):
    assert may_be_merged(name)
