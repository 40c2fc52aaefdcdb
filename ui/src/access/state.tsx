import { useTranslation } from 'react-i18next'

import type { RequestOut, SessionState } from '../api/generated'
import { StateMark, type Standing } from '../frame/parts'
import { has } from '../frame/roles'
import { isLive } from './kinds'

const STANDING: Record<RequestOut['state'], Standing> = {
  submitted: 'active', approved: 'active', exporting: 'active', ready: 'active', delivered: 'active', completed: 'met', refused: 'overdue', withdrawn: 'unknown', expired: 'unknown',
}

const STAFF_STATES = new Set<RequestOut['state']>(['approved', 'exporting', 'ready', 'delivered'])

/** What a state is called: a unit's own copy is consented to, not approved. */
export function useStateName(request: Pick<RequestOut, 'ground'>): (state: RequestOut['state']) => string {
  const { t } = useTranslation()
  return (state) => {
    const usual = t(`requestState.${state}`, { defaultValue: state })
    return request.ground === '' ? usual : t(`ownCopy.requestState.${state}`, { defaultValue: usual })
  }
}

export function RequestState(props: { request: Pick<RequestOut, 'state' | 'ground'> }) {
  const name = useStateName(props.request)
  return <StateMark standing={STANDING[props.request.state] ?? 'unknown'}>{name(props.request.state)}</StateMark>
}

/** True when this person's role moves the request on. Lists carry no steps; the request's own page has the server's. */
export function awaits(request: RequestOut, session: SessionState): boolean {
  const unit = session.unit.id
  const own = request.ground !== ''
  if (request.state === 'submitted') return has(session, 'approver', ...(own ? ['unit_manager' as const] : [])) && unit === request.approving && request.requester_id !== session.person.id
  if (request.report_until_ms !== null && request.reported_ms === null) return has(session, own ? 'unit_manager' : 'officer') && unit === request.asker
  if (request.state === 'approved' && isLive(request.kind)) return has(session, 'officer') && unit === request.asker
  return has(session, 'unit_manager') && unit === request.holder && STAFF_STATES.has(request.state)
}
