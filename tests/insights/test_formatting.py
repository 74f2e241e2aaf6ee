import pytest

from insights.formatting import cut_to_budget, format_results

QUERY = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": []}}


def series(label="$pageview", data=(1, 2.5), **keys):
    return {"label": label, "data": list(data), "days": ["2024-01-01", "2024-01-02"], "action": {"name": label}, **keys}


def test_a_header_then_a_row_per_date():
    text = format_results(QUERY, {"results": [series(), series("signed up", (0, 3))]})

    assert text == "Date|$pageview|signed up\n2024-01-01|1|0\n2024-01-02|2.5|3"


def test_totals_are_a_table_of_their_own():
    text = format_results(
        QUERY, {"results": [{"label": "$pageview", "aggregated_value": 7, "data": [], "days": [], "action": {}}]}
    )

    assert text == "Series|Total\n$pageview|7"


def test_breakdown_values_name_the_columns():
    missing = series("$$_posthog_breakdown_null_$$", breakdown_value="$$_posthog_breakdown_null_$$")
    missing["action"] = {"name": "$pageview"}

    assert format_results(QUERY, {"results": [missing]}).startswith("Date|$pageview - (none)\n")


def test_periods_that_are_compared_are_two_tables():
    text = format_results(QUERY, {"results": [series(compare_label="current"), series(compare_label="previous")]})

    assert text.count("Date|$pageview") == 2
    assert text.index("Current period") < text.index("Previous period")


def test_a_separator_in_a_name_does_not_make_a_column():
    assert format_results(QUERY, {"results": [series("a|b\nc")]}).splitlines()[0] == "Date|a/b c"


def test_other_kinds_have_no_table_yet():
    assert format_results({"kind": "SessionsQuery"}, {"results": [[]]}) is None
    assert format_results(QUERY, None) is None


TABLE = {"columns": ["event", "properties.$browser", "count()"], "results": [["a", None, 1.5], ["b|c", True, [1, "x"]]]}


@pytest.mark.parametrize("kind", ["HogQLQuery", "EventsQuery", "ActorsQuery", "PersonsNode"])
def test_answers_that_are_tables_have_the_names_of_their_columns(kind):
    expected = 'event|properties.$browser|count()\na||1.5\nb/c|true|[1,"x"]'
    query = {"kind": "DataTableNode", "source": {"kind": kind}}

    assert format_results(query, TABLE) == expected
    assert format_results(query, {**TABLE, "hasMore": True}).splitlines()[-1] == (
        "… more rows exist: these are the first 2."
    )
    assert format_results(query, {**TABLE, "results": []}).splitlines()[1:] == ["No data."]


def test_a_long_table_is_cut_at_a_line_and_says_how_to_see_more():
    text = "Date|a\n2024-01-01|1\n2024-01-02|2"

    cut = cut_to_budget(text, max_chars=22, tile_id=12)

    assert cut.splitlines()[:2] == ["Date|a", "2024-01-01|1"]
    assert "2024-01-02" not in cut
    assert "tile_ids=12" in cut
    assert cut_to_budget(text, max_chars=1000, tile_id=12) == text


def test_a_heat_map_has_a_row_per_cell():
    cells = [{"row": 1, "column": 9, "value": 3}, {"row": 7, "column": 23, "value": 1}]
    result = series("bought", (), aggregated_value=4, calendar_heatmap_data={"data": cells})

    assert format_results(QUERY, {"results": [result]}) == "Series|Day of week|Hour|Count\nbought|1|9|3\nbought|7|23|1"


def test_a_box_plot_has_a_row_per_box():
    numbers = {"min": 1, "p25": 2, "median": 3, "p75": 4.5, "max": 9, "mean": 5}
    box = {"day": "2024-01-01", "label": "1-Jan-2024", **numbers, "series_index": 0, "series_label": "bought - price"}

    header, row = format_results(QUERY, {"results": [box]}).splitlines()

    assert header == "day|series_label|min|p25|median|p75|max|mean"
    assert row == "2024-01-01|bought - price|1|2|3|4.5|9|5"
