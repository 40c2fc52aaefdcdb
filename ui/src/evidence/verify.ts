/**
 * Judges one package by the rules of the stand-alone verifier (`verify.py`), with its outcomes and its words. A failure
 * does not hide the next. SM2, SM3 and time stamps cannot be judged in a browser; each is said as a remark, as where the
 * stand-alone verifier's machine lacks them.
 */
import { sha256 } from '@noble/hashes/sha2.js'

import { Archive } from './archive'
import { crc32, hex, text, utf8, type Source } from './bytes'
import { Failed, Undecided } from './failed'
import { isSealed, MAGIC, SealedSource } from './sealed'
import { judgeStream } from './stream'
import { fields, list, parseStrict, string, whole, type Fields, type Value } from './strict_json'
import { Anchors, Key, Note, pathOf, rootByPath } from './trust'

export type Outcome = 'VERIFIED' | 'NOT_VERIFIED' | 'VERIFIED_WITH_GAPS' | 'CANNOT_DECIDE'
export interface Words {
  zh: string
  en: string
}
export interface Gap {
  stream: string
  t0: bigint
  t1: bigint
  cause: string
}
export interface Report {
  outcome: Outcome
  failures: (Words & { file: string; check: string })[]
  gaps: Gap[]
  remarks: Words[]
  streams: { stream: string; asked_ns: bigint; missing_ns: bigint }[]
  witnesses: { name: string; at_s: bigint }[]
  reason: Words | null
}

const MAX_JSON = 256 * 2 ** 20
const MAX_NOTE = 64 * 2 ** 10
const MAX_FAILURES = 50
const STREAM = /^[A-Za-z0-9][A-Za-z0-9.-]{0,79}$/
const MAX_TOKEN = 64 * 2 ** 10
const TIMESTAMP_FILE = 'manifest.tsr'
const SIGNATURE_FILES: Record<string, string> = { ed25519: 'manifest.sig', 'sm2-sm3': 'manifest.sm2.sig' }
const PLAIN = new Set(['verify.py', 'README.zh.txt', 'proofs.json', 'checkpoint.note'])

export function strictJson(data: Uint8Array, file: string): Value {
  try {
    return parseStrict(text(data))
  } catch {
    throw new Failed(file, 'json', '不是规范的 JSON', 'not well-formed JSON')
  }
}

export class Verification {
  readonly failures: Failed[] = []
  readonly gaps: Gap[] = []
  readonly remarks: Words[] = []
  readonly streams: Report['streams'] = []
  readonly witnesses: Report['witnesses'] = []
  readonly hashes = new Map<string, string>()
  readonly used = new Set(['manifest.json'])
  readonly archive: Archive
  readonly anchors: Anchors | null
  manifest: Fields = new Map()
  proofs: Fields = new Map()
  undecided: Undecided | null = null
  #note: Note | null = null
  readonly #progress: (file: string) => void

  constructor(archive: Archive, anchors: Anchors | null, progress: (file: string) => void) {
    this.archive = archive
    this.anchors = anchors
    this.#progress = progress
  }

  attempt(name: string, check: () => void): void {
    try {
      check()
    } catch (problem) {
      if (problem instanceof Undecided) {
        this.undecided ??= problem
        return
      }
      const failed = problem instanceof Failed ? problem : new Failed(name, 'format', '内容不符合格式', 'content does not follow the format')
      if (this.failures.length < MAX_FAILURES) this.failures.push(failed)
    }
  }

