/** From a leaked picture to its register entry: choose a file, wait, read who was given it. Nothing of the file is kept. */
import { FileSearchOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Progress } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getListLeaksQueryKey, useLeakProgress, useListLeaks, type LeakOut } from '../api/generated'
import { sendLeak } from '../api/send'
import { serverNow } from '../frame/context'
import { Facts } from '../frame/entity'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, Problem, StateMark } from '../frame/parts'
import { bytes, stamp, zone } from '../frame/time'

const ACCEPTED = '.png,.jpg,.jpeg,.mp4'
const LOOK_MS = 500
const AROUND_MS = 1_000 // the register is asked for the moment of the entry

interface Under {
  name: string
  share: number
  stop: () => void
}

function Reading(props: { under: Under }) {
  const { t } = useTranslation()
  const sent = props.under.share >= 1
  const far = useLeakProgress({ refetchInterval: LOOK_MS, enabled: sent })
  return (
    <div className="spaced" role="status">
      <div className="wrap">{t(sent ? 'leaks.reading' : 'leaks.sending', { name: props.under.name })}</div>
      <Progress percent={Math.round((sent ? (far.data?.share ?? 0) : props.under.share) * 100)} aria-label={props.under.name} />
      {!sent && <Button size="small" onClick={props.under.stop}>{t('common.cancel')}</Button>}
    </div>
  )
}

function Mark(props: { leak: LeakOut }) {
  const { t } = useTranslation()
  const { leak } = props
  if (leak.entry === null) return <StateMark standing="unknown">{t('leaks.none')}</StateMark>
  return <StateMark standing="active">{t('leaks.entry', { n: leak.entry })}</StateMark>
}

function Found(props: { leak: LeakOut }) {
  const { t } = useTranslation()
  const { leak } = props
  const { registered } = leak
  const entry = registered && [
    { key: 'person', label: t('common.person'), value: `${registered.person}（${registered.unit}）` },
    { key: 'at', label: t('common.time'), value: stamp(registered.at_ms) },
    { key: 'kind', label: t('register.kind'), value: t(`registerKind.${registered.kind}`, { defaultValue: registered.kind }) },
    { key: 'purpose', label: t('access.use'), value: registered.purpose },
    { key: 'destination', label: t('access.destination'), value: registered.destination },
    {
      key: 'link', label: t('nav.register'),
      value: (
        <Link to="/register" search={{ from: registered.at_ms - AROUND_MS, to: registered.at_ms + AROUND_MS }}>{t('leaks.open')}</Link>
      ),
    },
  ]
  return (
    <section className="panel" aria-live="polite">
      <h2><Mark leak={leak} /></h2>
      {leak.entry === null && <p>{t('leaks.noneMeans')}</p>}
      {leak.entry !== null && registered === null && <p>{leak.whose === '' ? t('leaks.noEntry') : t('leaks.whose', { unit: leak.whose })}</p>}
      <Facts
        facts={[
          ...(entry ?? []),
          ...(leak.chance === null ? [] : [{ key: 'chance', label: t('leaks.chance'), value: leak.chance.toExponential(0) }]),
          { key: 'pictures', label: t('leaks.pictures'), value: String(leak.pictures) },
          { key: 'sha256', label: 'SHA-256', value: <span className="hash">{leak.sha256}</span> },
        ]}
      />
    </section>
  )
}

export function LeaksPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const answer = useListLeaks()
  const input = useRef<HTMLInputElement>(null)
  const [under, setUnder] = useState<Under | null>(null)
  const [found, setFound] = useState<LeakOut | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const start = (file: File | undefined): void => {
    if (file === undefined) return
    setFound(null)
    setProblem(null)
    const sent = sendLeak(file, (share) => setUnder((now) => now && { ...now, share }))
    setUnder({ name: file.name, share: 0, stop: () => { sent.stop(); setUnder(null) } })
    sent.done.then(setFound, setProblem).finally(() => {
      setUnder(null)
      void client.invalidateQueries({ queryKey: getListLeaksQueryKey() })
    })
    if (input.current !== null) input.current.value = '' // the same file can be picked again
  }
  return (
    <div className="page">
      <PageHead title={t('nav.leaks')} purpose={t('leaks.purpose')} act={<ArticleChip matter="trade" />} />
      <section className="panel">
        <input ref={input} type="file" hidden accept={ACCEPTED} onChange={(event) => start(event.target.files?.[0])} />
        <div className="row">
          <Button type="primary" icon={<FileSearchOutlined />} disabled={under !== null} onClick={() => input.current?.click()}>{t('leaks.pick')}</Button>
          <span className="secondary">{t('leaks.kinds')}</span>
        </div>
        {under !== null && <Reading under={under} />}
        {problem !== null && <Problem problem={problem} />}
      </section>
      {found !== null && <Found leak={found} />}
      <section className="panel">
        <h2>{t('leaks.before')}</h2>
        <Answered answer={answer}>
          {(leaks: LeakOut[]) =>
            leaks.length === 0 ? (
              <Nothing text={t('leaks.empty')} />
            ) : (
              <Listing
                rows={leaks}
                rowKey={(leak) => leak.id}
                columns={[
                  { key: 'at', title: t('common.time'), className: 'nowrap', card: 'head', render: (leak) => <a role="button" tabIndex={0} onClick={() => setFound(leak)} onKeyDown={(event) => event.key === 'Enter' && setFound(leak)}>{stamp(leak.at_ms)}</a> },
                  { key: 'mark', title: t('leaks.mark'), className: 'nowrap', card: 'mark', render: (leak) => <Mark leak={leak} /> },
                  { key: 'person', title: t('leaks.given'), ellipsis: true, render: (leak) => (leak.registered === null ? leak.whose : `${leak.registered.person}（${leak.registered.unit}）`) },
                  { key: 'by', title: t('leaks.by'), render: (leak) => leak.by },
                  { key: 'size', title: t('leaks.size'), align: 'right', className: 'nowrap', render: (leak) => bytes(leak.size_bytes) },
                ]}
              />
            )
          }
        </Answered>
      </section>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
    </div>
  )
}
