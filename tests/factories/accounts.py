import factory
from factory.django import DjangoModelFactory

from accounts.models import Organization, OrganizationMembership, PersonalAPIKey, Project, Team, User
from accounts.tokens import personal_api_key


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Organization {n}")


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.SelfAttribute("project.name")


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = Project
        skip_postgeneration_save = True

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda n: f"Project {n}")
    team = factory.RelatedFactory(TeamFactory, factory_related_name="project")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"user{n}@example.com")
    first_name = factory.Sequence(lambda n: f"User{n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = OrganizationMembership

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    level = OrganizationMembership.Level.MEMBER


class PersonalAPIKeyFactory(DjangoModelFactory):
    """`key.value` is the key to send."""

    class Meta:
        model = PersonalAPIKey

    user = factory.SubFactory(UserFactory)
    label = "test"
    scopes = ["*"]

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        key = model_class(*args, **kwargs)
        key.set_value(personal_api_key())
        key.save()
        return key
