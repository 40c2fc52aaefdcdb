/** What is to be done today, and the devices that need a look. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Progress } from 'antd'
import { useTranslation } from 'react-i18next'

import type { CameraOut, StorageOut } from '../api/generated'
import { camerasQuery, storageQuery } from '../api/queries'
import { CameraStateMark } from '../cameras/state'
import { ButtonLink } from '../frame/button_link'
import { useSession } from '../frame/context'
import { Answered, ArticleChip, Nothing, PageHead, StateMark } from '../frame/parts'
import { has, serves } from '../frame/roles'
import { bytes, span, stamp, zone } from '../frame/time'
import { HealthCard, HealthLines } from '../health/list'
import { Duties } from './duties'

const ROOM = ['room'] as const
function Trouble(props: { cameras: CameraOut[] }) {
  const { t } = useTranslation()
  const session = useSession()
  const { cameras } = props
  if (cameras.length === 0) {
    return <Nothing text={t('workbench.noCameras')} act={has(session, 'administrator', 'unit_manager') && <ButtonLink to="/cameras" primary>{t('workbench.addCamera')}</ButtonLink>} />
  }
  const trouble = cameras.filter((camera) => camera.state !== 'recording')
  return (
    <>
      <div className="figures spaced">
        <div className="figure">
          <b>{t('workbench.of', { n: cameras.length - trouble.length, total: cameras.length })}</b>
          <span>{t('workbench.recording')}</span>
        </div>
      </div>
      {trouble.length === 0 && <StateMark standing="met">{t('workbench.noTrouble')}</StateMark>}
      <ul className="plain">
        {trouble.map((camera) => (
          <li key={camera.id}>
            <Link to="/cameras/$id" params={{ id: camera.id }}>{camera.name}</Link>
            <span className="spring" />
            <CameraStateMark camera={camera} />
            {camera.since_ms !== null && <span className="secondary">{t('workbench.since', { time: stamp(camera.since_ms) })}</span>}
          </li>
        ))}
      </ul>
    </>
  )
}

function Volumes(props: { report: StorageOut }) {
  const { t } = useTranslation()
  return (
    <ul className="plain">
      {props.report.volumes.map((volume) => {
        const used = volume.total_bytes === 0 ? 0 : Math.round((1 - volume.free_bytes / volume.total_bytes) * 100)
        return (
          <li key={volume.id}>
            <span className="wrap">{volume.path_name}</span>
            <Progress percent={used} style={{ flex: 1, minWidth: 120 }} status="normal" aria-label={`${volume.path_name} ${used}%`} />
            <span className="secondary">{t('workbench.free')} {bytes(volume.free_bytes)}</span>
            <span className="secondary">{t('storage.floor')} {span(volume.floor_s)}</span>
          </li>
        )
      })}
    </ul>
  )
}

export function Workbench() {
  const { t } = useTranslation()
  const session = useSession()
  const cameras = useQuery({ ...camerasQuery, enabled: serves(session, 'cameras') })
  const storage = useQuery({ ...storageQuery, enabled: serves(session, 'storage') })
  return (
    <div className="page">
      <PageHead
        title={t('workbench.title')}
        purpose={t('workbench.purpose')}
        act={
          serves(session, 'live') && (
            <div className="row">
              {session.asks && <ButtonLink to="/requests/new" search={{}}>{t('workbench.newRequest')}</ButtonLink>}
              <ButtonLink to="/playback" search={{}}>{t('workbench.watchBack')}</ButtonLink>
              <ButtonLink to="/live" primary>{t('workbench.watchLive')}</ButtonLink>
            </div>
          )
        }
      />
      <Duties />
      <div className="grid-2">
        {serves(session, 'cameras') && (
          <section className="panel">
            <h2>{t('workbench.devices')}</h2>
            <Answered answer={cameras}>{(data) => <Trouble cameras={data} />}</Answered>
          </section>
        )}
        {has(session, 'administrator', 'unit_manager', 'auditor') && <HealthCard />}
        {serves(session, 'storage') && (
          <section className="panel">
            <div className="panel-head"><h2>{t('workbench.storage')}</h2><ArticleChip matter="storage" /></div>
            <HealthLines parts={ROOM} />
            <Answered answer={storage}>{(data) => <Volumes report={data} />}</Answered>
          </section>
        )}
      </div>
      <p className="status-line">{t('common.asOf', { time: stamp(cameras.dataUpdatedAt || session.server_ms), zone: zone() })}</p>
    </div>
  )
}