  run(): void {
    const data = this.archive.read('manifest.json', MAX_JSON)
    const manifest = strictJson(data, 'manifest.json')
    if (!(manifest instanceof Map) || manifest.get('format') !== 'mingjian.package') throw new Failed('manifest.json', 'format', '不是证据包清单', 'not a package manifest')
    this.manifest = manifest
    if (manifest.get('v') !== 1n) throw new Undecided('证据包版本较新，请用更新的核验程序', 'the package is of a newer version')
    this.attempt('signatures', () => this.#signatures(data))
    this.attempt('timestamp', () => this.#timestamp())
    this.attempt('files', () => this.#files())
    try {
      this.proofs = fields(strictJson(this.archive.read('proofs.json', MAX_JSON), 'proofs.json'))
      this.#note = new Note(this.archive.read('checkpoint.note', MAX_NOTE))
    } catch (problem) {
      if (!(problem instanceof Failed)) throw problem
      this.failures.push(problem)
      return
    }
    this.attempt('checkpoint', () => this.#checkpoint())
    this.attempt('register', () => this.#register())
    const streams = list(manifest.get('streams')).map(fields)
    if (streams.length === 0) throw new Failed('manifest.json', 'streams', '证据包中没有视频流', 'the package holds no stream')
    const seen = new Set<string>()
    for (const about of streams) {
      const name = string(about.get('stream'))
      if (!STREAM.test(name) || seen.has(name)) throw new Failed('manifest.json', 'streams', '视频流名称不合规', 'bad stream name')
      seen.add(name)
      this.attempt(`chain/${name}.jsonl`, () => judgeStream(this, `chain/${name}.jsonl`, about))
    }
    this.attempt('derived', () => this.#derived())
    for (const name of [...this.archive.members.keys()].sort()) {
      if (!this.used.has(name) && !PLAIN.has(name)) {
        this.attempt(name, () => {
          throw new Failed(name, 'chain', '该文件不在任何视频流的链中', "no stream's chain accounts for this file")
        })
      }
    }
  }

  #signatures(data: Uint8Array): void {
    const named = list(this.manifest.get('signatures')).map(string)
    if (named.length === 0 || named.some((name) => SIGNATURE_FILES[name] === undefined)) throw new Failed('manifest.json', 'signatures', '清单未说明签名', 'manifest names no known signature')
    const trusted = this.anchors === null ? list(this.manifest.get('keys')).map((line) => new Key(string(line))) : this.anchors.package
    let good = false
    for (const algorithm of named) {
      const file = SIGNATURE_FILES[algorithm] ?? ''
      this.used.add(file)
      const signature = this.archive.read(file, 4096)
      const keys = trusted.filter((key) => key.algorithm === algorithm)
      if (keys.length === 0) {
        this.remarks.push({ zh: `信任锚中没有 ${algorithm} 公钥`, en: `no ${algorithm} key among the anchors` })
        continue
      }
      const answers = keys.map((key) => key.valid(data, signature))
      if (answers.includes(true)) good = true
      else if (answers.includes(null)) this.remarks.push({ zh: '浏览器不支持 SM2，未核验 SM2 签名', en: 'SM2 not checked: browsers lack it' })
      else throw new Failed(file, 'signature', '清单签名无效或不是受信任密钥所签', 'bad signature or untrusted key')
    }
    if (good) return
    if (trusted.some((key) => named.includes(key.algorithm))) throw new Undecided('仅有的受信任密钥是 SM2，而本机无法核验', 'only SM2 is trusted and cannot be checked here')
    throw new Failed('manifest.json', 'signature', '没有受信任密钥的签名', 'not signed by a trusted key')
  }

  #timestamp(): void {
    const said = this.manifest.get('timestamp')
    if (said === null) {
      if (this.anchors?.tsa === true) this.remarks.push({ zh: '没有时间戳', en: 'no time stamp' })
      return
    }
    const problem = fields(said).get('problem')
    if (problem !== undefined) {
      this.remarks.push({ zh: `没有时间戳：制作时未能取得（${string(problem)}）`, en: `no time stamp: none could be had when it was made (${string(problem)})` })
      return
    }
    this.used.add(TIMESTAMP_FILE)
    this.archive.read(TIMESTAMP_FILE, MAX_TOKEN)
    this.remarks.push({ zh: '未核对时间戳：浏览器不支持', en: 'time stamp not checked: browsers cannot' })
  }

  #files(): void {
    const hashes = list(this.manifest.get('hashes')).map(string).join(' ')
    if (hashes !== 'sha256' && hashes !== 'sha256 sm3') throw new Failed('manifest.json', 'files', '清单使用未知的哈希算法', 'manifest names unknown hashes')
    if (hashes === 'sha256') this.remarks.push({ zh: '未核对 SM3：证据包没有列出', en: 'SM3 not checked: the package lists none' })
    else this.remarks.push({ zh: '未核对 SM3：浏览器不支持', en: 'SM3 not checked: browsers lack it' })
    const listed = new Map<string, Fields>()
    for (const row of list(this.manifest.get('files')).map(fields)) {
      const name = string(row.get('name'))
      if (listed.has(name)) throw new Failed('manifest.json', 'files', '清单重复列出文件', 'a file is listed twice')
      listed.set(name, row)
    }
    const outside = new Set(['manifest.json', ...list(this.manifest.get('signatures')).map((name) => SIGNATURE_FILES[string(name)] ?? '')])
    if (this.used.has(TIMESTAMP_FILE)) outside.add(TIMESTAMP_FILE)
    for (const name of [...this.archive.members.keys()].sort()) {
      if (!listed.has(name) && !outside.has(name)) this.failures.push(new Failed(name, 'listed', '清单之外的文件', 'not listed in the manifest'))
    }
    for (const [name, row] of listed) this.attempt(name, () => this.#oneFile(name, row))
    for (const name of outside) if (this.archive.members.has(name)) this.attempt(name, () => void this.#checksum(name))
  }

  #checksum(name: string): string {
    this.#progress(name)
    const digest = sha256.create()
    let crc = 0
    for (const part of this.archive.chunks(name)) {
      digest.update(part)
      crc = crc32(part, crc)
    }
    if (crc !== this.archive.members.get(name)?.crc) throw new Failed(name, 'crc', '文件内容与校验和不符', 'content differs from its checksum')
    return hex(digest.digest())
  }

  #oneFile(name: string, row: Fields): void {
    const member = this.archive.members.get(name)
    if (member === undefined) throw new Failed(name, 'present', '证据包中缺少该文件', 'missing from the package')
    if (BigInt(member.size) !== whole(row.get('bytes'))) throw new Failed(name, 'size', '长度与清单不符', 'length differs from the manifest')
    const found = this.#checksum(name)
    if (found !== row.get('sha256')) throw new Failed(name, 'sha256', '内容与清单不符', 'content differs from the manifest')
    this.hashes.set(name, found)
  }

  #checkpoint(): void {
    const { anchors } = this
    const note = this.#note
    if (anchors === null || note === null) return
    if (note.origin !== anchors.origin) throw new Failed('checkpoint.note', 'origin', '不是受信任的账本', 'not the trusted ledger')
    let good = false
    for (const key of anchors.log) {
      for (const value of note.linesOf(key)) {
        const answer = key.valid(utf8(note.text), value)
        if (answer === false) throw new Failed('checkpoint.note', 'signature', '账本签名无效', 'bad signature of the ledger')
        good ||= answer === true && key.algorithm === 'ed25519'
      }
    }
    if (!good) throw new Failed('checkpoint.note', 'signature', '没有受信任账本的签名', 'not signed by the trusted ledger')
    for (const key of anchors.witnesses) {
      const at_s = note.cosignedAt(key)
      if (at_s !== null && !this.witnesses.some((known) => known.name === key.name)) this.witnesses.push({ name: key.name, at_s })
    }
    const have = this.witnesses.length
    if (have < anchors.quorum) {
      throw new Undecided(`见证签名 ${have} 个，应有 ${anchors.quorum} 个：无法排除账本被分叉`, `${have} of ${anchors.quorum} witnesses: a forked ledger cannot be ruled out`)
    }
  }

  included(leaf: Uint8Array, index: bigint, path: Uint8Array[], what: string): Fields {
    const note = this.#note
    const root = note === null ? null : rootByPath(leaf, index, note.size, path)
    if (root === null || note === null || hex(root) !== hex(note.root)) throw new Failed('proofs.json', what, '账本记录不在检查点之下', 'ledger entry is not under the checkpoint')
    return fields(strictJson(leaf, 'proofs.json'))
  }

  #register(): void {
    const proof = fields(this.proofs.get('register'))
    const index = whole(proof.get('index'))
    const entry = this.included(utf8(string(proof.get('leaf'))), index, pathOf(proof.get('path')), 'register')
    if (index !== this.manifest.get('register')) throw new Failed('proofs.json', 'register', '登记号与清单不符', 'register number differs from the manifest')
    if (string(entry.get('subject')) !== fields(this.manifest.get('request')).get('id')) throw new Failed('proofs.json', 'register', '登记的是另一份申请', 'the entry is of another request')
    const facts = fields(entry.get('facts'))
    const registered = new Set(list(facts.get('cameras')).map(string))
    const cameras = new Set<string>()
    for (const stream of list(this.manifest.get('streams')).map(fields)) {
      cameras.add(string(stream.get('stream')).replace(/\.sub$/, ''))
      const start_ms = whole(stream.get('t0')) / 1_000_000n
      const end_ms = whole(stream.get('t1')) / 1_000_000n
      if (start_ms !== facts.get('start_ms') || end_ms !== facts.get('end_ms')) throw new Failed('proofs.json', 'register', '时段与登记不符', 'the period differs from what was registered')
    }
    if (cameras.size !== registered.size || ![...cameras].every((camera) => registered.has(camera))) {
      throw new Failed('proofs.json', 'register', '摄像机与登记不符', 'the cameras differ from what was registered')
    }
  }

  /** A playable copy is transcoded and marked, so it proves nothing; it names the originals it was made of. */
  #derived(): void {
    const rows = list(this.manifest.get('derived')).map(fields)
    for (const row of rows) {
      const name = string(row.get('name'))
      this.attempt(name, () => this.#oneDerived(name, string(row.get('mark')), list(row.get('from')).map(string)))
    }
    if (rows.length > 0) {
      this.remarks.push({ zh: `${rows.length} 个可播放副本经转码并加水印，不是证据原件`, en: `${rows.length} playable copies are transcoded and marked: no evidence` })
    }
    for (const row of list(this.manifest.get('derived_failed')).map(fields)) {
      const name = string(row.get('name'))
      const problem = string(row.get('problem'))
      this.remarks.push({ zh: `未能制作可播放副本 ${name}（${problem}）`, en: `no playable copy ${name} (${problem})` })
    }
  }

  #oneDerived(name: string, mark: string, from: string[]): void {
    this.used.add(name)
    if (!name.startsWith('derived/') || mark === '') throw new Failed(name, 'derived', '衍生文件位置不符或没有水印', 'derived file is elsewhere or bears no mark')
    for (const source of from) {
      if (!source.startsWith('media/') || !this.used.has(source)) throw new Failed(name, 'derived', '不是由链中的原始片段制成', 'not made of originals in the chain')
    }
  }
}

