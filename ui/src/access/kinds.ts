/** What a kind of access entails on the screens. */
import type { AccessKind, RequestOut } from '../api/generated'
import type { Matter } from '../api/queries'

export const KINDS: readonly AccessKind[] = ['view', 'copy', 'retrieve', 'connect', 'direct-use']

/** Their period lies ahead, and they run at the organ itself. */
export const isLive = (kind: AccessKind): boolean => kind === 'connect' || kind === 'direct-use'

/** They end in a package. */
export const isCopying = (kind: AccessKind): boolean => kind === 'copy' || kind === 'retrieve'

/** The matter of the law that opens a way; `own`: a unit copies its own footage. */
export const matterOf = (kind: AccessKind, own = false): Matter => (own ? 'register' : isLive(kind) ? 'live' : 'approval')

export const isOwn = (request: Pick<RequestOut, 'ground'>): boolean => request.ground !== ''

export const stepOf = (request: RequestOut, step: RequestOut['steps'][number]['step']) => request.steps.find((one) => one.step === step)
