/** The one door to the server, against a server that answers as ours and as a proxy do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { ask, onSignedOut, onStepUp, proven, Refusal } from '../src/api/client'
import i18n from '../src/i18n'

const facts = {
  code: 'view.role', text: '不可查看', text_en: 'May not view', remedy: '找管理员', remedy_en: 'Ask the administrator', field: '', article: '第十七条第一款',
}
let proofs = 0
const heard: { method: string | undefined; type: string | undefined; body: string }[] = []

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  heard.push({ method: request.method, type: request.headers['content-type'], body })
  const path = request.url ?? ''
  const json = (status: number, value: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (path === '/api/nothing') response.writeHead(204).end()
  else if (path === '/api/picture') response.writeHead(200, { 'content-type': 'image/jpeg', 'content-disposition': 'attachment; filename="mingjian-42.jpg"' }).end('jpeg')
  else if (path === '/api/proxy') response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
  else if (path === '/api/refused') json(403, { error: facts })
  else if (path === '/api/fresh' && proofs > 0) json(200, { done: body })
  else if (path === '/api/fresh') json(403, { error: { ...facts, code: 'session.step-up' } })
  else if (path === '/api/found') json(200, { found: body })
  else json(401, { error: { ...facts, code: 'session.required' } })
}

let server: Server
let base = ''
beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
afterEach(() => void i18n.changeLanguage('zh-CN'))

const refused = async (path: string): Promise<Refusal> => {
  const problem: unknown = await ask(`${base}${path}`, { method: 'GET' }).catch((thrown: unknown) => thrown)
  if (problem instanceof Refusal) return problem
  throw new Error(`no refusal: ${String(problem)}`)
}

describe('a question', () => {
  it('is sent as given and answered with what JSON holds', async () => {
    const given = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' }
    expect(await ask(`${base}/api/found`, given)).toEqual({ found: '{"a":1}' })
    expect(heard.at(-1)).toEqual({ method: 'POST', type: 'application/json', body: '{"a":1}' })
    expect(await ask(`${base}/api/nothing`, { method: 'DELETE' })).toBeUndefined()
  })

  it('gets a file under the name that the server gave it', async () => {
    const picture = await ask<File>(`${base}/api/picture`, { method: 'POST' })
    expect([picture.name, picture.type, await picture.text()]).toEqual(['mingjian-42.jpg', 'image/jpeg', 'jpeg'])
  })
})

describe('a call that needs a fresh proof', () => {
  it('is repeated as it was once the person has proven himself', async () => {
    const end = onStepUp(() => {
      proofs += 1
      return Promise.resolve(true)
    })
    expect(await ask(`${base}/api/fresh`, { method: 'POST', body: 'export' })).toEqual({ done: 'export' })
    expect(proofs).toBe(1)
    end()
  })

  it('shares one question with those that were refused together', async () => {
    let asked = 0
    const end = onStepUp(() => Promise.resolve(++asked === 1))
    expect(await Promise.all([proven(), proven()])).toEqual([true, true])
    expect(asked).toBe(1)
    end()
  })

  it('is refused when nobody proves himself', async () => {
    proofs = 0
    const end = onStepUp(() => Promise.resolve(false))
    expect((await refused('/api/fresh')).facts.code).toBe('session.step-up')
    end()
    expect((await refused('/api/fresh')).facts.code).toBe('session.step-up')
  })
})

describe('a refusal', () => {
  it('says what, why and what next in the language of the screen', async () => {
    const problem = await refused('/api/refused')
    expect([problem.status, problem.text, problem.remedy, problem.facts.article]).toEqual([403, '不可查看', '找管理员', '第十七条第一款'])
    await i18n.changeLanguage('en-US')
    expect([problem.text, problem.remedy]).toEqual(['May not view', 'Ask the administrator'])
  })

  it('is told by the status where a proxy answers, and by the remedy where nobody does', async () => {
    expect((await refused('/api/proxy')).facts.code).toBe('http-502')
    const problem = await ask('http://127.0.0.1:1/api/found', { method: 'GET' }).catch((thrown: unknown) => thrown as Refusal)
    expect(problem).toBeInstanceOf(Refusal)
    expect([(problem as Refusal).facts.code, (problem as Refusal).status]).toEqual(['network-unreachable', 0])
    expect((problem as Refusal).remedy).not.toBe('')
  })

  it('ends the session of the screen, except where credentials were just typed', async () => {
    const ended: string[] = []
    for (const path of ['/api/cameras', '/api/session', '/api/access-requests/a/presence']) {
      onSignedOut(() => void ended.push(path))
      expect((await refused(path)).status).toBe(401)
    }
    onSignedOut(() => undefined)
    expect(ended).toEqual(['/api/cameras'])
  })
})
