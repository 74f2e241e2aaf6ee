"""Questions and their stored or freshly computed answers."""

from insights.results.answers import Answer, Busy, answer_all, last_refreshes, stored_answer

__all__ = ["Answer", "Busy", "answer_all", "last_refreshes", "stored_answer"]
