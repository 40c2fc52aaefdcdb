/** Whether the server answers: said in words while it does not, asked again until it does, and then shown anew. */
import { useQueryClient } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useEffect, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'

import { onReach } from '../api/client'
import { setupState } from '../api/generated'
import { clock } from './time'

export const AGAIN_MS = 2_000 // as soon as somebody at a counter would look up again; the question is a small one

let silent_since: number | null = null
const listeners = new Set<() => void>()

onReach((reached) => {
  if (reached === (silent_since === null)) return
  silent_since = reached ? null : Date.now()
  listeners.forEach((listener) => listener())
})

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Since when no call was answered; null while calls are. */
export function useSilence(): number | null {
  return useSyncExternalStore(subscribe, () => silent_since)
}

/** Nothing is sent again by itself but questions: whoever acts reads what became of the act. */
export function Reach() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const since_ms = useSilence()
  const silent = since_ms !== null
  useEffect(() => {
    if (!silent) return
    const timer = setInterval(() => void setupState().catch(() => undefined), AGAIN_MS)
    return () => {
      clearInterval(timer)
      void client.refetchQueries({ type: 'active', predicate: ({ state }) => state.error !== null || state.fetchFailureCount > 0 })
    }
  }, [client, silent])
  return (
    <div role="status" className="reach">
      {since_ms !== null && <Alert banner type="error" title={t('reach.silent', { time: clock(since_ms) })} description={t('reach.kept')} />}
    </div>
  )
}
