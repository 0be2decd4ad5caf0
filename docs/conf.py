"""How Sphinx builds the pages; each is readable as Markdown as well."""

project = "labeler"
copyright = "the labeler authors"  # noqa: A001 - Sphinx calls it so
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "labeler"
html_copy_source = False
html_show_sphinx = False
