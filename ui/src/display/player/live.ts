/**
 * One live picture: a socket, a MediaSource, a video element. Promise: the picture stays within a second of the newest
 * frame, a lost connection is tried again after 1, 2, 4, 8 s, and the tile always knows why there is no picture.
 */
import { Feed } from './buffer'
import { covers, liveJump, liveRate, liveTrim, retryDelay } from './live_edge'
import { KIND, parseMedia, parseText, type InitText, type Large, type MediaMessage, type Said, type ServerText } from './messages'
import { mediaSource, playsHevc, socketAddress } from './support'

export type Picture =
  | { kind: 'opening' }
  | { kind: 'playing' }
  | {
      kind: 'stopped'
      why: 'offline' | 'refused' | 'codec' | 'expired' | 'lost' | 'noMse' | 'failed' | 'auth'
      cause: string | null
      since_ms: number
      said: Said
      retry_s: number | null
    }

export interface LiveOptions {
  grant: string
  camera: string
  quality: 'main' | 'sub' | 'auto'
  video: HTMLVideoElement
  onPicture: (picture: Picture) => void
  onInit: (init: InitText) => void
  onLarge: (large: Large) => void
}

const TENDING_MS = 250
const FRAMES_REMEMBERED = 256 // ten seconds at 25 fps: enough to date the frame on the screen
const SEEKABLE_S = 1e9
const MAX_EARLY = 512 // frames that may come while the browser opens its MediaSource

export class LivePicture {
  readonly #options: LiveOptions
  #socket: WebSocket | null = null
  #source: MediaSource | null = null
  #feed: Feed | null = null
  #mime = ''
  #pendingInit: InitText | null = null
  #offset: number | null = null
  #next_s = 0
  #stamps: { at_s: number; utc_ms: number }[] = []
  #attempt = 0
  #retry: ReturnType<typeof setTimeout> | null = null
  #tending: ReturnType<typeof setInterval> | null = null
  #early: MediaMessage[] = []
  #playing = false
  #silent = false
  #closed = false

  constructor(options: LiveOptions) {
    this.#options = options
    if (mediaSource() === null) {
      this.#stop('noMse', null, Date.now(), {}, null)
      return
    }
    this.#tending = setInterval(() => this.#tend(), TENDING_MS)
    this.#connect()
  }

  /** The age of the frame on the screen by a server clock that is `offset_ms` ahead of ours, or null. */
  age_ms(offset_ms: number): number | null {
    const at = this.#options.video.currentTime
    for (let index = this.#stamps.length - 1; index >= 0; index--) {
      const stamp = this.#stamps[index]
      if (stamp !== undefined && stamp.at_s <= at + 0.001) {
        return Math.max(0, Date.now() + offset_ms - stamp.utc_ms - (at - stamp.at_s) * 1000)
      }
    }
    return null
  }

  close(): void {
    this.#closed = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    if (this.#tending !== null) clearInterval(this.#tending)
    this.#socket?.close()
    this.#dropSource()
  }

  #connect(): void {
    if (this.#closed) return
    this.#retry = null
    this.#playing = false
    this.#dropSource()
    const socket = new WebSocket(socketAddress())
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    const { grant, camera, quality } = this.#options
    socket.onopen = () =>
      socket.send(JSON.stringify({ op: 'open', grant, camera, mode: 'live', quality, hevc: playsHevc() }))
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
      if (socket === this.#socket && !this.#closed) this.#again('lost')
    }
  }

