from accounts.models import Team
from events.capture.refusals import KeyInvalid


def find_team(token: str) -> Team:
    """Whose token this is, with what capture needs of it. Asked anew each time: a rotated token is out at once."""
    try:
        return Team.objects.only("project_id", "anonymize_ips", "ingested_event").get(api_token=token)
    except Team.DoesNotExist:
        raise KeyInvalid from None
