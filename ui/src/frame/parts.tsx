/** Small parts that every screen speaks with: page head, states, refusals, article chips. */
import { Alert, Button, Empty, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Refusal } from '../api/client'
import { ArticleChip } from '../law/chip'

export function PageHead(props: { title: string; purpose?: string; act?: ReactNode }) {
  return (
    <header className="page-head">
      <div>
        <h1>{props.title}</h1>
        {props.purpose !== undefined && <p>{props.purpose}</p>}
      </div>
      {props.act !== undefined && <div className="page-act">{props.act}</div>}
    </header>
  )
}

/** `active` is work in progress: nobody is warned of it. */
export type Standing = 'met' | 'active' | 'soon' | 'overdue' | 'unknown'

const SHAPE: Record<Standing, string> = { met: '●', active: '◆', soon: '▲', overdue: '■', unknown: '○' }

/** A state is colour, shape and word. */
export function StateMark(props: { standing: Standing; children: ReactNode }) {
  return (
    <span className={`state state-${props.standing}`}>
      <span aria-hidden>{SHAPE[props.standing]}</span> {props.children}
    </span>
  )
}

export { ArticleChip }

/** What was refused, why with its article, what to do next; the code for the maintainer. */
export function Problem(props: { problem: unknown; retry?: () => void; title?: string }) {
  const { t } = useTranslation()
  const known = props.problem instanceof Refusal ? props.problem : null
  const code = known?.facts.code ?? 'unexpected'
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="problem"
      title={known === null ? String(props.problem) : known.text}
      description={
        <>
          {known?.facts.article && <div><ArticleChip article={known.facts.article} /></div>}
          {known !== null && known.remedy !== '' && <div>{known.remedy}</div>}
          <div className="secondary">{t('error.code', { code })}</div>
        </>
      }
      action={props.retry !== undefined && <Button onClick={props.retry}>{t('error.retry')}</Button>}
    />
  )
}

export function Loading(props: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('common.loading')}>
      <Skeleton active title={false} paragraph={{ rows: props.rows ?? 6 }} />
    </div>
  )
}

/** One sentence and the one next act. */
export function Nothing(props: { text: string; act?: ReactNode }) {
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={props.text}>
      {props.act}
    </Empty>
  )
}

interface Answer<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
}

/** Skeleton, refusal or content of one question. Data already shown stays, grey, when a refresh fails. */
export function Answered<T>(props: { answer: Answer<T>; children: (data: T) => ReactNode; rows?: number }) {
  const { answer } = props
  if (answer.data !== undefined) {
    const stale = answer.error !== null && answer.error !== undefined
    const silent = answer.error instanceof Refusal && answer.error.status === 0 // the frame says it, once
    return (
      <>
        {stale && !silent && <Problem problem={answer.error} />}
        <div className={stale ? 'stale' : 'fresh'}>{props.children(answer.data)}</div>
      </>
    )
  }
  if (answer.isPending) return <Loading {...(props.rows === undefined ? {} : { rows: props.rows })} />
  return <Problem problem={answer.error} retry={() => void answer.refetch()} />
}
