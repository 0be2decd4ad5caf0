"""Every resource of the API: importing this gives the blueprint its routes."""

from labeler.web.api import (
    adjudication,
    blueprint,
    comments,
    consistency,
    documents,
    exchange,
    guidelines,
    handing,
    jobs,
    layers,
    projects,
    webhooks,
)

__all__ = [
    "adjudication",
    "blueprint",
    "comments",
    "consistency",
    "documents",
    "exchange",
    "guidelines",
    "handing",
    "jobs",
    "layers",
    "projects",
    "webhooks",
]
