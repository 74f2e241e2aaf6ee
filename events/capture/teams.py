from accounts.models import Team
from events.capture.refusals import KeyInvalid

# Written out: to have Django put it together costs more than to run it.
_WITH_TOKEN = "SELECT project_id, anonymize_ips, ingested_event FROM accounts_team WHERE api_token = %s"


def find_team(token: str) -> Team:
    """Whose token this is, with what capture needs of it. Asked anew each time: a rotated token is out at once."""
    team = next(iter(Team.objects.raw(_WITH_TOKEN, [token])), None)
    if team is None:
        raise KeyInvalid
    return team
