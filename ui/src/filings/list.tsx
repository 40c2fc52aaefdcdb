/** Filings: the organ's inbox by the time left for the visit, the unit's own with their receipts. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { getListFilingsQueryOptions, type FilingLine, type FilingState } from '../api/generated'
import { useSession } from '../frame/context'
import { QueryPage } from '../frame/query'
import { has } from '../frame/roles'
import { Clock } from '../systems/clocks'
import { FilingMark, InTime, Lacking } from './state'

const STATES: readonly FilingState[] = ['held', 'received', 'returned', 'replaced', 'visited']

/** The visit that is due first stands first; filings without a visit follow, the newest first. */
export function byTimeLeft(a: FilingLine, b: FilingLine): number {
  return (a.visit?.days_left ?? Infinity) - (b.visit?.days_left ?? Infinity) || b.submitted_ms - a.submitted_ms
}

export function FilingsPage() {
  const { t } = useTranslation()
  const police = has(useSession(), 'registrar')
  const answer = useQuery({ ...getListFilingsQueryOptions(), select: (filings: FilingLine[]) => [...filings].sort(byTimeLeft) })
  return (
    <QueryPage<FilingLine>
      title={t('filings.title')}
      purpose={t(police ? 'filings.purposePolice' : 'filings.purposeUnit')}
      fields={[
        { key: 'words', label: t('filings.search') },
        { key: 'state', label: t('filings.state'), options: STATES.map((state) => ({ value: state, label: t(`filingState.${state}`) })) },
      ]}
      answer={answer}
      rowKey={(filing) => filing.id}
      keep={(filing, words) => `${filing.unit_name} ${filing.system_name} ${filing.number}`.includes(words['words'] ?? '') && (words['state'] === undefined || filing.state === words['state'])}
      empty={{ text: t(police ? 'filings.empty' : 'filings.emptyUnit') }}
      columns={[
        { key: 'system', title: t('filings.system'), card: 'head', render: (filing) => <Link to="/filings/$id" params={{ id: filing.id }}>{filing.system_name}</Link> },
        { key: 'visit', title: t('filings.visit'), card: 'mark', render: (filing) => (filing.visit === null || filing.visit === undefined ? '' : <Clock clock={filing.visit} />) },
        { key: 'unit', title: t('filings.unit'), render: (filing) => filing.unit_name },
        { key: 'number', title: t('filings.number'), render: (filing) => filing.number },
        { key: 'kind', title: t('filings.kind'), render: (filing) => t(`filingKind.${filing.kind}`) },
        { key: 'state', title: t('filings.state'), render: (filing) => <FilingMark state={filing.state} /> },
        { key: 'lacking', title: t('filings.lacking'), render: (filing) => <Lacking count={filing.lacking} /> },
        { key: 'received', title: t('filings.received'), render: (filing) => filing.received_on },
        { key: 'inTime', title: t('filings.inTime'), render: (filing) => <InTime filing={filing} /> },
      ]}
    />
  )
}
