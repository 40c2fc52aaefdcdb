/** Removals: the organ's inbox by the days left, the unit's own; what is to be done with one stands on its system's page. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { getListRemovalsQueryOptions, getPrintRemovalUrl, type RemovalLine, type RemovalState } from '../api/generated'
import { useSession } from '../frame/context'
import { ArticleChip, StateMark, type Standing } from '../frame/parts'
import { QueryPage } from '../frame/query'
import { has } from '../frame/roles'
import { Clock } from '../systems/clocks'

const STANDING: Record<RemovalState, Standing> = { noticed: 'soon', withdrawn: 'unknown', taken_down: 'active', disposed: 'met' }
const STATES = Object.keys(STANDING) as RemovalState[]
const WAITS: Record<RemovalState, boolean> = { noticed: true, taken_down: true, withdrawn: false, disposed: false }

/** What still waits stands first, what has the fewest days left before all; what is over follows, the newest first. */
export function byDaysLeft(a: RemovalLine, b: RemovalLine): number {
  return Number(WAITS[b.state]) - Number(WAITS[a.state]) || (a.days_left ?? Infinity) - (b.days_left ?? Infinity) || b.recorded_ms - a.recorded_ms
}

export function RemovalsPage() {
  const { t, i18n } = useTranslation()
  const police = has(useSession(), 'registrar')
  const answer = useQuery({ ...getListRemovalsQueryOptions(), select: (found: RemovalLine[]) => [...found].sort(byDaysLeft) })
  const language = i18n.language === 'en-US' ? 'en' : 'zh'
  return (
    <QueryPage<RemovalLine>
      title={t('removals.title')}
      purpose={t(police ? 'removals.purposePolice' : 'removals.purposeUnit')}
      act={<ArticleChip matter="removal" />}
      fields={[
        { key: 'words', label: t('filings.search') },
        { key: 'state', label: t('filings.state'), options: STATES.map((state) => ({ value: state, label: t(`removal.state.${state}`) })) },
        { key: 'term', label: t('removals.term'), options: [{ value: 'short', label: t('removal.marked') }, { value: 'kept', label: t('removal.enough') }] },
      ]}
      answer={answer}
      rowKey={(one) => one.id}
      keep={(one, words) =>
        `${one.unit_name} ${one.system_name} ${one.number}`.toLowerCase().includes((words['words'] ?? '').toLowerCase()) &&
        (words['state'] === undefined || one.state === words['state']) &&
        (words['term'] === undefined || one.short === (words['term'] === 'short'))
      }
      empty={{ text: t(police ? 'removals.empty' : 'removals.emptyUnit') }}
      columns={[
        { key: 'system', title: t('filings.system'), card: 'head', render: (one) => <Link to="/systems/$id" params={{ id: one.system }}>{one.system_name}</Link> },
        { key: 'state', title: t('filings.state'), card: 'mark', className: 'nowrap', render: (one) => <StateMark standing={STANDING[one.state]}>{t(`removal.state.${one.state}`)}</StateMark> },
        ...(police ? [{ key: 'unit', title: t('filings.unit'), render: (one: RemovalLine) => one.unit_name }] : []),
        { key: 'number', title: t('removal.number'), render: (one) => <a className="wrap" href={getPrintRemovalUrl(one.id, { language })} target="_blank" rel="noreferrer">{one.number || t(one.noticed_on === null ? 'removal.unnoticed' : 'removal.print')}</a> },
        { key: 'noticed', title: t('removal.noticed'), className: 'nowrap', render: (one) => one.noticed_on },
        { key: 'planned', title: t('removal.planned'), render: (one) => (one.planned_on === null ? '' : <Planned removal={one} />) },
        { key: 'earliest', title: t('removal.earliestDay'), className: 'nowrap', render: (one) => one.earliest_on },
        { key: 'down', title: t('removal.down'), className: 'nowrap', render: (one) => one.taken_down_on },
        { key: 'kept', title: t('removal.kept'), className: 'nowrap', render: (one) => one.kept_until },
        { key: 'supervision', title: t('removals.supervision'), className: 'nowrap', render: (one) => (one.supervision === null ? '' : <Clock clock={one.supervision} />) },
      ]}
    />
  )
}

/** The planned day, whether its notice was too short, and how far off it is while it waits. */
function Planned(props: { removal: RemovalLine }) {
  const { t } = useTranslation()
  const { removal } = props
  return (
    <>
      <div className="nowrap">{removal.planned_on}</div>
      {removal.short && <StateMark standing="overdue">{t('removal.marked')}</StateMark>}
      {removal.state === 'noticed' && removal.days_left !== null && <div className="secondary nowrap">{t(removal.days_left < 0 ? 'removals.past' : 'removals.left', { n: Math.abs(removal.days_left) })}</div>}
    </>
  )
}