/**
 * Judges the package; `trust` is the content of the anchors file, or null. A sealed one is opened with `shares`. Never
 * throws for bad content.
 */
export function verify(source: Source, trust: Uint8Array | null, progress: (file: string) => void = () => undefined, shares: readonly string[] = []): Report {
  let run: Verification | null = null
  let undecided: Undecided | null = null
  const late: Failed[] = []
  try {
    const anchors = trust === null ? null : new Anchors(trust)
    const plain = isSealed(source.read(0, MAGIC.length)) || shares.length > 0 ? new SealedSource(source, shares) : source
    run = new Verification(new Archive(plain), anchors, progress)
    run.run()
  } catch (problem) {
    if (problem instanceof Undecided) undecided = problem
    else if (problem instanceof Failed) late.push(problem)
    else late.push(new Failed('manifest.json', 'format', '内容不符合格式', 'does not follow the format'))
  }
  undecided ??= run?.undecided ?? null
  if (run !== null && undecided === null && run.anchors === null) {
    undecided = new Undecided('未提供信任锚，只核对了内部一致性', 'no trust anchors given: only consistency was checked')
  }
  const failures = [...(run?.failures ?? []), ...late]
  const outcome = failures.length > 0 ? 'NOT_VERIFIED' : undecided !== null || run === null ? 'CANNOT_DECIDE' : run.gaps.length > 0 ? 'VERIFIED_WITH_GAPS' : 'VERIFIED'
  return {
    outcome,
    failures: failures.map(({ file, check, zh, en }) => ({ file, check, zh, en })),
    gaps: run?.gaps ?? [],
    remarks: run?.remarks ?? [],
    streams: run?.streams ?? [],
    witnesses: run?.witnesses ?? [],
    reason: failures.length === 0 && undecided !== null ? { zh: undecided.zh, en: undecided.en } : null,
  }
}
