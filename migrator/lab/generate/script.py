"""A long T-SQL script as SSMS would write one: to measure how fast scripts are read, and that it grows with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_TABLE: Final = """CREATE TABLE [{schema}].[Order{n}](
	[OrderId] [int] IDENTITY(1,1) NOT NULL,
	[CustomerId] [int] NOT NULL,
	[ParentId] [int] NULL,
	[Number] [nvarchar](25) COLLATE Latin1_General_CI_AS NOT NULL,
	[Placed] [datetime2](3) NOT NULL,
	[Total] [money] NOT NULL,
	[Rate] [decimal](9, 4) NULL,
	[Note] [nvarchar](max) NULL,
	[Row] [uniqueidentifier] ROWGUIDCOL NOT NULL,
	[Gross] AS ([Total]*(2)) PERSISTED,
 CONSTRAINT [PK_Order{n}] PRIMARY KEY CLUSTERED
(
	[OrderId] ASC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_DUP_KEY = OFF, ALLOW_ROW_LOCKS = ON) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
ALTER TABLE [{schema}].[Order{n}] ADD CONSTRAINT [DF_Order{n}_Placed] DEFAULT (getdate()) FOR [Placed]
GO
ALTER TABLE [{schema}].[Order{n}] ADD CONSTRAINT [DF_Order{n}_Row] DEFAULT (newid()) FOR [Row]
GO
ALTER TABLE [{schema}].[Order{n}] WITH CHECK ADD CONSTRAINT [CK_Order{n}_Total] CHECK (([Total]>=(0) AND [Rate]<(100)))
GO
ALTER TABLE [{schema}].[Order{n}] WITH CHECK ADD CONSTRAINT [FK_Order{n}] FOREIGN KEY([ParentId])
REFERENCES [{schema}].[Order{before}] ([OrderId])
GO
ALTER TABLE [{schema}].[Order{n}] CHECK CONSTRAINT [FK_Order{n}]
GO
CREATE UNIQUE NONCLUSTERED INDEX [AK_Order{n}_Number] ON [{schema}].[Order{n}]
(
	[Number] ASC
)WITH (SORT_IN_TEMPDB = OFF, DROP_EXISTING = OFF, ONLINE = OFF) ON [PRIMARY]
GO
CREATE NONCLUSTERED INDEX [IX_Order{n}_Placed] ON [{schema}].[Order{n}]
(
	[Placed] DESC
)
INCLUDE([Total]) WHERE ([Rate] IS NOT NULL)
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'Orders of branch {n}' ,
	@level0type=N'SCHEMA',@level0name=N'{schema}', @level1type=N'TABLE',@level1name=N'Order{n}'
GO
-- What is open; the application's list.
CREATE VIEW [{schema}].[Open{n}]
AS
SELECT o.[OrderId], o.[Number], o.[Total]
FROM [{schema}].[Order{n}] AS o
WHERE o.[Rate] IS NULL
GO
CREATE PROCEDURE [{schema}].[Close{n}] @id int, @rate decimal(9, 4) = 1
AS
BEGIN
	SET NOCOUNT ON;
	/* one row at most */
	UPDATE [{schema}].[Order{n}] SET [Rate] = @rate WHERE [OrderId] = @id AND [Rate] IS NULL
	IF @@ROWCOUNT = 0
		RAISERROR (N'There is no such order', 16, 1)
	ELSE
		SELECT [Total] FROM [{schema}].[Order{n}] WHERE [OrderId] = @id
END
GO
"""
_ROW: Final = "INSERT [{schema}].[Order{n}] ([CustomerId], [Number], [Total]) VALUES ({row}, N'A-{row}', 9.5000)\n"
_ROWS: Final = 30
_PER_SCHEMA: Final = 200


def script(lines: int) -> str:
    """About ``lines`` lines: tables with keys, checks, defaults, indexes and comments, views, procedures and rows."""
    return "".join(_pieces(lines))


def _pieces(lines: int) -> Iterator[str]:
    written = number = 0
    while written < lines:
        schema = f"Branch{number // _PER_SCHEMA}"
        piece = _TABLE.format(n=number, before=number if number % _PER_SCHEMA == 0 else number - 1, schema=schema)
        if number % _PER_SCHEMA == 0:
            piece = f"CREATE SCHEMA [{schema}]\nGO\n{piece}"
        piece += "".join(_ROW.format(schema=schema, n=number, row=row) for row in range(_ROWS))
        written += piece.count("\n")
        number += 1
        yield piece
