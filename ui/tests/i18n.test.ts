import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { areas as early, texts } from '../src/i18n'
import { audit } from '../src/i18n/audit'
import { planning } from '../src/i18n/planning'

// texts of some areas come with their pages
const areas = [...early, audit, planning]

function leaves(tree: Record<string, unknown>, path = ''): Map<string, string> {
  const out = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const here = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') out.set(here, value)
    else for (const [inner, text] of leaves(value as Record<string, unknown>, here)) out.set(inner, text)
  }
  return out
}

const zh = leaves({ ...texts['zh-CN'], ...audit['zh-CN'], ...planning['zh-CN'] })
const en = leaves({ ...texts['en-US'], ...audit['en-US'], ...planning['en-US'] })
const source = join(import.meta.dirname, '../src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name) && !name.startsWith('i18n'))

describe('texts', () => {
  it('has every key in both languages', () => {
    expect([...zh.keys()].filter((key) => !en.has(key))).toEqual([])
    expect([...en.keys()].filter((key) => !zh.has(key))).toEqual([])
  })

  it('has no two areas that use one name', () => {
    const names = areas.flatMap((area) => Object.keys(area['zh-CN']))
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it('fills the same places in both languages', () => {
    const places = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort()
    for (const [key, text] of zh) expect([key, places(en.get(key) ?? '')]).toEqual([key, places(text)])
  })

  it('knows every key that a screen names', () => {
    const unknown: string[] = []
    for (const name of files) {
      const code = readFileSync(join(source, name), 'utf8')
      for (const match of code.matchAll(/\bt\(\s*'([a-zA-Z_]+\.[\w.-]+)'/g)) {
        if (match[1] !== undefined && !zh.has(match[1])) unknown.push(`${name}: ${match[1]}`)
      }
    }
    expect(unknown).toEqual([])
  })

  it('leaves no Chinese in the screens themselves', () => {
    // a verdict of the verifier carries both languages side by side, word for word as the stand-alone verifier says it
    const verdicts = new Set(['archive', 'sealed', 'stream', 'trust', 'verify'].map((name) => join('evidence', `${name}.ts`)))
    const found = files.filter((name) => !verdicts.has(name) && /[\u4e00-\u9fff]/.test(readFileSync(join(source, name), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/'、'/g, '')))
    expect(found).toEqual([])
  })
})
