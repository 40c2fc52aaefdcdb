/** Findings in words: gravest first, a sentence and a remedy for whatever the server may say. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import type { FindingOut } from '../src/api/generated'
import { COUNTED, figures, gravestFirst, MARK, troubles, used } from '../src/health/findings'
import i18n, { texts } from '../src/i18n'

const finding = (changes: Partial<FindingOut>): FindingOut => ({ part: 'ledger', name: '', standing: 'met', word: 'ok', since_ms: null, problem: null, figures: {}, ...changes })
const schemas = (JSON.parse(readFileSync(join(import.meta.dirname, '../openapi.json'), 'utf8')) as { components: { schemas: Record<string, { enum?: string[] }> } }).components.schemas
const words = (name: string): string[] => schemas[name]?.enum ?? []

interface Words {
  part: Record<string, string>
  say: Record<string, string>
  do: Record<string, string>
  standing: Record<string, string>
}

describe('findings', () => {
  it('show the gravest first and keep the order of the server within a standing', () => {
    const told = [
      finding({ part: 'keeper' }), finding({ part: 'witness', standing: 'due-soon' }), finding({ part: 'room', standing: 'not-measured' }),
      finding({ part: 'ledger', standing: 'breached' }), finding({ part: 'expiry', standing: 'due-soon' }),
    ]
    expect(gravestFirst(told).map(({ part }) => part)).toEqual(['ledger', 'witness', 'expiry', 'room', 'keeper'])
    expect(troubles(told).map(({ part }) => part)).toEqual(['ledger', 'witness', 'expiry'])
  })

  it('have words in both languages for all that the server may say', () => {
    expect(words('Word').length).toBeGreaterThan(15)
    for (const language of ['zh-CN', 'en-US'] as const) {
      const { part, say, do: remedies, standing } = texts[language]['health'] as Words
      expect(Object.keys(part).sort()).toEqual(words('Part').sort())
      expect(Object.keys(say).sort()).toEqual(words('Word').sort())
      expect([...Object.keys(remedies), 'ok'].sort()).toEqual(words('Word').sort())
      expect(Object.keys(standing).sort()).toEqual(words('Standing').sort())
    }
    expect([...COUNTED].filter((part) => !i18n.exists(`health.figures.${part}`))).toEqual([])
    expect(Object.keys(MARK).sort()).toEqual(words('Standing').sort())
  })

  it('name their numbers', () => {
    const short = finding({ part: 'room', word: 'room-short', figures: { full_in_s: 172_800, holds_s: 1_728_000, floor_s: 2_592_000 } })
    expect(i18n.t('health.say.room-short', figures(short))).toBe('2 天后写满；只够保存 20 天，不足 30 天')
    for (const language of ['zh-CN', 'en-US'] as const) {
      const { say } = texts[language]['health'] as Words
      const places = Object.values(say).flatMap((text) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? ''))
      expect(places.filter((place) => !(place in figures(short)))).toEqual([])
    }
  })

  it('show how much of a cap is used', () => {
    expect(used(finding({ figures: { cpu_share: 0.05, cpu_cap: 0.25 } }))).toBe(20)
    expect(used(finding({ figures: { cpu_share: 0.5, cpu_cap: 0.25 } }))).toBe(100)
    expect(used(finding({ figures: { in_use: 1, cap: 2 } }))).toBe(50)
    expect(used(finding({ figures: { in_use: 0, cap: 0 } }))).toBeNull()
    expect(used(finding({}))).toBeNull()
  })
})
