#!/usr/bin/env bash
# A walk through every operation of dashboards, with curl, against a running server:
#
#   HOST=http://127.0.0.1:8000 PROJECT=1 TOKEN=phc_... KEY=phx_... bash docs/dashboards.sh
#
# It makes what it needs, checks the status of every answer, and stops at the first that is not as said here.
set -euo pipefail

API="$HOST/api/projects/$PROJECT"

# call STATUS METHOD PATH [BODY] — leaves the answer's body in $ANSWER
call() {
    local expected=$1 method=$2 path=$3 body=${4-} got
    local arguments=(-sS -o "$OUT" -w '%{http_code}' -X "$method" "$API$path" -H "Authorization: Bearer $KEY")
    [ -z "$body" ] || arguments+=(-H 'Content-Type: application/json' -d "$body")
    got=$(curl "${arguments[@]}")
    ANSWER=$(<"$OUT")
    printf '%s %-6s %s\n' "$got" "$method" "$path"
    [ "$got" = "$expected" ] || { printf 'expected %s, got %s: %s\n' "$expected" "$got" "$ANSWER" >&2; exit 1; }
}

# field PATH — a value out of the last answer: field tiles.0.id
field() {
    python3 -c '
import functools, json, sys
step = lambda value, name: value[int(name)] if isinstance(value, list) else value[name]
print(functools.reduce(step, sys.argv[1].split("."), json.load(sys.stdin)))' "$1" <<<"$ANSWER"
}

OUT=$(mktemp)
trap 'rm -f "$OUT"' EXIT

echo '# Something to look at'
curl -sS -o "$OUT" "$HOST/batch/" -H 'Content-Type: application/json' -d '{
    "api_key": "'"$TOKEN"'",
    "batch": [{"event": "signup", "distinct_id": "ann"}, {"event": "signup", "distinct_id": "bea"}]}'
TRENDS='{"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [
    {"kind": "EventsNode", "event": "signup", "math": "total"}]}}'

echo '# Create, with a text and a new insight in one request'
call 201 POST /dashboards/ '{
    "name": "Growth", "description": "Who signs up", "tags": ["team"], "pinned": true,
    "tiles": [{"text": {"body": "## Sign-ups"}}, {"insight": {"name": "Sign-ups", "query": '"$TRENDS"'}}]}'
DASHBOARD=$(field id)
TEXT_TILE=$(field tiles.0.id)
INSIGHT_TILE=$(field tiles.1.id)
call 201 POST /dashboards/ '{"name": "Archive"}'
OTHER=$(field id)
call 201 POST /dashboards/ '{"name": "Growth, again", "use_dashboard": '"$DASHBOARD"', "duplicate_tiles": true}'
COPY=$(field id)
call 201 POST /dashboards/ '{"name": "From a template", "use_template": "DEFAULT_APP"}'

echo '# List and read'
call 200 GET '/dashboards/?limit=10&search=growth&tags=team'
call 200 GET "/dashboards/$DASHBOARD/"
call 200 GET "/dashboards/$DASHBOARD/?refresh=blocking&filters_override=%7B%22date_from%22%3A%22-3d%22%7D"

echo '# Change'
call 200 PATCH "/dashboards/$DASHBOARD/" '{"filters": {"date_from": "-14d"}, "tags": ["team", "growth"]}'
call 200 PATCH "/dashboards/$DASHBOARD/" '{"tiles": [{"id": '"$TEXT_TILE"', "color": "blue"}]}'
call 405 DELETE "/dashboards/$DASHBOARD/"

echo '# Tiles'
call 201 POST "/dashboards/$DASHBOARD/tiles/" '{"button_tile": {"url": "https://example.com", "text": "More"}}'
call 201 POST "/dashboards/$DASHBOARD/create_text_tile/" '{"body": "A note"}'
NOTE=$(field id)
call 200 POST "/dashboards/$DASHBOARD/update_text_tile/" '{"tile_id": '"$NOTE"', "body": "A better note"}'
call 200 POST "/dashboards/$DASHBOARD/update_tile/" '{"tile_id": '"$INSIGHT_TILE"', "color": "green"}'
call 200 POST "/dashboards/$DASHBOARD/reorder_tiles/" \
    '{"tile_order": ['"$INSIGHT_TILE, $TEXT_TILE, $NOTE"'], "layout": "two_column"}'
call 200 POST "/dashboards/$OTHER/copy_tile/" '{"fromDashboardId": '"$DASHBOARD"', "tileId": '"$INSIGHT_TILE"'}'
call 200 PATCH "/dashboards/$DASHBOARD/move_tile/" '{"tile": {"id": '"$NOTE"'}, "toDashboard": '"$OTHER"'}'
call 204 POST "/dashboards/$OTHER/delete_tile/" '{"tile_id": '"$NOTE"'}'

echo '# Numbers'
call 200 GET "/dashboards/$DASHBOARD/run_insights/?refresh=blocking"
call 200 GET "/dashboards/$DASHBOARD/run_insights/?output_format=json&tile_ids=$INSIGHT_TILE"
call 200 GET "/dashboards/$DASHBOARD/stream_tiles/?layoutSize=sm"
call 200 POST "/dashboards/$DASHBOARD/snapshot/" '{}'
call 200 POST "/dashboards/$DASHBOARD/analyze_refresh_result/" '{"cache_key": "'"$(field cache_key)"'"}'

echo '# Many at once'
call 200 POST /dashboards/bulk_update_tags/ '{"ids": ['"$DASHBOARD, $OTHER"'], "action": "add", "tags": ["2026"]}'

echo '# Templates'
call 200 POST /dashboards/create_from_template_json/ '{"template": {
    "template_name": "Sign-ups", "dashboard_description": "", "dashboard_filters": {},
    "tiles": [{"type": "INSIGHT", "name": "Sign-ups", "query": '"$TRENDS"'}]}}'
call 201 POST /dashboard_templates/ '{
    "template_name": "Team page '"$DASHBOARD"'", "dashboard_description": "", "dashboard_filters": {},
    "tiles": [{"type": "TEXT", "body": "Hello"}]}'
call 200 GET /dashboard_templates/
call 200 GET /dashboard_templates/json_schema/
call 200 POST /dashboards/create_unlisted_dashboard/ '{"tag": "llm-analytics"}'
UNLISTED=$(field id)
call 409 POST /dashboards/create_unlisted_dashboard/ '{"tag": "llm-analytics"}'
call 200 PATCH "/dashboards/$UNLISTED/" '{"deleted": true}'

echo '# Who may'
call 200 GET "/dashboards/$DASHBOARD/collaborators/"
call 200 GET "/dashboards/$DASHBOARD/access_controls/"
call 200 GET "/dashboards/$DASHBOARD/users_with_access/"
call 200 GET "/dashboards/$DASHBOARD/sharing/"
call 200 PATCH "/dashboards/$DASHBOARD/sharing/" '{"enabled": true, "password_required": true}'
call 200 POST "/dashboards/$DASHBOARD/sharing/passwords/" '{"note": "for the board"}'
call 204 DELETE "/dashboards/$DASHBOARD/sharing/passwords/$(field id)/"
call 200 POST "/dashboards/$DASHBOARD/sharing/refresh/"
call 200 GET "/dashboards/$DASHBOARD/activity/"

echo '# Remove and bring back'
call 200 PATCH "/dashboards/$COPY/" '{"deleted": true, "delete_insights": true}'
call 404 GET "/dashboards/$COPY/"
call 200 PATCH "/dashboards/$COPY/" '{"deleted": false}'
call 200 GET "/dashboards/$COPY/"

echo 'All as said.'
