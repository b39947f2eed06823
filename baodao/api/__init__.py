"""api: the machine's shell. Tokens with least rights, OpenAPI 3.1, problem+json; the same verbs over HTTP."""
