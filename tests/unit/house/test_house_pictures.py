"""Pictures in the screens: one element shows them all with its mark over it; nothing the browser offers removes it."""

from __future__ import annotations

from pathlib import Path

UI = Path(__file__).parents[3] / "ui" / "src"
SCREEN = UI / "display" / "player" / "screen.tsx"
DRAFT = UI / "redaction" / "page.tsx"
"""A redacted draft: its marks are in its pixels, burnt in before it is sent."""
OFF = ("disablePictureInPicture", "disableRemotePlayback", "noremoteplayback", "nodownload", "onContextMenu")


def sources() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in UI.rglob("*.tsx")}


def test_one_element_shows_every_picture_and_offers_no_way_round_its_mark() -> None:
    assert {path for path, text in sources().items() if "<video" in text} == {SCREEN, DRAFT}
    assert all(word in path.read_text(encoding="utf-8") for path in (SCREEN, DRAFT) for word in OFF)


def test_whoever_shows_a_picture_shows_its_mark_and_full_screen_takes_both() -> None:
    for path, text in sources().items():
        if "<Screen" in text:
            assert "<Watermark" in text, path
        if "requestFullscreen" in text:
            assert "stage.current?.requestFullscreen" in text, path


def test_the_mark_does_not_depend_on_what_the_page_lets_one_choose() -> None:
    overlay = (UI / "display" / "player" / "overlay.tsx").read_text(encoding="utf-8")
    mark = overlay[overlay.index("export function Watermark") : overlay.index("export function TileCard")]
    assert "hidden" not in mark.replace("aria-hidden", "")
    assert all(part in mark for part in ("mark.person", "mark.unit", "mark.entry", "stamp(now)"))
