"""A camera that shares no code with ours: GStreamer's RTSP server, run by the system's Python (`/usr/bin/python3`).

Prints `port N` once it listens on 127.0.0.1. Usage: gst_camera.py [--codec h264|h265] [--slices N] [--b-frames N]
[--intra-refresh] [--resize SECONDS (from then on the picture is 160×128)] [--audio aac|pcma|pcmu]
[--digest md5|basic] [--width W --height H --fps F --gop N] [--password P]
[--tls FILE (key and certificate as PEM: the server then speaks RTSPS only)] [--port N].
Paths: /live (the stream).
"""

import argparse
import sys

import gi

gi.require_version("Gio", "2.0")
gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - versions first

AUDIO = {
    "aac": "voaacenc bitrate=64000 ! aacparse ! rtpmp4gpay name=pay1 pt=97",
    "pcma": "audioresample ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1 pt=8",
    "pcmu": "audioresample ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1 pt=0",
}


def pipeline(options):
    size = f"video/x-raw,width={options.width},height={options.height}"
    source = f"videotestsrc is-live=true pattern=ball ! video/x-raw,framerate={options.fps}/1"
    source += f" ! videoscale ! capsfilter name=size caps={size}"
    if options.codec == "h265":
        encoder = f"x265enc speed-preset=ultrafast tune=zerolatency key-int-max={options.gop} bitrate=500"
        payload = f"h265parse ! rtph265pay name=pay0 pt=96 config-interval={options.config_interval}"
    else:
        slices = f"option-string=slices={options.slices} " if options.slices > 1 else ""
        # zerolatency knows no B frames; their number is the camera's lag
        latency = f"bframes={options.b_frames} b-adapt=false rc-lookahead=0" if options.b_frames else "tune=zerolatency"
        refresh = "intra-refresh=true " if options.intra_refresh else ""
        encoder = (
            f"x264enc speed-preset=ultrafast {latency} sliced-threads=false {slices}{refresh}"
            f"key-int-max={options.gop} bitrate=500"
        )
        payload = f"rtph264pay name=pay0 pt=96 config-interval={options.config_interval}"
    parts = [source, encoder, payload]
    text = " ! ".join(parts)
    if options.audio:
        text += " audiotestsrc is-live=true wave=sine ! audioconvert ! " + AUDIO[options.audio]
    return f"( {text} )"


def resized(media, seconds):
    """After so many seconds of play the picture is smaller: the encoder begins anew with other parameter sets."""
    size = media.get_element().get_by_name("size")
    caps = Gst.Caps.from_string("video/x-raw,width=160,height=128")
    GLib.timeout_add(seconds * 1000, lambda: bool(size.set_property("caps", caps)))


def authentication(options):
    auth = GstRtspServer.RTSPAuth()
    if options.tls:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(options.tls))
    if not options.digest:
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.set_default_token(token)
    elif options.digest == "basic":
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic("camera", options.password), token)
    else:
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest("camera", options.password, token)
    return auth


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--codec", default="h264", choices=("h264", "h265"))
    parser.add_argument("--slices", type=int, default=1)
    parser.add_argument("--b-frames", type=int, default=0)
    parser.add_argument("--intra-refresh", action="store_true")
    parser.add_argument("--resize", type=int, default=0)
    parser.add_argument("--audio", default="", choices=("", *AUDIO))
    parser.add_argument("--digest", default="", choices=("", "md5", "basic"))
    parser.add_argument("--password", default="")
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--height", type=int, default=240)
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--gop", type=int, default=25)
    parser.add_argument("--config-interval", type=int, default=-1)
    parser.add_argument("--tls", default="")
    parser.add_argument("--port", default="0")
    options = parser.parse_args()

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(options.port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(pipeline(options))
    # Each client has an encoder of its own: they make the same frames, and a PLAY cannot seek under another client.
    factory.set_shared(False)
    if options.resize:
        factory.connect("media-configure", lambda _, media: resized(media, options.resize))
    if options.digest or options.tls:
        server.set_auth(authentication(options))
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/live", factory)
    if server.attach(None) == 0:
        sys.exit("cannot listen")
    print(f"port {server.get_bound_port()}", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
