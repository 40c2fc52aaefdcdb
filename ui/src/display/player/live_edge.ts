/** Where a live picture should stand: pure rules over the buffered ranges. Seconds. */

export interface Ranges {
  readonly length: number
  start(index: number): number
  end(index: number): number
}

export const MAX_BEHIND_S = 1.0 // the product's limit for a live buffer
export const EDGE_S = 0.2 // one jump lands here, so that five frames of jitter do not stall
const LATE_S = 0.4 // above the jitter of a good line; from here on a picture is visibly behind its camera
const HASTE = 1.08 // nobody sees it; half a second is caught up in about six
const KEEP_BEHIND_S = 4
const TRIM_BEHIND_S = 10

/** The time to jump to, or null when the picture is near enough to the live edge. */
export function liveJump(buffered: Ranges, current_s: number): number | null {
  if (buffered.length === 0) return null
  const start = buffered.start(buffered.length - 1)
  const end = buffered.end(buffered.length - 1)
  if (current_s < start || current_s > end + MAX_BEHIND_S) return Math.max(start, end - EDGE_S)
  if (end - current_s > MAX_BEHIND_S) return Math.max(start, end - EDGE_S)
  return null
}

/**
 * The playback rate that brings a picture back to the live edge without a jump: hastened from `LATE_S` behind until it
 * stands at `EDGE_S`. `hastened` is whether it is now.
 */
export function liveRate(buffered: Ranges, current_s: number, hastened: boolean): number {
  if (buffered.length === 0) return 1
  const ahead = buffered.end(buffered.length - 1) - current_s
  return ahead > (hastened ? EDGE_S : LATE_S) ? HASTE : 1
}

/** The range of old pictures to drop, or null. */
export function liveTrim(buffered: Ranges, current_s: number): [number, number] | null {
  if (buffered.length === 0) return null
  const start = buffered.start(0)
  return current_s - start > TRIM_BEHIND_S ? [start, current_s - KEEP_BEHIND_S] : null
}

/** True when `t` has a picture to show; a frame's width of tolerance at the seams. */
export function covers(buffered: Ranges, t: number, tolerance_s = 0.05): boolean {
  for (let index = 0; index < buffered.length; index++) {
    if (t >= buffered.start(index) - tolerance_s && t < buffered.end(index)) return true
  }
  return false
}

/** The end of the range that holds `t`, or `t` itself when none does. */
export function bufferedTo(buffered: Ranges, t: number, tolerance_s = 0.05): number {
  for (let index = 0; index < buffered.length; index++) {
    if (t >= buffered.start(index) - tolerance_s && t < buffered.end(index)) return buffered.end(index)
  }
  return t
}

const RETRY_S = [1, 2, 4, 8]

/** Seconds before connection attempt `attempt` (0 is the first repeat). */
export function retryDelay(attempt: number): number {
  return RETRY_S[Math.min(attempt, RETRY_S.length - 1)] ?? 8
}
