/** Cameras to ask for, picked on the map: a click takes one or gives it back, a box takes all in it. List and map are one choice. */
import '../map/map.css'

import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Modal } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getReadMapQueryOptions, type FoundCameraOut } from '../api/generated'
import { Nothing } from '../frame/parts'
import { datumsOf, isPlaced, within, type Bounds, type Mark } from '../map/marks'
import { AreaMap } from '../map/surface'

const MODAL_PX = 1040

interface Props {
  cameras: readonly FoundCameraOut[]
  /** The answer holds no more: others are found by name. */
  cut: boolean
  value: readonly string[]
  onDone: (cameras: string[]) => void
  onClose: () => void
}

/** A camera as the map draws it. What is chosen is marked, nothing is told of what it does. */
export const markOf = (camera: FoundCameraOut, chosen: boolean): Mark => ({
  key: camera.id, kind: 'camera', id: camera.id, name: camera.name, detail: camera.place, kind_name: '', kind_name_en: '', category: '', place: '', system: '',
  lon: camera.longitude, lat: camera.latitude, datum: camera.datum ?? 'cgcs2000', state: chosen ? 'recording' : 'on_record', own: false, floors: 0,
  direction: null, angle: null, range: null,
})

export function CamerasMap(props: Props) {
  const { t } = useTranslation()
  const { cameras } = props
  const [chosen, setChosen] = useState<readonly string[]>(props.value)
  const [boxing, setBoxing] = useState(false)
  const [drawn, setDrawn] = useState(true)
  const basemap = useQuery(getReadMapQueryOptions()).data?.basemap ?? null
  const marks = useMemo(() => cameras.map((camera) => markOf(camera, chosen.includes(camera.id))), [cameras, chosen])
  const datum = useMemo(() => datumsOf(cameras.map((camera) => markOf(camera, false)))[0]?.datum ?? 'cgcs2000', [cameras])
  const placed = useMemo(() => marks.filter(isPlaced).filter((mark) => mark.datum === datum), [marks, datum])
  const toggle = useCallback((ids: readonly string[]) => {
    setChosen((now) => {
      const all = ids.every((id) => now.includes(id))
      return all ? now.filter((id) => !ids.includes(id)) : [...new Set([...now, ...ids])]
    })
  }, [])
  const boxed = useCallback((box: Bounds) => {
    const inside = cameras.map((camera) => markOf(camera, false)).filter((mark) => mark.datum === datum && within(mark, box)).map((mark) => mark.id)
    setChosen((now) => [...new Set([...now, ...inside])])
    setBoxing(false)
  }, [cameras, datum])
  const drew = useCallback((bounds: (() => Bounds) | null) => setDrawn(bounds !== null), [])
  const holders = new Map<string, FoundCameraOut[]>()
  for (const camera of cameras) holders.set(camera.holder_name, [...(holders.get(camera.holder_name) ?? []), camera])
  return (
    <Modal
      open
      width={MODAL_PX}
      title={t('access.mapTitle')}
      okText={t('access.mapTake', { n: chosen.length })}
      cancelText={t('common.cancel')}
      onOk={() => props.onDone([...chosen])}
      onCancel={props.onClose}
    >
      {props.cut && <Alert type="info" showIcon className="spaced" title={t('access.mapCut')} />}
      {cameras.length === 0 ? <Nothing text={t('access.noCameras')} /> : (
        <>
          <div className="row spaced">
            {drawn && placed.length > 0 && <Button type={boxing ? 'primary' : 'default'} aria-pressed={boxing} onClick={() => setBoxing(!boxing)}>{t('map.box')}</Button>}
            <Button disabled={chosen.length === 0} onClick={() => setChosen([])}>{t('access.mapNone')}</Button>
            <span className="secondary">{t('access.mapHint')}</span>
          </div>
          <div className="map-grid map-picker">
            {drawn && placed.length > 0 && (
              <section>
                <AreaMap marks={placed} basemap={basemap?.datum === datum ? basemap : null} show={null} boxing={boxing} onPick={toggle} onBox={boxed} onDrawn={drew} />
              </section>
            )}
            <section aria-label={t('map.list')} className="map-list map-choice">
              {[...holders].map(([holder, held]) => (
                <fieldset key={holder}>
                  <legend>{holder}</legend>
                  {held.map((camera) => (
                    <Checkbox key={camera.id} checked={chosen.includes(camera.id)} onChange={() => toggle([camera.id])}>
                      {camera.name}
                      <span className="secondary"> {[camera.place, camera.longitude === null && t('map.nowhere')].filter(Boolean).join(' · ')}</span>
                    </Checkbox>
                  ))}
                </fieldset>
              ))}
            </section>
          </div>
        </>
      )}
    </Modal>
  )
}
