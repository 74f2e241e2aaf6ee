"""Texts that are not quite what was searched for, where the server has trigrams."""

from functools import cache

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual

#: From here on a word of a text is like the word that is searched for: a letter or two may be wrong.
SIMILAR = 0.4


@cache
def can_tell_similar() -> bool:
    """Whether the extension is there, which a migration could install only where it was allowed to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return cursor.fetchone() is not None


def resembles(text: str, *columns: str) -> Q:
    """One of these columns holds a word like `text`."""
    found = Q()
    for column in columns:
        found |= Q(GreaterThanOrEqual(TrigramWordSimilarity(text, column), SIMILAR))
    return found