  #again(why: 'lost' | 'failed'): void {
    if (this.#retry !== null || this.#socket === null) return
    const socket = this.#socket
    this.#socket = null
    socket.close()
    const delay = retryDelay(this.#attempt++)
    this.#stop(why, null, Date.now(), {}, delay)
    this.#retry = setTimeout(() => this.#connect(), delay * 1000)
  }

  #hear(text: ServerText): void {
    if (text.op === 'init') {
      this.#pendingInit = text
      this.#options.onInit(text)
    } else if (text.op === 'large') this.#options.onLarge(text)
    else if (text.op === 'state') {
      if (text.state === 'online') {
        if (!this.#playing) this.#options.onPicture({ kind: 'opening' })
      } else {
        const auth = text.cause === 'auth-failed'
        this.#stop(auth ? 'auth' : text.state, text.cause ?? null, text.since_ms ?? Date.now(), text, null)
        // where only a transcoder is missing the server goes on trying; the other two are its last word
        if (text.state === 'refused' || text.state === 'expired') this.#finish()
      }
    } else if (text.op === 'error') {
      const refused = /grant|refus|forbid|right|denied/.test(text.code)
      const expired = /expired/.test(text.code)
      this.#stop(expired ? 'expired' : refused ? 'refused' : 'failed', text.code, Date.now(), text, null)
      this.#finish()
    }
  }

  /** The server has said its last word: asking again would change nothing. */
  #finish(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  #take(media: MediaMessage): void {
    if (media.kind === KIND.init) this.#begin(media)
    else if (media.kind === KIND.live) {
      if (this.#feed === null) {
        if (this.#early.length < MAX_EARLY) this.#early.push(media)
      }
      else this.#frame(media)
    }
  }

  #begin(media: MediaMessage): void {
    const init = this.#pendingInit
    const Source = mediaSource()
    if (init === null || Source === null) return
    if (!Source.isTypeSupported(init.mime)) {
      this.#stop('codec', init.mime, Date.now(), {}, null)
      this.#finish()
      return
    }
    this.#offset = null // the next frame says where the new media clock stands
    if (this.#feed !== null) {
      if (init.mime !== this.#mime) this.#feed.changeType(init.mime)
      this.#mime = init.mime
      this.#feed.append(media.payload, null)
      return
    }
    if (this.#source !== null) return
    const source = new Source()
    this.#source = source
    this.#mime = init.mime
    const video = this.#options.video
    video.disableRemotePlayback = true
    video.src = URL.createObjectURL(source)
    source.addEventListener(
      'sourceopen',
      () => {
        URL.revokeObjectURL(video.src)
        if (source !== this.#source) return
        source.setLiveSeekableRange?.(0, SEEKABLE_S)
        const broken = (): void => {
          if (source === this.#source) this.#again('failed')
        }
        this.#feed = new Feed(source, init.mime, () => this.#tend(), broken)
        this.#feed.append(media.payload, null)
        const early = this.#early
        this.#early = []
        early.forEach((frame) => this.#frame(frame))
      },
      { once: true },
    )
    void video.play().catch(() => undefined) // muted video may always play; a background tab starts when it is seen
  }

  #frame(media: MediaMessage): void {
    if (this.#offset === null) this.#offset = this.#next_s - media.media_s
    const at_s = media.media_s + this.#offset
    this.#next_s = Math.max(this.#next_s, at_s + media.duration_s)
    this.#stamps.push({ at_s, utc_ms: media.utc_ms })
    if (this.#stamps.length > FRAMES_REMEMBERED) this.#stamps.splice(0, FRAMES_REMEMBERED / 2)
    this.#silent = false
    this.#feed?.append(media.payload, this.#offset)
  }

  #tend(): void {
    const feed = this.#feed
    const video = this.#options.video
    if (feed === null || this.#source?.readyState !== 'open') return
    const jump = liveJump(feed.buffered, video.currentTime)
    if (jump !== null) video.currentTime = jump
    const rate = jump === null ? liveRate(feed.buffered, video.currentTime, video.playbackRate > 1) : 1
    if (video.playbackRate !== rate) video.playbackRate = rate
    if (video.paused) void video.play().catch(() => undefined)
    const trim = feed.idle ? liveTrim(feed.buffered, video.currentTime) : null
    if (trim !== null) feed.remove(trim[0], trim[1])
    // the last picture before an interruption is still buffered: it must not pass for a live one
    if (!this.#playing && !this.#silent && video.readyState >= 2 && covers(feed.buffered, video.currentTime)) {
      this.#playing = true
      this.#attempt = 0
      this.#options.onPicture({ kind: 'playing' })
    }
  }

  #stop(
    why: Extract<Picture, { kind: 'stopped' }>['why'],
    cause: string | null,
    since_ms: number,
    said: Said,
    retry_s: number | null,
  ): void {
    this.#playing = false
    this.#silent = true
    this.#options.onPicture({ kind: 'stopped', why, cause, since_ms, said, retry_s })
  }

  #dropSource(): void {
    const source = this.#source
    this.#source = null
    this.#feed = null
    this.#early = []
    this.#stamps = []
    this.#next_s = 0
    this.#offset = null
    if (source !== null) {
      this.#options.video.removeAttribute('src')
      this.#options.video.load()
    }
  }
}
