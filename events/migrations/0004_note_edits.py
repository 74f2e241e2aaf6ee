from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_create_actions_and_cohorts'),
    ]

    operations = [
        migrations.AddField(
            model_name='action',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='cohort',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
