/** Verifies in the background, reading the chosen file piece by piece; nothing leaves the machine. */
import type { Source } from './bytes'
import { verify, type Report } from './verify'

export interface Question {
  package: File
  anchors: File | null
  /** Of a sealed package, as they were typed. */
  shares: string[]
}

export type Answer = { kind: 'reading'; file: string } | { kind: 'done'; report: Report } | { kind: 'failed'; text: string }

const TELL_MS = 100
const MAX_ANCHORS = 2 ** 20
const reader = new FileReaderSync()
const scope = self as unknown as DedicatedWorkerGlobalScope

class FileSource implements Source {
  readonly #file: File

  constructor(file: File) {
    this.#file = file
  }

  get length(): number {
    return this.#file.size
  }

  read(offset: number, size: number): Uint8Array {
    return new Uint8Array(reader.readAsArrayBuffer(this.#file.slice(offset, offset + size)))
  }
}

scope.onmessage = (event: MessageEvent<Question>) => {
  let told = 0
  const say = (answer: Answer): void => scope.postMessage(answer)
  try {
    const anchors = event.data.anchors
    const trust = anchors === null ? null : new FileSource(anchors).read(0, MAX_ANCHORS)
    const report = verify(new FileSource(event.data.package), trust, (file) => {
      if (performance.now() - told < TELL_MS) return
      told = performance.now()
      say({ kind: 'reading', file })
    }, event.data.shares)
    say({ kind: 'done', report })
  } catch (problem) {
    say({ kind: 'failed', text: String(problem) }) // the file vanished or the browser ran out of memory
  }
}
