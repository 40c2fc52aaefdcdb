/** One request: state, what is lawful next and who may do it, facts, the visit, its forms, the package, the history. */
import { PrinterOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Button, Descriptions, Steps, Timeline } from 'antd'
import { Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { getPrintApprovalUrl, type RequestOut, type ViewOut } from '../api/generated'
import { requestQuery } from '../api/queries'
import { later } from '../frame/later'
import { Answered, ArticleChip, Loading, PageHead, StateMark } from '../frame/parts'
import { span, stamp, zone } from '../frame/time'
import { Acts } from './acts'
import { Ceremony } from './ceremony'
import { ExportPanel } from './export_panel'
import { isCopying, isLive, isOwn, matterOf, stepOf } from './kinds'
import { Papers } from './papers'
import { RequestState, useStateName } from './state'
import { UsePanel } from './use'
import { Visits } from './visits'

const Viewing = later(async () => (await import('./viewing')).Viewing)
const UseWall = later(async () => (await import('./use_wall')).UseWall)

const COPY_WAY: RequestOut['state'][] = ['submitted', 'approved', 'exporting', 'ready', 'delivered', 'completed']
const LOOK_WAY: RequestOut['state'][] = ['submitted', 'approved', 'completed']
const ENDS = new Set<RequestOut['state']>(['refused', 'withdrawn', 'expired'])

function Way(props: { request: RequestOut }) {
  const { state, kind } = props.request
  const name = useStateName(props.request)
  const ended = ENDS.has(state)
  const way = isCopying(kind) ? COPY_WAY : LOOK_WAY
  const items = (ended ? [state === 'expired' ? ('approved' as const) : ('submitted' as const), state] : way).map((one) => ({ title: name(one) }))
  const current = ended ? 1 : Math.max(0, way.indexOf(state))
  return <Steps size="small" responsive current={current} items={items} {...(state === 'refused' ? { status: 'error' as const } : {})} className="spaced" />
}

/** What some facts are called where a unit copies its own footage. */
const OWN_NAMES: Record<string, string> = { ground: 'ownCopy.ground', approver: 'ownCopy.approver', comment: 'ownCopy.comment', approvedUntil: 'ownCopy.until', destination: 'ownCopy.destination' }

function Facts(props: { request: RequestOut }) {
  const { t } = useTranslation()
  const { request } = props
  const own = isOwn(request)
  const officers = request.officers.map((one) => [one.name, one.work_id].filter(Boolean).join(' ')).join('、')
  const rows: [string, ReactNode][] = [
    ['kind', <>{own ? t('ownCopy.title') : t(`accessKind.${request.kind}`)} <ArticleChip matter={matterOf(request.kind, own)} /></>],
    ['ground', request.ground],
    ['organ', own ? '' : request.organ],
    ['holder', request.holder_name],
    ['requester', request.requester],
    ['officers', officers],
    ['approving', own ? '' : request.approving_name],
    ['approver', request.approver ?? ''],
    ['comment', request.decision],
    ['approvedUntil', request.approved_until_ms === null ? '' : stamp(request.approved_until_ms)],
    ['onPaper', request.on_paper === null ? '' : t('access.onPaperYes')],
    ['camera', request.camera_names.map((name, at) => name || request.cameras[at]).join('、')],
    [isLive(request.kind) ? 'usePeriod' : 'period', `${stamp(request.start_ms)} → ${stamp(request.end_ms)}（${span((request.end_ms - request.start_ms) / 1000)}，${zone()}）`],
    ['use', request.purpose],
    ['destination', request.destination],
    ['basis', <>{request.legal_basis}{request.other_basis && <> · {t('access.otherBasis')} <ArticleChip matter="police_head" /></>}</>],
    ['case', request.case === '' ? '' : <Link to="/cases/$case" params={{ case: request.case }}>{request.case}</Link>],
  ]
  return (
    <Descriptions
      column={1}
      styles={{ label: { whiteSpace: 'nowrap' } }}
      size="small"
      bordered
      items={rows.filter(([, shown]) => shown !== '').map(([key, children]) => ({ key, label: t(key === 'camera' ? 'common.camera' : own && key in OWN_NAMES ? (OWN_NAMES[key] ?? '') : `access.${key}`), children }))}
    />
  )
}

/** What became of a copy, with its last day, on the side that has to tell it. */
function Report(props: { request: RequestOut }) {
  const { t } = useTranslation()
  const { report_until_ms, reported_ms } = props.request
  if (report_until_ms === null) return null
  if (reported_ms !== null) return <p><StateMark standing="met">{t('access.reportedAt', { time: stamp(reported_ms) })}</StateMark></p>
  const late = report_until_ms < Date.now()
  return <p><StateMark standing={late ? 'overdue' : 'active'}>{t('access.reportUntil', { time: stamp(report_until_ms) })}</StateMark> <ArticleChip matter="report" /></p>
}

export function RequestPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const answer = useQuery(requestQuery(id))
  return <Answered answer={answer} rows={12}>{(request) => <Page key={request.id} request={request} />}</Answered>
}

