/**
 * How sharp the map is drawn: as the screen is while it rests; coarser while it moves, on a machine that is too slow otherwise.
 * Without a graphics card each pixel costs, and hardly anything else does: of 43 ms a frame the layers take six.
 */
import type { Map as MapLibre } from 'maplibre-gl'

const SMOOTH_MS = 1000 / 30 // fewer frames a second are seen as steps
const LOOKED_AT = 6 // frames: a fifth of a second, and one hitch among them proves nothing
const MOVING_SHARE = 0.5 // of the screen's sharpness: a quarter of the pixels, and names can still be told apart

/** What costs frames and shows nothing that anybody needs. */
export const FRUGAL = { fadeDuration: 0, crossSourceCollisions: false } as const

/** Whether frames so far apart (milliseconds) are too few: the middle one of the last `LOOKED_AT` counts. */
export function slow(spans: readonly number[]): boolean {
  const last = spans.slice(-LOOKED_AT).sort((a, b) => a - b)
  return last.length === LOOKED_AT && (last[LOOKED_AT / 2] ?? 0) > SMOOTH_MS
}

/** What of a map the pace needs. */
export type Paced = Pick<MapLibre, 'getPixelRatio' | 'setPixelRatio' | 'isMoving'> & { on: (event: 'movestart' | 'idle', then: () => void) => unknown }

export interface Screen {
  ratio: () => number
  frame: (then: (now: number) => void) => void
}

const HERE: Screen = { ratio: () => window.devicePixelRatio, frame: (then) => void requestAnimationFrame(then) }

/** Watches `map`: once a movement was slow, it and later ones are drawn coarser; what rests is always sharp. */
export function pace(map: Paced, screen: Screen = HERE): void {
  let tired = false
  let watching = false
  let changing = false // a new ratio tells of itself as a movement
  let spans: number[] = []
  let last = 0
  const draw = (ratio: number): void => {
    if (map.getPixelRatio() === ratio) return
    changing = true
    map.setPixelRatio(ratio)
    changing = false
  }
  const each = (now: number): void => {
    if (!map.isMoving()) {
      watching = false
      return
    }
    if (last > 0) spans = [...spans.slice(1 - LOOKED_AT), now - last]
    last = now
    tired ||= slow(spans)
    if (tired) draw(screen.ratio() * MOVING_SHARE)
    else screen.frame(each)
    watching = !tired
  }
  map.on('movestart', () => {
    if (changing || watching) return
    watching = true
    spans = []
    last = 0
    screen.frame(each)
  })
  map.on('idle', () => draw(screen.ratio()))
}
