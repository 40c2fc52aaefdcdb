/** One live tile: picture, watermark, age, and the reason when there is none. */
import { CameraOutlined, CloseOutlined, CompressOutlined, ExpandOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../../api/client'
import { takeSnapshot, type CameraOut, type ViewOut } from '../../api/generated'
import { serverAhead, serverNow } from '../../frame/context'
import { stamp } from '../../frame/time'
import { LivePicture, type Picture } from '../player/live'
import { Definition, LARGE_FULL } from '../player/definition'
import { inLanguage, type InitText, type Large } from '../player/messages'
import { TileCard, Watermark } from '../player/overlay'
import { Screen } from '../player/screen'
import { saveSnapshot } from '../player/snapshot'
import type { Doors, ViewBook } from './views'

const AGE_MS = 500
const LATE_MS = 2_000 // an older picture is called out: it may show what is no longer there

interface Props {
  camera: Pick<CameraOut, 'id' | 'name'>
  large: boolean
  hot: boolean
  book: ViewBook
  doors: Doors
  onClose: () => void
  onHot: () => void
}

const REMEDY: Record<string, string> = {
  offline: 'remedyOffline', auth: 'remedyAuth', refused: 'remedyRefused', codec: 'remedyCodec', expired: 'remedyExpired', noMse: 'remedyMse',
}

function useLive(props: Props) {
  const { camera, book, doors, large } = props
  const video = useRef<HTMLVideoElement>(null)
  const picture = useRef<LivePicture | null>(null)
  const [state, setState] = useState<Picture>({ kind: 'opening' })
  const [view, setView] = useState<ViewOut | null>(null)
  const [init, setInit] = useState<InitText | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [round, setRound] = useState(0)
  const [places, setPlaces] = useState<Large | null>(null)
  const [high, setHigh] = useState(false)

  useEffect(() => {
    let gone = false
    let taken: ViewOut | null = null
    setProblem(null)
    book.take(camera.id).then(
      (opened) => {
        if (gone) return book.give(opened)
        taken = opened
        setView(opened)
      },
      (refusal: unknown) => {
        if (!gone) setProblem(refusal)
      },
    )
    return () => {
      gone = true
      setView(null)
      if (taken !== null) book.give(taken)
    }
  }, [book, camera.id, round])

  // for people outside high definition is chosen, never a tile's size: its places are few
  const wanted = view?.marked === true ? (high ? 'main' : 'sub') : large ? 'main' : 'auto'
  useEffect(() => {
    const element = video.current
    if (view === null || element === null) return
    let release: (() => void) | null = null
    let gone = false
    void doors.enter().then((leave) => {
      if (gone) return leave()
      release = leave
      picture.current = new LivePicture({
        grant: view.grant,
        camera: camera.id,
        quality: wanted,
        video: element,
        onInit: setInit,
        onLarge: setPlaces,
        onPicture: (next) => {
          if (next.kind !== 'opening') leave()
          setState(next)
        },
      })
    })
    return () => {
      gone = true
      release?.()
      picture.current?.close()
      picture.current = null
      setState({ kind: 'opening' })
    }
  }, [view, camera.id, wanted, doors])

  const again = (): void => {
    if (view !== null) book.drop(view)
    setRound((value) => value + 1)
  }
  return { video, picture, state, view, init, problem, again, places, high, setHigh }
}

function Age(props: { picture: React.RefObject<LivePicture | null> }) {
  const { t } = useTranslation()
  const [age, setAge] = useState<number | null>(null)
  useEffect(() => {
    const timer = setInterval(() => setAge(props.picture.current?.age_ms(serverAhead()) ?? null), AGE_MS)
    return () => clearInterval(timer)
  }, [props.picture])
  if (age === null) return null
  const text = age < 10_000 ? `${(age / 1000).toFixed(1)} s` : `${Math.round(age / 1000)} s`
  return <span className={`foot-first${age > LATE_MS ? ' late' : ''}`}>{age > LATE_MS ? '▲ ' : ''}{t('live.age', { age: text })}</span>
}

export function LiveTile(props: Props) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const live = useLive(props)
  const { state, view, problem } = live

  const snapshot = async (): Promise<void> => {
    if (view === null) return
    try {
      const picture = await takeSnapshot(view.grant, { camera: props.camera.id })
      message.success(t('live.snapshotDone', { entry: saveSnapshot(picture, props.camera.name, serverNow()) }))
    } catch (refusal) {
      message.error(refusal instanceof Refusal ? refusal.whole : String(refusal))
    }
  }

  return (
    <article className={`tile${props.hot ? ' hot' : ''}`} onDoubleClick={props.onHot} aria-label={props.camera.name}>
      <Screen video={live.video} autoPlay shown={state.kind === 'playing'} />
      {view !== null && <Watermark mark={view.watermark} />}
      <Reason {...props} state={state} problem={problem} again={live.again} standard={() => live.setHigh(false)} />
      <div className="tile-head">
        <span className="tile-name">{props.camera.name}</span>
        <span className="spring" />
        {view?.marked === true && <Definition places={live.places} high={live.high} onHigh={live.setHigh} />}
        <span className="tile-tools" onDoubleClick={(event) => event.stopPropagation()}>
          {view?.marked !== true && <Button type="text" size="small" icon={<CameraOutlined />} aria-label={t('live.snapshot')} title={t('live.snapshot')} disabled={state.kind !== 'playing'} onClick={() => void snapshot()} />}
          <Button type="text" size="small" icon={props.hot ? <CompressOutlined /> : <ExpandOutlined />} aria-label={t(props.hot ? 'live.restore' : 'live.hotspot')} title={t(props.hot ? 'live.restore' : 'live.hotspot')} onClick={props.onHot} />
          <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('live.closeTile')} title={t('live.closeTile')} onClick={props.onClose} />
        </span>
      </div>
      <div className="tile-foot">
        {view !== null && <span className="foot-first">{t('live.entry', { entry: view.entry })}</span>}
        {live.init !== null && state.kind === 'playing' && (
          <span className="foot-size">
            {t(`live.${live.init.quality}`)} {live.init.width}×{live.init.height}
            {live.init.transcoded && ` · ${t('live.transcoded')}`}
          </span>
        )}
        <span className="spring" />
        {state.kind === 'playing' && <Age picture={live.picture} />}
      </div>
    </article>
  )
}

