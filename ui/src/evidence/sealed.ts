/**
 * A sealed package (docs/ref/sealed-package.md) as the package inside, opened with two shares piece by piece: one chunk is
 * held at a time, each after its tag was checked, and nothing opened is written anywhere.
 */
import { ctr } from '@noble/ciphers/aes.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'

import { concat, hex, same, utf8, type Source } from './bytes'
import { Failed, Undecided } from './failed'

export const MAGIC = 'MJSEAL1\n'
const HEADER = 120
const CHUNK = 2 ** 20
const TAG = 32
const BLOCK = 16
const LABEL = 'mingjian sealed 1 '
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const SHARE = /(?<![A-Z0-9])([AB])((?:-?[A-Z2-7]{4}){14})(?![A-Z0-9])/

export type Letter = 'A' | 'B'

function damaged(zh: string, en: string): never {
  throw new Failed('package', 'seal', zh, en)
}

const number64 = (value: number): Uint8Array => {
  const out = new Uint8Array(8)
  new DataView(out.buffer).setBigUint64(0, BigInt(value))
  return out
}

function unbase32(text: string): Uint8Array {
  const out = new Uint8Array((text.length * 5) / 8)
  let held = 0
  let bits = 0
  let at = 0
  for (const letter of text) {
    held = ((held << 5) | ALPHABET.indexOf(letter)) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      out[at++] = (held >> bits) & 0xff
    }
  }
  return out
}

/** Letter and bytes of a share as it was typed, or stands in a text. Throws Undecided. */
export function readShare(words: string): { letter: Letter; share: Uint8Array } {
  const found = SHARE.exec(words.replace(/[ \t]/g, '').toUpperCase())
  if (found === null) throw new Undecided('密钥份额写法不对：以 A 或 B 开头，后接 14 组四个字母或数字', 'a share is A or B and 14 groups of four letters or digits')
  const letter = found[1] as Letter
  const all = unbase32((found[2] ?? '').replaceAll('-', ''))
  const share = all.slice(0, 32)
  if (!same(sha256(concat(utf8(letter), share)).slice(0, 3), all.slice(32))) throw new Undecided(`密钥份额 ${letter} 有抄写错误`, `share ${letter} was copied wrongly`)
  return { letter, share }
}

/** Whether a file that begins so is a sealed package. */
export function isSealed(start: Uint8Array): boolean {
  return same(start.slice(0, 8), utf8(MAGIC))
}

/** Reads what is inside. Throws Failed for a changed file, Undecided for shares that do not open it. */
export class SealedSource implements Source {
  readonly length: number
  readonly #sealed: Source
  readonly #headerTag: Uint8Array
  readonly #tagKey: Uint8Array
  readonly #cipherKey: Uint8Array
  readonly #counter: bigint
  readonly #chunks: number
  #kept: { index: number; plain: Uint8Array } | null = null

  constructor(sealed: Source, shares: readonly string[]) {
    this.#sealed = sealed
    const header = sealed.read(0, HEADER)
    if (header.length < HEADER || !isSealed(header)) damaged('不是第 1 版封装包，或者文件被截断', 'not a sealed package of format 1, or truncated')
    const long = new DataView(header.buffer, header.byteOffset).getBigUint64(8)
    this.#headerTag = header.slice(88)
    const key = this.#key({ A: header.slice(24, 56), B: header.slice(56, 88) }, shares)
    this.#tagKey = hmac(sha256, key, utf8(`${LABEL}tag`))
    if (!same(hmac(sha256, this.#tagKey, header.slice(0, 88)), this.#headerTag)) damaged('封装包头部被改动', 'the header of the sealed package was changed')
    const word = utf8(hex(hmac(sha256, key, utf8(`${LABEL}cipher`))))
    const block = (n: number): Uint8Array => hmac(sha256, word, concat(header.slice(16, 24), Uint8Array.of(0, 0, 0, n))) // PBKDF2 of one round
    this.#cipherKey = block(1)
    this.#counter = BigInt(`0x${hex(block(2).slice(0, BLOCK))}`)
    const chunks = (long + BigInt(CHUNK - 1)) / BigInt(CHUNK)
    const expected = BigInt(HEADER) + long + chunks * BigInt(TAG)
    if (long === 0n || BigInt(sealed.length) !== expected) {
      damaged(`封装包长度不符：应有 ${expected} 字节，实有 ${sealed.length} 字节，被截断或追加`, `${expected} bytes expected, ${sealed.length} found: truncated or appended to`)
    }
    this.length = Number(long)
    this.#chunks = Number(chunks)
  }

  #key(commitments: Record<Letter, Uint8Array>, given: readonly string[]): Uint8Array {
    const found = new Map<Letter, Uint8Array>()
    for (const { letter, share } of given.map(readShare)) {
      if (found.has(letter)) throw new Undecided(`两次给了份额 ${letter}：须由两名执法人员各给一份`, `share ${letter} was given twice: each officer has one of his own`)
      if (!same(sha256(concat(utf8(`${LABEL}share ${letter}`), share)), commitments[letter])) {
        throw new Undecided(`份额 ${letter} 不是这一次封装的（或者封装包头部被改动）`, `share ${letter} is not of this sealing (or the header was changed)`)
      }
      found.set(letter, share)
    }
    const [a, b] = [found.get('A'), found.get('B')]
    if (a === undefined || b === undefined) throw new Undecided('封装的证据包须用两份密钥份额打开', 'a sealed package opens with both shares')
    return a.map((byte, at) => byte ^ (b[at] ?? 0))
  }

  #chunk(index: number): Uint8Array {
    if (this.#kept?.index === index) return this.#kept.plain
    const at = HEADER + index * (CHUNK + TAG)
    const size = Math.min(CHUNK, this.length - index * CHUNK)
    const piece = this.#sealed.read(at, size + TAG)
    const encrypted = piece.subarray(0, size)
    const place = concat(this.#headerTag, number64(index), Uint8Array.of(index === this.#chunks - 1 ? 1 : 0))
    const tag = hmac.create(sha256, this.#tagKey).update(place).update(encrypted).digest()
    if (!same(tag, piece.subarray(size))) {
      damaged(`封装包第 ${index + 1} 块（从第 ${at} 字节起）被改动`, `chunk ${index + 1} of the sealed package (from byte ${at}) was changed`)
    }
    const first = BigInt.asUintN(128, this.#counter + BigInt(index * (CHUNK / BLOCK)))
    const counter = Uint8Array.from({ length: BLOCK }, (_, byte) => Number((first >> BigInt(8 * (BLOCK - 1 - byte))) & 0xffn))
    const plain = ctr(this.#cipherKey, counter).decrypt(encrypted)
    this.#kept = { index, plain }
    return plain
  }

  read(offset: number, size: number): Uint8Array {
    const end = Math.min(offset + size, this.length)
    if (offset >= end) return new Uint8Array()
    const out = new Uint8Array(end - offset)
    for (let at = offset; at < end; ) {
      const index = Math.floor(at / CHUNK)
      const within = at - index * CHUNK
      const part = this.#chunk(index).subarray(within, Math.min(CHUNK, within + end - at))
      out.set(part, at - offset)
      at += part.length
    }
    return out
  }
}
