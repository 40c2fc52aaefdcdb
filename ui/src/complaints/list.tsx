/** Complaints about the unit, or for public security about its area. */
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { useListComplaints, type ComplaintOut } from '../api/generated'
import { ArticleChip } from '../frame/parts'
import { QueryPage } from '../frame/query'
import { stamp } from '../frame/time'
import { ComplaintState } from './state'

const REFRESH_MS = 30_000

export function ComplaintsPage() {
  const { t } = useTranslation()
  const answer = useListComplaints(undefined, { refetchInterval: REFRESH_MS })
  return (
    <QueryPage<ComplaintOut>
      title={t('complaints.title')}
      purpose={t('complaints.purpose')}
      act={<ArticleChip matter="complaint" />}
      answer={answer}
      rowKey={(one) => one.id}
      fields={[
        { key: 'words', label: t('complaints.text') },
        { key: 'state', label: t('common.state'), options: (['received', 'answered'] as const).map((value) => ({ value, label: t(`complaints.state.${value}`) })) },
      ]}
      keep={(one, words) =>
        (words['state'] === undefined || one.state === words['state']) &&
        [one.number, one.place_name, one.text].some((text) => text.toLowerCase().includes((words['words'] ?? '').toLowerCase()))
      }
      columns={[
        { key: 'number', title: t('complaints.number'), card: 'head', className: 'nowrap', render: (one) => <Link to="/complaints/$id" params={{ id: one.id }}>{one.number}</Link> },
        { key: 'state', title: t('common.state'), card: 'mark', className: 'nowrap', render: (one) => <ComplaintState complaint={one} /> },
        { key: 'received', title: t('complaints.received'), className: 'nowrap', render: (one) => stamp(one.received_ms) },
        { key: 'place', title: t('complaints.place'), ellipsis: true, render: (one) => one.place_name },
        { key: 'text', title: t('complaints.text'), card: 'wide', ellipsis: true, render: (one) => one.text },
        { key: 'organ', title: t('complaints.organ'), render: (one) => one.organ },
      ]}
      empty={{ text: t('complaints.empty') }}
    />
  )
}
