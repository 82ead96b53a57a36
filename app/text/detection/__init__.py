"""Which language a text is in, by its content; `detect` weighs marks, which are tables here."""

from app.text.detection.detecting import GENERAL, detect, mentioned

__all__ = ["GENERAL", "detect", "mentioned"]
