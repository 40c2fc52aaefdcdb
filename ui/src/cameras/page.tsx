/** One camera: state, stream, clock, thirty days of what is kept and what is missing. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Alert, Button, Descriptions, Table } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { CameraOut, CameraRecord, TimelineDayOut } from '../api/generated'
import { cameraQuery, storageQuery, timelineQuery } from '../api/queries'
import { serverNow, useSession } from '../frame/context'
import { Answered, ArticleChip, Nothing, PageHead } from '../frame/parts'
import { has, serves } from '../frame/roles'
import { rate, span, stamp, zone } from '../frame/time'
import { CameraForm } from './add'
import { RetireCamera } from './retire'
import { CameraStateMark } from './state'

const DAY = 86_400_000
const DAYS = 30
const MINUTE = 60_000

function Facts(props: { camera: CameraOut }) {
  const { t } = useTranslation()
  const { camera } = props
  const unknown = t('common.unknown')
  const rows: [string, React.ReactNode][] = [
    ['state', <CameraStateMark camera={camera} />],
    ['since', camera.since_ms === null ? unknown : stamp(camera.since_ms)],
    ['codec', camera.codec?.toUpperCase() ?? unknown],
    ['size', camera.width === null ? unknown : `${camera.width}×${camera.height}`],
    ['fps', camera.fps === null ? unknown : camera.fps.toFixed(1)],
    ['rate', camera.bitrate_bps === null ? unknown : rate(camera.bitrate_bps)],
    ['gop', camera.gop_s === null ? unknown : `${camera.gop_s.toFixed(1)} s${camera.gop_s > 4 ? ` ▲ ${t('cameras.longGop')}` : ''}`],
    ['sub', t(camera.has_sub ? 'common.yes' : 'common.no')],
    ['lag', camera.lag_ms === null ? unknown : `${camera.lag_ms} ms`],
    ['clock', camera.clock_offset_ms === null ? unknown : `${(Math.round(camera.clock_offset_ms / 100) / 10 || 0).toFixed(1)} s${Math.abs(camera.clock_offset_ms) > 2000 ? ` ▲ ${t('cameras.clockOff')}` : ''}`],
    ['held', camera.days_held === null ? unknown : span(camera.days_held * 86_400)],
    ['until', camera.recorded_until_ms === null ? t('common.none') : stamp(camera.recorded_until_ms)],
  ]
  return <Descriptions size="small" bordered column={{ xs: 1, md: 2 }} items={rows.map(([key, children]) => ({ key, label: t(key === 'state' ? 'common.state' : `cameras.${key}`), children }))} />
}

/** Share of a day that was recorded, by hour: one square an hour, its word in the title, its table below. */
function hourShares(days: TimelineDayOut[], from_ms: number): number[][] {
  const grid = Array.from({ length: DAYS }, () => Array.from({ length: 24 }, () => 0))
  for (const day of days) {
    for (const [start, end] of day.runs) {
      for (let at = Math.max(start, from_ms); at < end; ) {
        const slot = Math.floor((at - from_ms) / 3_600_000)
        const next = Math.min(end, from_ms + (slot + 1) * 3_600_000)
        const row = grid[Math.floor(slot / 24)]
        if (row !== undefined) row[slot % 24] = (row[slot % 24] ?? 0) + (next - at) / 3_600_000
        at = next
      }
    }
  }
  return grid
}

function HeatMap(props: { days: TimelineDayOut[]; from_ms: number; now_ms: number }) {
  const { t } = useTranslation()
  const grid = useMemo(() => hourShares(props.days, props.from_ms), [props.days, props.from_ms])
  // before the first recording nothing was due: those hours are blank, not missing
  const first_ms = Math.min(...props.days.flatMap((day) => day.runs.map(([start]) => start)))
  return (
    <div className="heat" role="img" aria-label={t('cameras.heat')}>
      {grid.map((row, day) => {
        const midnight = props.from_ms + day * DAY
        const date = new Date(midnight)
        return (
          <div className="heat-row" key={midnight}>
            <span className="secondary">{`${date.getMonth() + 1}-${String(date.getDate()).padStart(2, '0')}`}</span>
            {row.map((share, hour) => {
              const at = midnight + hour * 3_600_000
              const future = at > props.now_ms || at + 3_600_000 <= first_ms
              const kind = future ? 'future' : share > 0.999 ? 'full' : share > 0.9 ? 'most' : share > 0 ? 'some' : 'none'
              return <i key={hour} className={`heat-${kind}`} title={`${hour}:00 ${Math.round(share * 100)}%`} />
            })}
          </div>
        )
      })}
      <div className="row secondary">
        <i className="heat-full" /> 100% <i className="heat-most" /> &gt; 90% <i className="heat-some" /> {t('cameras.some')} <i className="heat-none" /> {t('playback.gap')}
      </div>
    </div>
  )
}

