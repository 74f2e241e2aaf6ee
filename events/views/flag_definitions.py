"""What SDKs of servers ask with a personal API key, to decide on flags by themselves. There are no flags here."""

import hashlib

import orjson
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import PermissionDenied

from accounts.models import PersonalAPIKey, Project, Team
from accounts.permissions import refuse_beyond_confines
from accounts.scopes import missing_scope
from common.exceptions import Forbidden
from events.capture.answers import answer, public_endpoint
from events.capture.payload import check_token
from events.capture.refusals import KeyMissing, PersonalKeyInvalid
from events.capture.teams import find_team
from events.models import GroupType

SCOPE = "feature_flag:read"


@public_endpoint
def flag_definitions(request: HttpRequest) -> HttpResponse:
    team = _team(request, _key(request))
    indexes = GroupType.objects.indexes(team_id=team.pk)
    body = {
        "flags": [],
        "group_type_mapping": {str(index): name for name, index in indexes.items()},
        "cohorts": {},
    }
    etag = f'"{hashlib.sha256(orjson.dumps([team.pk, body])).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return answer(body, headers={"ETag": etag})


def _key(request: HttpRequest) -> PersonalAPIKey:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    key = PersonalAPIKey.objects.for_value(value.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise PersonalKeyInvalid
    return key


def _team(request: HttpRequest, key: PersonalAPIKey) -> Team:
    """The one whose token was sent, if the key may read its flags."""
    token = request.GET.get("token")
    if not token:
        raise KeyMissing
    team = find_team(check_token(token))
    project = Project.objects.with_membership_of(key.user).get(pk=team.pk)
    try:
        refuse_beyond_confines(key, project)
    except PermissionDenied as exc:
        raise Forbidden(str(exc.detail)) from None
    if missing_scope(key.scopes, [SCOPE]):
        raise Forbidden(f"API key missing required scope '{SCOPE}'")
    if project.membership_level is None:  # type: ignore[attr-defined]
        raise Forbidden("You don't have access to the project.")
    return team
