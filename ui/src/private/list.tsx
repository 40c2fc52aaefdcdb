/** Applications of private persons at the unit's counter. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'

import { ButtonLink } from '../frame/button_link'
import { useSession } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead } from '../frame/parts'
import { has } from '../frame/roles'
import { span, stamp, zone } from '../frame/time'
import { privateListQuery, privateRulesQuery, PrivateStateMark } from './state'

export function PrivateListPage() {
  const { t } = useTranslation()
  const session = useSession()
  const navigate = useNavigate()
  const answer = useQuery(privateListQuery)
  const rules = useQuery(privateRulesQuery)
  const allowed = rules.data?.allowed === true
  const add = allowed && has(session, 'unit_manager', 'duty') && <ButtonLink to="/private/new" primary>{t('private.new')}</ButtonLink>
  const chip = rules.data !== undefined && rules.data.article !== '' && <ArticleChip article={rules.data.article} instrument={rules.data.instrument} />
  return (
    <div className="page">
      <PageHead title={t('private.title')} purpose={t('private.purpose')} act={<div className="row">{chip}{add}</div>} />
      {rules.data?.allowed === false && <Alert type="warning" showIcon className="spaced" title={<>{t('private.forbidden')} {chip}</>} />}
      <Answered answer={answer}>
        {(all) => all.length === 0 ? <Nothing text={t('private.empty')} act={add} /> : (
          <Listing
            rows={all}
            rowKey={(one) => one.id}
            onOpen={(one) => void navigate({ to: '/private/$id', params: { id: one.id } })}
            columns={[
              { key: 'number', title: t('private.number'), card: 'head', className: 'nowrap', render: (one) => <Link to="/private/$id" params={{ id: one.id }}>{one.number}</Link> },
              { key: 'state', title: t('common.state'), card: 'mark', className: 'nowrap', render: (one) => <PrivateStateMark state={one.state} /> },
              { key: 'applicant', title: t('private.applicant'), ellipsis: true, render: (one) => one.applicant || t('private.destroyed') },
              { key: 'why', title: t('private.why'), card: 'wide', ellipsis: true, render: (one) => one.why },
              { key: 'period', title: t('private.period'), render: (one) => `${stamp(one.start_ms)}（${span((one.end_ms - one.start_ms) / 1000)}）` },
              { key: 'staff', title: t('private.staff'), ellipsis: true, render: (one) => one.staff },
            ]}
          />
        )}
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || session.server_ms), zone: zone() })}</p>
    </div>
  )
}
