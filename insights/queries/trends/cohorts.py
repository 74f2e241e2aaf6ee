"""Trends broken down by cohorts: each is counted by itself, as a person may be in several. Pure."""

from dataclasses import dataclass

from common.exceptions import Refusal
from events.filtering.conditions import EVERYTHING, Condition, InCohort
from events.filtering.moments import Clock
from insights.queries.nodes import BreakdownFilter

ALL, ALL_USERS = "all", "all users"
MAX_COHORTS = 25
PLACE = "breakdownFilter.breakdown"


@dataclass(frozen=True, kw_only=True)
class CohortChoice:
    """A cohort, or everybody."""

    value: int | str
    label: str
    condition: Condition

    @property
    def name_in_cells(self) -> str:
        return str(self.value)


def is_by_cohort(asked: BreakdownFilter | None) -> bool:
    return bool(asked and asked.breakdown_type == "cohort" and not asked.breakdowns and asked.breakdown is not None)


def cohorts_of(asked: BreakdownFilter | None, *, clock: Clock) -> tuple[CohortChoice, ...]:
    """None of them where trends are not broken down so. Raises Refusal."""
    if asked is None or not is_by_cohort(asked):
        return ()
    values = asked.breakdown if isinstance(asked.breakdown, list) else [asked.breakdown or ALL]
    if len(values) > MAX_COHORTS:
        raise Refusal(f"{PLACE}: at most {MAX_COHORTS} cohorts.")
    return tuple(_choice(value, clock) for value in values)


def _choice(value: int | str, clock: Clock) -> CohortChoice:
    if value == ALL:
        return CohortChoice(value=ALL, label=ALL_USERS, condition=EVERYTHING)
    if not str(value).isdecimal() or len(str(value)) > 18:
        raise Refusal(f"{PLACE}: must be the id of a cohort, or {ALL}.")
    cohort_id = int(value)
    members = clock.members_of(cohort_id)
    if members is None:
        raise Refusal(f"{PLACE}: Cohort {cohort_id} does not exist.")
    condition = InCohort(cohort_id=cohort_id, place=PLACE)
    return CohortChoice(value=cohort_id, label=members.name, condition=condition)
