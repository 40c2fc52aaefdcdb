/** The page's own opener of sealed packages: the bytes that the server writes, and each way in which they may be wrong. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { unhex, type Source } from '../src/evidence/bytes'
import { Failed, Undecided } from '../src/evidence/failed'
import { isSealed, SealedSource } from '../src/evidence/sealed'
import { verify } from '../src/evidence/verify'

interface Vector {
  words: [string, string]
  plain: string
  sealed: string
}

const vector = JSON.parse(readFileSync(new URL('../../tests/vectors/sealed.json', import.meta.url), 'utf8')) as Vector
const whole = unhex(vector.sealed)
const [A, B] = vector.words

const source = (data: Uint8Array): Source => ({ length: data.length, read: (offset, size) => data.slice(offset, offset + size) })
const opened = (data: Uint8Array, ...shares: string[]): string => {
  const inside = new SealedSource(source(data), shares)
  return new TextDecoder().decode(inside.read(0, inside.length))
}
const said = (act: () => unknown): Failed | Undecided => {
  try {
    act()
  } catch (problem) {
    if (problem instanceof Failed || problem instanceof Undecided) return problem
    throw problem
  }
  throw new Error('it opened')
}

test('both shares open it, in any order and however they are typed', () => {
  expect(isSealed(whole)).toBe(true)
  expect(opened(whole, A, B)).toBe(vector.plain)
  expect(opened(whole, ` ${B.toLowerCase()}`, A.replaceAll('-', ' '))).toBe(vector.plain)
  expect(new TextDecoder().decode(new SealedSource(source(whole), [A, B]).read(20, 25))).toBe(vector.plain.slice(20, 45))
})

test('a missing, a repeated, a foreign and a mistyped share each say so', () => {
  const foreign = `A-${'AAAA-'.repeat(12)}AAAA-AAAA`
  for (const [shares, words] of [[[A], '两份'], [[A, A], '两次'], [[A, 'B-?'], '写法不对'], [[`${A.slice(0, -1)}${A.endsWith('A') ? 'B' : 'A'}`, B], '抄写'], [[foreign, B], '抄写']] as const) {
    const why = said(() => opened(whole, ...shares))
    expect(why).toBeInstanceOf(Undecided)
    expect(why.zh).toContain(words)
    expect(why.en).not.toBe('')
  }
})

test('each changed byte, a shorter and a longer file are seen', () => {
  for (let at = 0; at < whole.length; at++) {
    const changed = whole.slice()
    changed[at] = (changed[at] ?? 0) ^ 1
    said(() => opened(changed, A, B))
  }
  for (const data of [whole.slice(0, 50), whole.slice(0, -1), Uint8Array.from([...whole, 0])]) {
    expect(said(() => opened(data, A, B))).toBeInstanceOf(Failed)
  }
})

test('the verdict on a sealed file is told in both languages', () => {
  expect(verify(source(whole), null, undefined, [A]).outcome).toBe('CANNOT_DECIDE')
  expect(verify(source(whole), null).reason?.zh).toContain('两份密钥份额')
  const changed = whole.slice()
  changed[130] = (changed[130] ?? 0) ^ 1
  const report = verify(source(changed), null, undefined, [A, B])
  expect([report.outcome, report.failures[0]?.check]).toEqual(['NOT_VERIFIED', 'seal'])
})
