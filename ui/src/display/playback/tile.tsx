/** One camera in playback: picture, watermark, and the word when there is no picture at this moment. */
import { CameraOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../../api/client'
import { takeSnapshot, type CameraOut, type ViewOut } from '../../api/generated'
import { stamp } from '../../frame/time'
import type { Deck } from '../player/deck'
import { Definition, LARGE_FULL } from '../player/definition'
import { inLanguage, type InitText, type Large } from '../player/messages'
import { TileCard, Watermark } from '../player/overlay'
import { Screen } from '../player/screen'
import { saveSnapshot } from '../player/snapshot'
import { KEYFRAMES_FROM } from '../player/sync'
import { Track, type TrackState } from '../player/track'
import { usePlayer } from './store'

interface Props {
  camera: CameraOut
  view: ViewOut
  deck: Deck
  origin_ms: number
  end_ms: number
  onTrack: (camera: string, track: Track | null) => void
  onPreview: (jpeg: Blob, utc_ms: number) => void
  onExpired: () => void
}

export function PlaybackTile(props: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const video = useRef<HTMLVideoElement>(null)
  const [state, setState] = useState<TrackState>({ kind: 'opening' })
  const [init, setInit] = useState<InitText | null>(null)
  const [places, setPlaces] = useState<Large | null>(null)
  const [high, setHigh] = useState(false)
  const fast = usePlayer((facts) => facts.speed >= KEYFRAMES_FROM)
  const speed = usePlayer((facts) => facts.speed)
  const { camera, view, deck, origin_ms, end_ms, onTrack } = props
  const preview = useRef(props.onPreview)
  preview.current = props.onPreview

  useEffect(() => {
    const element = video.current
    if (element === null) return
    const track = new Track(
      {
        grant: view.grant,
        camera: camera.id,
        origin_ms,
        end_ms,
        quality: high ? 'main' : 'auto',
        video: element,
        onState: setState,
        onInit: setInit,
        onLarge: setPlaces,
        onPreview: (jpeg, utc_ms) => preview.current(jpeg, utc_ms),
      },
      deck.position_ms,
    )
    deck.add(track)
    onTrack(camera.id, track)
    return () => {
      deck.delete(track)
      onTrack(camera.id, null)
      track.close()
    }
  }, [view.grant, camera.id, deck, origin_ms, end_ms, high, onTrack])

  const snapshot = async (): Promise<void> => {
    const at_ms = Math.round(deck.position_ms)
    try {
      const picture = await takeSnapshot(view.grant, { camera: camera.id, at_ms })
      message.success(t('live.snapshotDone', { entry: saveSnapshot(picture, camera.name, at_ms) }))
    } catch (refusal) {
      message.error(refusal instanceof Refusal ? refusal.whole : String(refusal))
    }
  }

  return (
    <article className="tile" aria-label={camera.name}>
      <Screen video={video} shown={state.kind === 'ready' || state.kind === 'buffering'} />
      <Watermark mark={view.watermark} />
      <Why state={state} onExpired={props.onExpired} standard={() => setHigh(false)} />
      <div className="tile-head">
        <span className="tile-name">{camera.name}</span>
        <span className="spring" />
        {fast && <span>▲ {t('tile.keyframes', { speed })}</span>}
        {view.marked && <Definition places={places} high={high} onHigh={setHigh} />}
        <span className="tile-tools">
          {!view.marked && <Button type="text" size="small" icon={<CameraOutlined />} aria-label={t('live.snapshot')} title={t('live.snapshot')} onClick={() => void snapshot()} />}
        </span>
      </div>
      <div className="tile-foot">
        <span className="foot-first">{t('live.entry', { entry: view.entry })}</span>
        {init !== null && (
          <span className="foot-size">
            {init.width}×{init.height}
            {init.transcoded && ` · ${t('live.transcoded')}`}
          </span>
        )}
        <span className="spring" />
        {state.kind === 'buffering' && <span>{t('tile.buffering')}</span>}
      </div>
    </article>
  )
}

function Why(props: { state: TrackState; onExpired: () => void; standard: () => void }) {
  const { t, i18n } = useTranslation()
  const { state } = props
  if (state.kind === 'opening') return <TileCard shape="○" heading={t('live.opening')} />
  if (state.kind === 'gap') {
    return (
      <TileCard
        shape="▲"
        heading={t('tile.noData')}
        lines={[
          t('tile.gapCause', { cause: t(`cause.${state.cause}`, { defaultValue: state.cause }) }),
          `${stamp(state.from_ms)} → ${stamp(state.to_ms)}`,
        ]}
      />
    )
  }
  if (state.kind === 'ended') return <TileCard shape="○" heading={t('tile.ended')} />
  if (state.kind === 'stopped') {
    const said = inLanguage(state.said, i18n.language)
    const full = state.cause === LARGE_FULL
    const again = state.why === 'expired' || state.why === 'refused' || state.why === 'failed' || state.why === 'codec'
    return (
      <TileCard
        heading={t(full ? 'live.highFull' : `tile.${state.why}`)}
        lines={[said.text ?? state.cause, said.remedy ?? (state.why === 'noMse' ? t('tile.remedyMse') : state.why === 'codec' ? t('tile.remedyCodec') : null)]}
        article={state.said.article}
        act={full ? { label: t('live.standard'), run: props.standard } : again ? { label: t('live.again'), run: props.onExpired } : undefined}
      />
    )
  }
  return null
}
