/** The media socket's words: text messages as JSON, media as a 29-byte head and a payload. */

export const KIND = { init: 1, live: 2, playback: 3, preview: 4 } as const

const HEAD_BYTES = 29

export interface MediaMessage {
  kind: number
  id: number
  utc_ms: number
  media_s: number
  duration_s: number
  payload: Uint8Array<ArrayBuffer>
}

export type TileState = 'offline' | 'online' | 'refused' | 'codec' | 'expired'

/** What the server says to people, in both languages; empty where the screen has its own words for the cause. */
export interface Said {
  text?: string | null
  text_en?: string | null
  remedy?: string | null
  remedy_en?: string | null
  article?: string | null
}

export type ServerText =
  | { op: 'opened'; entry: number | string; watermark: { person: string; unit: string; entry: number | string } }
  | {
      op: 'init'
      id: number
      mime: string
      quality: 'main' | 'sub'
      transcoded: boolean
      width: number
      height: number
    }
  | { op: 'large'; in_use: number; cap: number }
  | { op: 'gap'; id: number; from_ms: number; to_ms: number; cause: string }
  | { op: 'end'; id: number }
  | ({ op: 'state'; state: TileState; cause?: string | null; since_ms?: number | null } & Said)
  | ({ op: 'error'; code: string } & Said)

/** How many pictures in high definition are made for people outside at once, and how many may be. */
export type Large = Extract<ServerText, { op: 'large' }>

export type InitText = Extract<ServerText, { op: 'init' }>

/** The words in the screen's language; null where the server has none in it. */
export function inLanguage(said: Said, language: string): { text: string | null; remedy: string | null } {
  const english = language === 'en-US'
  const one = (zh: string | null | undefined, en: string | null | undefined): string | null => (english ? en : zh) || null
  return { text: one(said.text, said.text_en), remedy: one(said.remedy, said.remedy_en) }
}

/** The message in `data`, or null when it is too short to be one. Big-endian as the wire says. */
export function parseMedia(data: ArrayBuffer): MediaMessage | null {
  if (data.byteLength < HEAD_BYTES) return null
  const view = new DataView(data)
  return {
    kind: view.getUint8(0),
    id: view.getUint32(1),
    utc_ms: Number(view.getBigInt64(5)),
    media_s: view.getFloat64(13),
    duration_s: view.getFloat64(21),
    payload: new Uint8Array(data, HEAD_BYTES),
  }
}

const OPS = new Set(['opened', 'large', 'init', 'gap', 'end', 'state', 'error'])

/** The text message, or null for words of a later server that this page does not know. */
export function parseText(text: string): ServerText | null {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof body !== 'object' || body === null || !('op' in body)) return null
  return OPS.has(String(body.op)) ? (body as ServerText) : null
}

/** One buffer of all `parts`: MSE takes one large append much cheaper than many small ones. */
export function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0]
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.byteLength
  }
  return out
}
