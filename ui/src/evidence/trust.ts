/** Keys, signed notes and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature); the tree of RFC 6962. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'

import { base64, concat, hex, same, text, unbase64, unhex, utf8 } from './bytes'
import { Failed, Undecided } from './failed'
import { fields, list, parseStrict, string, whole, type Value } from './strict_json'

export type Algorithm = 'ed25519' | 'cosignature/v1' | 'sm2-sm3'

const TYPES: [Uint8Array, Algorithm, number][] = [
  [Uint8Array.of(1), 'ed25519', 32],
  [Uint8Array.of(4), 'cosignature/v1', 32],
  [concat(Uint8Array.of(0xff), utf8('mingjian/sm2-sm3\n')), 'sm2-sm3', 65],
]

/** RFC 8032 as the stand-alone verifier reads it: canonical encodings, no key of small order. */
export function ed25519Valid(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false
  try {
    return ed25519.verify(signature, message, key, { zip215: false })
  } catch {
    return false // a point that does not decode is a bad signature
  }
}

/** A public key from a line `name+id+base64`. */
export class Key {
  readonly name: string
  readonly algorithm: Algorithm
  readonly public: Uint8Array
  readonly id: Uint8Array

  constructor(line: string) {
    const [name, id, ...rest] = line.trim().split('+')
    const typed = unbase64(rest.join('+'))
    const type = TYPES.find(([prefix, , size]) => typed.length - prefix.length === size && same(typed.subarray(0, prefix.length), prefix))
    if (name === undefined || id === undefined || type === undefined) throw new Error(line)
    this.name = name
    this.algorithm = type[1]
    this.public = typed.subarray(type[0].length)
    this.id = sha256(concat(utf8(`${name}\n`), typed)).slice(0, 4)
    if (hex(this.id) !== id) throw new Error(line)
  }

  /** True or false; null where this browser cannot judge (SM2). */
  valid(message: Uint8Array, signature: Uint8Array): boolean | null {
    return this.algorithm === 'sm2-sm3' ? null : ed25519Valid(this.public, message, signature)
  }
}

/** A signed checkpoint. */
export class Note {
  readonly text: string
  readonly origin: string
  readonly size: bigint
  readonly root: Uint8Array
  readonly #signatures: { name: string; id: Uint8Array; value: Uint8Array }[]

  constructor(data: Uint8Array) {
    try {
      const all = text(data)
      const cut = all.lastIndexOf('\n\n')
      if (cut < 0 || !all.endsWith('\n')) throw new Error('no signatures')
      this.text = all.slice(0, cut + 1)
      const lines = this.text.split('\n')
      const [origin, size, root] = lines
      if (lines.length < 4 || lines.slice(0, -1).some((line) => line === '') || origin === undefined || size === undefined || root === undefined) throw new Error('short')
      if (!/^(0|[1-9][0-9]{0,18})$/.test(size)) throw new Error('size')
      this.origin = origin
      this.size = BigInt(size)
      this.root = unbase64(root)
      if (this.root.length !== 32 || base64(this.root) !== root) throw new Error('root')
      this.#signatures = all.slice(cut + 2, -1).split('\n').map(signatureLine)
    } catch {
      throw new Failed('checkpoint.note', 'format', '检查点格式有误', 'malformed checkpoint')
    }
  }

  linesOf(key: Key): Uint8Array[] {
    return this.#signatures.filter((line) => line.name === key.name && same(line.id, key.id)).map((line) => line.value)
  }

  /** POSIX seconds of the key's cosignature; null without one. Failed where it does not verify. */
  cosignedAt(key: Key): bigint | null {
    const value = this.linesOf(key)[0]
    if (value === undefined) return null
    const seconds = value.subarray(0, 8).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    const message = utf8(`cosignature/v1\ntime ${seconds}\n${this.text}`)
    if (!ed25519Valid(key.public, message, value.subarray(8))) {
      throw new Failed('checkpoint.note', 'witness', `见证签名无效：${key.name}`, `bad cosignature of ${key.name}`)
    }
    return seconds
  }
}

function signatureLine(line: string): { name: string; id: Uint8Array; value: Uint8Array } {
  const [dash, name, encoded, ...more] = line.split(' ')
  if (dash !== '\u2014' || name === undefined || name === '' || encoded === undefined || more.length > 0) throw new Error('signature')
  const raw = unbase64(encoded)
  if (raw.length < 5 || base64(raw) !== encoded) throw new Error('signature')
  return { name, id: raw.slice(0, 4), value: raw.slice(4) }
}

/** The public keys that the person verifying trusts, from outside the package. */
export class Anchors {
  readonly origin: string
  readonly log: Key[]
  readonly package: Key[]
  readonly witnesses: Key[]
  readonly quorum: number
  /** Whether they name a time-stamping authority; its stamps are judged by the stand-alone verifier alone. */
  readonly tsa: boolean

  constructor(data: Uint8Array) {
    try {
      const value = fields(parseStrict(text(data)))
      if (value.get('format') !== 'mingjian.anchors') throw new Error('format')
      const keys = (found: Value | undefined): Key[] => list(found).map((line) => new Key(string(line)))
      const log = fields(value.get('log'))
      this.origin = string(log.get('origin'))
      this.log = keys(log.get('keys'))
      this.package = keys(value.get('package'))
      this.witnesses = keys(value.get('witnesses') ?? [])
      this.quorum = Number(whole(value.get('quorum') ?? 0n))
      this.tsa = list(value.get('tsa') ?? []).map(string).length > 0
      if (!this.log.some((key) => key.algorithm === 'ed25519') || this.package.length === 0) throw new Error('keys')
    } catch {
      throw new Undecided('信任锚文件无法解读', 'the trust anchors cannot be read')
    }
  }
}

/** The root that `path` leads to from the leaf (RFC 9162 §2.1.3.2), or null where the path cannot belong there. */
export function rootByPath(leaf: Uint8Array, index: bigint, size: bigint, path: Uint8Array[]): Uint8Array | null {
  if (index < 0n || index >= size) return null
  let position = index
  let last = size - 1n
  let current = sha256(concat(Uint8Array.of(0), leaf))
  for (const sibling of path) {
    if (last === 0n) return null
    if ((position & 1n) === 1n || position === last) {
      current = sha256(concat(Uint8Array.of(1), sibling, current))
      while ((position & 1n) === 0n && position !== 0n) {
        position >>= 1n
        last >>= 1n
      }
    } else current = sha256(concat(Uint8Array.of(1), current, sibling))
    position >>= 1n
    last >>= 1n
  }
  return last === 0n ? current : null
}

export function pathOf(value: Value | undefined): Uint8Array[] {
  const path = list(value).map((item) => unhex(string(item)))
  if (path.length > 64 || path.some((item) => item.length !== 32)) throw new Error('not a path')
  return path
}
