/**
 * One camera's recording in one video element. Promise: `video.currentTime` is seconds since the deck's origin, so that
 * several tracks share one clock; where nothing is recorded the track says so instead of showing an old picture.
 */
import { Feed } from './buffer'
import { bufferedTo, covers, retryDelay } from './live_edge'
import { KIND, parseMedia, parseText, type InitText, type Large, type MediaMessage, type Said, type ServerText } from './messages'
import { mediaSource, playsHevc, socketAddress } from './support'

export type TrackState =
  | { kind: 'opening' }
  | { kind: 'buffering' }
  | { kind: 'ready' }
  | { kind: 'gap'; from_ms: number; to_ms: number; cause: string }
  | { kind: 'ended' }
  | { kind: 'stopped'; why: 'refused' | 'expired' | 'codec' | 'noMse' | 'failed' | 'lost'; cause: string | null; said: Said }

export interface TrackOptions {
  grant: string
  camera: string
  origin_ms: number
  end_ms: number
  quality: 'main' | 'auto'
  video: HTMLVideoElement
  onState: (state: TrackState) => void
  onInit: (init: InitText) => void
  onLarge: (large: Large) => void
  onPreview: (jpeg: Blob, utc_ms: number) => void
}

const KEEP_BEHIND_S = 15
const FIRST_AHEAD_S = 8
const CREDIT_STEP_MS = 1_000 // no more than one credit message per second of recording
const MAX_GAPS = 256

export class Track {
  readonly options: TrackOptions
  #socket: WebSocket | null = null
  #source: MediaSource | null = null
  #feed: Feed | null = null
  #mime = ''
  #init: InitText | null = null
  #id = 0
  #until_ms = 0
  #ended = false
  #gaps: { from_ms: number; to_ms: number; cause: string }[] = []
  #want_ms: number
  #keyframes = false
  #placed = false
  #state: TrackState = { kind: 'opening' }
  #attempt = 0
  #retry: ReturnType<typeof setTimeout> | null = null
  #closed = false
  #early: MediaMessage[] = []

  constructor(options: TrackOptions, at_ms: number) {
    this.options = options
    this.#want_ms = at_ms
    if (mediaSource() === null) this.#say({ kind: 'stopped', why: 'noMse', cause: null, said: {} })
    else this.#connect()
  }

  get state(): TrackState {
    return this.#state
  }

  get video(): HTMLVideoElement {
    return this.options.video
  }

  /** True while the clock should wait for this track. */
  get holds(): boolean {
    return this.#state.kind === 'buffering' || this.#state.kind === 'opening'
  }

  close(): void {
    this.#closed = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#socket?.close()
    this.#source = null
    this.#feed = null
    this.video.removeAttribute('src')
    this.video.load()
  }

  /** Shows the frame at `t_ms`; what is already held is used, else it is fetched. */
  seek(t_ms: number, keyframes: boolean): void {
    this.#want_ms = t_ms
    this.#placed = false
    const t = this.#seconds(t_ms)
    if (keyframes === this.#keyframes && this.#feed !== null && covers(this.#feed.buffered, t, 0)) {
      this.#place()
      return
    }
    this.#keyframes = keyframes
    this.#id += 1
    this.#ended = false
    this.#gaps = []
    this.#until_ms = t_ms + FIRST_AHEAD_S * 1000
    this.#early = []
    this.#feed?.clear()
    this.#say({ kind: 'buffering' })
    this.#send({ op: 'seek', id: this.#id, t_ms: Math.round(t_ms), keyframes, ahead_s: FIRST_AHEAD_S })
  }

  preview(t_ms: number): void {
    this.#send({ op: 'preview', id: this.#id, t_ms: Math.round(t_ms) })
  }

  pauseServer(): void {
    this.#send({ op: 'pause' })
  }

