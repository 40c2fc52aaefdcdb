/** The canvas of the map as a part of the page; it draws what it is given and says what was picked. */
import { use, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { BasemapOut } from '../api/generated'
import { LooksContext } from '../frame/context'
import { draw, type Drawn } from './canvas'
import { palette } from './icons'
import type { Bounds, Placed } from './marks'

/** A wish to see one mark; a new object each time, so that the same one can be wished for again. */
export interface Show {
  mark: Placed
}

interface Props {
  marks: readonly Placed[]
  basemap: BasemapOut | null
  show: Show | null
  boxing: boolean
  onPick: (keys: readonly string[]) => void
  onBox: (box: Bounds) => void
  /** How to ask for the part in view; null when the browser draws no map. */
  onDrawn: (bounds: (() => Bounds) | null) => void
}

export function AreaMap(props: Props) {
  const { t } = useTranslation()
  const { dark } = use(LooksContext)
  const { marks, basemap, show, boxing, onPick, onBox, onDrawn } = props
  const container = useRef<HTMLDivElement>(null)
  const fitted = useRef(false)
  const [map, setMap] = useState<Drawn | null>(null)
  useEffect(() => {
    if (container.current === null) return undefined
    const words = { title: t('map.canvas'), zoomIn: t('map.zoomIn'), zoomOut: t('map.zoomOut') }
    let made: Drawn
    try {
      made = draw({ container: container.current, colours: palette(container.current), dark, words, onPick, onBox })
    } catch {
      onDrawn(null)
      return undefined
    }
    fitted.current = false
    setMap(made)
    onDrawn(made.bounds)
    return () => made.remove()
  }, [dark, t, onPick, onBox, onDrawn])
  useEffect(() => {
    if (map === null) return
    map.show(marks, !fitted.current)
    fitted.current ||= marks.length > 0
  }, [map, marks])
  useEffect(() => map?.below(basemap), [map, basemap])
  useEffect(() => map?.box(boxing), [map, boxing])
  useEffect(() => map?.select(show?.mark ?? null), [map, show])
  return <div ref={container} className="map-canvas" />
}
