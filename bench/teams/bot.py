"""Start the bot as `serve` does, for many tenants: the pace it keeps towards one is not what is measured."""

import dataclasses

from bot import clock, serve
from bot.cli import parts

if __name__ == "__main__":
    # No tenant to compare with: one has 37 posts a second, and the contest takes hundreds.
    settings = dataclasses.replace(parts.read_served_settings(needs_platform=True), teams_tenant_id="")
    parts.run(serve.serve(settings, clock.real))
