/** An entry is in the checkpoint word for word, or it is told that it is not. */
import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'

import type { LedgerLineOut, ProofOut } from '../src/api/generated'
import { base64, concat, hex, utf8 } from '../src/evidence/bytes'
import { inclusion } from '../src/ledger/inclusion'

const LEAF = '{"actor":{"id":"p1","unit":"u1"},"at":1795617164320123456,"committed":{},"facts":{"cameras":["c1","c2"],"start_ms":1795617000000,"before":{"name":null},"ok":true},"kind":"viewing.opened","node":"n","subject":"g1","v":1}'
const entry: LedgerLineOut = {
  index: 1, at_ms: 1_795_617_164_320, kind: 'viewing.opened', actor: '某人', actor_id: 'p1', unit: 'u1', node: 'n', subject: 'g1', article: '',
  facts: { cameras: ['c1', 'c2'], start_ms: 1_795_617_000_000, before: { name: null }, ok: true, purpose: '核对' },
}

const hashed = (leaf: string): Uint8Array => sha256(concat(Uint8Array.of(0), utf8(leaf)))
const parent = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(concat(Uint8Array.of(1), left, right))

/** A tree of three leaves with `leaf` in the middle. */
function proof(leaf: string, signed = leaf): ProofOut {
  const [first, last] = [hashed('a'), hashed('b')]
  const root = parent(parent(first, hashed(signed)), last)
  return { index: 1, leaf: base64(utf8(leaf)), path: [hex(first), hex(last)], checkpoint: `log\n3\n${base64(root)}\n\n\u2014 log ${base64(new Uint8Array(68))}\n` }
}

describe('an entry', () => {
  it('is in the checkpoint', () => {
    expect(inclusion(entry, proof(LEAF))).toBe('in')
  })

  it('is not there when anything that is shown differs from the leaf', () => {
    const wrong: Partial<LedgerLineOut>[] = [
      { kind: 'viewing.closed' }, { at_ms: entry.at_ms + 1 }, { actor_id: 'p2' }, { unit: 'u2' }, { node: 'm' }, { subject: 'g2' },
      { facts: { ...entry.facts, cameras: ['c1'] } }, { facts: { ...entry.facts, start_ms: 1 } }, { facts: { ...entry.facts, before: {} } }, { facts: {} },
    ]
    for (const change of wrong) expect([change, inclusion({ ...entry, ...change }, proof(LEAF))]).toEqual([change, 'leaf'])
    expect(inclusion({ ...entry, index: 0 }, proof(LEAF))).toBe('leaf')
  })

  it('is not there when the path leads elsewhere or nothing can be read', () => {
    expect(inclusion(entry, proof(LEAF, LEAF.replace('g1', 'g2')))).toBe('root')
    expect(inclusion(entry, { ...proof(LEAF), path: [] })).toBe('root')
    expect(inclusion(entry, { ...proof(LEAF), checkpoint: 'log\n1\n' })).toBe('root')
    expect(inclusion(entry, { ...proof(LEAF), leaf: '!' })).toBe('root')
  })
})
