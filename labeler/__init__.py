"""Label entities and relations in articles in the browser, and train spaCy on what comes out."""

__version__ = "0.1.0"
