"""HogQL: text → syntax tree → SQL of an allow-list. No text of a user reaches a statement.

`answer` runs a HogQLQuery; the `compile_…` functions serve queries that hold single expressions.
"""

from insights.queries.hogql.answering import answer
from insights.queries.hogql.compiling import Expression, compile_aggregate, compile_expression

__all__ = ["Expression", "answer", "compile_aggregate", "compile_expression"]
