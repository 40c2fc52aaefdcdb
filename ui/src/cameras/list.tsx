/** The cameras on record: state, codec, what is kept. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Grid, Input, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { CameraOut } from '../api/generated'
import { camerasQuery } from '../api/queries'
import { useSession } from '../frame/context'
import { Answered, Nothing, PageHead } from '../frame/parts'
import { has } from '../frame/roles'
import { rate, span, stamp, zone } from '../frame/time'
import { CameraForm } from './add'
import { CameraStateMark } from './state'

function pictureOf(camera: CameraOut, unknown: string): string {
  return camera.width === null ? unknown : `${camera.codec?.toUpperCase() ?? ''} ${camera.width}×${camera.height}`
}

/** The table's facts for a narrow screen: nothing is beyond its edge. */
function Cards(props: { cameras: CameraOut[] }) {
  const { t } = useTranslation()
  const unknown = t('common.unknown')
  return (
    <ul className="camera-cards">
      {props.cameras.map((camera) => (
        <li key={camera.id} className="panel">
          <div className="panel-head">
            <Link to="/cameras/$id" params={{ id: camera.id }}>{camera.name}</Link>
            <CameraStateMark camera={camera} />
          </div>
          <p className="secondary">{camera.place}</p>
          <dl>
            <dt>{t('cameras.picture')}</dt>
            <dd>{pictureOf(camera, unknown)}</dd>
            <dt>{t('cameras.rate')}</dt>
            <dd>{camera.bitrate_bps === null ? unknown : rate(camera.bitrate_bps)}</dd>
            <dt>{t('cameras.held')}</dt>
            <dd>{camera.days_held === null ? unknown : span(camera.days_held * 86_400)}</dd>
            <dt>{t('cameras.until')}</dt>
            <dd>{camera.recorded_until_ms === null ? t('common.none') : stamp(camera.recorded_until_ms)}</dd>
          </dl>
        </li>
      ))}
    </ul>
  )
}

export function CamerasPage() {
  const { t } = useTranslation()
  const narrow = Grid.useBreakpoint().md === false
  const session = useSession()
  const answer = useQuery(camerasQuery)
  const [word, setWord] = useState('')
  const [adding, setAdding] = useState(false)
  const add = has(session, 'administrator', 'unit_manager') && <Button type="primary" onClick={() => setAdding(true)}>{t('cameras.add')}</Button>
  return (
    <div className="page">
      <PageHead title={t('nav.cameras')} purpose={t('cameras.purpose')} act={add} />
      <Answered answer={answer}>
        {(cameras) => {
          if (cameras.length === 0) return <Nothing text={t('workbench.noCameras')} act={add} />
          const shown = cameras.filter((camera) => `${camera.name} ${camera.place}`.toLowerCase().includes(word.trim().toLowerCase()))
          return (
            <>
              <Input.Search className="spaced" style={{ maxWidth: 320 }} allowClear aria-label={t('live.search')} placeholder={t('live.search')} onChange={(event) => setWord(event.target.value)} />
              {narrow ? <Cards cameras={shown} /> : (
              <div className="table-scroll">
                <Table
                  rowKey="id"
                  size="middle"
                  dataSource={shown}
                  pagination={shown.length > 50 ? { pageSize: 50 } : false}
                  columns={[
                    { title: t('cameras.name'), key: 'name', render: (_, camera) => <Link to="/cameras/$id" params={{ id: camera.id }}>{camera.name}</Link> },
                    { title: t('cameras.place'), dataIndex: 'place', key: 'place' },
                    { title: t('common.state'), key: 'state', render: (_, camera) => <CameraStateMark camera={camera} /> },
                    { title: t('cameras.picture'), key: 'picture', render: (_, camera) => pictureOf(camera, t('common.unknown')) },
                    { title: t('cameras.rate'), key: 'rate', align: 'right', render: (_, camera) => (camera.bitrate_bps === null ? t('common.unknown') : rate(camera.bitrate_bps)) },
                    { title: t('cameras.held'), key: 'held', align: 'right', render: (_, camera) => (camera.days_held === null ? t('common.unknown') : span(camera.days_held * 86_400)) },
                    { title: t('cameras.until'), key: 'until', render: (_, camera) => (camera.recorded_until_ms === null ? t('common.none') : stamp(camera.recorded_until_ms)) },
                  ]}
                />
              </div>
              )}
            </>
          )
        }}
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || session.server_ms), zone: zone() })}</p>
      {adding && <CameraForm onClose={() => setAdding(false)} />}
    </div>
  )
}
