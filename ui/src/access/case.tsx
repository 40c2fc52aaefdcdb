/** The folder of one case number: all that the organ asked for in it, and what came of each. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { caseQuery } from '../api/queries'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, StateMark } from '../frame/parts'
import { stamp } from '../frame/time'
import { useRequestColumns } from './list'

export function CasePage() {
  const { t } = useTranslation()
  const { case: number } = useParams({ strict: false }) as { case: string }
  const navigate = useNavigate()
  const answer = useQuery(caseQuery(number))
  const columns = useRequestColumns()
  return (
    <div className="page">
      <PageHead title={`${t('access.case')} ${number}`} purpose={t('access.casePurpose')} act={<ArticleChip article="a17_2_2" />} />
      <Answered answer={answer}>
        {(requests) =>
          requests.length === 0 ? (
            <Nothing text={t('access.caseEmpty')} />
          ) : (
            <Listing
              rows={requests}
              rowKey={(request) => request.id}
              onOpen={(request) => void navigate({ to: '/requests/$id', params: { id: request.id } })}
              columns={[
                ...columns,
                {
                  key: 'report',
                  title: t('access.report'),
                  render: (request) =>
                    request.reported_ms !== null ? (
                      <StateMark standing="met">{stamp(request.reported_ms)}</StateMark>
                    ) : (
                      request.report_until_ms !== null && <StateMark standing={request.report_until_ms < Date.now() ? 'overdue' : 'active'}>{t('access.reportUntil', { time: stamp(request.report_until_ms) })}</StateMark>
                    ),
                },
              ]}
            />
          )
        }
      </Answered>
    </div>
  )
}
