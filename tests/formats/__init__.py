"""How articles and layers come in and go out as files."""
