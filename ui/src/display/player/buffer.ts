/** A SourceBuffer that may be asked at any time: work waits in line while the browser is busy. */
import { joined } from './messages'

const MAX_WAITING = 512 // frames; beyond it the browser has stalled and the oldest waiting work is worthless

type Work = { offset: number | null; data: Uint8Array<ArrayBuffer> } | { remove: [number, number] } | { type: string }

export class Feed {
  readonly #buffer: SourceBuffer
  readonly #broken: (reason: string) => void
  #waiting: Work[] = []

  /** `broken` hears once that this buffer can take no more; `settled` after each piece of work. */
  constructor(source: MediaSource, mime: string, settled: () => void, broken: (reason: string) => void) {
    this.#buffer = source.addSourceBuffer(mime)
    this.#buffer.mode = 'segments'
    this.#broken = broken
    this.#buffer.addEventListener('updateend', () => {
      settled()
      this.#work()
    })
    this.#buffer.addEventListener('error', () => broken('decode'))
  }

  get buffered(): TimeRanges {
    return this.#buffer.buffered
  }

  get idle(): boolean {
    return this.#waiting.length === 0 && !this.#buffer.updating
  }

  /** Appends bytes whose media time is moved by `offset` seconds; null keeps the present offset. */
  append(data: Uint8Array<ArrayBuffer>, offset: number | null): void {
    this.#waiting.push({ offset, data })
    if (this.#waiting.length > MAX_WAITING) this.#broken('overrun')
    else this.#work()
  }

  remove(from_s: number, to_s: number): void {
    if (to_s > from_s) {
      this.#waiting.push({ remove: [from_s, to_s] })
      this.#work()
    }
  }

  /** Later appends carry another codec. */
  changeType(mime: string): void {
    this.#waiting.push({ type: mime })
    this.#work()
  }

  /** Drops what waits and what is held. */
  clear(): void {
    this.#waiting = [{ remove: [0, Number.POSITIVE_INFINITY] }]
    this.#work()
  }

  #work(): void {
    if (this.#buffer.updating) return
    const work = this.#waiting.shift()
    if (work === undefined) return
    try {
      if ('remove' in work) this.#buffer.remove(work.remove[0], work.remove[1])
      else if ('type' in work) {
        this.#buffer.changeType(work.type)
        this.#work()
      } else this.#append(work)
    } catch (problem) {
      if (problem instanceof DOMException && problem.name === 'QuotaExceededError' && 'data' in work) this.#makeRoom(work)
      else this.#broken(String(problem))
    }
  }

  #append(work: { offset: number | null; data: Uint8Array<ArrayBuffer> }): void {
    const parts = [work.data]
    const offset = work.offset
    for (;;) {
      const next = this.#waiting[0]
      if (next === undefined || !('data' in next)) break
      if (next.offset !== null && (offset === null || Math.abs(next.offset - offset) > 1e-6)) break
      parts.push(next.data)
      this.#waiting.shift()
    }
    if (offset !== null && Math.abs(this.#buffer.timestampOffset - offset) > 1e-6) this.#buffer.timestampOffset = offset
    this.#buffer.appendBuffer(joined(parts))
  }

  #makeRoom(work: Work): void {
    const held = this.#buffer.buffered
    if (held.length === 0) {
      this.#broken('quota')
      return
    }
    this.#waiting.unshift(work)
    const start = held.start(0)
    this.#buffer.remove(start, start + Math.max(1, (held.end(held.length - 1) - start) / 2))
  }
}
