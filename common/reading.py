"""Serializers that read many rows: what DRF asks of every field for every row is asked once for the class."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache, cached_property, partial
from operator import attrgetter
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from rest_framework import serializers
from rest_framework.fields import SkipField
from rest_framework.relations import PKOnlyObject

Read = Callable[[Any], Any]
#: Sources that DRF would call, or that are not there: its own way knows what to do.
_CALLED = (FunctionType, MethodType, BuiltinFunctionType, partial)
_NOT_THERE = (AttributeError, KeyError, ObjectDoesNotExist)
_SKIPPED = object()


class ReadsByPlan(serializers.BaseSerializer[Any]):
    """Reads rows as DRF does, by a plan that is made once. Stands before the serializer in the bases.

    Its fields are shared by all readings: methods and serializers inside of it know the context, other fields do not.
    """

    def to_representation(self, instance: Any) -> Any:
        if isinstance(instance, Mapping):
            return super().to_representation(instance)
        shown = {}
        for name, read in self._readers:
            value = read(instance)
            if value is not _SKIPPED:
                shown[name] = value
        return shown

    @cached_property
    def _readers(self) -> list[tuple[str, Read]]:
        return [(name, self._own(field) or read) for name, field, read in _plan_of(type(self))]  # type: ignore[arg-type]

    def _own(self, field: Any) -> Read | None:
        """How a field is read that knows its serializer; None if it does not."""
        if type(field) is serializers.SerializerMethodField:
            return getattr(self, field.method_name)
        if isinstance(field, serializers.BaseSerializer):
            own = deepcopy(field)
            own.bind(field_name=field.field_name, parent=self)  # type: ignore[arg-type]
            return _reader(own)
        return None


@cache
def _plan_of(serializer_class: type[ReadsByPlan]) -> list[tuple[str, Any, Read]]:
    fields = serializer_class()._readable_fields  # type: ignore[attr-defined]
    return [(field.field_name, field, _reader(field)) for field in fields]


def _reader(field: Any) -> Read:
    """Source and form of a field in one step. What is out of the ordinary is left to the field."""
    slowly = partial(_read_slowly, field)
    is_plain = type(field).get_attribute is serializers.Field.get_attribute
    if not is_plain or not field.source_attrs:
        return slowly
    find, form = _finder(field.source_attrs), _form_of(field)

    def read(instance: Any) -> Any:
        try:
            value = find(instance)
        except _NOT_THERE:
            return slowly(instance)
        if value is None:
            return None
        return slowly(instance) if isinstance(value, _CALLED) else form(value)

    return read


def _finder(attributes: Sequence[str]) -> Read:
    if len(attributes) == 1:
        return attrgetter(attributes[0])

    def find(instance: Any) -> Any:
        for attribute in attributes:
            instance = instance[attribute] if type(instance) is dict else getattr(instance, attribute)
        return instance

    return find


def _form_of(field: Any) -> Read:
    """The short form of what these fields do with a value of the right type."""
    simple = {serializers.CharField: str, serializers.IntegerField: int}
    if type(field) is serializers.JSONField and not field.binary:
        return _as_it_is
    return simple.get(type(field), field.to_representation)


def _as_it_is(value: Any) -> Any:
    return value


def _read_slowly(field: Any, instance: Any) -> Any:
    """One field as `Serializer.to_representation` reads it."""
    try:
        value = field.get_attribute(instance)
    except SkipField:
        return _SKIPPED
    is_none = value.pk is None if isinstance(value, PKOnlyObject) else value is None
    return None if is_none else field.to_representation(value)
