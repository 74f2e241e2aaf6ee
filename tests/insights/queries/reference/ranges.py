"""Ranges and buckets, for all slow evaluators."""

from datetime import UTC, datetime, timedelta


def resolved(asked, interval, zone, now):
    """(date_from, date_to, counted from)."""
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    text = asked.get("date_from")
    if text is None:
        date_from = midnight - timedelta(days=7)
    elif text.startswith("-"):
        date_from = midnight - timedelta(days=int(text[1:-1]))
    else:
        date_from = datetime.fromisoformat(text).replace(tzinfo=zone)
    return (
        _instant(date_from),
        _date_to(asked.get("date_to"), interval, zone, local),
        _counted_from(date_from, interval),
    )


def _date_to(text, interval, zone, local):
    moment = local if text is None else datetime.fromisoformat(text).replace(tzinfo=zone)
    if interval != "hour":
        return _instant(moment.replace(hour=23, minute=59, second=59, microsecond=999999, fold=1))
    return _instant(moment.replace(minute=59, second=59, microsecond=999999) if text is None else moment)


def _counted_from(date_from, interval):
    return _instant(date_from.replace(day=1) if interval == "month" else date_from)


def buckets_between(span, interval, zone, monday):
    """(first instant, first instant of the next) of each bucket."""
    date_from, date_to = span[:2]
    if interval == "hour":
        start, step = date_from, timedelta(hours=1)
        starts = [start + number * step for number in range(int((date_to - start) / step) + 1)]
        return [(start, start + step) for start in starts]

    day = date_from.astimezone(zone).date()
    last = date_to.astimezone(zone).date()
    if interval == "week":
        day -= timedelta(days=day.weekday() if monday else day.isoweekday() % 7)
    if interval == "month":
        day = day.replace(day=1)
    found = []
    while day <= last:
        following = _following(day, interval)
        found.append((midnight(day, zone), midnight(following, zone)))
        day = following
    return found


def _following(day, interval):
    if interval == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days={"day": 1, "week": 7}[interval])


def midnight(day, zone):
    return _instant(datetime(day.year, day.month, day.day, tzinfo=zone))


def _instant(moment):
    return moment.astimezone(UTC)


def bucket_number(moment, buckets):
    return next((number for number, (start, end) in enumerate(buckets) if start <= moment < end), None)
