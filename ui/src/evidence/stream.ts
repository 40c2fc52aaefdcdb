/** One stream of a package: its chain, the chain's head in the ledger, its fragments, and time without holes. */
import { sha256 } from '@noble/hashes/sha2.js'

import { hex, utf8 } from './bytes'
import { Failed } from './failed'
import { utc, without, type Period } from './periods'
import { fields, list, string, whole, type Fields } from './strict_json'
import { pathOf, rootByPath } from './trust'
import { strictJson, type Verification } from './verify'

const MAX_CHAIN = 256 * 2 ** 20
const MAX_LINE = 64 * 2 ** 10
const HASH = /^[0-9a-f]{64}$/
const NO_HASH = '0'.repeat(64)
const KINDS = new Set(['FRAG', 'GAP', 'OPEN', 'CLOSE', 'CLOCK', 'HOLD', 'EXPIRE', 'EXPUNGE'])

interface Entry {
  kind: string
  epoch: bigint
  seq: bigint
  t0: bigint
  t1: bigint
  all: Fields
}

type Explained = [period: Period, cause: string]

export function judgeStream(run: Verification, file: string, about: Fields): void {
  run.used.add(file)
  const name = string(about.get('stream'))
  const wanted: Period = [whole(about.get('t0')), whole(about.get('t1'))]
  const lines = splitLines(run.archive.read(file, MAX_CHAIN))
  if (lines.pop()?.length !== 0 || lines.length === 0 || wanted[0] >= wanted[1]) throw new Failed(file, 'format', '链文件不完整', 'chain file is incomplete')
  const entries = chain(file, name, lines)
  head(run, file, name, entries.at(-1), lines.at(-1))
  const missing = new Map(list(about.get('missing') ?? []).map(fields).map((row) => [`${whole(row.get('epoch'))}/${whole(row.get('seq'))}`, String(row.get('cause'))]))
  const recorded: Period[] = []
  const explained: Explained[] = []
  let marks = 0
  for (const entry of entries) {
    const span: Period = [entry.t0, entry.t1]
    if (entry.kind === 'GAP') explained.push([span, String(entry.all.get('cause') ?? 'unknown')])
    else if (entry.kind === 'FRAG') {
      const place = `${entry.epoch}/${entry.seq}`
      const cause = missing.get(place)
      missing.delete(place)
      if (fragment(run, name, entry, wanted, cause !== undefined)) {
        recorded.push(span)
        if (truthy(entry.all.get('lost')) || truthy(entry.all.get('damaged'))) marks += 1
      } else if (cause !== undefined) explained.push([span, cause])
    }
  }
  const first = entries[0]
  if (first?.kind === 'OPEN' && first.all.get('prev') === NO_HASH && first.seq === 0n) {
    explained.push([[wanted[0], first.t0 > wanted[0] ? first.t0 : wanted[0]], 'before-first-recording'])
  }
  if (missing.size > 0) throw new Failed('manifest.json', 'missing', '清单所列缺失片段不在链中', 'a missing fragment is not in the chain')
  if (marks > 0) run.remarks.push({ zh: `${name}：${marks} 个片段有丢包标记`, en: `${name}: ${marks} fragments with loss` })
  coverage(run, file, name, wanted, recorded, explained)
}

/** What the stand-alone verifier's language takes for true. */
function truthy(value: unknown): boolean {
  if (value instanceof Map) return value.size > 0
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}

function splitLines(data: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = []
  let from = 0
  for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, from)) {
    out.push(data.subarray(from, at))
    from = at + 1
  }
  out.push(data.subarray(from))
  return out
}

function chain(file: string, name: string, lines: Uint8Array[]): Entry[] {
  const entries: Entry[] = []
  let previous: Uint8Array = new Uint8Array()
  lines.forEach((line, index) => {
    const at = index + 1
    if (line.length > MAX_LINE) throw new Failed(file, 'format', `第 ${at} 行过长`, `line ${at} too long`)
    const all = fields(strictJson(line, file))
    if (all.get('v') !== 1n || all.get('stream') !== name || !KINDS.has(String(all.get('kind')))) throw new Failed(file, 'format', `第 ${at} 行不属于该视频流`, `line ${at} is not of this stream`)
    const numbers = ['epoch', 'seq', 't0', 't1'].map((field) => all.get(field))
    const [epoch, seq, t0, t1] = numbers
    if (numbers.some((value) => value === undefined)) throw new Error('a field is missing')
    if (typeof epoch !== 'bigint' || typeof seq !== 'bigint' || typeof t0 !== 'bigint' || typeof t1 !== 'bigint' || epoch < 0n || seq < 0n || t0 < 0n || t1 < t0) {
      throw new Failed(file, 'format', `第 ${at} 行数值不合规`, `line ${at} has bad numbers`)
    }
    const entry: Entry = { kind: string(all.get('kind')), epoch, seq, t0, t1, all }
    const last = entries.at(-1)
    if (last !== undefined) {
      if (all.get('prev') !== hex(sha256(previous))) throw new Failed(file, 'chain', `第 ${at} 行与上一条不相连`, `line ${at} does not link to the one before`)
      const follows = epoch === last.epoch && seq === last.seq + 1n
      const begins = epoch > last.epoch && seq === 0n && entry.kind === 'OPEN'
      if (!follows && !begins) throw new Failed(file, 'sequence', `第 ${at} 行序号不连续`, `line ${at} breaks the sequence`)
    }
    entries.push(entry)
    previous = line
  })
  return entries
}

