"""Querysets whose SQL is put together once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import OrganizationMembership, PersonalAPIKey, User
from common.compiled import Compiled
from tests.factories.accounts import MembershipFactory, PersonalAPIKeyFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_reads_what_the_queryset_reads_for_every_value():
    ann, bea = PersonalAPIKeyFactory(label="ann"), PersonalAPIKeyFactory(label="bea")
    keys = Compiled(
        lambda user, label: PersonalAPIKey.objects.select_related("user").filter(
            user=user, label=label, user__is_active=True
        )
    )

    for one in (ann, bea, ann):
        [found] = keys(one.user_id, one.label)
        assert (found, found.user.email) == (one, one.user.email)
    assert keys(ann.user_id, "bea") == []
    assert keys(None, "bea") == []


def test_builds_the_queryset_once():
    user, built = UserFactory(), []
    users = Compiled(lambda email: built.append(email) or User.objects.filter(email=email))

    assert users(user.email) == [user]
    assert users("nobody@example.com") == []
    assert len(built) == 1


def test_takes_lists_of_any_length():
    ids = [user.pk for user in UserFactory.create_batch(3)]
    users = Compiled(lambda ids: User.objects.filter(pk__any_of=ids).order_by("pk"))
    members = Compiled(lambda ids: OrganizationMembership.objects.filter(user__any_of=ids))

    assert [[user.pk for user in users(ids[:most])] for most in range(4)] == [ids[:most] for most in range(4)]
    membership = MembershipFactory()
    assert members([*ids, membership.user_id]) == [membership]
    assert members(ids) == []


def test_any_of_also_works_by_itself():
    user, _ = UserFactory.create_batch(2)

    assert list(User.objects.filter(uuid__any_of=[user.uuid])) == [user]


@pytest.mark.django_db(transaction=True)
def test_threads_read_by_their_own_connections():
    users = Compiled(lambda pk: User.objects.filter(pk=pk))
    wanted = UserFactory.create_batch(8)

    def read(user):
        try:
            return users(user.pk) == [user]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(read, wanted * 5))
