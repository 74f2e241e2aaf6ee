"""Questions that are answered after the request that asked them.

The table is the queue: who accepts a job wakes a thread of its own process, which takes whatever has waited longest,
its own or one whose process died. Nothing runs, and nothing is looked for, while nobody asks.
"""

from insights.jobs.answering import Question, answer_now_or_later
from insights.jobs.queue import Asker, cancel, find

__all__ = ["Asker", "Question", "answer_now_or_later", "cancel", "find"]
