"""posthog-js in a real browser, on a page of another origin than the server's."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from events.models import Event, Group, Person, PersonDistinctId

PAGE = """<!doctype html><title>Hogflix</title><script src="/array.js"></script>
<script>
  posthog.init("{token}", {{
    api_host: "{host}", person_profiles: "always", capture_pageview: true,
    disable_session_recording: true, opt_out_useragent_filter: true,
    request_batching: {batching}, disable_compression: {plain},
  }})
</script>"""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def site(tmp_path, node_modules):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "array.js").write_bytes((node_modules / "posthog-js" / "dist" / "array.full.no-external.js").read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(params=[True, False], ids=["gzip", "plain"])
def page(request, chromium, site, live_server, team):
    folder, address = site
    html = PAGE.format(
        token=team.api_token, host=live_server.url, batching="false", plain="false" if request.param else "true"
    )
    (folder / "index.html").write_text(html)
    page = chromium.new_page()
    page.failed = []
    page.on("pageerror", lambda error: page.failed.append(str(error)))
    page.on("response", lambda answer: answer.status >= 400 and page.failed.append(f"{answer.status} {answer.url}"))
    page.goto(f"{address}/?utm_source=ad")
    page.wait_for_function("window.posthog && posthog.__loaded")
    return page


def wait_for(page, *events: str) -> None:
    """Until all of these are stored, or a few seconds have gone."""
    for _ in range(100):
        if set(events) <= set(Event.objects.values_list("event", flat=True)):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"Stored are only {list(Event.objects.values_list('event', flat=True))}; failed: {page.failed}")


def test_what_it_sends_is_what_is_stored(page, person_of):
    anonymous = page.evaluate("posthog.get_distinct_id()")
    page.evaluate("posthog.capture('seen', {'ü': '✓', list: [1, {a: null}]})")
    page.evaluate("posthog.identify('ann', {email: 'ann@hogflix.com'}, {source: 'ad'})")
    page.evaluate("posthog.setPersonProperties({plan: 'free'})")
    page.evaluate("posthog.alias('ann@work')")
    page.evaluate("posthog.group('company', 'hogflix', {seats: 9})")
    page.evaluate("posthog.capture('paid', {amount: 12.5})")
    wait_for(page, "$pageview", "seen", "$identify", "$set", "$create_alias", "$groupidentify", "paid")

    assert [failure for failure in page.failed if "favicon" not in failure] == []
    ann = person_of("ann")
    assert set(PersonDistinctId.objects.filter(person=ann).values_list("distinct_id", flat=True)) == {
        anonymous,
        "ann",
        "ann@work",
    }
    assert Person.objects.shown().count() == 1
    assert {name: ann.properties[name] for name in ("email", "source", "plan")} == {
        "email": "ann@hogflix.com",
        "source": "ad",
        "plan": "free",
    }
    assert ann.properties["$initial_utm_source"] == "ad"
    assert set(Event.objects.values_list("person_id", flat=True)) == {ann.number}
    # Each once, however often it was tried.
    assert Event.objects.filter(event="seen").count() == 1

    seen, paid = Event.objects.get(event="seen"), Event.objects.get(event="paid")
    assert (seen.distinct_id, paid.distinct_id) == (anonymous, "ann")
    assert (seen.properties["ü"], seen.properties["list"]) == ("✓", [1, {"a": None}])
    assert seen.properties["$lib"] == "web"
    assert seen.prop_browser
    assert seen.prop_current_url.endswith("/?utm_source=ad")
    assert (seen.group_0, paid.group_0) == (None, "hogflix")
    assert Group.objects.get().group_properties == {"seats": 9}


def test_what_is_left_when_the_page_closes_is_sent_too(page):
    page.evaluate("posthog.set_config({request_batching: true})")
    page.evaluate("posthog.capture('about to leave')")
    page.goto("about:blank")

    wait_for(page, "$pageleave", "about to leave")
