"""Questions and their stored or freshly computed answers."""

from insights.results.answers import Answer, answer_all

__all__ = ["Answer", "answer_all"]
