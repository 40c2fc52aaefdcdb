/** One request: state, what is lawful next and who may do it, facts, ceremony, package, history. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Descriptions, Steps, Timeline } from 'antd'
import { useTranslation } from 'react-i18next'

import type { RequestOut } from '../api/generated'
import { camerasQuery, requestQuery } from '../api/queries'
import { Answered, ArticleChip, PageHead } from '../frame/parts'
import { span, stamp, zone } from '../frame/time'
import { Acts } from './acts'
import { ExportPanel } from './export_panel'
import { Presence } from './presence'
import { RequestState } from './state'

const WAY: RequestOut['state'][] = ['submitted', 'approved', 'exporting', 'ready', 'delivered', 'completed']

function Way(props: { state: RequestOut['state'] }) {
  const { t } = useTranslation()
  const ended = props.state === 'refused' || props.state === 'withdrawn'
  const items = (ended ? ['submitted', props.state] : WAY).map((state) => ({ title: t(`requestState.${state}`) }))
  const current = ended ? 1 : Math.max(0, WAY.indexOf(props.state))
  return <Steps size="small" responsive current={current} items={items} {...(props.state === 'refused' ? { status: 'error' as const } : {})} className="spaced" />
}

function Facts(props: { request: RequestOut; names: Map<string, string> }) {
  const { t } = useTranslation()
  const { request } = props
  const rows: [string, React.ReactNode][] = [
    ['organ', request.organ],
    ['requester', request.requester],
    ['officers', request.officers.map((officer) => officer.name).join('、')],
    ['approver', request.approver ?? t('common.none')],
    ['comment', request.decision],
    ['approvedUntil', request.approved_until_ms === null ? '' : stamp(request.approved_until_ms)],
    ['camera', request.camera_names.join('、')],
    ['period', `${stamp(request.start_ms)} → ${stamp(request.end_ms)}（${span((request.end_ms - request.start_ms) / 1000)}，${zone()}）`],
    ['use', request.purpose],
    ['destination', request.destination],
    ['basis', request.legal_basis],
  ]
  return (
    <Descriptions
      column={1}
      styles={{ label: { whiteSpace: 'nowrap' } }}
      size="small"
      bordered
      items={rows.filter(([, shown]) => shown !== '').map(([key, children]) => ({ key, label: t(key === 'camera' ? 'common.camera' : `access.${key}`), children }))}
    />
  )
}

export function RequestPage() {
  const { t } = useTranslation()
  const { id } = useParams({ strict: false }) as { id: string }
  const answer = useQuery(requestQuery(id))
  const cameras = useQuery(camerasQuery)
  const names = new Map((cameras.data ?? []).map((camera) => [camera.id, camera.name]))
  return (
    <div className="page">
      <Answered answer={answer} rows={12}>
        {(request) => (
          <>
            <PageHead title={`${t('access.request')} ${request.number}`} purpose={request.purpose} act={<RequestState state={request.state} />} />
            <Way state={request.state} />
            <Acts request={request} cameras={cameras.data ?? []} />
            <div className="grid-2">
              <section className="panel">
                <div className="panel-head"><h2>{t('access.facts')}</h2><ArticleChip article="a17_2_2" /></div>
                <Facts request={request} names={names} />
              </section>
              <div>
                <Presence request={request} />
                <ExportPanel request={request} />
                <section className="panel">
                  <h2>{t('access.history')}</h2>
                  <Timeline
                    items={request.history.map((line) => ({
                      content: (
                        <>
                          {t(`act.${line.step.replaceAll('.', '_')}`, { defaultValue: line.step })} · {line.person}
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
          </>
        )}
      </Answered>
    </div>
  )
}
