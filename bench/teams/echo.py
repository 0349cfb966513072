"""What the bot is compared with on Teams: the Teams SDK's echo bot as its guide shows it, with ready-made cards.

`python -m bench.teams.echo PORT CARDS_FILE CLOUD_URL`. The SDK checks every token, as the bot does; it remembers
nothing and looks nothing up. The cards are plain dictionaries, which spares it the SDK's models of cards.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.pop("CLOUD", None)  # the SDK reads these where it is handed nothing
os.environ.pop("SERVICE_URL", None)

from fastapi import FastAPI
from microsoft_teams.api.activities.invoke import AdaptiveCardInvokeActivity
from microsoft_teams.api.activities.message import MessageActivity, MessageActivityInput
from microsoft_teams.api.auth.cloud_environment import PUBLIC, with_overrides
from microsoft_teams.api.models import Attachment, InvokeResponse
from microsoft_teams.apps import ActivityContext, App, FastAPIAdapter
from starlette.responses import PlainTextResponse

from bench import asgi
from bench.teams import loads

_TYPE = "application/vnd.microsoft.card.adaptive"


async def application(posted: dict[str, Any], changed: dict[str, Any], cloud_url: str) -> FastAPI:
    """Build it; `posted` is the answer to every message, and `changed` takes its place at every click."""
    token = loads.unsigned_token()
    web = FastAPI()
    app = App(
        client_id=loads.CLIENT,
        tenant_id=loads.TENANT,
        token=lambda _scope, _tenant: token,  # never asked for twice: MSAL would keep it just so
        cloud=with_overrides(PUBLIC, openid_metadata_url=f"{cloud_url}/v1/.well-known/openidconfiguration"),
        http_server_adapter=FastAPIAdapter(web),
        dangerously_allow_unauthenticated_requests=False,
    )
    answer = {"statusCode": 200, "type": _TYPE, "value": changed}

    @app.on_message
    async def echo(turn: ActivityContext[MessageActivity]) -> None:
        await turn.send(MessageActivityInput(attachments=[Attachment(content_type=_TYPE, content=posted)]))

    @app.on_card_action_execute("pm-compare")
    async def press(_turn: ActivityContext[AdaptiveCardInvokeActivity]) -> InvokeResponse[Any]:
        return InvokeResponse(status=200, body=answer)

    @web.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok")

    await app.initialize()
    return web


if __name__ == "__main__":
    posted_, changed_ = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    asgi.serve(asyncio.run(application(posted_, changed_, sys.argv[3])), sys.argv[1], server_header=False)
