from datetime import UTC, date, datetime

import django.db.models.deletion
import django.db.models.fields.json
import uuid_utils.compat
from django.db import migrations, models

PROMOTED = {
    "prop_browser": "$browser",
    "prop_os": "$os",
    "prop_current_url": "$current_url",
    "prop_referring_domain": "$referring_domain",
    "prop_session_id": "$session_id",
    "group_0": "$group_0",
    "group_1": "$group_1",
    "group_2": "$group_2",
    "group_3": "$group_3",
    "group_4": "$group_4",
}
PROMOTED_COLUMNS = ",\n".join(
    f"    {column} text GENERATED ALWAYS AS (properties ->> '{name}') STORED" for column, name in PROMOTED.items()
)

# Django has no words for partitions. Columns of fixed width come first, so that no row is padded.
CREATE_EVENTS = [
    f"""
    CREATE TABLE events (
        team_id bigint NOT NULL,
        timestamp timestamptz NOT NULL,
        person_id bigint NOT NULL,
        created_at timestamptz NOT NULL,
        uuid uuid NOT NULL,
        event text NOT NULL,
        distinct_id text NOT NULL,
        properties jsonb NOT NULL DEFAULT '{{}}',
        elements_chain text NOT NULL DEFAULT '',
    {PROMOTED_COLUMNS},
        PRIMARY KEY (team_id, timestamp, uuid)
    ) PARTITION BY RANGE (timestamp)
    """,
    "CREATE INDEX events_by_name ON events (team_id, event, timestamp) INCLUDE (person_id)",
    "CREATE INDEX events_by_person ON events (team_id, person_id, timestamp)",
    "CREATE TABLE events_before_2015 PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2015-01-01 00:00+00')",
]


def create_first_partitions(apps, schema_editor):
    """This month and the next two; all others are made when their first event arrives (events/partitions.py)."""
    month = datetime.now(UTC).date().replace(day=1)
    for _ in range(3):
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        schema_editor.execute(
            f"CREATE TABLE events_{month:%Y_%m} PARTITION OF events"
            f" FOR VALUES FROM ('{month} 00:00+00') TO ('{following} 00:00+00')"
            " WITH (autovacuum_vacuum_insert_scale_factor = 0.02)"
        )
        month = following


def promoted(column):
    return (
        column,
        models.GeneratedField(
            db_persist=True,
            expression=django.db.models.fields.json.KeyTextTransform(PROMOTED[column], "properties"),
            output_field=models.TextField(null=True),
        ),
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonCounter",
            fields=[
                ("team", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", serialize=False, to="accounts.team")),
                ("last_number", models.BigIntegerField()),
            ],
            options={"db_table": "person_counters"},
        ),
        migrations.CreateModel(
            name="EventUuid",
            fields=[
                ("pk", models.CompositePrimaryKey("team_id", "uuid", blank=True, editable=False, primary_key=True, serialize=False)),
                ("uuid", models.UUIDField()),
                ("timestamp", models.DateTimeField()),
                ("team", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.team")),
            ],
            options={"db_table": "event_uuids"},
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False)),
                ("number", models.BigIntegerField(editable=False)),
                ("properties", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("is_identified", models.BooleanField(default=False)),
                ("has_profile", models.BooleanField(default=True)),
                ("team", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="persons", to="accounts.team")),
            ],
            options={
                "db_table": "persons",
                "constraints": [
                    models.UniqueConstraint(fields=("team", "number"), name="one_person_per_number"),
                    models.UniqueConstraint(fields=("team", "uuid"), name="one_person_per_uuid"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonDistinctId",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("distinct_id", models.CharField(max_length=200)),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="distinct_ids", to="events.person")),
                ("team", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.team")),
            ],
            options={
                "db_table": "person_distinct_ids",
                "constraints": [
                    models.UniqueConstraint(fields=("team", "distinct_id"), name="one_person_per_distinct_id"),
                ],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(CREATE_EVENTS, "DROP TABLE events"),
                migrations.RunPython(create_first_partitions, migrations.RunPython.noop),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("pk", models.CompositePrimaryKey("team_id", "timestamp", "uuid", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("timestamp", models.DateTimeField()),
                        ("uuid", models.UUIDField()),
                        ("event", models.TextField()),
                        ("distinct_id", models.TextField()),
                        ("person_id", models.BigIntegerField()),
                        ("properties", models.JSONField(db_default={})),
                        ("elements_chain", models.TextField(db_default="")),
                        ("created_at", models.DateTimeField()),
                        *(promoted(column) for column in PROMOTED),
                        ("team", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="events", to="accounts.team")),
                    ],
                    options={
                        "db_table": "events",
                        "indexes": [
                            models.Index(fields=["team", "event", "timestamp"], include=("person_id",), name="events_by_name"),
                            models.Index(fields=["team", "person_id", "timestamp"], name="events_by_person"),
                        ],
                    },
                ),
            ],
        ),
    ]
