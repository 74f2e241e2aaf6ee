"""Querysets that are read over and over: Django puts their SQL together once for a process, not for each reading."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignObject, Lookup, Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

ModelT = TypeVar("ModelT", bound=Model)
#: No id is ever so small, and no text such a number: this stands for the first parameter, one less for the second.
_FIRST = -(2**62)


@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(Lookup):
    """`id__any_of=[…]`: as `in`, but the same SQL for lists of any length."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        of_type = self.lhs.output_field.db_type(connection)
        return f"{column} = ANY(%s::{of_type}[])", [*params, self.rhs]


class Compiled(Generic[ModelT]):
    """Rows of a queryset, by the values of its parameters.

    `build` makes the queryset of what stands for the values: of ids, texts, and lists of ids for `any_of`. It is called
    once, so that nothing but these can be different from reading to reading; None is equal to nothing, as in SQL.
    """

    def __init__(self, build: Callable[..., QuerySet[ModelT]]) -> None:
        self._build = build

    def __call__(self, *values: Any) -> list[ModelT]:
        form = self._form
        compiler = copy(form.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        params = [param if place is None else values[place] for param, place in form.params]
        compiler.as_sql = lambda *_, **__: (form.sql, tuple(params))  # type: ignore[method-assign]
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        source = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(source))  # type: ignore[arg-type]

    @cached_property
    def _form(self) -> "_Form":
        standing = [_FIRST - place for place in range(len(signature(self._build).parameters))]
        places = {str(param): place for place, param in enumerate(standing)}
        compiler = self._build(*standing).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        return _Form(compiler, sql, [(param, places.get(str(param))) for param in params])


@dataclass(frozen=True)
class _Form:
    compiler: SQLCompiler
    sql: str
    #: Each with the place of the value that it stands for, if it does.
    params: Sequence[tuple[Any, int | None]]
