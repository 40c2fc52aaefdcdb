/** The hand-written client follows the server's own description: each address, method and field that it names exists. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

interface Described {
  paths: Record<string, Record<string, unknown>>
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> }
}

const ui = join(import.meta.dirname, '..')
const described = JSON.parse(readFileSync(join(ui, 'openapi.json'), 'utf8')) as Described
const CALL = /http\s*\.\s*(get|post|patch|delete|picture)(?:<.*?>)?\(\s*(['`])(\/.*?)\2/g

const SCHEMAS: Record<string, string> = {
  Session: 'SessionState', Person: 'PersonOut', Enrolment: 'EnrolmentOut', Camera: 'CameraOut', CameraRecord: 'CameraRecord', NewCamera: 'NewCamera', Measured: 'MeasuredOut',
  TimelineDay: 'TimelineDayOut', Volume: 'VolumeOut', StorageReport: 'StorageOut', View: 'ViewOut', ViewRequest: 'OpenViewForm', RegisterEntry: 'RegisterOut', RequestStep: 'StepOut',
  ExportJob: 'ExportOut', HistoryLine: 'HistoryOut', AccessRequest: 'RequestOut', LedgerEntry: 'LedgerLineOut', Checkpoint: 'CheckpointOut', Watermark: 'WatermarkOut',
}

const anyPart = (path: string): string => path.replace(/\$\{query\([^)]*\)\}/g, '').replace(/\$\{[^}]*\}|\{[^}]*\}/g, '*')

describe('the typed client', () => {
  it('calls only addresses that the server offers', () => {
    const offered = new Set(Object.entries(described.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${anyPart(path)}`)))
    const source = join(ui, 'src')
    const called = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .flatMap((name) => [...readFileSync(join(source, name), 'utf8').matchAll(CALL)])
      .map((match) => `${match[1] === 'picture' ? 'post' : match[1]} ${anyPart(`/api${match[3] ?? ''}`)}`)
    expect(called.length).toBeGreaterThan(25)
    // the steps of a request are told by the server; their one address is a template over them
    expect(called.filter((call) => !offered.has(call) && call !== 'post /api/access-requests/*/*')).toEqual([])
  })

  it('reads only fields that the server sends', () => {
    const types = readFileSync(join(ui, 'src/api/types.ts'), 'utf8')
    const unknown: string[] = []
    for (const [name, schema] of Object.entries(SCHEMAS)) {
      const body = new RegExp(`export interface ${name} (?:extends \\w+ )?\\{\\n([\\s\\S]*?)\\n\\}`).exec(types)?.[1]
      const known = described.components.schemas[schema]?.properties
      if (body === undefined || known === undefined) unknown.push(`${name}: ${schema}`)
      else for (const field of body.matchAll(/^ {2}(\w+)\??:/gm)) if (!((field[1] ?? '') in known)) unknown.push(`${name}.${field[1]}`)
    }
    expect(unknown).toEqual([])
  })
})
