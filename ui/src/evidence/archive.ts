/** The package's archive: one canonical form of stored ZIP, every byte accounted for. */
import { concat, same, utf8, type Source } from './bytes'
import { Failed } from './failed'

const MAX_MEMBERS = 1_000_000
const MAX_DIRECTORY = 256 * 2 ** 20
const CHUNK = 2 ** 20
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,4}$/
const DOS_DATE = 0x21
const ATTRIBUTES = (0o100644 << 16) >>> 0
const FULL32 = 0xffffffff
const FULL16 = 0xffff
const MADE_BY = (3 << 8) | 45

export interface Member {
  name: string
  crc: number
  size: number
  offset: number
}

type Part = [bits: 16 | 32 | 64, value: number]

function packed(...parts: Part[]): Uint8Array {
  const out = new DataView(new ArrayBuffer(parts.reduce((sum, [bits]) => sum + bits / 8, 0)))
  let at = 0
  for (const [bits, value] of parts) {
    if (bits === 16) out.setUint16(at, value, true)
    else if (bits === 32) out.setUint32(at, value, true)
    else out.setBigUint64(at, BigInt(value), true)
    at += bits / 8
  }
  return new Uint8Array(out.buffer)
}

export function localHeader(member: Member): Uint8Array {
  const name = utf8(member.name)
  return concat(
    packed([32, 0x04034b50], [16, 20], [16, 0], [16, 0], [16, 0], [16, DOS_DATE], [32, member.crc], [32, member.size], [32, member.size], [16, name.length], [16, 0]),
    name,
  )
}

export function directoryEntry(member: Member): Uint8Array {
  const name = utf8(member.name)
  const far = member.offset >= FULL32
  const extra = far ? packed([16, 1], [16, 8], [64, member.offset]) : new Uint8Array()
  return concat(
    packed(
      [32, 0x02014b50], [16, MADE_BY], [16, far ? 45 : 20], [16, 0], [16, 0], [16, 0], [16, DOS_DATE], [32, member.crc], [32, member.size], [32, member.size],
      [16, name.length], [16, extra.length], [16, 0], [16, 0], [16, 0], [32, ATTRIBUTES], [32, far ? FULL32 : member.offset],
    ),
    name,
    extra,
  )
}

export function directoryEnd(count: number, size: number, start: number): Uint8Array {
  const far = count >= FULL16 || size >= FULL32 || start >= FULL32
  const records = far
    ? concat(
        packed([32, 0x06064b50], [64, 44], [16, MADE_BY], [16, 45], [32, 0], [32, 0], [64, count], [64, count], [64, size], [64, start]),
        packed([32, 0x07064b50], [32, 0], [64, start + size], [32, 1]),
      )
    : new Uint8Array()
  const [few, short, near] = far ? [FULL16, FULL32, FULL32] : [count, size, start]
  return concat(records, packed([32, 0x06054b50], [16, 0], [16, 0], [16, few], [16, few], [32, short], [32, near], [16, 0]))
}

function bad(zh: string, en: string): never {
  throw new Failed('package', 'zip', zh, en)
}

function far64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) bad('目录位置或大小不合理', 'directory position or size is impossible')
  return Number(value)
}

const dataView = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength)

/** Reads the archive strictly: what another extractor could read differently is refused. */
export class Archive {
  readonly members = new Map<string, Member>()
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
    const { start, size, count } = this.#findDirectory()
    const directory = source.read(start, size)
    let position = 0
    let dataEnd = 0
    const folded = new Set<string>()
    const rebuilt: Uint8Array[] = []
    for (let index = 0; index < count; index++) {
      const [member, next] = this.#parseEntry(directory, position)
      position = next
      if (!NAME.test(member.name) || folded.has(member.name.toLowerCase())) bad(`含非法或重复的文件名 ${JSON.stringify(member.name)}`, 'bad or duplicate name')
      folded.add(member.name.toLowerCase())
      if (member.offset !== dataEnd || !same(source.read(dataEnd, 30 + member.name.length), localHeader(member))) {
        throw new Failed(member.name, 'zip', '文件头与目录不一致', 'local header differs from directory')
      }
      dataEnd += 30 + member.name.length + member.size
      this.members.set(member.name, member)
      rebuilt.push(directoryEntry(member))
    }
    if (dataEnd !== start || !same(concat(...rebuilt), directory)) bad('目录不规范', 'directory is not in canonical form')
    if (!same(source.read(start + size, source.length - start - size), directoryEnd(count, size, start))) bad('结尾记录不规范', 'end records are not in canonical form')
  }

  #findDirectory(): { start: number; size: number; count: number } {
    const { length } = this.#source
    if (length < 22) bad('不是证据包：文件太短', 'not a package: too short')
    const tail = dataView(this.#source.read(length - 22, 22))
    if (tail.getUint32(0, true) !== 0x06054b50) bad('不是证据包：结尾不是 ZIP 记录，或文件被截断、追加', 'not a package: no ZIP end record')
    let count = tail.getUint16(10, true)
    let size = tail.getUint32(12, true)
    let start = tail.getUint32(16, true)
    let end = length - 22
    if (count === FULL16 || size === FULL32 || start === FULL32) {
      if (length < 98) bad('ZIP64 记录缺失', 'ZIP64 record missing')
      end = length - 98
      const far = dataView(this.#source.read(end + 32, 24))
      count = far64(far, 0)
      size = far64(far, 8)
      start = far64(far, 16)
    }
    if (count > MAX_MEMBERS || size > MAX_DIRECTORY || start + size !== end) bad('目录位置或大小不合理', 'directory position or size is impossible')
    return { start, size, count }
  }

  #parseEntry(directory: Uint8Array, at: number): [Member, number] {
    if (at + 46 > directory.length) bad('目录不完整', 'directory is truncated')
    const view = dataView(directory)
    const crc = view.getUint32(at + 16, true)
    const size = view.getUint32(at + 24, true)
    const names = view.getUint16(at + 28, true)
    const extras = view.getUint16(at + 30, true)
    let offset = view.getUint32(at + 42, true)
    const end = at + 46 + names + extras + view.getUint16(at + 32, true)
    if (view.getUint32(at + 20, true) !== size || end > directory.length) bad('含压缩文件或目录不完整', 'compressed member or truncated directory')
    if (offset === FULL32 && extras === 12) offset = far64(view, at + 46 + names + 4)
    const name = String.fromCharCode(...directory.subarray(at + 46, at + 46 + Math.min(names, 1000)))
    return [{ name, crc, size, offset }, end]
  }

  *chunks(name: string): Generator<Uint8Array> {
    const member = this.members.get(name)
    if (member === undefined) throw new Failed(name, 'present', '证据包中缺少该文件', 'missing from the package')
    let at = member.offset + 30 + name.length
    let left = member.size
    while (left > 0) {
      const part = this.#source.read(at, Math.min(CHUNK, left))
      if (part.length === 0) throw new Failed(name, 'zip', '文件不完整', 'member is truncated')
      at += part.length
      left -= part.length
      yield part
    }
  }

  read(name: string, limit: number): Uint8Array {
    const member = this.members.get(name)
    if (member === undefined) throw new Failed(name, 'present', '证据包中缺少该文件', 'missing from the package')
    if (member.size > limit) throw new Failed(name, 'size', '文件超过上限', 'larger than allowed')
    return concat(...this.chunks(name))
  }
}
