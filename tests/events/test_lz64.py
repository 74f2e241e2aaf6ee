"""lz64 as the library that posthog-js used writes it (recorded from lz-string 1.5.0)."""

import pytest

from events.capture import lz64
from events.capture.refusals import Malformed
from tests.events.lz64_recorded import RECORDED


@pytest.mark.parametrize(("text", "compressed"), RECORDED)
def test_reads_what_the_library_wrote(text, compressed):
    assert lz64.decompress(compressed, limit=1000) == text
    assert lz64.decompress(compressed.replace("+", " ").rstrip("="), limit=1000) == text


def test_stops_at_the_limit():
    # A thousand letters, in 24.
    [(text, compressed)] = [(text, compressed) for text, compressed in RECORDED if len(text) == 1000]
    with pytest.raises(lz64.TooLong):
        lz64.decompress(compressed, limit=len(text) - 1)


@pytest.mark.parametrize("broken", ["", "N4", "????", "{}", "ü", "/" * 40, "N4Ig"])
def test_what_is_broken_is_malformed(broken):
    with pytest.raises(Malformed):
        lz64.decompress(broken, limit=1000)


def test_is_taken_by_hint(post, team, stored):
    from urllib.parse import quote

    [compressed] = [compressed for text, compressed in RECORDED if text.startswith('{"event"')]
    form = post(
        f"/e/?compression=lz64&token={team.api_token}",
        f"data={quote(compressed)}".encode(),
        content_type="application/x-www-form-urlencoded",
    )
    raw = post(f"/e/?compression=lz64&token={team.api_token}", compressed.encode(), content_type="text/plain")
    broken = post(f"/e/?compression=lz64&token={team.api_token}", b"{}", content_type="text/plain")

    assert (form.status_code, raw.status_code, broken.status_code) == (200, 200, 400)
    assert stored() == ["seen", "seen"]
