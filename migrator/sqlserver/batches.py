"""Rows by the million: ODBC's column buffers as Arrow batches, no Python object a row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

from migrator.sqlserver.connect import connection_string, reach, trusting
from migrator.sqlserver.driver import load_manager
from migrator.sqlserver.errors import explain
from migrator.sqlserver.url import Server, Tls

if TYPE_CHECKING:
    import pyarrow as pa

_SECONDS_TO_CONNECT: Final = 15
_PACKET_BYTES: Final = 32_767
"""The largest TDS packet."""
_TLS_PACKET_BYTES: Final = 16_000
"""Of an encrypted connection: a packet must fit into a TLS record (16,384 bytes) with what comes around it, or the
driver refuses to send it. Source: Microsoft Support, KB 2008195."""


def plain(sql: str) -> str:
    """The same query without letters beyond U+FFFF, which unixODBC cannot give to a driver: with one of them it takes
    all bytes of a query for letters of their own (its __info.c, ansi_to_unicode_copy, converts to UCS-2)."""
    if max(sql, default="") <= "\uffff":
        return sql
    return (
        f"DECLARE @query nvarchar(max) = CAST(0x{sql.encode('utf-16-le').hex()} AS nvarchar(max)); "
        "EXEC sys.sp_executesql @query"
    )


class BulkLink:
    """An open connection whose results are Arrow batches. ``autocommit`` False: one transaction until ``commit``."""

    def __init__(self, server: Server, *, autocommit: bool = True) -> None:
        """Connect. Raises ConfigError, SourceUnreachable, SourceDenied."""
        load_manager()
        settings = connection_string(server)
        reach(server)
        import arrow_odbc  # noqa: PLC0415 - it is linked with the driver manager, which is there only now

        self._kinds = (arrow_odbc.Error, UnicodeError)
        self._utf16 = arrow_odbc.TextEncoding.UTF16
        self.server = server
        try:
            with trusting(server):
                self._connection: Any = arrow_odbc.connect(
                    settings,
                    login_timeout_sec=_SECONDS_TO_CONNECT,
                    packet_size=_PACKET_BYTES if server.tls is Tls.OFF else _TLS_PACKET_BYTES,
                    autocommit=autocommit,
                )
        except self._kinds as error:
            raise explain(error, f"connecting to {server.place}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def execute(self, sql: str, *, doing: str) -> None:
        """Run one statement whose results nobody wants. Raises SourceError with ``doing`` in its words."""
        try:
            self._connection.execute(sql)
        except self._kinds as error:
            raise explain(error, doing) from None

    def batches(
        self, sql: str, *, rows: int, text_units: int = 0, binary_bytes: int = 0, ahead: bool = True, doing: str
    ) -> Iterator[pa.RecordBatch]:
        """The result in batches of at most ``rows`` rows.

        ``text_units`` (UTF-16 units) and ``binary_bytes`` bound the values of (max) columns: their buffers take
        ``rows`` times as much, and twice that where the next batch is fetched ``ahead``. Raises SourceError.
        """
        try:
            reader = self._connection.read_arrow_batches(
                plain(sql),
                batch_size=rows,
                max_bytes_per_batch=None,
                max_text_size=text_units or None,
                max_binary_size=binary_bytes or None,
                fetch_concurrently=ahead,
                payload_text_encoding=self._utf16,
            )
            yield from reader
        except self._kinds as error:
            raise explain(error, doing) from None

    def commit(self) -> None:
        """End the transaction. Raises SourceError."""
        try:
            self._connection.commit()
        except self._kinds as error:
            raise explain(error, "ending a transaction of the source") from None

    def close(self) -> None:
        """End the connection. It closes when nothing holds it any more: a reader of it must be gone too."""
        with suppress(*self._kinds):
            self._connection.rollback()
        self._connection = None
