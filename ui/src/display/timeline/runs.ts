/** Recorded stretches as sorted, disjoint spans, and the questions asked of them. Milliseconds. */
import type { TimelineDayOut } from '../../api/generated'

/** Start and end. */
export type Span = TimelineDayOut['runs'][number]
/** Start, end and cause. */
export type GapSpan = TimelineDayOut['gaps'][number]

export interface Coverage {
  runs: Span[]
  gaps: GapSpan[]
}

/** Sorted spans; those that touch (within `touch_ms`) become one, so that day borders vanish. */
export function merged(spans: readonly Span[], touch_ms = 0): Span[] {
  const out: Span[] = []
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1)
    if (last !== undefined && start <= last[1] + touch_ms) last[1] = Math.max(last[1], end)
    else out.push([start, end])
  }
  return out
}

export function coverage(days: readonly TimelineDayOut[]): Coverage {
  return { runs: merged(days.flatMap((day) => day.runs)), gaps: days.flatMap((day) => day.gaps) }
}

export function union(rows: readonly Coverage[]): Span[] {
  return merged(rows.flatMap((row) => row.runs))
}

/** The start of the first run after `t_ms`, or `t_ms` itself when it lies in one; null when there is none. */
export function nextStart(runs: readonly Span[], t_ms: number): number | null {
  for (const [start, end] of runs) if (end > t_ms) return Math.max(start, t_ms)
  return null
}

/** The start of the run after the one at `t_ms` (`direction` 1) or of this or the one before (-1). */
export function neighbour(runs: readonly Span[], t_ms: number, direction: 1 | -1): number | null {
  if (direction === 1) return runs.find(([start]) => start > t_ms)?.[0] ?? null
  return runs.findLast(([start]) => start < t_ms - 2_000)?.[0] ?? null
}

export function gapAt(gaps: readonly GapSpan[], t_ms: number): GapSpan | null {
  return gaps.find(([start, end]) => t_ms >= start && t_ms < end) ?? null
}

export function inRuns(runs: readonly Span[], t_ms: number): boolean {
  return runs.some(([start, end]) => t_ms >= start && t_ms < end)
}
