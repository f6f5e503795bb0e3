"""The demo database: a home-care agency written as a true .bacpac, the same for the same scale and seed."""

from migrator.lab.generate.package import GeneratedPackage, generate

__all__ = ["GeneratedPackage", "generate"]