function Reason(props: { state: Picture; problem: unknown; again: () => void; standard: () => void }) {
  const { t, i18n } = useTranslation()
  const { state, problem } = props
  if (problem instanceof Refusal) {
    return (
      <TileCard
        heading={t(problem.status === 403 ? 'tile.refused' : 'tile.failed')}
        lines={[problem.text, problem.remedy]}
        article={problem.facts.article}
        act={{ label: t('error.retry'), run: props.again }}
      />
    )
  }
  if (state.kind === 'playing') return null
  if (state.kind === 'opening') return <TileCard shape="○" heading={t('live.opening')} />
  const remedyKey = REMEDY[state.why]
  const ends = state.why === 'expired' || state.why === 'refused' || state.why === 'failed' || state.why === 'codec'
  const full = state.cause === LARGE_FULL
  const said = inLanguage(state.said, i18n.language)
  const cause = state.cause === null || state.cause === '' ? null : t(`cause.${state.cause}`, { defaultValue: said.text ?? state.cause })
  const causeText = cause === null ? said.text : t('tile.gapCause', { cause })
  return (
    <TileCard
      shape={state.why === 'lost' ? '▲' : '■'}
      heading={t(full ? 'live.highFull' : `tile.${state.why}`)}
      lines={[
        full ? said.text : causeText,
        t('tile.since', { time: stamp(state.since_ms) }),
        said.remedy ?? (remedyKey === undefined ? null : t(`tile.${remedyKey}`)),
        state.retry_s === null ? null : t('live.reconnect', { seconds: state.retry_s }),
      ]}
      article={state.said.article}
      act={full ? { label: t('live.standard'), run: props.standard } : ends ? { label: t('live.again'), run: props.again } : undefined}
    />
  )
}
