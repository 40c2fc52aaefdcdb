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
    "capture.stood-still": GapCause.OVERLOAD,
    "capture.redirect-refused": GapCause.CAMERA_REFUSED,
    "capture.address-refused": GapCause.CAMERA_REFUSED,
    "net.pin-mismatch": GapCause.CERTIFICATE_REFUSED,
    "net.tls-untrusted": GapCause.CERTIFICATE_REFUSED,
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
            "rtsp.auth-failed",
            "摄像机要求登录，但没有填用户名和密码",
            remedy="填写摄像机的用户名和密码",
            text_en="The camera asks for a login, but no user name and password are given",
            remedy_en="Enter the camera's user name and password",
        )
    return RemoteError(
        "rtsp.auth-failed",
        "摄像机不接受用户名或密码",
        remedy="核对用户名和密码；多次失败后摄像机可能暂时锁定账号",
        text_en="The camera does not accept the user name or password",
        remedy_en="Check both; after several failures the camera may lock the account for a while",
    )


def no_challenge() -> RemoteError:
    return RemoteError(
        "rtsp.auth-failed",
        "摄像机要求的登录方式本系统不支持",
        remedy="在摄像机上启用 Digest 或 Basic 认证",
        text_en="The camera asks for a way of login that is not supported",
        remedy_en="Switch Digest or Basic authentication on in the camera",
    )


def no_answer(method: str, seconds: float) -> RemoteError:
    return RemoteError(
        "rtsp.no-answer",
        f"摄像机在 {seconds:g} 秒内没有应答 {method}",
        remedy="核对端口号；摄像机可能正忙或正在重启",
        text_en=f"The camera did not answer {method} within {seconds:g} s",
        remedy_en="Check the port; the camera may be busy or restarting",
    )


def status_refused(method: str, status: int, reason: str) -> RemoteError:
    """A final status of 4xx or 5xx; `reason` is cut and stripped of control characters before it is shown."""
    shown = "".join(character for character in reason if character.isprintable())[:60]
    if status == 404:
        return RemoteError(
            "rtsp.not-found",
            "摄像机上没有这个流（404）",
            remedy="核对取流地址中的路径",
            text_en="The camera has no such stream (404)",
            remedy_en="Check the path in the stream address",
        )
    if status == 461:
        return RemoteError(
            "rtsp.transport-refused",
            "摄像机不支持所选的传输方式（461）",
            remedy="在 TCP 与 UDP 之间换一种",
            text_en="The camera does not offer this transport (461)",
            remedy_en="Change between TCP and UDP",
        )
    if status in (453, 503):
        return RemoteError(
            "rtsp.refused",
            f"摄像机连接数已满或带宽不足（{status} {shown}）",
            remedy="关闭其他正在取流的客户端",
            text_en=f"The camera has no connection or bandwidth left ({status} {shown})",
            remedy_en="Close other clients that take its stream",
        )
    return RemoteError(
        "rtsp.refused",
        f"摄像机拒绝了 {method}（{status} {shown}）",
        remedy="核对取流地址、通道号和账号权限",
        text_en=f"The camera refused {method} ({status} {shown})",
        remedy_en="Check the address, the channel and the rights of the account",
    )


def silent(seconds: float) -> RemoteError:
    return RemoteError(
        "capture.silent",
        f"摄像机 {seconds:g} 秒没有数据",
        remedy="检查摄像机供电和网络",
        text_en=f"The camera sent nothing for {seconds:g} s",
        remedy_en="Check the camera's power and network",
    )


def stood_still(seconds: float) -> LocalError:
    return LocalError(
        "capture.stood-still",
        f"录像进程停顿了 {seconds:.0f} 秒，其间没有读取摄像机数据",
        remedy="检查本机的负载、内存和磁盘，以及该进程是否被暂停过",
        text_en=f"The recorder stood still for {seconds:.0f} s and read nothing from the camera",
        remedy_en="Check this machine's load, memory and disks, and whether the process was paused",
    )


def closed() -> RemoteError:
    return RemoteError(
        "capture.closed",
        "摄像机关闭了连接",
        remedy="检查摄像机是否重启，或连接数是否已满",
        text_en="The camera closed the connection",
        remedy_en="See whether the camera restarts, or has no connection left",
    )


def no_video(seconds: float, *, udp: bool) -> RemoteError:
    remedy, remedy_en = (
        "确认该通道有画面，或改用另一路码流",
        "See that the channel has a picture, or use the other stream",
    )
    if udp:
        remedy, remedy_en = ("UDP 报文可能被防火墙拦截，改用 TCP", "A firewall may stop UDP: use TCP")
    return RemoteError(
        "capture.no-video",
        f"{seconds:g} 秒内没有收到视频",
        remedy=remedy,
        text_en=f"No video within {seconds:g} s",
        remedy_en=remedy_en,
    )


def no_parameter_sets(seconds: float) -> RemoteError:
    return RemoteError(
        "capture.no-parameter-sets",
        f"{seconds:g} 秒内没有收到视频参数集（SPS/PPS），无法解码",
        remedy="重启摄像机的编码，或改用另一路码流",
        text_en=f"No parameter sets (SPS/PPS) within {seconds:g} s: the video cannot be decoded",
        remedy_en="Restart the camera's encoder, or use its other stream",
    )


def no_key_frame(seconds: float) -> RemoteError:
    return RemoteError(
        "capture.no-key-frame",
        f"{seconds:g} 秒内没有关键帧",
        remedy="把摄像机的 I 帧间隔设为 1 至 4 秒",
        text_en=f"No key frame within {seconds:g} s",
        remedy_en="Set the camera's key frame interval to 1 to 4 s",
    )


def no_more_pictures(seconds: float) -> RemoteError:
    return RemoteError(
        "capture.no-video",
        f"摄像机仍在线，但 {seconds:g} 秒没有画面",
        remedy="检查该通道的编码是否停止",
        text_en=f"The camera is there, but sent no picture for {seconds:g} s",
        remedy_en="See whether the encoder of this channel has stopped",
    )


def unsupported(names: str) -> RemoteError:
    return RemoteError(
        "capture.unsupported",
        f"该流没有 H.264 或 H.265 视频（{names or '没有媒体'}）",
        remedy="在摄像机上把编码改为 H.264 或 H.265",
        text_en=f"The stream has no H.264 or H.265 video ({names or 'no media'})",
        remedy_en="Set the camera to H.264 or H.265",
    )


def ffmpeg_crashed(status: int) -> RemoteError:
    return RemoteError(
        "capture.av-crashed",
        f"读取这一路视频的 FFmpeg 进程异常结束（{status}）",
        remedy="改用 native 引擎，或在摄像机上更换编码设置",
        text_en=f"The FFmpeg process that read this stream ended with {status}",
        remedy_en="Use the native engine, or change the camera's encoding",
    )


def overloaded() -> LocalError:
    return LocalError(
        "capture.overload",
        "本机来不及处理这一路视频，连接已断开重来",
        remedy="减少本机的摄像机数",
        text_en="This machine could not keep up with the stream; it is connected anew",
        remedy_en="Give this machine fewer cameras",
    )
