/** Time against pixels: what is drawn where, from thirty days down to one frame. Milliseconds and CSS pixels. */

export interface Window {
  from_ms: number
  to_ms: number
}

export const MIN_SPAN_MS = 800 // twenty frames at 25 fps over the whole width
export const MAX_SPAN_MS = 32 * 86_400_000

export function toX(window: Window, width: number, t_ms: number): number {
  return ((t_ms - window.from_ms) / (window.to_ms - window.from_ms)) * width
}

export function toTime(window: Window, width: number, x: number): number {
  return window.from_ms + (x / width) * (window.to_ms - window.from_ms)
}

/** The window zoomed by `factor` (above 1 shows more) with `at_ms` staying where it is on the screen. */
export function zoomed(window: Window, factor: number, at_ms: number): Window {
  const span = window.to_ms - window.from_ms
  const next = Math.max(MIN_SPAN_MS, Math.min(MAX_SPAN_MS, span * factor))
  const share = (at_ms - window.from_ms) / span
  const from_ms = at_ms - share * next
  return { from_ms, to_ms: from_ms + next }
}

export function panned(window: Window, by_ms: number): Window {
  return { from_ms: window.from_ms + by_ms, to_ms: window.to_ms + by_ms }
}

/** The window moved just enough to show `t_ms` with a tenth of its width to spare. */
export function revealing(window: Window, t_ms: number): Window {
  const span = window.to_ms - window.from_ms
  const margin = span / 10
  if (t_ms > window.to_ms - margin / 2) return { from_ms: t_ms - margin, to_ms: t_ms - margin + span }
  if (t_ms < window.from_ms + margin / 2) return { from_ms: t_ms - span + margin, to_ms: t_ms + margin }
  return window
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [
  40, 200, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
  30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY,
]

export interface Tick {
  t_ms: number
  major: boolean
}

export type TickUnit = 'frame' | 'second' | 'minute' | 'day'

/** Ticks at least `room` pixels apart, on round times of a zone `zone_ms` ahead of UTC. */
export function ticks(window: Window, width: number, room: number, zone_ms: number): { ticks: Tick[]; unit: TickUnit } {
  const perPixel = (window.to_ms - window.from_ms) / Math.max(1, width)
  const major = STEPS.find((step) => step / perPixel >= room) ?? 30 * DAY
  const index = STEPS.indexOf(major)
  const below = STEPS[index - 1]
  const minor = below !== undefined && below / perPixel >= 8 ? below : major
  const out: Tick[] = []
  const first = Math.ceil((window.from_ms + zone_ms) / minor) * minor - zone_ms
  for (let t = first; t <= window.to_ms; t += minor) out.push({ t_ms: t, major: (t + zone_ms) % major === 0 })
  const unit = major < SECOND ? 'frame' : major < MINUTE ? 'second' : major < DAY ? 'minute' : 'day'
  return { ticks: out, unit }
}

/** The server's resolution for a window: about one value a pixel, never finer than its one-second bitmap. */
export function resolution(span_ms: number, width: number): number {
  return Math.max(SECOND, Math.ceil(span_ms / Math.max(1, width) / SECOND) * SECOND)
}

/** A wider window on round borders, so that panning a little asks nothing new. */
export function fetchWindow(window: Window): Window {
  const span = window.to_ms - window.from_ms
  const block = Math.max(10 * MINUTE, 2 ** Math.ceil(Math.log2(span)))
  return { from_ms: Math.floor(window.from_ms / block) * block, to_ms: Math.ceil(window.to_ms / block) * block }
}

/** The part of the window inside `from_ms`…`to_ms`; the whole of these where it lies beyond. */
export function bounded(window: Window, from_ms: number, to_ms: number): Window {
  const from = Math.max(window.from_ms, from_ms)
  const to = Math.min(window.to_ms, to_ms)
  return from < to ? { from_ms: from, to_ms: to } : { from_ms, to_ms }
}
