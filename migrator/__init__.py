"""Moves a SQL Server database to Aurora MySQL inside a fixed window, and proves it.

A migration flows one way: assess -> translate -> copy -> validate -> cut over. The folders say so.
"""

__version__ = "0.1.0"
