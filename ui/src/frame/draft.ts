/** Drafts on this device: of one person, for one form; they outlive a lost network and a closed page, not a sign-out. */
import { useCallback, useEffect, useRef, useState } from 'react'

import { useSession } from './context'

const EVERY_MS = 5000
const PREFIX = 'mingjian.draft.'

/** Who has signed out on this page: what is still open there must not come back. */
let ended = ''

const nameOf = (person: string, form: string): string => `${PREFIX}${person}.${form}`

/** What was kept; null where there is nothing, or nothing that `fits` takes for a draft of this form. */
export function draftOf<T>(person: string, form: string, fits: (kept: object) => boolean): T | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(person, form)) ?? 'null')
    return typeof kept === 'object' && kept !== null && fits(kept) ? (kept as T) : null
  } catch {
    return null // storage may be closed off by policy, or hold something else
  }
}

/** Whether the device keeps it. */
export function keepDraft(person: string, form: string, text: string): boolean {
  if (person === ended) return false
  try {
    localStorage.setItem(nameOf(person, form), text)
    return true
  } catch {
    return false // as above: the form then lives as long as the page
  }
}

/** The draft of `form`; without one all drafts of `person`, who signs out: none is kept until the page is loaded anew. */
export function forgetDrafts(person: string, form?: string): void {
  if (form === undefined) ended = person
  try {
    const whole = form === undefined ? null : nameOf(person, form)
    for (const name of Object.keys(localStorage)) {
      if (whole === null ? name.startsWith(nameOf(person, '')) : name === whole) localStorage.removeItem(name)
    }
  } catch {
    // as above
  }
}

export interface Draft<T> {
  /** What was kept before this page was opened. */
  found: T | null
  /** When the device kept it last; null while it has not. */
  kept_ms: number | null
  keep: () => void
  forget: () => void
}

/** Keeps what `read` answers every five seconds, when the page is left and whenever `keep` is called, until `forget`. */
export function useDraft<T>(form: string, read: () => T, fits: (kept: object) => boolean): Draft<T> {
  const person = useSession().person.id
  const [found] = useState(() => draftOf<T>(person, form, fits))
  const [kept_ms, setKept] = useState<number | null>(null)
  const reading = useRef(read)
  const text = useRef<string | null>(null)
  const over = useRef(false)
  reading.current = read
  const keep = useCallback(() => {
    if (over.current) return
    text.current = JSON.stringify(reading.current())
    if (keepDraft(person, form, text.current)) setKept(Date.now())
  }, [person, form])
  useEffect(() => {
    text.current ??= JSON.stringify(reading.current()) // what the form began with: nobody has written anything yet
    const changed = (): void => {
      if (JSON.stringify(reading.current()) !== text.current) keep()
    }
    const timer = setInterval(changed, EVERY_MS)
    const hidden = (): void => {
      if (document.visibilityState === 'hidden') changed()
    }
    window.addEventListener('pagehide', changed)
    document.addEventListener('visibilitychange', hidden)
    return () => {
      changed()
      clearInterval(timer)
      window.removeEventListener('pagehide', changed)
      document.removeEventListener('visibilitychange', hidden)
    }
  }, [keep])
  const forget = useCallback(() => {
    over.current = true
    forgetDrafts(person, form)
  }, [person, form])
  return { found, kept_ms, keep, forget }
}
