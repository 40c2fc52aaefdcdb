/** One door to the server: same-origin with the strict session cookie; every refusal becomes a `Refusal`. */
import i18n from '../i18n'
import { cited } from '../law/citation'
import type { ErrorBody, ErrorFacts } from './generated'

/** The server's facts; what this side finds itself (no network, a proxy's page) has fewer. */
type RefusalFacts = Pick<ErrorFacts, 'code' | 'text'> & Partial<ErrorFacts>

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

  /** In one line, where there is no room for more: what, by which article, what to do. */
  get whole(): string {
    const article = this.facts.article
    return [this.text, article ? `〔${cited(article, i18n.language)}〕` : '', this.remedy].filter((part) => part !== '').join(' ')
  }
}

/** What each question of the generated client may throw. */
export type ErrorType<_Body> = Refusal

const STEP_UP = 'session.step-up'
const OTHERS = /\/(api\/session|presence|use|co-sign|share-at-counter)$/ // there a credential is judged that is not the session's

type Listener = () => void
let signedOut: Listener = () => undefined

/** `listener` is called whenever the server no longer knows the session. */
export function onSignedOut(listener: Listener): void {
  signedOut = listener
}

type Prover = () => Promise<boolean>
const nobody: Prover = () => Promise.resolve(false)
let prover = nobody
let proving: Promise<boolean> | null = null

/** `ask` is called when the server wants the factors once more; true repeats the refused call. Ends by what it returns. */
export function onStepUp(ask: Prover): () => void {
  prover = ask
  return () => {
    if (prover === ask) prover = nobody
  }
}

/** Asks for the factors; true when they were proven. Calls refused together wait for one proof. */
export function proven(): Promise<boolean> {
  proving ??= prover().finally(() => {
    proving = null
  })
  return proving
}

/** The refusal in an answer of `status`; of a proxy's HTML page the status is all that can be told. */
export function refusalOf(status: number, body: string): Refusal {
  let facts: ErrorFacts | undefined
  try {
    facts = (JSON.parse(body) as Partial<ErrorBody>).error
  } catch {
    facts = undefined
  }
  return new Refusal(status, facts ?? { code: `http-${status}`, text: i18n.t('error.unexpected', { status }) })
}

let heard: (reached: boolean) => void = () => undefined

/** `listener` is told of every call whether the server answered, however it answered. */
export function onReach(listener: (reached: boolean) => void): void {
  heard = listener
}

/** No answer came at all. */
export function unreachable(): Refusal {
  heard(false)
  return new Refusal(0, {
    code: 'network-unreachable',
    text: i18n.t('error.unreachable'),
    remedy: i18n.t('error.unreachableRemedy'),
  })
}

async function answer(url: string, init: RequestInit, again = true): Promise<Response> {
  let response: Response
  try {
    // what ends something must also be told by a page that is just being closed
    response = await fetch(url, { ...init, credentials: 'same-origin', keepalive: init.method === 'DELETE' })
  } catch {
    throw unreachable()
  }
  heard(true)
  if (response.ok) return response
  const problem = refusalOf(response.status, await response.text().catch(() => ''))
  // a wrong password at sign-in, or an officer's beside the session, does not end the session
  if (response.status === 401 && !OTHERS.test(url)) signedOut()
  if (again && problem.facts.code === STEP_UP && (await proven())) return answer(url, init, false)
  throw problem
}

/** Asks one question of the generated client. A file comes as a `File` under the name that the server gave it. */
export async function ask<T>(url: string, init: RequestInit): Promise<T> {
  const response = await answer(url, init)
  if (response.status === 204) return undefined as T
  const kind = response.headers.get('content-type') ?? ''
  if (kind.startsWith('application/json')) return (await response.json()) as T
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? ''
  return new File([await response.blob()], name, { type: kind }) as T
}
