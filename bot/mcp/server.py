"""Speak the Model Context Protocol: lists the tools and calls them, each request by itself.

It imports the package `mcp`, so it is imported where MCP=on alone.
"""

import logging
import random
from collections.abc import Callable
from datetime import date
from typing import Any

import mcp_types as types
import structlog
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from starlette.types import Receive, Scope, Send

from bot.mcp.answers import Asked, Told
from bot.mcp.tools import INSTRUCTIONS, TOOLS, Tool
from cards.compose import notices
from cards.slack import assistants
from handlers.context import CurrentContent
from handlers.current_request import current_request

log = structlog.get_logger()

NAME = "pm-compare"
_READ_ONLY = types.ToolAnnotations(read_only_hint=True, open_world_hint=False)


class Protocol:
    """Answers requests that the guard let through.

    Args:
        content: in use.
        today: the day it is.
        most: bytes of a body.
    """

    def __init__(self, content: CurrentContent, today: Callable[[], date], most: int) -> None:
        # It warns of requests that make no sense: anybody sends those, as many as they like.
        logging.getLogger("mcp").setLevel(logging.ERROR)
        self._content = content
        self._today = today
        self._most = most
        self._manager()  # the first one imports half a second's worth: now, while nobody waits

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        What serves it is made for it and ends with it: whatever goes wrong inside, no other request is near.
        """
        manager = self._manager()
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    def _manager(self) -> StreamableHTTPSessionManager:
        server: Server[Any] = Server(
            NAME,
            version=self._content.library.version,
            title="PM Compare",
            instructions=INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        return StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=self._most
        )

    async def _list(self, _context: object, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[self._described(tool) for tool in TOOLS.values()])

    async def _call(self, _context: object, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no such tool. There are: {', '.join(TOOLS)}.")
        try:
            asked = Asked(self._content.library, self._today(), random.choice)
            return _result(tool.told(asked, params.arguments or {}))
        except Exception:  # else the package would answer, and nobody could quote a reference
            log.exception("mcp.failed", tool=tool.name)
            return _result(Told(notices.apology_words(current_request.get())))

    def _described(self, tool: Tool) -> types.Tool:
        return types.Tool(
            name=tool.name,
            title=tool.title,
            description=tool.purpose(self._content.library),
            input_schema=tool.arguments,
            output_schema=tool.result,
            annotations=_READ_ONLY,
            _meta=assistants.TOOL,
        )


def _result(told: Told) -> types.CallToolResult:
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=told.words)]
    if told.card is None:
        return types.CallToolResult(content=content, is_error=True)
    return types.CallToolResult(
        content=content,
        structured_content=told.structured,
        _meta=assistants.meta(told.card),
    )