  /** Called some times a second with the master's position: places, credits, trims, and finds gaps. */
  tend(position_ms: number, speed: number, idle: boolean): void {
    if (this.#state.kind === 'stopped') return
    const t = this.#seconds(position_ms)
    this.#want_ms = position_ms
    if (this.#feed === null) {
      // nothing came that could be shown: say why instead of opening for ever
      const hole = this.#gaps.find((candidate) => position_ms >= candidate.from_ms && position_ms < candidate.to_ms)
      if (this.#source === null && hole !== undefined) this.#say({ kind: 'gap', ...hole })
      else if (this.#source === null && this.#ended) this.#say({ kind: 'ended' })
      return
    }
    const held = covers(this.#feed.buffered, t)
    const gap = this.#gaps.find((candidate) => position_ms >= candidate.from_ms && position_ms < candidate.to_ms)
    if (held) {
      if (!this.#placed) this.#place()
      else if (this.#state.kind !== 'ready' && this.video.readyState >= 2) this.#say({ kind: 'ready' })
    } else if (gap !== undefined) this.#say({ kind: 'gap', ...gap })
    else if (this.#ended && this.#feed.idle) this.#say({ kind: 'ended' })
    else if (this.#state.kind !== 'opening') {
      this.#placed = false
      this.#say({ kind: 'buffering' })
    }
    this.#credit(position_ms, speed)
    const start = this.#feed.buffered.length > 0 ? this.#feed.buffered.start(0) : t
    if (idle && t - start > 2 * KEEP_BEHIND_S && this.#feed.idle) this.#feed.remove(start, t - KEEP_BEHIND_S)
  }

  /** Seconds of picture ready beyond `position_ms`. */
  ahead_s(position_ms: number): number {
    const t = this.#seconds(position_ms)
    return this.#feed === null ? 0 : bufferedTo(this.#feed.buffered, t) - t
  }

  #credit(position_ms: number, speed: number): void {
    const until = Math.min(this.options.end_ms, position_ms + FIRST_AHEAD_S * 1000 * Math.max(1, speed))
    if (!this.#ended && until - this.#until_ms >= CREDIT_STEP_MS) {
      this.#until_ms = until
      this.#send({ op: 'more', id: this.#id, until_ms: Math.round(until) })
    }
  }

  #seconds(t_ms: number): number {
    return (t_ms - this.options.origin_ms) / 1000
  }

  #place(): void {
    this.#placed = true
    // a millisecond inside the frame: its exact edge may round to the frame before
    const t = this.#seconds(this.#want_ms) + 0.001
    if (Math.abs(this.video.currentTime - t) > 0.004) this.video.currentTime = t
    this.#say({ kind: 'ready' })
  }

  #send(message: Record<string, unknown>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #say(state: TrackState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return
    this.#state = state
    this.options.onState(state)
  }

  #connect(): void {
    const socket = new WebSocket(socketAddress())
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    const { grant, camera, quality } = this.options
    socket.onopen = () => {
      this.#send({ op: 'open', grant, camera, mode: 'playback', quality, hevc: playsHevc() })
    }
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== this.#socket || this.#closed) return
      if (typeof event.data === 'string') {
        const text = parseText(event.data)
        if (text !== null) this.#hear(text)
      } else {
        const media = parseMedia(event.data)
        if (media !== null) this.#take(media)
      }
    }
    socket.onclose = () => {
      if (socket !== this.#socket || this.#closed) return
      this.#socket = null
      this.#say({ kind: 'stopped', why: 'lost', cause: null, said: {} })
      this.#retry = setTimeout(() => this.#connect(), retryDelay(this.#attempt++) * 1000)
    }
  }

  #hear(text: ServerText): void {
    if (text.op === 'opened') {
      this.#attempt = 0
      this.#say({ kind: 'opening' })
      this.#reseek()
    } else if (text.op === 'init') {
      this.#init = text
      this.options.onInit(text)
    } else if (text.op === 'large') this.options.onLarge(text)
    else if (text.op === 'gap') {
      if (text.id === this.#id) {
        this.#gaps.push({ from_ms: text.from_ms, to_ms: text.to_ms, cause: text.cause })
        if (this.#gaps.length > MAX_GAPS) this.#gaps.shift()
      }
    } else if (text.op === 'end') {
      if (text.id === this.#id) this.#ended = true
    } else if (text.op === 'state') {
      // a missing transcoder may be free at the next seek; the other two are the server's last word
      if (text.state === 'codec') this.#say({ kind: 'stopped', why: 'codec', cause: text.cause ?? null, said: text })
      else if (text.state === 'refused' || text.state === 'expired') this.#halt(text.state, text.cause ?? null, text)
    } else {
      const why = /expired/.test(text.code) ? 'expired' : /grant|refus|forbid|right|denied/.test(text.code) ? 'refused' : 'failed'
      this.#halt(why, text.code, text)
    }
  }

  #halt(why: 'refused' | 'expired' | 'codec' | 'failed', cause: string | null, said: Said): void {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
    this.#say({ kind: 'stopped', why, cause, said })
  }

  #reseek(): void {
    this.#id += 1
    this.#ended = false
    this.#gaps = []
    this.#placed = false
    this.#until_ms = this.#want_ms + FIRST_AHEAD_S * 1000
    this.#feed?.clear()
    this.#send({
      op: 'seek',
      id: this.#id,
      t_ms: Math.round(this.#want_ms),
      keyframes: this.#keyframes,
      ahead_s: FIRST_AHEAD_S,
    })
  }

  #take(media: MediaMessage): void {
    if (media.kind === KIND.preview) {
      this.options.onPreview(new Blob([media.payload], { type: 'image/jpeg' }), media.utc_ms)
      return
    }
    if (media.id !== this.#id) return // an answer to a question that is no longer asked
    if (media.kind === KIND.init) this.#begin(media)
    else if (media.kind === KIND.playback) {
      if (this.#feed === null) this.#early.push(media)
      else this.#fragment(media)
    }
  }

  #begin(media: MediaMessage): void {
    const init = this.#init
    const Source = mediaSource()
    if (init === null || Source === null) return
    if (!Source.isTypeSupported(init.mime)) {
      this.#halt('codec', init.mime, {})
      return
    }
    if (this.#feed !== null) {
      if (init.mime !== this.#mime) this.#feed.changeType(init.mime)
      this.#mime = init.mime
      this.#feed.append(media.payload, null)
      return
    }
    if (this.#source !== null) {
      this.#early.push(media)
      return
    }
    const source = new Source()
    this.#source = source
    this.#mime = init.mime
    this.video.disableRemotePlayback = true
    this.video.src = URL.createObjectURL(source)
    source.addEventListener(
      'sourceopen',
      () => {
        URL.revokeObjectURL(this.video.src)
        if (source !== this.#source) return
        // with an infinite duration a seek is silently ignored
        source.duration = Math.max(1, (this.options.end_ms - this.options.origin_ms) / 1000 + 60)
        this.#feed = new Feed(
          source,
          init.mime,
          () => this.tend(this.#want_ms, 1, false),
          (reason) => this.#halt('failed', reason, {}),
        )
        this.#feed.append(media.payload, null)
        const early = this.#early
        this.#early = []
        for (const waiting of early) {
          if (waiting.id !== this.#id) continue
          if (waiting.kind === KIND.init) this.#feed.append(waiting.payload, null)
          else this.#fragment(waiting)
        }
      },
      { once: true },
    )
  }

  /**
   * The server's media line begins a whole number of seconds from the view's start and runs in true seconds; the wall
   * clock of a single fragment jitters with its arrival. Rounding keeps fragments seamless and cameras in step.
   */
  #fragment(media: MediaMessage): void {
    this.#feed?.append(media.payload, Math.round((media.utc_ms - this.options.origin_ms) / 1000 - media.media_s))
    if (this.#state.kind === 'opening') this.#say({ kind: 'buffering' })
  }
}
