/** The requests of which the own organ or unit is a side: those that wait for this person first. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { RequestOut } from '../api/generated'
import { requestsQuery } from '../api/queries'
import { ButtonLink } from '../frame/button_link'
import { useSession } from '../frame/context'
import { Listing, type Column } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead } from '../frame/parts'
import { has } from '../frame/roles'
import { span, stamp, zone } from '../frame/time'
import { awaits, RequestState } from './state'

type Part = 'todo' | 'open' | 'all'
const CLOSED = new Set<RequestOut['state']>(['refused', 'withdrawn', 'expired', 'completed'])

export function useRequestColumns(): Column<RequestOut>[] {
  const { t } = useTranslation()
  return [
    { key: 'number', title: t('access.number'), card: 'head', className: 'nowrap', render: (request) => <Link to="/requests/$id" params={{ id: request.id }}>{request.number}</Link> },
    { key: 'state', title: t('common.state'), card: 'mark', render: (request) => <RequestState request={request} /> },
    { key: 'kind', title: t('access.kind'), render: (request) => (request.ground === '' ? t(`accessKind.${request.kind}`) : t('ownCopy.title')) },
    { key: 'organ', title: t('access.organ'), render: (request) => request.organ },
    { key: 'holder', title: t('access.holder'), render: (request) => request.holder_name },
    { key: 'purpose', title: t('access.use'), ellipsis: true, render: (request) => request.purpose },
    { key: 'cameras', title: t('common.camera'), ellipsis: true, render: (request) => request.camera_names.join('、') },
    { key: 'period', title: t('access.when'), render: (request) => `${stamp(request.start_ms)}（${span((request.end_ms - request.start_ms) / 1000)}）` },
  ]
}

export function RequestsPage() {
  const { t } = useTranslation()
  const session = useSession()
  const navigate = useNavigate()
  const answer = useQuery(requestsQuery)
  const columns = useRequestColumns()
  const [part, setPart] = useState<Part>('open')
  const own = has(session, 'unit_manager', 'duty') && <ButtonLink to="/requests/own" search={{}}>{t('ownCopy.new')}</ButtonLink>
  const newButton = session.asks && <ButtonLink to="/requests/new" search={{}} primary>{t('access.new')}</ButtonLink>
  const paper = has(session, 'unit_manager') && <ButtonLink to="/requests/on-paper">{t('access.paperNew')}</ButtonLink>
  const counter = has(session, 'unit_manager') && <ButtonLink to="/counter" search={{}}>{t('access.counter')}</ButtonLink>
  return (
    <div className="page">
      <PageHead title={t('access.title')} purpose={t('access.purpose')} act={<span className="row">{counter}{paper}{own}{newButton}</span>} />
      <div className="row spaced">
        <Segmented<Part>
          value={part}
          onChange={setPart}
          aria-label={t('access.show')}
          options={(['open', 'todo', 'all'] as const).map((value) => ({ value, label: t(`access.part.${value}`) }))}
        />
        <span className="spring" />
        <ArticleChip matter="live" />
        <ArticleChip matter="approval" />
        <ArticleChip matter="execution" />
      </div>
      <Answered answer={answer}>
        {(requests) => {
          const shown = requests.filter((request) => part === 'all' || (part === 'open' ? !CLOSED.has(request.state) : awaits(request, session)))
          if (shown.length === 0) return <Nothing text={t('access.empty')} act={newButton || own} />
          return (
            <Listing
              rows={shown}
              rowKey={(request) => request.id}
              onOpen={(request) => void navigate({ to: '/requests/$id', params: { id: request.id } })}
              columns={columns}
            />
          )
        }}
      </Answered>
      {!session.asks && <p className="status-line">{t('access.whoAsks')}</p>}
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || session.server_ms), zone: zone() })}</p>
    </div>
  )
}
