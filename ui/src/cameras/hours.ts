/** Thirty days of a camera by the hour, in the viewer's zone, from the UTC hours that the server counted. */
import type { TimelineDayOut } from '../api/generated'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const LEAST = 12 // percent: what little was recorded is still seen, and what little is missing too

export interface Hour {
  due_s: number
  missing_s: number
}

export interface HourDay {
  midnight_ms: number
  hours: Hour[]
  due_s: number
  missing_s: number
}

/** Nothing due, everything there, nothing there, or something between. */
export type HourKind = 'idle' | 'full' | 'none' | 'part'

export function kindOf({ due_s, missing_s }: Hour): HourKind {
  if (due_s === 0) return 'idle'
  if (missing_s === 0) return 'full'
  return missing_s >= due_s ? 'none' : 'part'
}

/** How high a partly recorded hour is filled, in percent: never as low as an empty one nor as high as a full one. */
export function fill({ due_s, missing_s }: Hour): number {
  return Math.round(Math.min(100 - LEAST, Math.max(LEAST, (1 - missing_s / due_s) * 100)))
}

/** `count` local days from `from_ms` (a local midnight) on, newest first. */
export function byHour(days: readonly TimelineDayOut[], from_ms: number, count: number): HourDay[] {
  const grid = Array.from({ length: count }, (_, day): HourDay => ({
    midnight_ms: from_ms + day * DAY,
    hours: Array.from({ length: 24 }, () => ({ due_s: 0, missing_s: 0 })),
    due_s: 0,
    missing_s: 0,
  }))
  for (const { day, hours } of days) {
    const midnight = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)))
    hours.forEach(([due_s, missing_s], hour) => {
      const slot = Math.floor((midnight + hour * HOUR - from_ms) / HOUR)
      const row = grid[Math.floor(slot / 24)]
      const cell = row?.hours[((slot % 24) + 24) % 24]
      if (row === undefined || cell === undefined) return
      cell.due_s += due_s
      cell.missing_s += missing_s
      row.due_s += due_s
      row.missing_s += missing_s
    })
  }
  return grid.reverse()
}
