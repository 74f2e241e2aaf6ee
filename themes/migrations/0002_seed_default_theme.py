from django.db import migrations

COLORS = (
    "#1d4aff #621da6 #42827e #ce0e74 #f14f58 #7c440e #529a0a #0476fb "
    "#fe729e #35416b #41cbc4 #b64b02 #e4a604 #a56eff #30d5c8"
).split()


def seed(apps, schema_editor):
    apps.get_model("themes", "DataColorTheme").objects.create(name="Default Theme", colors=COLORS, team=None)


class Migration(migrations.Migration):
    dependencies = [("themes", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
