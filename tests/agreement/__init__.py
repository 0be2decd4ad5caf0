"""Agreement: published examples, properties, and the measures that are registered."""
