/** One application: its facts, the consent, the masks, the viewing beside the staff, the sheet. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Alert } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { PrivatePageOut, PrivateRulesOut, ViewOut } from '../api/generated'
import { useSession } from '../frame/context'
import { Facts } from '../frame/entity'
import { later } from '../frame/later'
import { Answered, ArticleChip, Loading, PageHead } from '../frame/parts'
import { has } from '../frame/roles'
import { span, stamp, zone } from '../frame/time'
import { Consent, Withdraw } from './consent'
import { Masks } from './masks'
import { Scans, Sign, Sittings } from './sheet'
import { privateListQuery, privateQuery, privateRulesQuery, PrivateStateMark } from './state'
import { Opening } from './viewing'

const Viewing = later(async () => (await import('../access/viewing')).Viewing)

export function PrivatePage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const rules = useQuery(privateRulesQuery)
  const answer = useQuery(privateQuery(id))
  return <Answered answer={answer} rows={12}>{(page) => rules.data === undefined ? <Loading rows={12} /> : <Whole key={page.id} page={page} rules={rules.data} />}</Answered>
}

function Whole(props: { page: PrivatePageOut; rules: PrivateRulesOut }) {
  const { t, i18n } = useTranslation()
  const { page, rules } = props
  const session = useSession()
  const client = useQueryClient()
  const [view, setView] = useState<ViewOut | null>(null)
  const changed = (): void => {
    void client.invalidateQueries({ queryKey: privateQuery(page.id).queryKey })
    void client.invalidateQueries({ queryKey: privateListQuery.queryKey })
  }
  if (view !== null) {
    return <Suspense fallback={<Loading />}><Viewing request={page} view={view} onLeave={() => { setView(null); changed() }} /></Suspense>
  }
  const staff = has(session, 'unit_manager', 'duty')
  const decides = has(session, 'unit_manager', 'approver')
  const may = (step: PrivatePageOut['steps'][number]): boolean => page.steps.includes(step)
  const own = page.staff_id === session.person.id
  const english = i18n.language === 'en-US'
  const word = (terms: PrivateRulesOut['who'], id: string): string => { const found = terms.find((one) => one.id === id); return found === undefined ? id : english ? found.name_en : found.name }
  const going = page.sittings.some((one) => one.ended_ms === null)
  return (
    <div className="page">
      <PageHead title={`${t('private.one')} ${page.number}`} purpose={page.why} act={<div className="row"><PrivateStateMark state={page.state} />{may('withdraw') && (staff || decides) && <Withdraw page={page} changed={changed} />}</div>} />
      {page.state === 'asked' && (own || !decides) && <Alert type="info" showIcon className="spaced" title={t('private.waiting')} />}
      <div className="grid-2">
        <div>
          <section className="panel">
            <div className="panel-head"><h2>{t('private.facts')}</h2><ArticleChip article={rules.article} instrument={rules.instrument} /></div>
            <Facts
              facts={[
                { key: 'applicant', label: t('private.applicant'), value: <span className="wrap">{page.applicant || t('private.destroyed')}</span> },
                { key: 'paper', label: t('private.paper'), value: <span className="wrap">{t(`private.paperOf.${page.paper}`)} {page.paper_number}</span> },
                { key: 'relation', label: t('private.relation'), value: word(rules.who, page.relation) },
                { key: 'concerned', label: t('private.concerned'), value: page.concerned },
                { key: 'ground', label: t('private.ground'), value: word(rules.grounds, page.ground) },
                { key: 'staff', label: t('private.staff'), value: `${page.staff} ${stamp(page.asked_ms)}` },
                { key: 'cameras', label: t('private.cameras'), value: <span className="wrap">{page.camera_names.join('、')}</span> },
                { key: 'period', label: t('private.period'), value: `${stamp(page.start_ms)}（${span((page.end_ms - page.start_ms) / 1000)}，${zone()}）` },
                { key: 'consenter', label: t('private.consenter'), value: page.decided_ms === null ? null : `${page.consenter} ${stamp(page.decided_ms)}` },
                { key: 'until', label: t('private.until'), value: page.consented_until_ms === null ? null : stamp(page.consented_until_ms) },
                { key: 'note', label: t('private.note'), value: page.note === '' ? null : <span className="wrap">{page.note}</span> },
                { key: 'companion', label: t('private.companion'), value: page.companion },
                { key: 'keep', label: t('private.keepUntil'), value: page.keep_until },
                { key: 'fingerprint', label: t('private.fingerprint'), value: page.fingerprint === '' ? null : <span className="hash">{page.fingerprint}</span> },
              ]}
            />
          </section>
          <Scans page={page} may={staff} changed={changed} />
        </div>
        <div>
          {may('consent') && decides && !own && <Consent page={page} changed={changed} />}
          {may('view') && staff && !going && <Opening page={page} rules={rules} onOpened={setView} />}
          {may('sign') && staff && page.sittings.length > 0 && !going && <Sign page={page} changed={changed} />}
        </div>
      </div>
      {(page.sittings.length > 0 || page.state === 'consented') && <Sittings page={page} />}
      {may('mask') && staff && !going && <Masks page={page} changed={changed} />}
      <p className="status-line">{t('common.asOf', { time: stamp(session.server_ms), zone: zone() })}</p>
    </div>
  )
}
