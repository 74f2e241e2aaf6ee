"""Our OpenAPI document held against PostHog's, operation by operation and field by field.

    python -m compatibility --official NAME=PATH [--official NAME=PATH]

writes docs/compatibility.md. PostHog's documents are not part of this project. A difference that no rule of
`explanations.toml` explains is listed as such; one of a resource that we promise makes the command fail.
"""
