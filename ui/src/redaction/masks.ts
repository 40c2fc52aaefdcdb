/** Masks over time as the server burns them in: even between key frames, still before the first and after the last. */
import type { RedactionMaskOut } from '../api/generated'

export type Corner = number[]

const corner = (a: Corner, b: Corner, share: number): Corner => [(a[0] ?? 0) + ((b[0] ?? 0) - (a[0] ?? 0)) * share, (a[1] ?? 0) + ((b[1] ?? 0) - (a[1] ?? 0)) * share]

/** The corners of `mask` at a moment of the footage; null while it is not there. */
export function cornersAt(mask: RedactionMaskOut, at_ms: number): Corner[] | null {
  if ((mask.from_ms !== null && at_ms < mask.from_ms) || (mask.until_ms !== null && at_ms > mask.until_ms)) return null
  const keys = mask.keys
  const [first] = keys
  if (first === undefined) return null
  if (at_ms <= first.at_ms) return first.corners
  for (let n = 1; n < keys.length; n++) {
    const [before, after] = [keys[n - 1], keys[n]]
    if (before !== undefined && after !== undefined && at_ms <= after.at_ms) {
      const share = (at_ms - before.at_ms) / (after.at_ms - before.at_ms)
      return before.corners.map((one, at) => corner(one, after.corners[at] ?? one, share))
    }
  }
  return keys[keys.length - 1]?.corners ?? null
}

/** As a polygon to be drawn. */
export function outline(mask: RedactionMaskOut, corners: Corner[]): Corner[] {
  const [a, b] = corners
  if (mask.shape === 'polygon' || a === undefined || b === undefined) return corners
  return [a, [b[0] ?? 0, a[1] ?? 0], b, [a[0] ?? 0, b[1] ?? 0]]
}

/** `mask` with its corners at `at_ms` set: a key frame there. */
export function placed(mask: RedactionMaskOut, at_ms: number, corners: Corner[]): RedactionMaskOut {
  const inside = corners.map((one) => one.map((value) => Math.min(1, Math.max(0, Math.round(value * 10_000) / 10_000))))
  const keys = [...mask.keys.filter((key) => key.at_ms !== at_ms), { at_ms, corners: inside }]
  return { ...mask, keys: keys.sort((a, b) => a.at_ms - b.at_ms) }
}

/** `corners` moved, held inside the picture. */
export function moved(corners: Corner[], right: number, down: number): Corner[] {
  const across = corners.map((one) => one[0] ?? 0)
  const along = corners.map((one) => one[1] ?? 0)
  const x = Math.min(1 - Math.max(...across), Math.max(-Math.min(...across), right))
  const y = Math.min(1 - Math.max(...along), Math.max(-Math.min(...along), down))
  return corners.map((one) => [(one[0] ?? 0) + x, (one[1] ?? 0) + y])
}

export const newBox = (at_ms: number): RedactionMaskOut => ({ shape: 'box', cover: 'fill', keys: [{ at_ms, corners: [[0.4, 0.4], [0.6, 0.6]] }], from_ms: null, until_ms: null })

export const newPolygon = (at_ms: number): RedactionMaskOut => ({
  shape: 'polygon', cover: 'fill', keys: [{ at_ms, corners: [[0.5, 0.35], [0.62, 0.5], [0.56, 0.65], [0.44, 0.65], [0.38, 0.5]] }], from_ms: null, until_ms: null,
})
