"""What the tests of the clients of Cloudflare's API need."""

import asyncio
from collections.abc import Callable
from typing import Any

from streamtoken import AsyncClient, Client
from streamtoken.testing import StreamServer
from support import VIDEO

Work = Callable[[Any], Any]


RULES = [
    {"type": "ip.src", "action": "allow", "ip": ["203.0.113.0/24", "2001:db8::/32"]},
    {"type": "ip.geoip.country", "action": "block", "country": ["US"]},
    {"type": "any", "action": "allow"},
]


def ask_sync(options: "dict[str, Any]", work: Work) -> Any:
    with Client(**options) as client:
        return work(client)


def ask_async(options: "dict[str, Any]", work: Work) -> Any:
    async def asked() -> Any:
        async with AsyncClient(**options) as client:
            return await work(client)

    return asyncio.run(asked())


def settings(server: StreamServer, **more: Any) -> "dict[str, Any]":
    return {
        "base_url": server.base_url,
        "account_id": server.account_id,
        "api_token": server.api_token,
        "max_retries": 0,
        **more,
    }


def mint(**options: Any) -> Work:
    return lambda client: client.stream.token.create(VIDEO, **options)