/** The chain's last entry is a head that the ledger committed: a cut or exchanged tail shows here. */
function head(run: Verification, file: string, name: string, entry: Entry | undefined, line: Uint8Array | undefined): void {
  if (entry === undefined || line === undefined) throw new Error('no entry')
  const proof = fields(fields(run.proofs.get('heads')).get(name))
  const said = string(proof.get('head'))
  const known = fields(strictJson(utf8(said), 'proofs.json'))
  if (known.get('stream') !== name) throw new Failed('proofs.json', 'head', '链头属于另一路视频', 'head is of another stream')
  if (known.get('epoch') !== entry.epoch || known.get('seq') !== entry.seq || known.get('head') !== hex(sha256(line))) {
    throw new Failed(file, 'head', '链尾不是账本登记的链头：尾部被截去或改动', 'tail is not the head in the ledger')
  }
  const batch = fields(proof.get('batch'))
  const size = whole(batch.get('size'))
  const root = rootByPath(utf8(said), whole(batch.get('index')), size, pathOf(batch.get('path')))
  const leaf = run.included(utf8(string(proof.get('leaf'))), whole(proof.get('index')), pathOf(proof.get('path')), 'head')
  const facts = fields(leaf.get('facts'))
  if (leaf.get('kind') !== 'recorder.heads' || root === null || facts.get('root') !== hex(root)) {
    throw new Failed('proofs.json', 'batch', '链头不在账本登记的批次中', 'head is not in the batch of the ledger')
  }
  if (facts.get('count') !== size) throw new Failed('proofs.json', 'batch', '批次大小不符', 'size of the batch differs')
}

/** Whether the fragment's original bytes are in the package; it must be where it overlaps what was asked. */
function fragment(run: Verification, name: string, entry: Entry, wanted: Period, excused: boolean): boolean {
  const initSha = string(entry.all.get('init_sha'))
  const media = `media/${name}/${String(entry.epoch).padStart(6, '0')}-${String(entry.seq).padStart(9, '0')}.m4s`
  const init = `media/${name}/init-${initSha.slice(0, 12)}.mp4`
  const member = run.archive.members.get(media)
  if (member === undefined) {
    if (entry.t0 < wanted[1] && wanted[0] < entry.t1 && !excused) run.failures.push(new Failed(media, 'present', '链中的片段不在证据包中', 'a fragment of the chain is missing'))
    return false
  }
  run.used.add(media)
  run.used.add(init)
  for (const [file, expected] of [[media, string(entry.all.get('sha256'))], [init, initSha]] as const) {
    if (!HASH.test(expected) || run.hashes.get(file) !== expected) {
      run.failures.push(new Failed(file, 'original', '与录制时链中的哈希不符', 'differs from what was recorded'))
      return false
    }
  }
  if (BigInt(member.size) !== entry.all.get('bytes')) {
    run.failures.push(new Failed(media, 'original', '长度与链不符', 'length differs from the chain'))
    return false
  }
  return true
}

function coverage(run: Verification, file: string, name: string, wanted: Period, recorded: Period[], explained: Explained[]): void {
  const hole = without(wanted, [...recorded, ...explained.map(([span]) => span)])[0]
  if (hole !== undefined) {
    const where = `${utc(hole[0])} … ${utc(hole[1])}`
    throw new Failed(file, 'coverage', `有未说明原因的空缺 ${where}`, `unexplained hole ${where}`)
  }
  const absent = without(wanted, recorded)
  const sorted = [...explained].sort(([a, x], [b, y]) => (a[0] !== b[0] ? (a[0] < b[0] ? -1 : 1) : a[1] !== b[1] ? (a[1] < b[1] ? -1 : 1) : x < y ? -1 : 1))
  for (const [start, end] of absent) {
    let left = start
    for (const [span, cause] of sorted) {
      const low = span[0] > left ? span[0] : left
      const high = span[1] < end ? span[1] : end
      if (low < high) {
        addGap(run, name, low, high, cause)
        left = high
      }
    }
  }
  run.streams.push({ stream: name, asked_ns: wanted[1] - wanted[0], missing_ns: absent.reduce((sum, [start, end]) => sum + end - start, 0n) })
}

function addGap(run: Verification, stream: string, t0: bigint, t1: bigint, cause: string): void {
  const last = run.gaps.at(-1)
  if (last !== undefined && last.stream === stream && last.cause === cause && last.t1 === t0) last.t1 = t1
  else run.gaps.push({ stream, t0, t1, cause })
}
