"""Say in words why a question to Slack was not answered, for the log and for who runs the bot."""

import aiohttp
from slack_sdk.errors import SlackApiError

from bot import sessions
from messengers.slack.errors import code_of

# ValueError and AttributeError: slack_sdk on an answer that is not JSON, or not an object.
FAULTS = (SlackApiError, aiohttp.ClientError, OSError, ValueError, AttributeError)


def words(error: Exception, asked: str) -> str:
    """Give the sentence for one of `FAULTS`; `asked` names what Slack was asked with: "the token"."""
    match error:
        case SlackApiError():
            if code := code_of(error):
                return f"Slack refused {asked} ({code})"
            status = getattr(error.response, "status_code", None) or getattr(error.response, "status", "?")
            return f"Slack answered unreadably (HTTP {status})"
        case aiohttp.ClientError() | OSError():  # a TimeoutError is an OSError
            return f"Slack cannot be reached ({sessions.reason(error)})"
        case _:
            return "Slack answered unreadably"
