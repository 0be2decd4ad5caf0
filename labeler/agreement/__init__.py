"""How far annotators agree, and on what they differ; knows nothing of tables."""
