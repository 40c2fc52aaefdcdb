/** Volumes and the forecast: how long what is kept will go on fitting. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Progress, Table } from 'antd'
import { useTranslation } from 'react-i18next'

import type { StorageOut } from '../api/generated'
import { camerasQuery, storageQuery } from '../api/queries'
import { serverNow } from '../frame/context'
import { Answered, ArticleChip, Nothing, PageHead, StateMark, type Standing } from '../frame/parts'
import { bytes, span, stamp, zone } from '../frame/time'

const SPARE = 1.25 // a quarter more than the floor is the room to act in

function standing(forecast: number | null, floor_days: number): Standing {
  if (forecast === null) return 'unknown'
  return forecast < floor_days ? 'overdue' : forecast < floor_days * SPARE ? 'soon' : 'met'
}

function Volumes(props: { report: StorageOut }) {
  const { t } = useTranslation()
  if (props.report.volumes.length === 0) return <Nothing text={t('storage.noVolume')} />
  return (
    <div className="table-scroll">
      <Table
        rowKey="id"
        size="middle"
        pagination={false}
        dataSource={props.report.volumes}
        columns={[
          { title: t('storage.volume'), key: 'name', render: (_, volume) => <>{volume.path_name} {volume.kind === 'throw-away' && <StateMark standing="soon">{t('storage.throwAway')}</StateMark>}</> },
          {
            title: t('storage.used'), key: 'used', width: 260,
            render: (_, volume) => {
              const percent = volume.total_bytes === 0 ? 0 : Math.round((1 - volume.free_bytes / volume.total_bytes) * 100)
              return <Progress percent={percent} status="normal" aria-label={`${volume.path_name} ${percent}%`} />
            },
          },
          { title: t('workbench.free'), key: 'free', align: 'right', render: (_, volume) => `${bytes(volume.free_bytes)} / ${bytes(volume.total_bytes)}` },
          { title: t('storage.floor'), key: 'floor', align: 'right', render: (_, volume) => span(volume.floor_s) },
          { title: t('storage.ceiling'), key: 'ceiling', align: 'right', render: (_, volume) => span(volume.ceiling_s) },
        ]}
      />
    </div>
  )
}

/** The server's forecast word by word; a fact this page has no name for is shown under its own. */
function Forecast(props: { report: StorageOut }) {
  const { t } = useTranslation()
  const rows = Object.entries(props.report.forecast ?? {}).filter(([, value]) => value !== null && typeof value !== 'object')
  if (rows.length === 0) return null
  const shown = (key: string, value: unknown): string => {
    if (typeof value !== 'number') return typeof value === 'boolean' ? t(value ? 'common.yes' : 'common.no') : String(value)
    if (key.endsWith('_bytes')) return bytes(value)
    if (key.endsWith('bytes_per_day')) return `${bytes(value)} / ${t('storage.day')}`
    if (key.endsWith('_s')) return span(value)
    if (key.endsWith('_ms')) return stamp(value)
    return key.includes('days') ? span(value * 86_400) : String(value)
  }
  return (
    <div className="figures spaced">
      {rows.map(([key, value]) => (
        <div className="figure" key={key}>
          <b>{shown(key, value)}</b>
          <span>{t(`forecast.${key}`, { defaultValue: key })}</span>
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
      <PageHead title={t('nav.storage')} purpose={t('storage.purpose')} act={<ArticleChip article="a17_2_3" />} />
      <Answered answer={answer}>
        {(report) => {
          const floor_days = Math.max(0, ...report.volumes.map((volume) => volume.floor_s)) / 86_400
          return (
            <>
              <section className="panel">
                <Forecast report={report} />
                <Volumes report={report} />
              </section>
              <section className="panel">
                <h2>{t('storage.byCamera')}</h2>
                <div className="table-scroll">
                  <Table
                    rowKey="id"
                    size="middle"
                    pagination={report.cameras.length > 50 ? { pageSize: 50 } : false}
                    dataSource={report.cameras}
                    columns={[
                      { title: t('common.camera'), key: 'name', render: (_, row) => <Link to="/cameras/$id" params={{ id: row.id }}>{names.get(row.id) ?? row.id}</Link> },
                      { title: t('storage.perDay'), key: 'day', align: 'right', render: (_, row) => bytes(row.bytes_per_day) },
                      { title: t('cameras.held'), key: 'held', align: 'right', render: (_, row) => span(row.days_held * 86_400) },
                      {
                        title: t('storage.forecast'), key: 'forecast',
                        render: (_, row) => (
                          <StateMark standing={standing(row.forecast_days, floor_days)}>
                            {row.forecast_days === null ? t('common.unknown') : span(row.forecast_days * 86_400)}
                          </StateMark>
                        ),
                      },
                    ]}
                  />
                </div>
              </section>
            </>
          )
        }}
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
    </div>
  )
}
