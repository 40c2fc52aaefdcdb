/** Volumes and the forecast: how long what is kept will go on fitting; and how every part of the installation stands. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Progress } from 'antd'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../api/client'
import type { ForecastOut, NamedProblemOut, StorageOut } from '../api/generated'
import { camerasQuery, storageQuery } from '../api/queries'
import { serverNow } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, Problem, StateMark, type Standing } from '../frame/parts'
import { bytes, span, stamp, zone } from '../frame/time'
import { ClockCard } from './clock'
import { HealthLines, HealthTable } from '../health/list'

const SPARE = 1.25 // a quarter more than the floor is the room to act in
const ROOM = ['room'] as const

function standing(forecast: number | null, floor_days: number): Standing {
  if (forecast === null) return 'unknown'
  return forecast < floor_days ? 'overdue' : forecast < floor_days * SPARE ? 'soon' : 'met'
}

/** What is wrong with a volume or the catalogue, led by its name. */
function named({ subject, ...problem }: NamedProblemOut): Refusal {
  return new Refusal(0, { ...problem, text: `${subject}：${problem.text}`, text_en: `${subject}: ${problem.text_en || problem.text}` })
}

function Volumes(props: { report: StorageOut }) {
  const { t } = useTranslation()
  if (props.report.volumes.length === 0) return <Nothing text={t('storage.noVolume')} />
  return (
    <Listing
      rows={props.report.volumes}
      rowKey={(volume) => volume.id}
      columns={[
        { key: 'name', title: t('storage.volume'), card: 'head', render: (volume) => volume.path_name },
        { key: 'kind', title: t('storage.kind'), card: 'mark', render: (volume) => (volume.kind === 'throw-away' ? <StateMark standing="soon">{t('storage.throwAway')}</StateMark> : t('storage.standard')) },
        {
          key: 'used', title: t('storage.used'), width: 240, card: 'wide',
          render: (volume) => {
            const percent = volume.total_bytes === 0 ? 0 : Math.round((1 - volume.free_bytes / volume.total_bytes) * 100)
            return <Progress percent={percent} status="normal" aria-label={`${volume.path_name} ${percent}%`} />
          },
        },
        { key: 'free', title: t('workbench.free'), align: 'right', render: (volume) => `${bytes(volume.free_bytes)} / ${bytes(volume.total_bytes)}` },
        { key: 'floor', title: t('storage.floor'), align: 'right', render: (volume) => span(volume.floor_s) },
        { key: 'ceiling', title: t('storage.ceiling'), align: 'right', render: (volume) => span(volume.ceiling_s) },
      ]}
    />
  )
}

/** The arithmetic behind the mark: what is needed, what there is, when it is full. */
function Forecast(props: { forecast: ForecastOut }) {
  const { t } = useTranslation()
  const { forecast } = props
  const rows: [string, string][] = [
    ['needed', bytes(forecast.needed_bytes)],
    ['usable', bytes(forecast.usable_bytes)],
    ['perDay', `${bytes(forecast.bytes_per_day)} / ${t('storage.day')}`],
    ['holds', span(forecast.holds_s)],
  ]
  if (forecast.full_in_s !== null) rows.push(['full', span(forecast.full_in_s)])
  return (
    <div className="figures spaced">
      {rows.map(([key, value]) => (
        <div className="figure" key={key}>
          <b>{value}</b>
          <span>{t(`forecast.${key}`)}</span>
        </div>
      ))}
    </div>
  )
}

export function StoragePage() {
  const { t } = useTranslation()
  const answer = useQuery(storageQuery)
  const cameras = useQuery(camerasQuery)
  const names = new Map((cameras.data ?? []).map((camera) => [camera.id, camera.name]))
  return (
    <div className="page">
      <PageHead title={t('nav.storage')} purpose={t('storage.purpose')} />
      <ClockCard />
      <section className="panel" aria-label={t('workbench.storage')}>
        <h2>{t('workbench.storage')}</h2>
        <HealthLines parts={ROOM} />
        <Answered answer={answer}>
          {(report) => (
            <>
              {report.problems.map((found) => (
                <Problem key={`${found.code} ${found.subject}`} problem={named(found)} />
              ))}
              {report.forecast !== null && <Forecast forecast={report.forecast} />}
              {report.whole ? <Volumes report={report} /> : <p className="secondary">{t('storage.othersKeep')}</p>}
            </>
          )}
        </Answered>
      </section>
      <section className="panel" aria-label={t('health.title')}>
        <h2>{t('health.title')}</h2>
        <HealthTable />
      </section>
      <section className="panel">
        <div className="panel-head"><h2>{t('storage.byCamera')}</h2><ArticleChip matter="storage" /></div>
        <Answered answer={answer}>
          {(report) => {
            const floor_days = report.floor_s / 86_400
            if (report.cameras.length === 0) return <Nothing text={t('workbench.noCameras')} />
            return (
              <Listing
                rows={report.cameras}
                rowKey={(row) => row.id}
                columns={[
                  { key: 'name', title: t('common.camera'), card: 'head', render: (row) => <Link to="/cameras/$id" params={{ id: row.id }}>{names.get(row.id) ?? row.id}</Link> },
                  { key: 'day', title: t('storage.perDay'), align: 'right', render: (row) => bytes(row.bytes_per_day) },
                  { key: 'held', title: t('cameras.held'), align: 'right', render: (row) => span(row.days_held * 86_400) },
                  {
                    key: 'forecast', title: t('storage.forecast'),
                    render: (row) => (
                      <StateMark standing={standing(row.forecast_days, floor_days)}>
                        {row.forecast_days === null ? t('common.unknown') : span(row.forecast_days * 86_400)}
                      </StateMark>
                    ),
                  },
                ]}
              />
            )
          }}
        </Answered>
      </section>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
    </div>
  )
}
