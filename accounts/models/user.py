from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.tokens import random_text


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


def distinct_id() -> str:
    return random_text(43)


class User(AbstractBaseUser, PermissionsMixin):
    class RoleAtOrganization(models.TextChoices):
        ENGINEERING = "engineering", "Engineering"
        DATA = "data", "Data"
        PRODUCT = "product", "Product Management"
        FOUNDER = "founder", "Founder"
        LEADERSHIP = "leadership", "Leadership"
        MARKETING = "marketing", "Marketing"
        SALES = "sales", "Sales / Success"
        OTHER = "other", "Other"

    uuid = models.UUIDField(unique=True, default=uuid7, editable=False)
    distinct_id = models.CharField(max_length=200, unique=True, default=distinct_id)
    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=150, blank=True, default="")
    last_name = models.CharField(max_length=150, blank=True, default="")
    is_email_verified = models.BooleanField(null=True, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    role_at_organization = models.CharField(max_length=64, choices=RoleAtOrganization.choices, null=True, blank=True)
    hedgehog_config: Any = models.JSONField(null=True, blank=True)
    theme_mode = models.CharField(
        max_length=20, choices=[("light", "Light"), ("dark", "Dark"), ("system", "System")], null=True, blank=True
    )
    anonymize_data = models.BooleanField(default=False, null=True, blank=True)
    current_organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    current_team = models.ForeignKey(
        "accounts.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.email
