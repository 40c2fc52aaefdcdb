/**
 * Up to four tracks under one clock. Promise: the pictures stay within two frames of one another; the clock waits for a
 * track that is being fetched (at most PATIENCE_MS), never for a gap; a stretch where no track has a picture is skipped.
 */
import { KEYFRAMES_FROM, MasterClock, nudge, STEP_MS } from './sync'
import type { Track } from './track'

const PATIENCE_MS = 4_000

export interface DeckState {
  position_ms: number
  playing: boolean
  speed: number
  waiting: boolean
}

export interface DeckOptions {
  start_ms: number
  end_ms: number
  onState: (state: DeckState) => void
  /** The start of the next recorded stretch after `t_ms` on any track, or null. */
  nextRun: (t_ms: number) => number | null
  onSkipped: () => void
}

export class Deck {
  readonly #options: DeckOptions
  readonly #clock: MasterClock
  readonly #tracks = new Set<Track>()
  #playing = false
  #waitingSince: number | null = null
  #timer: ReturnType<typeof setInterval>
  #frame = 0
  #lastNudge = 0

  constructor(options: DeckOptions) {
    this.#options = options
    this.#clock = new MasterClock(options.start_ms)
    this.#timer = setInterval(() => this.#step(), 50)
    const report = (): void => {
      this.#report()
      this.#frame = requestAnimationFrame(report)
    }
    this.#frame = requestAnimationFrame(report)
  }

  get position_ms(): number {
    return this.#clock.read(performance.now())
  }

  get playing(): boolean {
    return this.#playing
  }

  get speed(): number {
    return this.#clock.speed
  }

  get keyframes(): boolean {
    return this.#clock.speed >= KEYFRAMES_FROM
  }

  add(track: Track): void {
    this.#tracks.add(track)
  }

  delete(track: Track): void {
    this.#tracks.delete(track)
  }

  close(): void {
    clearInterval(this.#timer)
    cancelAnimationFrame(this.#frame)
  }

  play(): void {
    this.#playing = true
    this.#waitingSince = null
    this.#step()
  }

  pause(): void {
    this.#playing = false
    this.#clock.stand(performance.now())
    for (const track of this.#tracks) {
      track.video.pause()
      track.seek(this.position_ms, this.keyframes)
    }
  }

  seek(t_ms: number): void {
    const to = Math.max(this.#options.start_ms, Math.min(this.#options.end_ms - 1, t_ms))
    const now = performance.now()
    this.#clock.stand(now)
    this.#clock.set(to, now)
    this.#waitingSince = null
    for (const track of this.#tracks) {
      track.video.pause()
      track.seek(to, this.keyframes)
    }
  }

  setSpeed(speed: number): void {
    const before = this.keyframes
    this.#clock.setSpeed(speed, performance.now())
    if (before !== this.keyframes) this.seek(this.position_ms)
  }

  #step(): void {
    const now = performance.now()
    let position = this.#clock.read(now)
    if (position >= this.#options.end_ms - 1 && this.#playing) {
      this.pause()
      position = this.position_ms
    }
    const nudging = now - this.#lastNudge >= STEP_MS
    if (nudging) this.#lastNudge = now
    for (const track of this.#tracks) track.tend(position, this.#clock.speed, nudging)
    if (!this.#playing) return
    if (this.#waits(now)) {
      this.#clock.stand(now)
      for (const track of this.#tracks) track.video.pause()
      return
    }
    this.#clock.run(now)
    this.#skipEmpty(position)
    for (const track of this.#tracks) this.#follow(track, position, nudging)
  }

  #waits(now: number): boolean {
    const waits = [...this.#tracks].some((track) => track.holds)
    if (!waits) {
      this.#waitingSince = null
      return false
    }
    this.#waitingSince ??= now
    // one track that never comes must not stop the others
    const others = [...this.#tracks].some((track) => track.state.kind === 'ready')
    return !(others && now - this.#waitingSince > PATIENCE_MS)
  }

  #skipEmpty(position_ms: number): void {
    const tracks = [...this.#tracks]
    if (tracks.length === 0 || !tracks.every((track) => track.state.kind === 'gap' || track.state.kind === 'ended')) return
    const next = this.#options.nextRun(position_ms)
    if (next !== null && next > position_ms + 1000) {
      this.#options.onSkipped()
      this.seek(next)
    } else if (next === null && tracks.every((track) => track.state.kind === 'ended')) this.pause()
  }

  #follow(track: Track, position_ms: number, nudging: boolean): void {
    const video = track.video
    if (track.state.kind !== 'ready') {
      video.pause()
      return
    }
    if (video.paused) {
      video.playbackRate = this.#clock.speed
      void video.play().catch(() => undefined)
      return
    }
    if (!nudging) return
    const target_s = (position_ms - track.options.origin_ms) / 1000
    const act = nudge(target_s, video.currentTime, this.#clock.speed)
    if (act.kind === 'seek') video.currentTime = act.to_s
    else if (Math.abs(video.playbackRate - act.rate) > 0.001) video.playbackRate = Math.min(16, act.rate)
  }

  #report(): void {
    this.#options.onState({
      position_ms: this.position_ms,
      playing: this.#playing,
      speed: this.#clock.speed,
      waiting: this.#waitingSince !== null,
    })
  }
}
