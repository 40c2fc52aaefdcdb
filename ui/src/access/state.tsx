import { useTranslation } from 'react-i18next'

import type { RequestOut, SessionState } from '../api/generated'
import { StateMark, type Standing } from '../frame/parts'
import { has } from '../frame/roles'
import { isLive } from './kinds'

const STANDING: Record<RequestOut['state'], Standing> = {
  submitted: 'active', approved: 'active', exporting: 'active', ready: 'active', delivered: 'active', completed: 'met', refused: 'overdue', withdrawn: 'unknown', expired: 'unknown',
}

const STAFF_STATES = new Set<RequestOut['state']>(['approved', 'exporting', 'ready', 'delivered'])

export function RequestState(props: { state: RequestOut['state'] }) {
  const { t } = useTranslation()
  return <StateMark standing={STANDING[props.state] ?? 'unknown'}>{t(`requestState.${props.state}`, { defaultValue: props.state })}</StateMark>
}

/** True when this person's role moves the request on. Lists carry no steps; the request's own page has the server's. */
export function awaits(request: RequestOut, session: SessionState): boolean {
  const unit = session.unit.id
  if (request.state === 'submitted') return has(session, 'approver') && unit === request.approving && request.requester_id !== session.person.id
  if (request.report_until_ms !== null && request.reported_ms === null) return has(session, 'officer') && unit === request.asker
  if (request.state === 'approved' && isLive(request.kind)) return has(session, 'officer') && unit === request.asker
  return has(session, 'unit_manager') && unit === request.holder && STAFF_STATES.has(request.state)
}
