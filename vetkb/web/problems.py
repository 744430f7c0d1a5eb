"""Everything that can go wrong → one status and one body: problem details, RFC 9457.

The table below is the only place where an exception gets a status. What no row names is a fault of ours: it is
logged, and the client learns nothing of it but that it happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vetkb import errors
from vetkb.text import Message

PROBLEM_TYPES = "https://w3id.org/vetkb/problem/"
MEDIA_TYPE = "application/problem+json"


class RequestError(errors.VetkbError):
    """A request that HTTP itself has a status for."""


class BadRequestError(RequestError):
    """A request cannot be read."""

    code = "malformed-request"


class NotFoundError(RequestError):
    """There is nothing at an address."""

    code = "not-found"


class NotAllowedError(RequestError):
    """An address does not take a method; `allow` lists those it takes."""

    code = "method-not-allowed"

    def __init__(self, message: str, allow: str) -> None:
        super().__init__(message)
        self.allow = allow


class NotAcceptableError(RequestError):
    """None of the formats that were asked for can be answered."""

    code = "not-acceptable"


class TooSlowError(RequestError):
    """A body did not arrive in time."""

    code = "request-timeout"


class LargeHeadError(RequestError):
    """The head of a request is larger than what is read."""

    code = "head-too-large"


class RateError(RequestError):
    """A client asks more often than it may; `seconds` from now it may again."""

    code = "too-many-requests"

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class TooLargeError(RequestError):
    """A body is larger than what is read."""

    code = "too-large"


class UnsupportedTypeError(RequestError):
    """A body is of a type that is not read here."""

    code = "unsupported-type"


class ClientGoneError(RequestError):
    """A client did not wait for its answer; it learns nothing of this, the log and the figures do."""

    code = "client-gone"


class InternalError(RequestError):
    """A fault of ours."""

    code = "internal"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: an exception (and what derives from it), its status, its title, when to try again."""

    error: type[errors.VetkbError]
    status: int
    title: Message
    retry_after: int | None = None


# the first row that fits decides: an exception stands above the one it derives from
TABLE: tuple[Row, ...] = (
    Row(BadRequestError, 400, Message("请求无法读取", "The request cannot be read")),
    Row(NotFoundError, 404, Message("没有这个地址", "There is nothing at this address")),
    Row(NotAllowedError, 405, Message("此地址不接受这种方法", "This address does not take that method")),
    Row(NotAcceptableError, 406, Message("无法以所要求的格式回答", "No format that was asked for can be answered")),
    Row(TooSlowError, 408, Message("请求内容未能及时到达", "The body did not arrive in time")),
    Row(TooLargeError, 413, Message("请求内容过大", "The body is too large")),
    Row(UnsupportedTypeError, 415, Message("不支持的内容类型", "This type of content is not read here")),
    Row(RateError, 429, Message("请求过于频繁", "This client asks too often")),
    Row(LargeHeadError, 431, Message("请求头过大", "The head of the request is too large")),
    Row(ClientGoneError, 499, Message("客户端已断开", "The client has gone")),
    Row(InternalError, 500, Message("服务器内部错误", "Something went wrong in the server")),
    Row(errors.QuerySyntaxError, 400, Message("查询语句有语法错误", "The query cannot be parsed")),
    Row(errors.QueryRefusedError, 400, Message("查询被拒绝", "The query is refused")),
    Row(errors.QueryTimeoutError, 504, Message("查询超时", "The query went over its deadline")),
    Row(errors.QueryMemoryError, 507, Message("查询所需内存过多", "The query went over its memory cap")),
    Row(errors.QueryCancelledError, 503, Message("查询已被取消", "The query was cancelled")),
    Row(errors.BusyError, 503, Message("服务器繁忙", "The server is busy"), retry_after=2),
    Row(errors.QueryFormatError, 406, Message("无法以所要求的格式回答", "No format that was asked for can be answered")),
    Row(errors.QueryError, 400, Message("查询未能得到回答", "The query could not be answered")),
    Row(errors.UnknownNameError, 404, Message("知识库中没有这个名称", "The base does not know this name")),
    Row(errors.UsageError, 422, Message("参数有误", "A parameter is wrong")),
    Row(errors.ReportError, 400, Message("数据无法读取", "The data cannot be read")),
    Row(errors.SourceError, 400, Message("文件无法读取", "The document cannot be read")),
    Row(errors.MissingToolError, 501, Message("缺少所需的工具", "A tool that this needs is not installed")),
    Row(errors.JobTimeoutError, 504, Message("处理超时", "It went over its deadline")),
    Row(errors.JobFailedError, 507, Message("处理所需内存过多", "It went over its memory cap")),
    Row(errors.JobCancelledError, 503, Message("处理已被取消", "It was cancelled"), retry_after=2),
    Row(errors.IsolationError, 503, Message("暂时无法处理", "It cannot be done at present"), retry_after=10),
    Row(errors.StoreInUseError, 503, Message("知识库正在编译", "The base is being built"), retry_after=10),
    Row(errors.StoreError, 503, Message("知识库暂不可用", "The base is not available"), retry_after=10),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a client learns of an error."""

    status: int
    code: str
    title: Message
    detail: str
    extra: Mapping[str, Any]
    headers: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        return {
            "type": PROBLEM_TYPES + self.code,
            "title": self.title.en,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }


def problem_of(error: Exception) -> Problem:
    """Return the problem that an exception is to a client."""
    row = next((row for row in TABLE if isinstance(error, row.error)), None)
    if row is None or not isinstance(error, errors.VetkbError):
        return problem_of(InternalError("the server could not answer; its log says why"))
    return Problem(row.status, error.code, row.title, str(error), _extra(error), _headers(error, row))


def _extra(error: errors.VetkbError) -> dict[str, Any]:
    if isinstance(error, errors.QuerySyntaxError) and error.line:
        return {"line": error.line, "column": error.column}
    if isinstance(error, errors.UnknownNameError):
        return {"suggestions": list(error.suggestions)}
    return {}


def _headers(error: errors.VetkbError, row: Row) -> dict[str, str]:
    if isinstance(error, NotAllowedError):
        return {"allow": error.allow}
    if isinstance(error, RateError):
        return {"retry-after": str(error.seconds)}
    return {"retry-after": str(row.retry_after)} if row.retry_after is not None else {}
