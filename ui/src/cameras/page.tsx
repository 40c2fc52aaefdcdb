/** One camera: state, stream, clock, thirty days of what is kept and what is missing. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Alert, Button, Descriptions } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { CameraOut, CameraRecord } from '../api/generated'
import { cameraQuery, storageQuery } from '../api/queries'
import { ButtonLink } from '../frame/button_link'
import { serverNow, useSession } from '../frame/context'
import { Answered, ArticleChip, PageHead } from '../frame/parts'
import { has, serves } from '../frame/roles'
import { rate, span, stamp, zone } from '../frame/time'
import { CameraForm } from './add'
import { Coverage, Gaps } from './coverage'
import { RetireCamera } from './retire'
import { SitingPanel } from './siting'
import { CameraStateMark } from './state'

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
      {serves(session, 'register') && <ButtonLink to="/register" search={{ camera: camera.id }}>{t('cameras.whoWatched')}</ButtonLink>}
      {serves(session, 'rights') && <ButtonLink to="/rights" search={{ camera: camera.id }}>{t('cameras.whoMay')}</ButtonLink>}
      {has(session, 'unit_manager', 'duty') && <ButtonLink to="/playback" search={{ cameras: camera.id }} primary>{t('workbench.watchBack')}</ButtonLink>}
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
  const camera = useQuery(cameraQuery(id))
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
      <SitingPanel camera={id} />
      <div className="grid-2">
        <section className="panel">
          <div className="panel-head"><h2>{t('cameras.coverage')}</h2><ArticleChip matter="storage" /></div>
          {share !== undefined && <p>{t('cameras.forecast', { held: span(share.days_held * 86_400), days: share.forecast_days === null ? t('common.unknown') : span(share.forecast_days * 86_400) })}</p>}
          <Coverage camera={id} now_ms={now_ms} />
        </section>
        <section className="panel">
          <h2>{t('cameras.gaps')}</h2>
          <Gaps camera={id} />
        </section>
      </div>
      <p className="status-line">{t('common.asOf', { time: stamp(camera.dataUpdatedAt || now_ms), zone: zone() })}</p>
    </div>
  )
}
