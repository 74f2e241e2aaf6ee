"""`python -m benchmarks [--write] [name …]`: all benchmarks, or those named; writes docs/benchmarks.md if asked to."""

import argparse
from importlib import import_module

from benchmarks.throwaway import make_cluster, serving

NAMES = ["capture", "api", "queries"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], metavar="name", help=", ".join(NAMES))
    parser.add_argument("--write", action="store_true", help="Write docs/benchmarks.md.")
    asked = parser.parse_args()

    make_cluster()

    # Only now: what they import wants Django to be set up.
    from benchmarks.report import write

    with serving() as server:
        sections = [import_module(f"benchmarks.{name}").run(server) for name in asked.names or NAMES]
        if asked.write:
            write(sections)


if __name__ == "__main__":
    main()
