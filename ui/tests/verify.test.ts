/** The browser's verifier gives the same verdict, file and check as the stand-alone one on the same vectors. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { crc32, utf8, type Source } from '../src/evidence/bytes'
import { without } from '../src/evidence/periods'
import { parseStrict } from '../src/evidence/strict_json'
import { verify } from '../src/evidence/verify'

interface Expected {
  verdict: string
  file?: string
  check?: string
  says?: string
  browser?: Expected
}

const root = join(import.meta.dirname, '../..')
const python = process.env['MINGJIAN_PYTHON'] ?? join(root, '.venv/bin/python')
const WRITE = `
import json, sys
from pathlib import Path
sys.path.insert(0, "tests")
from vectors import build_vectors
folder = Path(sys.argv[1])
(folder / "expected.json").write_text(json.dumps(build_vectors.write(folder)))
`

class Memory implements Source {
  readonly #data: Uint8Array

  constructor(data: Uint8Array) {
    this.#data = data
  }

  get length(): number {
    return this.#data.length
  }

  read(offset: number, size: number): Uint8Array {
    return this.#data.subarray(offset, offset + size)
  }
}

let folder = ''
let expected: Record<string, Expected> = {}
const load = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)))

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vectors-'))
  execFileSync(python, ['-c', WRITE, folder], { cwd: root })
  expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('verify', () => {
  it('judges every vector as the stand-alone verifier does', () => {
    expect(Object.keys(expected).length).toBeGreaterThan(20)
    const found: Record<string, Expected> = {}
    // where there is neither SM3 nor OpenSSL some things are not checked, and the vectors say what must be said instead
    const here = Object.fromEntries(Object.entries(expected).map(([name, wanted]) => [name, wanted.browser ?? wanted]))
    expect(Object.values(expected).filter((wanted) => wanted.browser !== undefined).length).toBeGreaterThan(4)
    for (const [name, wanted] of Object.entries(here)) {
      const report = verify(new Memory(load(name)), load('anchors.json'))
      found[name] = { verdict: report.outcome.replaceAll('_', ' ') }
      if (wanted.file !== undefined) Object.assign(found[name], { file: report.failures[0]?.file, check: report.failures[0]?.check })
      const { says } = wanted
      if (says !== undefined && report.remarks.some((remark) => remark.en.includes(says))) Object.assign(found[name], { says })
    }
    expect(found).toEqual(here)
  })

  it('says that a package without the witness its anchors demand is not decided, and why', () => {
    const report = verify(new Memory(load('unwitnessed.zip')), load('anchors.json'))
    expect([report.outcome, report.reason?.en]).toEqual(['CANNOT_DECIDE', '0 of 1 witnesses: a forked ledger cannot be ruled out'])
  })

  it('cannot decide without anchors or with a file that is none', () => {
    const good = new Memory(load('good.zip'))
    expect(verify(good, null).outcome).toBe('CANNOT_DECIDE')
    expect(verify(good, utf8('{}')).outcome).toBe('CANNOT_DECIDE')
    expect(verify(good, load('good.zip').slice(0, 100)).outcome).toBe('CANNOT_DECIDE')
  })

  it('says no to a single flipped byte wherever it is', () => {
    const good = load('good.zip')
    const anchors = load('anchors.json')
    for (let step = 0; step < 40; step++) {
      const at = Math.floor((good.length - 1) * (step / 39))
      const flipped = good.slice()
      flipped[at] = (flipped[at] ?? 0) ^ 0x10
      expect([at, verify(new Memory(flipped), anchors).outcome]).toEqual([at, 'NOT_VERIFIED'])
    }
  })
})

describe('strict JSON', () => {
  it('keeps nanoseconds exact', () => {
    expect(parseStrict('{"t0": 1795529109123456789}')).toEqual(new Map([['t0', 1_795_529_109_123_456_789n]]))
  })

  it.each(['1.5', '1e3', 'NaN', '{"a":1,"a":2}', '[1,]', '01', '"\u0001"', '', '{} {}', '\ufeff{}', '['.repeat(200)])('refuses %s', (text) => {
    expect(() => parseStrict(text)).toThrow()
  })
})

describe('small parts', () => {
  it('computes the CRC of the ZIP standard', () => {
    expect(crc32(utf8('123456789'))).toBe(0xcbf43926)
  })

  it('finds what no span covers', () => {
    expect(without([0n, 10n], [[2n, 4n], [3n, 6n], [9n, 20n]])).toEqual([[0n, 2n], [6n, 9n]])
  })
})
