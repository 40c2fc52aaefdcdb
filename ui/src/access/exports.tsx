/** Export centre: every package, its progress, its hash. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Table, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { exportsQuery, requestsQuery } from '../api/queries'
import { Answered, ArticleChip, Nothing, PageHead } from '../frame/parts'
import { ExportBar, ExportState } from './export_panel'

export function ExportsPage() {
  const { t } = useTranslation()
  const answer = useQuery(exportsQuery)
  const requests = useQuery(requestsQuery)
  const numbers = new Map((requests.data ?? []).map((request) => [request.id, request.number]))
  return (
    <div className="page">
      <PageHead title={t('nav.exports')} purpose={t('access.exportsPurpose')} act={<ArticleChip article="a22_1" />} />
      <Answered answer={answer}>
        {(jobs) =>
          jobs.length === 0 ? (
            <Nothing text={t('access.noExports')} act={<Link to="/requests">{t('nav.requests')}</Link>} />
          ) : (
            <div className="table-scroll">
              <Table
                rowKey="id"
                size="middle"
                dataSource={jobs}
                pagination={jobs.length > 50 ? { pageSize: 50 } : false}
                columns={[
                  { title: t('access.request'), key: 'request', render: (_, job) => <Link to="/requests/$id" params={{ id: job.request }}>{numbers.get(job.request) ?? job.request}</Link> },
                  { title: t('common.state'), key: 'state', render: (_, job) => <ExportState state={job.state} /> },
                  { title: t('access.progress'), key: 'progress', width: 320, render: (_, job) => <ExportBar job={job} /> },
                  { title: 'SHA-256', key: 'sha', render: (_, job) => job.sha256 !== null && job.sha256 !== '' && <Typography.Text className="mono" copyable={{ text: job.sha256 }}>{job.sha256.slice(0, 16)}…</Typography.Text> },
                ]}
              />
            </div>
          )
        }
      </Answered>
    </div>
  )
}
