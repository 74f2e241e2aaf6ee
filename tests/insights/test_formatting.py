from insights.formatting import cut_to_budget, format_results

QUERY = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": []}}


def series(label="$pageview", data=(1, 2.5), **keys):
    return {"label": label, "data": list(data), "days": ["2024-01-01", "2024-01-02"], "action": {"name": label}, **keys}


def test_a_header_then_a_row_per_date():
    text = format_results(QUERY, [series(), series("signed up", (0, 3))])

    assert text == "Date|$pageview|signed up\n2024-01-01|1|0\n2024-01-02|2.5|3"


def test_totals_are_a_table_of_their_own():
    text = format_results(QUERY, [{"label": "$pageview", "aggregated_value": 7, "data": [], "days": [], "action": {}}])

    assert text == "Series|Total\n$pageview|7"


def test_breakdown_values_name_the_columns():
    missing = series("$$_posthog_breakdown_null_$$", breakdown_value="$$_posthog_breakdown_null_$$")
    missing["action"] = {"name": "$pageview"}

    assert format_results(QUERY, [missing]).startswith("Date|$pageview - (none)\n")


def test_periods_that_are_compared_are_two_tables():
    text = format_results(QUERY, [series(compare_label="current"), series(compare_label="previous")])

    assert text.count("Date|$pageview") == 2
    assert text.index("Current period") < text.index("Previous period")


def test_a_separator_in_a_name_does_not_make_a_column():
    assert format_results(QUERY, [series("a|b\nc")]).splitlines()[0] == "Date|a/b c"


def test_other_kinds_have_no_table_yet():
    assert format_results({"kind": "SessionsQuery"}, [[]]) is None
    assert format_results(QUERY, None) is None


def test_a_long_table_is_cut_at_a_line_and_says_how_to_see_more():
    text = "Date|a\n2024-01-01|1\n2024-01-02|2"

    cut = cut_to_budget(text, max_chars=22, tile_id=12)

    assert cut.splitlines()[:2] == ["Date|a", "2024-01-01|1"]
    assert "2024-01-02" not in cut
    assert "tile_ids=12" in cut
    assert cut_to_budget(text, max_chars=1000, tile_id=12) == text
