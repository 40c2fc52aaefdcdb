/** How a filing stands, and what it lacks. */
import { useTranslation } from 'react-i18next'

import type { FilingLine, FilingState } from '../api/generated'
import { StateMark, type Standing } from '../frame/parts'

const STANDING: Record<FilingState, Standing> = { held: 'soon', received: 'active', returned: 'soon', replaced: 'unknown', visited: 'met' }

export function FilingMark(props: { state: FilingState }) {
  const { t } = useTranslation()
  return <StateMark standing={STANDING[props.state]}>{t(`filingState.${props.state}`)}</StateMark>
}

export function Lacking(props: { count: number }) {
  const { t } = useTranslation()
  return props.count === 0 ? <StateMark standing="met">{t('filings.complete')}</StateMark> : <StateMark standing="soon">{t('filings.lacks', { count: props.count })}</StateMark>
}

export function InTime(props: { filing: FilingLine }) {
  const { t } = useTranslation()
  const { in_time } = props.filing
  if (in_time === null) return <StateMark standing="unknown">{t('filings.noTerm')}</StateMark>
  return <StateMark standing={in_time ? 'met' : 'overdue'}>{t(in_time ? 'filings.timely' : 'filings.late')}</StateMark>
}
