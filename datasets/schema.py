"""All OpenAPI words of this app."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view

NO_DELETION = extend_schema(
    description='Hard delete of this model is not allowed. Use a patch API call to set "deleted" to true',
    responses={405: OpenApiResponse(description="No response body")},
)


def _describe(things: str, thing: str) -> Any:
    return extend_schema_view(
        list=extend_schema(description=f"The project's {things}, newest first, without the deleted ones."),
        create=extend_schema(description=f"Add a {thing}."),
        retrieve=extend_schema(description=f"A {thing} that is not deleted."),
        update=extend_schema(description=f"Replace a {thing}, deleted or not."),
        partial_update=extend_schema(
            description=f"Change a {thing}, deleted or not. `deleted` hides it, or brings it back."
        ),
        destroy=NO_DELETION,
    )


describe_datasets = _describe("datasets", "dataset")
describe_dataset_items = _describe("dataset items", "dataset item")
