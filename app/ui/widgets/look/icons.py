"""Line icons, tinted in a colour of the theme, and the button that shows nothing else."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from app.core.paths import resources_path
from app.ui.widgets.look.fonts import scaled
from app.ui.widgets.look.palette import colours, is_theme_change

ICON_PX = 15


def icon_px(pixels: float = ICON_PX) -> int:
    """Return the size of an icon that stands beside text: it grows with that."""
    return scaled(pixels)


def icon(name: str, colour: str) -> QIcon:
    """Return the icon `name` in `colour`, sharp at one, two and three pixels per unit."""
    result = QIcon()
    for scale in (1, 2, 3):
        result.addPixmap(icon_pixmap(name, colour, icon_px(), scale=scale))
    return result


def icon_pixmap(name: str, colour: str, size: int, *, scale: float) -> QPixmap:
    """Return the icon `name` as a square pixmap of `size` at `scale` device pixels per unit."""
    key = f"icon/{name}/{colour}/{size}/{scale}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    pixmap = QPixmap(QSize(size, size) * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    drawing = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", colour).encode()))
    drawing.render(painter, QRectF(0, 0, size, size))
    painter.end()
    QPixmapCache.insert(key, pixmap)
    return pixmap


@cache
def _svg(name: str) -> str:
    return (resources_path() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


class IconLabel(QLabel):
    """An icon that is no control, in the colour of a role of the theme."""

    def __init__(self, name: str, *, role: str = "muted", size: int = ICON_PX) -> None:
        super().__init__()
        self._name, self._role, self._size = name, role, size
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event):
            self._tint()

    def _tint(self) -> None:
        colour = getattr(colours(), self._role)
        scale, size = max(self.devicePixelRatioF(), 2.0), icon_px(self._size)
        self.setFixedSize(size, size)
        self.setPixmap(icon_pixmap(self._name, colour, size, scale=scale))


class IconButton(QToolButton):
    """A button of one icon; its words are its tooltip and its accessible name."""

    def __init__(
        self,
        name: str,
        words: str,
        *,
        object_name: str,
        size: int = ICON_PX,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._size = size
        self._icon_name = name
        self._icon_role = "muted"
        self._drawn: tuple[str, str, int, int] | None = None
        self.setObjectName(object_name)
        self.setProperty("role", "icon")
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tint()

    def show_icon(self, name: str, *, role: str = "muted") -> None:
        """Change the icon and the role of its colour."""
        self._icon_name, self._icon_role = name, role
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event):
            self._tint()

    def _tint(self) -> None:
        # Qt tells of a new style with each change of parents: some five times for each button.
        colour, size = getattr(colours(), self._icon_role), icon_px(self._size)
        drawn = (self._icon_name, colour, size, icon_px())
        if drawn != self._drawn:
            self._drawn = drawn
            self.setIconSize(QSize(size, size))
            self.setIcon(icon(self._icon_name, colour))
