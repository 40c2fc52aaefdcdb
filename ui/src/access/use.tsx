/** A connection or direct use: two officers of the organ begin it together, it ends by itself, the unit sees it. */
import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import '../display/display.css'

import { useUseUnderApproval, type RequestOut, type ViewOut } from '../api/generated'
import { requestQuery } from '../api/queries'
import { DarkRoom } from '../display/dark_room'
import { onLeavingPage } from '../display/leaving'
import { LiveTile } from '../display/live/tile'
import { Doors, ViewBook } from '../display/live/views'
import { ArticleChip } from '../frame/parts'
import { stamp } from '../frame/time'
import { CredentialForm } from './credential'
import { stepOf } from './kinds'
import { reasonOf } from './reason'

const OPEN_AT_ONCE = 4

export function UsePanel(props: { request: RequestOut; onBegun: (view: ViewOut) => void }) {
  const { t, i18n } = useTranslation()
  const { request } = props
  const client = useQueryClient()
  const begin = useUseUnderApproval({
    onSuccess: (view) => {
      void client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey })
      props.onBegun(view)
    },
  })
  const step = stepOf(request, 'use')
  if (step === undefined) return null
  // what the second officer's signature brings is not lacking before it is given
  const lacks = !step.allowed && step.article !== null && !step.reason_en?.startsWith('Two')
  return (
    <section className="panel" aria-label={t('access.useTitle')}>
      <div className="panel-head">
        <h2>{t('access.useTitle')}</h2>
        <ArticleChip article="a20" />
      </div>
      <p>{t('access.useEnds', { time: stamp(request.end_ms) })}</p>
      {lacks && <p className="secondary">{reasonOf(step, i18n.language)}</p>}
      <CredentialForm
        hint={t('access.useHint', { organ: request.organ })}
        submit={t('access.beginUse')}
        pending={begin.isPending}
        problem={begin.error}
        onSubmit={(data) => begin.mutateAsync({ accessRequest: request.id, data })}
      />
    </section>
  )
}

/** The wall of a use: only the approved cameras, under the entry that opened them. */
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
