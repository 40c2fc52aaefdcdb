/** The wall of a connection or direct use: only the approved cameras, under the entry that opened them. */
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import '../display/display.css'

import type { RequestOut, ViewOut } from '../api/generated'
import { DarkRoom } from '../display/dark_room'
import { onLeavingPage } from '../display/leaving'
import { LiveTile } from '../display/live/tile'
import { Doors, ViewBook } from '../display/live/views'
import { stamp } from '../frame/time'

const OPEN_AT_ONCE = 4

export function UseWall(props: { request: RequestOut; view: ViewOut; onLeave: () => void }) {
  const { t } = useTranslation()
  const { request, view } = props
  const [book] = useState(() => new ViewBook(() => Promise.resolve(view)))
  const [doors] = useState(() => new Doors(OPEN_AT_ONCE))
  const [hot, setHot] = useState<string | null>(null)
  useEffect(() => {
    const stay = onLeavingPage(() => book.leave())
    return () => {
      stay()
      book.leave()
    }
  }, [book])
  const shown = view.cameras
  const side = Math.ceil(Math.sqrt(shown.length))
  return (
    <DarkRoom>
      <div className="display">
        <div className="display-bar">
          <h1>{request.number}</h1>
          <span className="secondary">{t('access.useEnds', { time: stamp(view.valid_until_ms) })}</span>
          <span className="spring" />
          <Button onClick={props.onLeave}>{t('access.endUse')}</Button>
        </div>
        <div className={`wall${hot === null ? '' : ' has-hot'}`} style={{ '--side': String(side), '--tall': '1' } as React.CSSProperties}>
          {shown.map((id) => (
            <div key={id} className={`cell${hot === id ? ' hot' : ''}`}>
              <LiveTile
                camera={{ id, name: request.camera_names[request.cameras.indexOf(id)] || id }}
                large={hot === id || shown.length === 1}
                hot={hot === id}
                book={book}
                doors={doors}
                onClose={props.onLeave}
                onHot={() => setHot(hot === id ? null : id)}
              />
            </div>
          ))}
        </div>
      </div>
    </DarkRoom>
  )
}