function Gaps(props: { days: TimelineDayOut[] }) {
  const { t } = useTranslation()
  const gaps = props.days.flatMap((day) => day.gaps).sort((a, b) => b[0] - a[0])
  if (gaps.length === 0) return <Nothing text={t('cameras.noGaps')} />
  return (
    <div className="table-scroll">
      <Table
        size="small"
        rowKey={(gap) => `${gap[0]}-${gap[1]}`}
        dataSource={gaps.slice(0, 500)}
        pagination={gaps.length > 10 ? { pageSize: 10, size: 'small' } : false}
        columns={[
          { title: t('playback.from'), key: 'from', render: (_, gap) => stamp(gap[0]) },
          { title: t('playback.to'), key: 'to', render: (_, gap) => stamp(gap[1]) },
          { title: t('cameras.length'), key: 'length', align: 'right', render: (_, gap) => span((gap[1] - gap[0]) / 1000) },
          { title: t('cameras.cause'), key: 'cause', render: (_, gap) => t(`cause.${gap[2]}`, { defaultValue: gap[2] }) },
        ]}
      />
    </div>
  )
}

/** What the person may do with this camera; the server decides again. */
function Doing(props: { camera: CameraRecord }) {
  const { t } = useTranslation()
  const session = useSession()
  const [act, setAct] = useState<'change' | 'retire' | null>(null)
  const { camera } = props
  const may = has(session, 'administrator', 'unit_manager') && camera.state !== 'stopped'
  return (
    <div className="row">
      {may && <Button onClick={() => setAct('change')}>{t('cameras.change')}</Button>}
      {may && <Button danger onClick={() => setAct('retire')}>{t('cameras.retire')}</Button>}
      {has(session, 'unit_manager', 'duty') && <Link to="/playback" search={{ cameras: camera.id }}><Button type="primary">{t('workbench.watchBack')}</Button></Link>}
      {act === 'change' && <CameraForm camera={camera} onClose={() => setAct(null)} />}
      {act === 'retire' && <RetireCamera camera={camera} onClose={() => setAct(null)} />}
    </div>
  )
}

export function CameraPage() {
  const { t } = useTranslation()
  const { id } = useParams({ strict: false }) as { id: string }
  const session = useSession()
  const [now_ms] = useState(serverNow)
  const midnight = useMemo(() => new Date(now_ms).setHours(0, 0, 0, 0), [now_ms])
  const from_ms = midnight - (DAYS - 1) * DAY
  const camera = useQuery(cameraQuery(id))
  const days = useQuery(timelineQuery(id, from_ms, midnight + DAY, MINUTE))
  const storage = useQuery({ ...storageQuery, enabled: serves(session, 'storage') })
  const share = storage.data?.cameras.find((one) => one.id === id)
  return (
    <div className="page">
      <Answered answer={camera}>
        {(data) => (
          <>
            <PageHead
              title={data.name}
              purpose={data.place}
              act={<Doing camera={data} />}
            />
            {data.state === 'offline' && data.cause === 'certificate-refused' && <Alert type="warning" showIcon className="spaced" title={t('cameras.certificateRemedy')} />}
            <section className="panel"><Facts camera={data} /></section>
          </>
        )}
      </Answered>
      <div className="grid-2">
        <section className="panel">
          <div className="panel-head"><h2>{t('cameras.coverage')}</h2><ArticleChip article="a17_2_3" /></div>
          {share !== undefined && <p>{t('cameras.forecast', { held: span(share.days_held * 86_400), days: share.forecast_days === null ? t('common.unknown') : span(share.forecast_days * 86_400) })}</p>}
          <Answered answer={days}>{(data) => <HeatMap days={data} from_ms={from_ms} now_ms={now_ms} />}</Answered>
        </section>
        <section className="panel">
          <h2>{t('cameras.gaps')}</h2>
          <Answered answer={days}>{(data) => <Gaps days={data} />}</Answered>
        </section>
      </div>
      <p className="status-line">{t('common.asOf', { time: stamp(camera.dataUpdatedAt || now_ms), zone: zone() })}</p>
    </div>
  )
}
