"""Trigrams, if the server has them and we may install them; search finds only exact text without them.

An operator may install the extension later (`CREATE EXTENSION pg_trgm`), and similar names are found as well.
"""

from django.db import DatabaseError, migrations, transaction

INDEX = """
    CREATE INDEX IF NOT EXISTS dashboard_name_trigrams ON dashboards_dashboard USING gin (name gin_trgm_ops)
"""


def install(apps, schema_editor):
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            schema_editor.execute(INDEX)
    except DatabaseError:
        pass  # not allowed, or not there


def remove_index(apps, schema_editor):
    schema_editor.execute("DROP INDEX IF EXISTS dashboard_name_trigrams")


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0003_snapshots_and_templates")]

    operations = [migrations.RunPython(install, remove_index)]
