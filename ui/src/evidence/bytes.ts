/** Bytes on a disk, little pieces at a time, and the small codings that a package uses. */

export interface Source {
  readonly length: number
  /** At most `size` bytes from `offset`; fewer at the end. */
  read(offset: number, size: number): Uint8Array
}

export function hex(data: Uint8Array): string {
  let out = ''
  for (const byte of data) out += byte.toString(16).padStart(2, '0')
  return out
}

export function unhex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw new Error('not hexadecimal')
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => Number.parseInt(text.slice(index * 2, index * 2 + 2), 16))
}

export function unbase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error('not base64')
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}

export function base64(data: Uint8Array): string {
  return btoa(String.fromCharCode(...data))
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Strict: a byte that is not UTF-8 and a byte order mark are both refused by what reads the text. */
export function text(data: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

const CRC = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})

/** CRC-32 of ZIP, continued from `before`. */
export function crc32(data: Uint8Array, before = 0): number {
  let value = ~before >>> 0
  for (let index = 0; index < data.length; index++) value = (CRC[(value ^ (data[index] ?? 0)) & 0xff] ?? 0) ^ (value >>> 8)
  return ~value >>> 0
}
