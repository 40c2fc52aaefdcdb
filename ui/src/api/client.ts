/** One door to the server: same-origin JSON with the strict session cookie; every refusal becomes a `Refusal`. */
import i18n from '../i18n'

export interface RefusalFacts {
  code: string
  text: string
  text_en?: string
  remedy?: string
  remedy_en?: string
  field?: string | null
  article?: string | null
}

/** What was refused, why, and what to do next; `code` is what a maintainer can search for. */
export class Refusal extends Error {
  readonly facts: RefusalFacts
  readonly status: number

  constructor(status: number, facts: RefusalFacts) {
    super(facts.text)
    this.status = status
    this.facts = facts
  }

  get text(): string {
    return (i18n.language === 'en-US' && this.facts.text_en) || this.facts.text
  }

  get remedy(): string {
    return (i18n.language === 'en-US' && this.facts.remedy_en) || this.facts.remedy || ''
  }
}

type Listener = () => void
let signedOut: Listener = () => undefined

/** `listener` is called whenever the server no longer knows the session. */
export function onSignedOut(listener: Listener): void {
  signedOut = listener
}

async function refusal(response: Response): Promise<Refusal> {
  let facts: RefusalFacts | undefined
  try {
    const body = (await response.json()) as { error?: RefusalFacts; detail?: unknown }
    facts = body.error
  } catch {
    facts = undefined // a proxy's HTML page: the status is all that can be told
  }
  return new Refusal(
    response.status,
    facts ?? { code: `http-${response.status}`, text: i18n.t('error.unexpected', { status: response.status }) },
  )
}

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  let response: Response
  try {
    response = await fetch(`/api${path}`, {
      method,
      credentials: 'same-origin',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Refusal(0, {
      code: 'network-unreachable',
      text: i18n.t('error.unreachable'),
      remedy: i18n.t('error.unreachableRemedy'),
    })
  }
  if (response.ok) return response
  const problem = await refusal(response)
  if (response.status === 401 && path !== '/session' && !path.endsWith('/presence')) signedOut()
  throw problem
}

async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body)
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** A query string of the values that are present, with its question mark. */
export function query(values: Record<string, string | number | undefined | null>): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

export interface Snapshot {
  jpeg: Blob
  entry: string | null
}

export const http = {
  get: <T>(path: string) => json<T>('GET', path),
  post: <T>(path: string, body: unknown = {}) => json<T>('POST', path, body),
  patch: <T>(path: string, body: unknown) => json<T>('PATCH', path, body),
  delete: <T>(path: string) => json<T>('DELETE', path),
  /** A picture and the number of its register entry, which the server gives as the file's name. */
  picture: async (path: string, body: unknown): Promise<Snapshot> => {
    const response = await send('POST', path, body)
    const entry = /mingjian-(\d+)\.jpg/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? null
    return { jpeg: await response.blob(), entry }
  },
}
