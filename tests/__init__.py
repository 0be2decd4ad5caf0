"""The tests: on real databases, servers, browsers and spaCy."""
