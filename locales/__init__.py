"""Texts for people, in Dutch and English: the core knows codes, these are their words."""

from locales.texts import DEFAULT, LOCALES, Texts, texts

__all__ = ["DEFAULT", "LOCALES", "Texts", "texts"]
