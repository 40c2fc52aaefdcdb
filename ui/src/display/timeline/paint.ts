/** Draws the timeline: ruler, one row a camera, the union row, marks, playhead. Colour and pattern, never colour alone. */
import { clock, dateOf } from '../../frame/time'
import type { Coverage, Span } from './runs'
import { ticks, toX, type Window } from './scale'

export interface Row {
  label: string
  coverage: Coverage
}

export interface Scene {
  window: Window
  rows: Row[]
  all: Span[]
  unionLabel: string
  granted: Span | null
  position_ms: number
  marks: { in_ms: number | null; out_ms: number | null }
  hover_ms: number | null
  dark: boolean
  zone_ms: number
}

export const RULER = 24
export const ROW = 18
export const UNION = 12
const LABEL_ROOM = 92

export function sceneHeight(rows: number): number {
  return RULER + rows * ROW + UNION + 6
}

interface Palette {
  ground: string
  gap: string
  hatch: string
  run: string
  union: string
  line: string
  ink: string
  veil: string
  mark: string
  head: string
}

const LIGHT: Palette = {
  ground: '#ffffff', gap: '#3a3f46', hatch: '#6b727b', run: '#2f6fde', union: '#7aa2ea', line: '#e3e5e8', ink: '#595959', veil: 'rgb(245 246 248 / 70%)', mark: 'rgb(173 78 0 / 22%)', head: '#cf1322',
}
const DARK: Palette = {
  ground: '#16191d', gap: '#050607', hatch: '#565d66', run: '#4d8dff', union: '#2f5ea8', line: '#2b3036', ink: '#b0b4ba', veil: 'rgb(13 15 18 / 70%)', mark: 'rgb(255 169 64 / 25%)', head: '#ff7875',
}

function hatch(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, colour: string): void {
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.clip()
  context.strokeStyle = colour
  context.lineWidth = 1
  context.beginPath()
  for (let at = x - height - (x % 6); at < x + width; at += 6) {
    context.moveTo(at, y + height)
    context.lineTo(at + height, y)
  }
  context.stroke()
  context.restore()
}

function bars(context: CanvasRenderingContext2D, spans: readonly Span[], scene: Scene, width: number, y: number, height: number, colour: string): void {
  context.fillStyle = colour
  for (const [start, end] of spans) {
    if (end < scene.window.from_ms || start > scene.window.to_ms) continue
    const x = Math.max(0, toX(scene.window, width, start))
    // a run narrower than a pixel still shows: footage must never look like a gap
    context.fillRect(x, y, Math.max(1, Math.min(width, toX(scene.window, width, end)) - x), height)
  }
}

function gaps(context: CanvasRenderingContext2D, scene: Scene, row: Row, width: number, y: number, colours: Palette): void {
  for (const [start, end] of row.coverage.gaps) {
    if (end < scene.window.from_ms || start > scene.window.to_ms) continue
    const x = Math.max(0, toX(scene.window, width, start))
    const w = Math.max(1, Math.min(width, toX(scene.window, width, end)) - x)
    context.fillStyle = colours.gap
    context.fillRect(x, y, w, ROW - 4)
    if (w > 4) hatch(context, x, y, w, ROW - 4, colours.hatch)
  }
}

function ruler(context: CanvasRenderingContext2D, scene: Scene, width: number, height: number, colours: Palette): void {
  const drawn = ticks(scene.window, width, LABEL_ROOM, scene.zone_ms)
  context.strokeStyle = colours.line
  context.fillStyle = colours.ink
  context.font = '12px system-ui, sans-serif'
  context.textBaseline = 'top'
  context.beginPath()
  for (const tick of drawn.ticks) {
    const x = Math.round(toX(scene.window, width, tick.t_ms)) + 0.5
    context.moveTo(x, tick.major ? 0 : RULER - 6)
    context.lineTo(x, tick.major ? height : RULER)
    if (!tick.major) continue
    const text = drawn.unit === 'day' || (tick.t_ms + scene.zone_ms) % 86_400_000 === 0 ? dateOf(tick.t_ms).slice(5) : clock(tick.t_ms, drawn.unit === 'frame')
    context.fillText(drawn.unit === 'minute' && text.length === 8 ? text.slice(0, 5) : text, x + 4, 5)
  }
  context.stroke()
}

function veilOutside(context: CanvasRenderingContext2D, scene: Scene, width: number, height: number, colours: Palette): void {
  if (scene.granted === null) return
  const from = Math.max(0, Math.min(width, toX(scene.window, width, scene.granted[0])))
  const to = Math.max(0, Math.min(width, toX(scene.window, width, scene.granted[1])))
  context.fillStyle = colours.veil
  context.fillRect(0, RULER, from, height - RULER)
  context.fillRect(to, RULER, width - to, height - RULER)
}

function marks(context: CanvasRenderingContext2D, scene: Scene, width: number, height: number, colours: Palette): void {
  const { in_ms, out_ms } = scene.marks
  if (in_ms !== null && out_ms !== null) {
    const x = toX(scene.window, width, in_ms)
    context.fillStyle = colours.mark
    context.fillRect(x, 0, toX(scene.window, width, out_ms) - x, height)
  }
  context.fillStyle = colours.ink
  context.font = 'bold 14px system-ui, sans-serif'
  if (in_ms !== null) context.fillText('[', toX(scene.window, width, in_ms) - 2, RULER - 2)
  if (out_ms !== null) context.fillText(']', toX(scene.window, width, out_ms) - 3, RULER - 2)
}

/** One frame of the timeline on a canvas of `width` × `height` CSS pixels. */
export function paint(context: CanvasRenderingContext2D, scene: Scene, width: number, height: number): void {
  const colours = scene.dark ? DARK : LIGHT
  context.fillStyle = colours.ground
  context.fillRect(0, 0, width, height)
  ruler(context, scene, width, height, colours)
  scene.rows.forEach((row, index) => {
    const y = RULER + index * ROW + 2
    context.fillStyle = colours.line
    context.fillRect(0, y, width, ROW - 4)
    gaps(context, scene, row, width, y, colours)
    bars(context, row.coverage.runs, scene, width, y, ROW - 4, colours.run)
  })
  bars(context, scene.all, scene, width, RULER + scene.rows.length * ROW + 2, UNION - 4, colours.union)
  veilOutside(context, scene, width, height, colours)
  context.font = '11px system-ui, sans-serif'
  context.textBaseline = 'top'
  scene.rows.forEach((row, index) => label(context, row.label, RULER + index * ROW + 3))
  marks(context, scene, width, height, colours)
  if (scene.hover_ms !== null) {
    context.fillStyle = colours.ink
    context.fillRect(toX(scene.window, width, scene.hover_ms), 0, 1, height)
  }
  const head = toX(scene.window, width, scene.position_ms)
  context.fillStyle = colours.head
  context.fillRect(head - 1, 0, 2, height)
  context.beginPath()
  context.moveTo(head - 6, 0)
  context.lineTo(head + 6, 0)
  context.lineTo(head, 9)
  context.fill()
}

function label(context: CanvasRenderingContext2D, text: string, y: number): void {
  const width = context.measureText(text).width
  context.fillStyle = 'rgb(0 0 0 / 60%)'
  context.fillRect(0, y - 1, width + 8, ROW - 4)
  context.fillStyle = '#ffffff'
  context.fillText(text, 4, y)
}
