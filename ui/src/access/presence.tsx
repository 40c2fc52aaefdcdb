/** Two officers sign, each with his own credential, in the session of the unit's staff, within the ceremony window. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useSignPresence, type RequestOut } from '../api/generated'
import { requestQuery } from '../api/queries'
import { serverNow } from '../frame/context'
import { StateMark } from '../frame/parts'
import { clock } from '../frame/time'
import { CredentialForm } from './credential'
import { isOwn } from './kinds'
import { EnrolOfficer } from './spot'

const WINDOW_MS = 600_000
export const OFFICERS = 2

type Signed = Pick<RequestOut['presence'][number], 'person' | 'at_ms'>

/** The signatures that still count at `now_ms`, and the moment at which the ceremony closes, null before two stand. */
export function ceremony(presence: readonly Signed[], now_ms: number): { present: Signed[]; closes_ms: number | null } {
  const latest = new Map<string, Signed>()
  for (const one of presence) {
    const known = latest.get(one.person)
    if (now_ms - one.at_ms <= WINDOW_MS && (known === undefined || known.at_ms < one.at_ms)) latest.set(one.person, one)
  }
  const present = [...latest.values()].sort((a, b) => b.at_ms - a.at_ms)
  const second = present[OFFICERS - 1]
  return { present, closes_ms: second === undefined ? null : second.at_ms + WINDOW_MS }
}

export function useNow(): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

const left = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.floor((ms % 60_000) / 1000)).padStart(2, '0')}`

export function Presence(props: { request: RequestOut; visit: string }) {
  const { t } = useTranslation()
  const { request } = props
  const client = useQueryClient()
  const now = useNow()
  const own = isOwn(request)
  const sign = useSignPresence({
    onSuccess: () => client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey }),
  })
  const { present, closes_ms } = ceremony(request.presence.filter((one) => one.visit === props.visit), now)
  return (
    <section aria-label={t(own ? 'ownCopy.presence' : 'access.presence')}>
      <ul className="plain">
        {present.map((one) => (
          <li key={one.person}>
            <StateMark standing="met">{one.person}</StateMark>
            <span className="spring" />
            <span className="secondary">{t('access.signedAt', { time: clock(one.at_ms) })}</span>
            <span>{t('access.holds', { left: left(one.at_ms + WINDOW_MS - now) })}</span>
          </li>
        ))}
        {present.length < OFFICERS && (
          <li>
            <StateMark standing="unknown">{t(own ? 'ownCopy.missing' : 'access.missing', { n: OFFICERS - present.length })}</StateMark>
          </li>
        )}
      </ul>
      {closes_ms !== null && <p role="timer"><StateMark standing="met">{t('access.open', { left: left(closes_ms - now) })}</StateMark></p>}
      <CredentialForm
        hint={own ? t('ownCopy.signHint') : t('access.signHint', { organ: request.organ })}
        submit={t('access.sign')}
        pending={sign.isPending}
        problem={sign.error}
        onSubmit={(data) => sign.mutateAsync({ accessRequest: request.id, data })}
        {...(own ? {} : { enrol: (enrolled: (name: string) => void) => <EnrolOfficer request={request} onEnrolled={enrolled} /> })}
      />
    </section>
  )
}
