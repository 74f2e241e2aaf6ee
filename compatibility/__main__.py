import argparse
import json
import os
import sys
from pathlib import Path

from compatibility.differences import differences
from compatibility.explanations import read_explanations
from compatibility.report import write_report
from compatibility.shapes import JSON

REPORT = Path(__file__).parent.parent / "docs" / "compatibility.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="compatibility", description="Writes docs/compatibility.md.")
    parser.add_argument(
        "--official", action="append", required=True, metavar="NAME=PATH", help="A document of PostHog's."
    )
    asked = parser.parse_args()
    official = {
        name: json.loads(Path(path).read_text()) for name, _, path in (one.partition("=") for one in asked.official)
    }

    ours, reasons = our_document(), read_explanations()
    found = {name: differences(document, ours) for name, document in official.items()}
    REPORT.write_text(write_report(official, ours, found, reasons))

    unexplained = [
        difference for of_one in found.values() for difference in of_one if reasons.rule_for(difference) is None
    ]
    for difference in unexplained:
        print(
            "promised, not explained:" if reasons.promises(difference) else "not explained:",
            difference,
            file=sys.stderr,
        )
    sys.exit(any(reasons.promises(difference) for difference in unexplained))


def our_document() -> JSON:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "posthog_lite.settings")
    import django

    django.setup()

    from posthog_lite.schema_view import openapi

    return openapi()


if __name__ == "__main__":
    main()
