"""Say which request is being answered, so that whatever is logged for it can be found together."""

from contextvars import ContextVar

# Tasks that are started for a request inherit it. Deliveries outlive requests, so their id is a key on their own lines:
# log.info("tip posted", delivery=…).
current_request: ContextVar[str] = ContextVar("current_request", default="")
