/** What lies over every picture: who watches under which register entry, and why there is no picture. */
import { Button } from 'antd'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { WatermarkOut } from '../../api/generated'
import { serverNow } from '../../frame/context'
import { stamp } from '../../frame/time'
import { ArticleChip } from '../../law/chip'

/** The viewer's marks, tiled thinly over the picture; drawn as text so that it stays sharp and is read aloud once. */
export function Watermark(props: { mark: WatermarkOut }) {
  const { t } = useTranslation()
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1000)
    return () => clearInterval(timer)
  }, [])
  const text = `${props.mark.person} ${props.mark.unit} ${stamp(now)} ${t('live.entry', { entry: props.mark.entry })}`
  return (
    <div className="watermark" aria-hidden>
      {[0, 1, 2].map((row) => (
        <span key={row}>{text}</span>
      ))}
    </div>
  )
}

export function TileCard(props: {
  heading: string
  lines?: (string | null | undefined)[]
  /** The article that a refusal rests on. */
  article?: string | null | undefined
  shape?: '■' | '▲' | '○'
  act?: { label: string; run: () => void } | undefined
  poster?: ReactNode
}) {
  return (
    <div className="tile-card" role="status">
      {props.poster}
      <strong>
        <span aria-hidden>{props.shape ?? '■'} </span>
        {props.heading}
      </strong>
      {(props.lines ?? []).map((line, index) => line != null && line !== '' && <span key={index}>{line}</span>)}
      {props.article != null && props.article !== '' && <ArticleChip article={props.article} />}
      {props.act !== undefined && (
        <Button size="small" onClick={props.act.run}>
          {props.act.label}
        </Button>
      )}
    </div>
  )
}
