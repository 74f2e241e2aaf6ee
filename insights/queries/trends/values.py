"""The values that events are broken down by, as SQL, and which of them are the largest."""

from collections.abc import Sequence

from events.filtering.sql import Sql, compose, joined
from insights.queries.breakdowns import BreakdownPlan, Dimension, cleaned_url, number_sql, text_sql
from insights.queries.trends.breakdowns import NULL_VALUE, OTHER_VALUE, Bins

# Of `cells`, which have a value and a number. Several values come after the others if any of them is missing.
RANKED = Sql(
    "SELECT value, row_number() OVER ("
    f"ORDER BY position('{NULL_VALUE}' IN value) > 0, sum(number) DESC NULLS LAST, value COLLATE \"C\""
    ") AS place FROM cells WHERE value IS NOT NULL GROUP BY 1"
)


def renamed(asked: BreakdownPlan, columns: str) -> Sql:
    """The cells with the largest values as they are, and names for all others."""
    return compose(
        "SELECT CASE WHEN place <= {limit}::int THEN value"
        " WHEN value IS NULL AND (SELECT count(*) FROM ranked) < {limit}::int THEN {null_name}::text"
        f" ELSE {{other_name}}::text END AS value, {columns} FROM cells LEFT JOIN ranked USING (value)",
        limit=asked.limit,
        null_name=NULL_VALUE,
        other_name=OTHER_VALUE,
    )


def value_sql(asked: BreakdownPlan, bins: Sequence[Bins | None]) -> Sql:
    """An event's value; several are written as JSON, none at all is NULL. `bins` has those of each dimension."""
    values = [_of_dimension(one, binned) for one, binned in zip(asked.dimensions, bins, strict=True)]
    if len(values) == 1:
        return values[0]
    parts = [compose("coalesce({value}, {missing}::text)", value=value, missing=NULL_VALUE) for value in values]
    return compose(
        "CASE WHEN num_nonnulls({values}) > 0 THEN to_json(ARRAY[{parts}])::text END",
        values=joined(", ", values),
        parts=joined(", ", parts),
    )


def _of_dimension(dimension: Dimension, bins: Bins | None) -> Sql:
    """An empty text is as good as none."""
    if bins is not None:
        return compose(
            "({labels}::text[])[width_bucket({number}, {edges}::float8[])]",
            labels=bins.labels,
            number=number_sql(dimension),
            edges=bins.edges,
        )
    text = text_sql(dimension)
    return cleaned_url(text) if dimension.is_url else compose("nullif({text}, '')", text=text)
