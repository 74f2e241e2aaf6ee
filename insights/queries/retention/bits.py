"""Sets of small numbers as strings of bits, in SQL. The first bit is that of zero."""


def bit_sql(number: str, *, width: int) -> str:
    return f"set_bit(0::bit({width}), {number}, 1)"


def bits_sql(condition: str, number: str, *, width: int) -> str:
    """An aggregate: the numbers of those rows that meet the condition."""
    return f"bit_or(CASE WHEN {condition} THEN {bit_sql(number, width=width)} ELSE 0::bit({width}) END)"
