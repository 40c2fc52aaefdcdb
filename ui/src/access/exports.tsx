/** Export centre: every package, its progress, its hash. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { exportsQuery, ownSealingsQuery, requestsQuery } from '../api/queries'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead } from '../frame/parts'
import { ExportBar, ExportState } from './export_panel'
import { Sealing } from './sealing'

export function ExportsPage() {
  const { t } = useTranslation()
  const answer = useQuery(exportsQuery)
  const requests = useQuery(requestsQuery)
  const own = useQuery(ownSealingsQuery)
  const numbers = new Map((requests.data ?? []).map((request) => [request.id, request.number]))
  return (
    <div className="page">
      <PageHead title={t('nav.exports')} purpose={t('access.exportsPurpose')} act={<ArticleChip matter="execution" />} />
      {(own.data ?? []).length > 0 && (
        <section className="panel" aria-label={t('sealing.own')}>
          <div className="panel-head">
            <h2>{t('sealing.own')}</h2>
            <ArticleChip matter="execution" />
          </div>
          <p className="secondary">{t('sealing.ownHint')}</p>
          {own.data?.map((one) => (
            <section key={one.sealing.id} className="spaced" aria-label={one.number}>
              <h3>{one.number} · {one.holder}</h3>
              <Sealing job={one.job} request={one.request} sealing={one.sealing} />
            </section>
          ))}
        </section>
      )}
      <Answered answer={answer}>
        {(jobs) =>
          jobs.length === 0 ? (
            <Nothing text={t('access.noExports')} act={<Link to="/requests">{t('nav.requests')}</Link>} />
          ) : (
            <Listing
              rows={jobs}
              rowKey={(job) => job.id}
              columns={[
                { key: 'request', title: t('access.request'), card: 'head', render: (job) => <Link to="/requests/$id" params={{ id: job.request }}>{numbers.get(job.request) ?? job.request}</Link> },
                { key: 'state', title: t('common.state'), card: 'mark', render: (job) => <ExportState state={job.state} /> },
                { key: 'progress', title: t('access.progress'), width: 320, card: 'wide', render: (job) => <ExportBar job={job} /> },
                { key: 'sha', title: 'SHA-256', render: (job) => job.sha256 !== null && job.sha256 !== '' && <Typography.Text className="mono" copyable={{ text: job.sha256 }}>{job.sha256.slice(0, 16)}…</Typography.Text> },
              ]}
            />
          )
        }
      </Answered>
    </div>
  )
}
