"""How box plots and heat maps are drawn. Pure."""

from sharing.drawings import Drawing
from sharing.pictures import picture_of


def palette(place, value):
    return f"color {place}"


def box(day, index=0, **numbers):
    parts = dict.fromkeys(("min", "p25", "median", "p75", "max", "mean"), 0) | numbers
    return {"day": day, "label": day, **parts, "series_index": index, "series_label": f"series {index}"}


def draw(result):
    return picture_of(result, None, Drawing(display="BoxPlot", interval="day"), palette)


def test_of_one_series_every_part_of_the_boxes_is_a_line():
    picture = draw([box("2024-01-01", min=1, median=2), box("2024-01-02", max=9)])

    lines = {line["name"]: line["data"] for line in picture["series"]}
    assert picture["labels"] == ["2024-01-01", "2024-01-02"]
    assert (lines["Least"], lines["Median"], lines["Largest"], len(lines)) == ([1, 0], [2, 0], [0, 9], 6)


def test_of_several_series_the_medians_are_lines():
    picture = draw([box("2024-01-01", median=2), box("2024-01-01", index=1, median=5)])

    assert [(line["name"], line["data"]) for line in picture["series"]] == [("series 0", [2]), ("series 1", [5])]


def test_a_heat_map_is_told_by_its_table():
    assert draw([{"label": "a", "aggregated_value": 1, "calendar_heatmap_data": {"data": []}}]) is None
