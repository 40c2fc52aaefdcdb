/** The client is what the server's description generates, and the only way from a screen to the server. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { QueryClient } from '@tanstack/react-query'
import { afterAll, describe, expect, it } from 'vitest'

import { getListCamerasQueryKey, getListLedgerEntriesUrl, getListRegisterQueryKey, type CameraRecord } from '../src/api/generated'
import { cameraQuery, camerasQuery, ledgerPages, registerPages, requestQuery, requestsQuery } from '../src/api/queries'

const ui = join(import.meta.dirname, '..')
const GENERATED = 'src/api/generated.ts'
const scratch = mkdtempSync(join(tmpdir(), 'mingjian-api-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const GENERATES_MS = 120_000 // a program of its own, on a machine that may do much else

describe('the generated client', () => {
  it('is what the stored description generates', () => {
    for (const name of ['openapi.json', 'src/api/client.ts']) {
      mkdirSync(dirname(join(scratch, name)), { recursive: true })
      cpSync(join(ui, name), join(scratch, name))
    }
    const run = spawnSync(process.execPath, [join(ui, 'tools/api/generate.mjs'), scratch], { encoding: 'utf8' })
    expect(run.status, `is ui/tools/api installed (make ui-test does it)? ${run.stderr}`).toBe(0)
    const same = readFileSync(join(scratch, GENERATED), 'utf8') === readFileSync(join(ui, GENERATED), 'utf8')
    expect(same, `${GENERATED} is not what openapi.json generates; run: make openapi`).toBe(true)
  }, GENERATES_MS)

  it('is the only way to the server', () => {
    const source = join(ui, 'src')
    const around = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.startsWith(join('api', '')))
      .filter((name) => /\bfetch\(|XMLHttpRequest|['"`]\/(?:api|tlog)\//.test(readFileSync(join(source, name), 'utf8')))
    expect(around).toEqual([])
  })

  it('asks for what is present and leaves the rest out', () => {
    expect(getListLedgerEntriesUrl({ kind: 'view opened', limit: 100 })).toBe('/api/ledger/entries?kind=view+opened&limit=100')
    expect(getListLedgerEntriesUrl()).toBe('/api/ledger/entries')
  })
})

describe('the questions of the screens', () => {
  it('forget each object when their list is forgotten', async () => {
    const client = new QueryClient()
    const { queryKey } = cameraQuery('a')
    client.setQueryData(queryKey, { id: 'a' } as CameraRecord)
    await client.invalidateQueries({ queryKey: camerasQuery.queryKey })
    expect(client.getQueryState(queryKey)?.isInvalidated).toBe(true)
    expect(requestQuery('a').queryKey.slice(0, requestsQuery.queryKey.length)).toEqual(requestsQuery.queryKey)
    expect(camerasQuery.queryKey).toEqual(getListCamerasQueryKey())
  })

  it('are asked again while they are shown', () => {
    expect(camerasQuery.refetchInterval).toBe(5_000)
    expect(cameraQuery('a').refetchInterval).toBe(5_000)
    expect(requestQuery('a').refetchInterval).toBe(2_000)
  })

  it('come page by page to the first entry', () => {
    const { getNextPageParam, queryKey } = registerPages({ camera: 'a', from: 5 })
    const full = Array.from({ length: 100 }, (_, place) => ({ index: 250 - place }))
    const next = (page: { index: number }[]) => getNextPageParam(page as never, [], undefined, [])
    expect(next(full)).toBe(151)
    expect(next(full.slice(1))).toBeUndefined()
    expect(next(full.map(({ index }) => ({ index: index - 151 })))).toBeUndefined()
    // pages and a plain answer have other shapes, so they may not share a key
    expect(queryKey).not.toEqual(getListRegisterQueryKey({ camera: 'a', from_ms: 5 }))
    expect(queryKey.slice(1)).toEqual(getListRegisterQueryKey({ camera: 'a', from_ms: 5 }))
    expect(ledgerPages({ kind: 'a' }).queryKey).not.toEqual(ledgerPages({ kind: 'b' }).queryKey)
  })
})
