"""How large an answer may be. Pure."""

from common.exceptions import Refusal

# Each is a number in the answer; half a million make some 10 MB.
MAX_CELLS = 500_000


def refuse_too_many_cells(cells: int) -> None:
    if cells > MAX_CELLS:
        raise Refusal(
            f"The answer would have {cells} numbers, more than {MAX_CELLS}, the limit. "
            "Choose a shorter range, a longer interval or a smaller breakdown_limit."
        )
