"""From a name or a path to a built fabric: files, parsing, the schema of a topology."""
