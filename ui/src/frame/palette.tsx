/** Ctrl+K: to any page, and to what has a name. `?` shows the keys; G and a letter go straight to a page. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { Input, Modal, type InputRef } from 'antd'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { search, type SessionState } from '../api/generated'
import { addressOf } from '../workbench/links'
import { PAGE_ROLES, serves, type Page } from './roles'

const GO_MS = 1_500 // a letter later than this is a word, not a way
const NEVER = -Infinity // a page counts its time from its beginning: 0 would be just now
const GO: Partial<Record<string, Page>> = { w: 'workbench', l: 'live', p: 'playback', c: 'cameras', r: 'register', q: 'requests', e: 'exports', a: 'ledger', s: 'storage', v: 'verify', u: 'people', t: 'complaints', y: 'systems', f: 'filings', d: 'places', o: 'organs', n: 'plan', m: 'map', x: 'removals' }

interface Hit {
  key: string
  label: string
  kind: string
  to: string
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

const addressOfPage = (page: Page): string => (page === 'workbench' ? '/' : `/${page}`)

/** The pages of the person that this build has. */
function usePages(session: SessionState): Page[] {
  const known = useRouter().routesByPath as Record<string, unknown>
  return (Object.keys(PAGE_ROLES) as Page[]).filter((page) => serves(session, page) && known[addressOfPage(page)] !== undefined)
}

function useHits(session: SessionState, word: string): Hit[] {
  const { t } = useTranslation()
  const pages = usePages(session)
  const asked = useDeferredValue(word.trim())
  const found = useQuery({
    queryKey: ['search', asked],
    queryFn: () => search({ q: asked }),
    enabled: asked !== '',
    retry: false, // who may not search still goes to pages
    staleTime: 10_000,
  })
  const wanted = word.trim().toLowerCase()
  const named = pages
    .map((page) => ({ key: page, label: t(`nav.${page}`), kind: t('palette.page'), to: addressOfPage(page) }))
    .filter((hit) => `${hit.label} ${hit.key}`.toLowerCase().includes(wanted))
  const hits = (wanted === '' ? [] : (found.data ?? [])).flatMap((one) => {
    const to = addressOf(one.kind, one.id)
    return to === null ? [] : [{ key: one.id, label: one.name, kind: t(`palette.${one.kind}`, { defaultValue: one.kind }), to }]
  })
  return [...named, ...hits]
}

function Finder(props: { session: SessionState; onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [word, setWord] = useState('')
  const [at, setAt] = useState(0)
  const input = useRef<InputRef>(null)
  const hits = useHits(props.session, word)
  const chosen = Math.min(at, Math.max(0, hits.length - 1))
  const go = (hit: Hit | undefined): void => {
    if (hit === undefined) return
    props.onClose()
    void navigate({ to: hit.to })
  }
  const key = (event: React.KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return // Enter ends the word of an input method, not the search
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((chosen + step + hits.length) % Math.max(1, hits.length))
    } else if (event.key === 'Enter') {
      event.preventDefault() // the focus is elsewhere before the key's own action: what has it then must not be pressed
      go(hits[chosen])
    }
  }
  return (
    <Modal open footer={null} closable={false} title={t('palette.title')} onCancel={props.onClose} afterOpenChange={(open) => open && input.current?.focus()}>
      <Input
        ref={input}
        role="combobox"
        aria-expanded
        aria-controls="palette-hits"
        aria-activedescendant={hits[chosen] === undefined ? undefined : `hit-${hits[chosen].key}`}
        aria-label={t('palette.title')}
        placeholder={t('palette.hint')}
        value={word}
        onChange={(event) => { setWord(event.target.value); setAt(0) }}
        onKeyDown={key}
      />
      <ul id="palette-hits" role="listbox" aria-label={t('palette.title')} className="palette">
        {hits.map((hit, number) => (
          <li key={hit.key} id={`hit-${hit.key}`} role="option" aria-selected={number === chosen} onMouseEnter={() => setAt(number)} onClick={() => go(hit)}>
            <span className="wrap">{hit.label}</span>
            <span className="secondary">{hit.kind}</span>
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p className="secondary" role="status">{t('palette.nothing')}</p>}
    </Modal>
  )
}

function Keys(props: { pages: readonly Page[]; onClose: () => void }) {
  const { t } = useTranslation()
  const ways = Object.entries(GO).filter(([, page]) => page !== undefined && props.pages.includes(page))
  return (
    <Modal open footer={null} title={t('palette.keys')} onCancel={props.onClose}>
      <ul className="plain">
        <li><kbd>Ctrl</kbd> <kbd>K</kbd><span className="spring" />{t('palette.title')}</li>
        <li><kbd>?</kbd><span className="spring" />{t('palette.keys')}</li>
        {ways.map(([letter, page]) => <li key={letter}><kbd>G</kbd> <kbd>{letter.toUpperCase()}</kbd><span className="spring" />{t(`nav.${page}`)}</li>)}
      </ul>
    </Modal>
  )
}

/** The keys of the frame and what they open; `open` and `onOpen` let the top bar's button open the search as well. */
export function Palette(props: { session: SessionState; open: boolean; onOpen: (open: boolean) => void }) {
  const { open, onOpen } = props
  const [keys, setKeys] = useState(false)
  const navigate = useNavigate()
  const pages = usePages(props.session)
  const going = useRef(NEVER)
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        onOpen(true)
        return
      }
      if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
      const page = GO[event.key.toLowerCase()]
      if (event.key === '?') setKeys(true)
      else if (event.timeStamp - going.current < GO_MS && page !== undefined && pages.includes(page)) {
        event.preventDefault()
        event.stopPropagation() // the player has letters of its own
        void navigate({ to: addressOfPage(page) })
      }
      going.current = event.key.toLowerCase() === 'g' ? event.timeStamp : NEVER
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [navigate, onOpen, pages])
  return (
    <>
      {open && <Finder session={props.session} onClose={() => onOpen(false)} />}
      {keys && <Keys pages={pages} onClose={() => setKeys(false)} />}
    </>
  )
}
