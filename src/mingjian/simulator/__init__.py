"""Cameras that do not exist: real RTSP, real H.264 and H.265, faults on demand. Ships with the product."""
