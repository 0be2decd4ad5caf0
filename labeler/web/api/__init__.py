"""What programs and the annotation screen call: JSON under `/api/v1`, a module for each resource.

Pages and API call the same functions below: nothing here decides what may be done to annotations.
"""

from flask import Blueprint

from labeler.web.auth import allowance, has_no_limit, limiter, token_key
from labeler.web.openapi import PREFIX

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
limiter.limit(
    allowance,
    key_func=token_key,
    exempt_when=has_no_limit,
    error_message="This token asked too often. Wait as many seconds as `Retry-After` says.",
)(blueprint)
