"""Bodies of requests: read as they stream in, up to a size and within a time."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import ClientDisconnect, Request

from vetkb.web.problems import BadRequestError, TooLargeError, TooSlowError, UnsupportedTypeError

SECONDS = 30.0


async def read_body(request: Request, most: int, seconds: float | None = None) -> bytes:
    """Return the body. Raises TooLargeError as soon as it is known to be too large, TooSlowError, UnsupportedTypeError."""
    seconds = SECONDS if seconds is None else seconds
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", ""):
        raise UnsupportedTypeError(f"the Content-Encoding {coding[:40]} is not read here; send the body as it is")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > most:
        raise _too_large(most)
    parts = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                parts += part
                if len(parts) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise TooSlowError(f"the body did not arrive within {seconds:g} seconds; send it faster") from None
    except ClientDisconnect:
        raise BadRequestError("the body ended early") from None
    return bytes(parts)


def read_json(body: bytes) -> dict[str, Any]:
    """Return a JSON object. Raises BadRequestError."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequestError(f"the body is not JSON: {str(error)[:200]}") from None
    if not isinstance(content, dict):
        raise BadRequestError("the body is not a JSON object")
    return content


def _too_large(most: int) -> TooLargeError:
    return TooLargeError(f"the body is larger than the {most:,} bytes that are read")
