"""Privacy masks inside simulated cameras: blackened before encoding, on every stream."""

from __future__ import annotations

from dataclasses import replace

from mingjian.kernel.errors import Invalid
from mingjian.simulator.rtsp_camera import CameraSpec

Box = tuple[float, float, float, float]


def with_mask(spec: CameraSpec, box: Box) -> CameraSpec:
    """The camera with one rectangle more that it never sends."""
    main, sub = (
        replace(loop, scene=replace(loop.scene, masks=(*loop.scene.masks, box))) if loop is not None else None
        for loop in (spec.main, spec.sub)
    )
    assert main is not None
    return replace(spec, main=main, sub=sub)


def read_mask(text: str, cameras: int) -> tuple[int, Box]:
    """`NUMBER:LEFT,TOP,RIGHT,BOTTOM`, shares of the picture. Raises Invalid."""
    number, _, box = text.partition(":")
    try:
        left, top, right, bottom = (float(part) for part in box.split(","))
        chosen = int(number)
    except ValueError:
        chosen = -1
        left = top = right = bottom = 0.0
    if not (0 <= chosen < cameras and 0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise Invalid(
            "simulator.mask",
            f"遮挡区域 {text} 不可用",
            text_en=f"The mask {text} is unusable",
            remedy="写成 序号:左,上,右,下，数值为 0 至 1",
            remedy_en="Write NUMBER:LEFT,TOP,RIGHT,BOTTOM with shares from 0 to 1",
            field="mask",
        )
    return chosen, (left, top, right, bottom)
