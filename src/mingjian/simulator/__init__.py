"""Cameras that are not there: real RTSP, real H.264 and H.265, switchable faults. Ships with the product."""
