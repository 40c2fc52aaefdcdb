"""Why a camera gives no picture: each failure with what to do next, and the gap cause it becomes."""

from __future__ import annotations

from mingjian.kernel.errors import LocalError, MingjianError, RemoteError
from mingjian.kernel.media import GapCause

_CAUSES = {
    "rtsp.auth-failed": GapCause.AUTH_FAILED,
    "rtsp.no-answer": GapCause.CAMERA_TIMEOUT,
    "rtsp.refused": GapCause.CAMERA_REFUSED,
    "rtsp.not-found": GapCause.CAMERA_REFUSED,
    "rtsp.transport-refused": GapCause.CAMERA_REFUSED,
    "capture.silent": GapCause.CAMERA_TIMEOUT,
    "capture.closed": GapCause.CAMERA_CLOSED,
    "capture.no-video": GapCause.NO_VIDEO,
    "capture.no-parameter-sets": GapCause.NO_VIDEO,
    "capture.no-key-frame": GapCause.NO_VIDEO,
    "capture.unsupported": GapCause.UNSUPPORTED,
    "capture.overload": GapCause.OVERLOAD,
    "capture.redirect-refused": GapCause.CAMERA_REFUSED,
    "capture.address-refused": GapCause.CAMERA_REFUSED,
    "net.pin-mismatch": GapCause.CAMERA_REFUSED,
    "net.tls-untrusted": GapCause.CAMERA_REFUSED,
    "net.tls-failed": GapCause.CAMERA_REFUSED,
}


def gap_cause(error: MingjianError) -> GapCause:
    """The word of the closed list that `error` becomes in the chain."""
    if (cause := _CAUSES.get(error.code)) is not None:
        return cause
    family = error.code.partition(".")[0]
    if family == "net":
        return GapCause.NETWORK
    return GapCause.CAMERA_REFUSED if family in ("rtsp", "sdp", "camera") else GapCause.UNKNOWN


def auth_failed(user_given: bool) -> RemoteError:
    if not user_given:
        return RemoteError(
            "rtsp.auth-failed", "摄像机要求登录，但没有填用户名和密码", remedy="填写摄像机的用户名和密码"
        )
    return RemoteError(
        "rtsp.auth-failed", "摄像机不接受用户名或密码", remedy="核对用户名和密码；多次失败后摄像机可能暂时锁定账号"
    )


def no_challenge() -> RemoteError:
    return RemoteError(
        "rtsp.auth-failed", "摄像机要求的登录方式本系统不支持", remedy="在摄像机上启用 Digest 或 Basic 认证"
    )


def no_answer(method: str, seconds: float) -> RemoteError:
    return RemoteError(
        "rtsp.no-answer",
        f"摄像机在 {seconds:g} 秒内没有应答 {method}",
        remedy="核对端口号；摄像机可能正忙或正在重启",
    )


def status_refused(method: str, status: int, reason: str) -> RemoteError:
    """A final status of 4xx or 5xx; `reason` is cut and stripped of control characters before it is shown."""
    shown = "".join(character for character in reason if character.isprintable())[:60]
    if status == 404:
        return RemoteError("rtsp.not-found", "摄像机上没有这个流（404）", remedy="核对取流地址中的路径")
    if status == 461:
        return RemoteError(
            "rtsp.transport-refused", "摄像机不支持所选的传输方式（461）", remedy="在 TCP 与 UDP 之间换一种"
        )
    if status in (453, 503):
        return RemoteError(
            "rtsp.refused", f"摄像机连接数已满或带宽不足（{status} {shown}）", remedy="关闭其他正在取流的客户端"
        )
    return RemoteError(
        "rtsp.refused", f"摄像机拒绝了 {method}（{status} {shown}）", remedy="核对取流地址、通道号和账号权限"
    )


def silent(seconds: float) -> RemoteError:
    return RemoteError("capture.silent", f"摄像机 {seconds:g} 秒没有数据", remedy="检查摄像机供电和网络")


def closed() -> RemoteError:
    return RemoteError("capture.closed", "摄像机关闭了连接", remedy="检查摄像机是否重启，或连接数是否已满")


def no_video(seconds: float, *, udp: bool) -> RemoteError:
    remedy = "UDP 报文可能被防火墙拦截，改用 TCP" if udp else "确认该通道有画面，或改用另一路码流"
    return RemoteError("capture.no-video", f"{seconds:g} 秒内没有收到视频", remedy=remedy)


def no_parameter_sets(seconds: float) -> RemoteError:
    return RemoteError(
        "capture.no-parameter-sets",
        f"{seconds:g} 秒内没有收到视频参数集（SPS/PPS），无法解码",
        remedy="重启摄像机的编码，或改用另一路码流",
    )


def no_key_frame(seconds: float) -> RemoteError:
    return RemoteError(
        "capture.no-key-frame", f"{seconds:g} 秒内没有关键帧", remedy="把摄像机的 I 帧间隔设为 1 至 4 秒"
    )


def no_more_pictures(seconds: float) -> RemoteError:
    return RemoteError(
        "capture.no-video", f"摄像机仍在线，但 {seconds:g} 秒没有画面", remedy="检查该通道的编码是否停止"
    )


def unsupported(names: str) -> RemoteError:
    return RemoteError(
        "capture.unsupported",
        f"该流没有 H.264 或 H.265 视频（{names or '没有媒体'}）",
        remedy="在摄像机上把编码改为 H.264 或 H.265",
    )


def overloaded() -> LocalError:
    return LocalError("capture.overload", "本机来不及处理这一路视频，连接已断开重来", remedy="减少本机的摄像机数")
