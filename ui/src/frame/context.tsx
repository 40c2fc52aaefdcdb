/** What every page may ask: who is signed in, light or dark, the server's clock. */
import { createContext, use } from 'react'

import type { SessionState } from '../api/generated'

export interface Looks {
  dark: boolean
  setDark: (dark: boolean) => void
}

export const LooksContext = createContext<Looks>({ dark: false, setDark: () => undefined })

export const SessionContext = createContext<SessionState | null>(null)

/** The session of the signed-in person; only pages inside the frame call it. */
export function useSession(): SessionState {
  const session = use(SessionContext)
  if (session === null) throw new Error('no session here')
  return session
}

let serverAhead_ms = 0

/** Remembers how far the server's clock is ahead of this machine's. */
export function learnServerClock(server_ms: number): void {
  serverAhead_ms = server_ms - Date.now()
}

export function serverAhead(): number {
  return serverAhead_ms
}

export function serverNow(): number {
  return Date.now() + serverAhead_ms
}
