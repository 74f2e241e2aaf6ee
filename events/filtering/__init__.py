"""Property filters: from JSON (`nodes`) to a tree without JSON or SQL (`conditions`) to SQL (`properties`)."""
