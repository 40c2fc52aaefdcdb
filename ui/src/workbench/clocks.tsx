/** What is to be done as a time line: overdue to the left of today, what is left of each term to its right. */
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { WorkItemOut } from '../api/generated'
import { ButtonLink } from '../frame/button_link'
import { ClockMark, type DutyStanding } from '../frame/entity'
import { ArticleChip, Nothing } from '../frame/parts'
import { addressOf } from './links'

const SPAN_DAYS = 30
/** Further away than a month looks the same. */

function place(days: number): number {
  const bounded = Math.max(-SPAN_DAYS, Math.min(SPAN_DAYS, days))
  return 50 + (bounded / SPAN_DAYS) * 50
}

/** The bar of one term; the same fact stands in words beside it, so it is hidden from readers. */
function Line(props: { days: number | null; standing: DutyStanding }) {
  if (props.days === null) return <span className="clock-line" aria-hidden />
  const at = place(props.days)
  return (
    <span className="clock-line" aria-hidden>
      <i className={`clock-${props.standing}`} style={{ left: `${Math.min(50, at)}%`, width: `${Math.max(1, Math.abs(at - 50))}%` }} />
      <b />
    </span>
  )
}

export function Subject(props: { item: WorkItemOut }) {
  const { item } = props
  const to = addressOf(item.subject_kind, item.subject)
  return to === null ? <span className="wrap">{item.subject_name}</span> : <Link className="wrap" to={to}>{item.subject_name}</Link>
}

export function Clocks(props: { items: readonly WorkItemOut[]; empty: string }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  if (props.items.length === 0) return <Nothing text={props.empty} />
  return (
    <ul className="plain clocks">
      {props.items.map((item) => {
        const to = addressOf(item.subject_kind, item.subject)
        const label = english ? item.label_en : item.label
        return (
          <li key={`${item.kind}-${item.subject}-${item.label}-${item.due_on ?? ''}`}>
            <span className="clock-what"><Subject item={item} /></span>
            <Line days={item.days} standing={item.standing} />
            <span className="clock-state">
              {item.kind !== 'duty' && item.days === null ? <span className="secondary">{t('bench.noTerm')}</span> : <ClockMark standing={item.standing} days={item.days} />}
              {item.due_on !== null && <span className="secondary"> {t('bench.lastDay', { day: item.due_on })}{item.calendar_known ? '' : t('bench.calendarOpen')}</span>}
            </span>
            <span className="clock-next">
              {to === null ? <span>{label}</span> : <ButtonLink to={to} size="small">{label}</ButtonLink>}
              {item.article !== '' && <ArticleChip article={item.article} {...(item.instrument === '' ? {} : { instrument: item.instrument })} />}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

/** What is done or was begun: no clock runs any more, or it is another's. */
export function Past(props: { items: readonly WorkItemOut[]; empty: string }) {
  const { t, i18n } = useTranslation()
  if (props.items.length === 0) return <Nothing text={props.empty} />
  return (
    <ul className="plain">
      {props.items.map((item) => (
        <li key={`${item.kind}-${item.subject}-${item.label}-${item.due_on ?? ''}-${item.done_on ?? ''}`}>
          <Subject item={item} />
          <span className="spring" />
          <span>{i18n.language === 'en-US' ? item.label_en : item.label}</span>
          {item.kind === 'duty' && <ClockMark standing={item.standing} days={item.days} />}
          {item.done_on !== null && <span className="secondary">{t('bench.doneOn', { day: item.done_on })}</span>}
          {item.article !== '' && <ArticleChip article={item.article} {...(item.instrument === '' ? {} : { instrument: item.instrument })} />}
        </li>
      ))}
    </ul>
  )
}
