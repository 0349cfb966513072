"""The sessions that everything is asked through."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import asyncio
from aiohttp import connector
from bot import sessions
from bot.proxies import Proxies

def said(context):
    offered = context.check_hostname, context.verify_mode, context.options, context.minimum_version
    return *offered, context.protocol, sorted(each["name"] for each in context.get_ciphers())

async def opened():
    async with sessions.patient(Proxies(), 1):
        pass

checked, unchecked = connector._SSL_CONTEXT_VERIFIED, connector._SSL_CONTEXT_UNVERIFIED
trusted = checked.cert_store_stats()
asyncio.run(opened())
now = connector._SSL_CONTEXT_UNVERIFIED
assert now.cert_store_stats()["x509"] == 0
assert said(now) == said(unchecked)
assert connector._SSL_CONTEXT_VERIFIED is checked
assert checked.cert_store_stats() == trusted
asyncio.run(opened())
assert connector._SSL_CONTEXT_UNVERIFIED is now
print("right")
"""


def test_nothing_but_idle_certificates_is_let_go() -> None:
    """Those of who checks certificates stay; who checks none has the same context as before, by all that it can say."""
    done = subprocess.run((sys.executable, "-c", PROGRAM), cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 # our own words
    assert done.stdout.strip() == "right", done.stderr
