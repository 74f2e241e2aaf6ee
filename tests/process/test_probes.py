"""The probes of an orchestrator, which knows neither our hosts nor our keys."""

import pytest

from posthog_lite import health


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(health, "readiness", health.Readiness())


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/_livez", "/_readyz", "/_health", "/_readyz/"])
def test_probes_answer_whatever_the_host(client, path):
    answer = client.get(path, headers={"host": "10.1.2.3:8000"})

    assert answer.status_code == 200
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_not_ready_before_it_is_migrated(client, monkeypatch):
    monkeypatch.setattr(health, "_migrations_on_disk", lambda: {("accounts", "9999_of_tomorrow")})

    answer = client.get("/_readyz")

    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "ok", "migrations": "pending"}
    assert client.get("/_livez").status_code == 200


@pytest.mark.django_db
def test_once_migrated_it_does_not_count_again(client, monkeypatch):
    assert client.get("/_readyz").status_code == 200
    monkeypatch.setattr(health, "_migrations_on_disk", None)

    assert client.get("/_readyz").status_code == 200