function Page(props: { request: RequestOut }) {
  const { t, i18n } = useTranslation()
  const { request } = props
  const client = useQueryClient()
  const [view, setView] = useState<ViewOut | null>(null)
  if (view !== null) {
    const leave = (): void => {
      setView(null)
      void client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey })
    }
    const Shown = isLive(request.kind) ? UseWall : Viewing
    return <Suspense fallback={<Loading />}><Shown request={request} view={view} onLeave={leave} /></Suspense>
  }
  const acted = (act: string, step: string): string => {
    const usual = t(`act.${act}`, { defaultValue: step })
    return isOwn(request) ? t(`ownCopy.act.${act}`, { defaultValue: usual }) : usual
  }
  const decides = stepOf(request, 'approve')?.allowed === true
  // what is going on comes first; when it is over, its form is what is left to do
  const here = request.visits.some((visit) => visit.here && visit.open)
  // at the counter the originals count: the scans stand after the visit
  const attends = stepOf(request, 'presence')?.allowed === true
  return (
    <div className={decides ? 'page deciding' : 'page'}>
      <PageHead title={`${t('access.request')} ${request.number}`} purpose={request.purpose} act={<RequestState request={request} />} />
      {!decides && <Way request={request} />}
      <Report request={request} />
      {!decides && <Acts request={request} />}
      <div className="grid-2">
        <section className="panel">
          <div className="panel-head"><h2>{t('access.facts')}</h2><ArticleChip matter="register" /></div>
          <Facts request={request} />
          {request.approved_until_ms !== null && !isOwn(request) && <p><Button icon={<PrinterOutlined />} href={getPrintApprovalUrl(request.id, { language: i18n.language === 'en-US' ? 'en' : 'zh' })} target="_blank">{t('access.printApproval')}</Button></p>}
          {decides && <Acts request={request} big />}
        </section>
        <div>
          {!attends && !isOwn(request) && <Papers request={request} />}
          {!here && <Visits request={request} />}
          <Ceremony request={request} onViewing={setView} />
          <UsePanel request={request} onBegun={setView} />
          <ExportPanel request={request} />
          {attends && !isOwn(request) && <Papers request={request} />}
          {here && <Visits request={request} />}
          <section className="panel">
            <h2>{t('access.history')}</h2>
            <Timeline
              items={request.history.map((line) => ({
                content: (
                  <>
                    {acted(line.step.replaceAll('.', '_'), line.step)} · {line.person}
                    <div className="secondary">
                      {stamp(line.at_ms)} · {t('live.entry', { entry: line.index })}
                    </div>
                    {line.comment}
                  </>
                ),
              }))}
            />
          </section>
        </div>
      </div>
    </div>
  )
}
