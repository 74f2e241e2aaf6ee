"""Parts of addresses. What an address lacks is an empty text."""

from events.filtering.sql import compose
from insights.queries.hogql.functions.signatures import Builder, Call, plain
from insights.queries.hogql.types import TEXT
from insights.queries.hogql.values import Value

_HOST = r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//(?:[^/?#@]*@)?([^/?#:]*)"
_PATH = r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/?#]*([^?#]*)"


def _found(pattern: str) -> Builder:
    return plain("coalesce(substring({a} FROM {pattern}::text), '')", "text", pattern=pattern)


def _parameter(call: Call) -> Value:
    """`extractURLParameter(url, name)`."""
    call.expect(2, 2)
    url, name = call.value(0, "text"), call.value(1, "text")
    sql = compose(
        "coalesce((SELECT substr(part.one, length({name}) + 2)"
        " FROM unnest(string_to_array(substring({url} FROM '\\?([^#]*)'), '&')) WITH ORDINALITY AS part(one, place)"
        " WHERE starts_with(part.one, {name} || '=') ORDER BY part.place LIMIT 1), '')",
        url=url.sql,
        name=name.sql,
    )
    return Value(sql=sql, type=TEXT, is_nullable=url.is_nullable)


URLS: dict[str, Builder] = {
    "domain": _found(_HOST),
    "domainWithoutWWW": plain(
        "regexp_replace(coalesce(substring({a} FROM {pattern}::text), ''), '^www\\.', '')", "text", pattern=_HOST
    ),
    "topLevelDomain": plain(
        "coalesce(substring(substring({a} FROM {pattern}::text) FROM '\\.([^.]+)$'), '')", "text", pattern=_HOST
    ),
    "path": _found(_PATH),
    "pathFull": _found(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/?#]*(.*)$"),
    "protocol": _found(r"^([a-zA-Z][a-zA-Z0-9+.-]*):"),
    "queryString": _found(r"\?([^#]*)"),
    "fragment": _found(r"#(.*)$"),
    "cutQueryString": plain("regexp_replace({a}, '\\?[^#]*', '')", "text"),
    "cutFragment": plain("regexp_replace({a}, '#.*$', '')", "text"),
    "cutQueryStringAndFragment": plain("regexp_replace({a}, '[?#].*$', '')", "text"),
    "cutWWW": plain("regexp_replace({a}, '//www\\.', '//')", "text"),
    "extractURLParameter": _parameter,
}
