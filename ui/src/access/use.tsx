/** A connection or direct use: two officers of the organ begin it together, it ends by itself, the unit sees it. */
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { useUseUnderApproval, type RequestOut, type ViewOut } from '../api/generated'
import { requestQuery } from '../api/queries'
import { ArticleChip } from '../frame/parts'
import { stamp } from '../frame/time'
import { CredentialForm } from './credential'
import { stepOf } from './kinds'
import { reasonOf } from './reason'

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
        <ArticleChip matter="live" />
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
