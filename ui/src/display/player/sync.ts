/** One clock for up to four pictures: each is nudged towards the master, never the master towards one. Seconds. */

export const MAX_NUDGE = 0.1 // ±10 % of the speed is not seen, and corrects 20 ms in each 200 ms step
export const STEP_MS = 200
const SEEK_BEYOND_S = 0.5
const CLOSE_S = 0.01

export type Nudge = { kind: 'rate'; rate: number } | { kind: 'seek'; to_s: number }

/** What a picture at `actual_s` must do to meet `target_s` when all play at `speed`. */
export function nudge(target_s: number, actual_s: number, speed: number): Nudge {
  const behind = target_s - actual_s
  if (Math.abs(behind) > SEEK_BEYOND_S * Math.max(1, speed)) return { kind: 'seek', to_s: target_s }
  if (Math.abs(behind) < CLOSE_S) return { kind: 'rate', rate: speed }
  const share = Math.max(-MAX_NUDGE, Math.min(MAX_NUDGE, behind / Math.max(speed, 0.25)))
  return { kind: 'rate', rate: speed * (1 + share) }
}

/** A clock that stands or runs at a speed; readings are UTC milliseconds, `now_ms` any monotonic reading. */
export class MasterClock {
  #base_ms: number
  #since_ms = 0
  #running = false
  #speed = 1

  constructor(at_ms: number) {
    this.#base_ms = at_ms
  }

  get running(): boolean {
    return this.#running
  }

  get speed(): number {
    return this.#speed
  }

  read(now_ms: number): number {
    return this.#running ? this.#base_ms + (now_ms - this.#since_ms) * this.#speed : this.#base_ms
  }

  run(now_ms: number): void {
    if (this.#running) return
    this.#running = true
    this.#since_ms = now_ms
  }

  stand(now_ms: number): void {
    this.#base_ms = this.read(now_ms)
    this.#running = false
  }

  set(at_ms: number, now_ms: number): void {
    this.#base_ms = at_ms
    this.#since_ms = now_ms
  }

  setSpeed(speed: number, now_ms: number): void {
    this.#base_ms = this.read(now_ms)
    this.#since_ms = now_ms
    this.#speed = speed
  }
}

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const
export const KEYFRAMES_FROM = 8 // from this speed on only key frames are fetched and shown

/** The next speed up (+1) or down (-1), staying at the ends. */
export function otherSpeed(speed: number, direction: 1 | -1): number {
  const at = SPEEDS.findIndex((candidate) => candidate >= speed)
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + direction))] ?? 1
}
