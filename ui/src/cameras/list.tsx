/** The cameras on record: state, codec, what is kept. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { CameraOut } from '../api/generated'
import { camerasQuery } from '../api/queries'
import { useSession } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, Nothing, PageHead } from '../frame/parts'
import { has } from '../frame/roles'
import { rate, span, stamp, zone } from '../frame/time'
import { CameraForm } from './add'
import { ImportSheet } from '../places/sheet'
import { CameraStateMark, RecordMark } from './state'

function pictureOf(camera: CameraOut, unknown: string): string {
  return camera.width === null ? unknown : `${camera.codec?.toUpperCase() ?? ''} ${camera.width}×${camera.height}`
}

export function CamerasPage() {
  const { t } = useTranslation()
  const unknown = t('common.unknown')
  const session = useSession()
  const answer = useQuery(camerasQuery)
  const [word, setWord] = useState('')
  const [doing, setDoing] = useState<'add' | 'import' | null>(null)
  const add = has(session, 'administrator', 'unit_manager') && (
    <div className="row">
      {has(session, 'unit_manager') && <Button onClick={() => setDoing('import')}>{t('places.import')}</Button>}
      <Button type="primary" onClick={() => setDoing('add')}>{t('cameras.add')}</Button>
    </div>
  )
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
              <Listing
                rows={shown}
                rowKey={(camera) => camera.id}
                columns={[
                  { key: 'name', title: t('cameras.name'), card: 'head', render: (camera) => <Link to="/cameras/$id" params={{ id: camera.id }}>{camera.name}</Link> },
                  { key: 'place', title: t('cameras.place'), render: (camera) => camera.place },
                  { key: 'state', title: t('common.state'), card: 'mark', render: (camera) => <CameraStateMark camera={camera} /> },
                  { key: 'record', title: t('siting.record'), render: (camera) => <RecordMark camera={camera} /> },
                  { key: 'picture', title: t('cameras.picture'), render: (camera) => pictureOf(camera, unknown) },
                  { key: 'rate', title: t('cameras.rate'), align: 'right', render: (camera) => (camera.bitrate_bps === null ? unknown : rate(camera.bitrate_bps)) },
                  { key: 'held', title: t('cameras.held'), align: 'right', render: (camera) => (camera.days_held === null ? unknown : span(camera.days_held * 86_400)) },
                  { key: 'until', title: t('cameras.until'), render: (camera) => (camera.recorded_until_ms === null ? t('common.none') : stamp(camera.recorded_until_ms)) },
                ]}
              />
            </>
          )
        }}
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || session.server_ms), zone: zone() })}</p>
      {doing === 'add' && <CameraForm onClose={() => setDoing(null)} />}
      {doing === 'import' && <ImportSheet what="cameras" onClose={() => setDoing(null)} />}
    </div>
  )
}
