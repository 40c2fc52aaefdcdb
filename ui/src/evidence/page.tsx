/** Verifies a package in this browser. A convenience: the independent check is the stand-alone file. */
import { UploadOutlined } from '@ant-design/icons'
import { Alert, Button, Input, Progress, Result, Table, Upload } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getVerifierUrl } from '../api/generated'
import { PageHead, StateMark, type Standing } from '../frame/parts'
import { bytes, span, stamp } from '../frame/time'
import { isSealed, MAGIC, type Letter } from './sealed'
import type { Outcome, Report, Words } from './verify'
import type { Answer, Question } from './worker'

const STANDING: Record<Outcome, Standing> = { VERIFIED: 'met', NOT_VERIFIED: 'overdue', VERIFIED_WITH_GAPS: 'soon', CANNOT_DECIDE: 'unknown' }
const STATUS = { VERIFIED: 'success', NOT_VERIFIED: 'error', VERIFIED_WITH_GAPS: 'warning', CANNOT_DECIDE: 'info' } as const
const COMMAND = 'python3 verify.py package.zip --trust anchors.json'
const SHARES = ' --share A-… --share B-…'

/** Dropped here or chosen; it stays in this browser. */
function Choose(props: { label: string; hint?: string; accept: string; file: File | null; onFile: (file: File | null) => void }) {
  const { t } = useTranslation()
  return (
    <div className="spaced">
      <div>{props.label}</div>
      {props.hint !== undefined && <div className="secondary">{props.hint}</div>}
      <Upload.Dragger
        hasControlInside
        accept={props.accept}
        maxCount={1}
        showUploadList={false}
        beforeUpload={(file) => {
          props.onFile(file)
          return false // stays here: nothing is uploaded
        }}
      >
        <Button icon={<UploadOutlined />} aria-label={`${props.label}: ${t('verify.choose')}`}>{t('verify.choose')}</Button>
        <div className="secondary">{t('verify.drop')}</div>
      </Upload.Dragger>
      {props.file !== null && <span> {t('verify.chosen', { name: props.file.name, size: bytes(props.file.size) })}</span>}
    </div>
  )
}

function Judged(props: { report: Report }) {
  const { t, i18n } = useTranslation()
  const { report } = props
  const said = (words: Words): string => (i18n.language === 'en-US' ? words.en : words.zh)
  const rows: { key: string; standing: Standing; text: string }[] = [
    ...report.failures.map((one, index) => ({ key: `f${index}`, standing: 'overdue' as const, text: `${one.file} [${one.check}] ${said(one)}` })),
    ...report.gaps.map((gap, index) => ({
      key: `g${index}`,
      standing: 'soon' as const,
      text: `${gap.stream} ${stamp(Number(gap.t0 / 1_000_000n))} → ${stamp(Number(gap.t1 / 1_000_000n))} ${t(`cause.${gap.cause}`, { defaultValue: gap.cause })}`,
    })),
    ...report.streams.map((one) => ({
      key: `s${one.stream}`,
      standing: one.missing_ns > 0n ? ('soon' as const) : ('met' as const),
      text: t('verify.stream', { stream: one.stream, asked: span(Number(one.asked_ns) / 1e9), missing: span(Number(one.missing_ns) / 1e9) }),
    })),
    ...report.witnesses.map((one) => ({ key: `w${one.name}`, standing: 'met' as const, text: t('verify.witness', { name: one.name, time: stamp(Number(one.at_s) * 1000) }) })),
    ...report.remarks.map((one, index) => ({ key: `r${index}`, standing: 'unknown' as const, text: said(one) })),
  ]
  return (
    <section className="panel" aria-live="polite">
      <Result
        status={STATUS[report.outcome]}
        title={<StateMark standing={STANDING[report.outcome]}>{t(`outcome.${report.outcome}`)}</StateMark>}
        subTitle={report.reason === null ? undefined : said(report.reason)}
      />
      <h2>{t('verify.details')}</h2>
      <Table
        size="small"
        rowKey="key"
        showHeader={false}
        dataSource={rows}
        pagination={rows.length > 50 ? { pageSize: 50 } : false}
        columns={[{ key: 'text', render: (_, row) => <span className="wrap"><StateMark standing={row.standing}>{''}</StateMark>{row.text}</span> }]}
      />
    </section>
  )
}

export function VerifyPage() {
  const { t } = useTranslation()
  const [file, setFile] = useState<File | null>(null)
  const [anchors, setAnchors] = useState<File | null>(null)
  const [sealed, setSealed] = useState(false)
  const [shares, setShares] = useState<Record<Letter, string>>({ A: '', B: '' })
  const [answer, setAnswer] = useState<Answer | null>(null)
  const worker = useRef<Worker | null>(null)
  useEffect(() => () => worker.current?.terminate(), [])
  const start = (): void => {
    if (file === null) return
    worker.current?.terminate()
    const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    worker.current = made
    setAnswer({ kind: 'reading', file: 'manifest.json' })
    made.onmessage = (event: MessageEvent<Answer>) => setAnswer(event.data)
    made.onerror = (event) => setAnswer({ kind: 'failed', text: event.message })
    const given = sealed ? Object.values(shares).filter((share) => share.trim() !== '') : []
    made.postMessage({ package: file, anchors, shares: given } satisfies Question)
  }
  const choosePackage = (chosen: File | null): void => {
    setFile(chosen)
    setAnswer(null)
    setSealed(false)
    setShares({ A: '', B: '' }) // those of another sealing
    void chosen?.slice(0, MAGIC.length).arrayBuffer().then((start) => setSealed(isSealed(new Uint8Array(start))))
  }
  return (
    <div className="page chooser">
      <PageHead title={t('verify.title')} purpose={t('verify.purpose')} />
      <Alert type="warning" className="spaced" title={t('verify.independent')} description={<>{t('verify.independentHint')} <code className="mono">{COMMAND}{sealed && SHARES}</code> <a href={getVerifierUrl()} download="verify.py">{t('sealing.verifier')}</a></>} />
      <section className="panel">
        <Choose label={t('verify.package')} accept=".zip,.sealed" file={file} onFile={choosePackage} />
        {sealed && (
          <div className="spaced" role="group" aria-label={t('verify.shares')}>
            <div>{t('verify.shares')}</div>
            <div className="secondary">{t('verify.sharesHint')}</div>
            {(['A', 'B'] as const).map((letter) => (
              <Input
                key={letter}
                className="mono share spaced-top"
                value={shares[letter]}
                onChange={({ target }) => { setShares({ ...shares, [letter]: target.value }); setAnswer(null) }}
                aria-label={t('verify.share', { letter })}
                placeholder={`${letter}-XXXX-XXXX-…`}
                autoComplete="off"
                spellCheck={false}
                maxLength={200}
              />
            ))}
          </div>
        )}
        <Choose label={t('verify.anchors')} hint={t('verify.anchorsHint')} accept=".json" file={anchors} onFile={(chosen) => { setAnchors(chosen); setAnswer(null) }} />
        {anchors === null && <p><StateMark standing="unknown">{t('verify.noAnchors')}</StateMark></p>}
        <Button type="primary" disabled={file === null} loading={answer?.kind === 'reading'} onClick={start}>{t('verify.start')}</Button>
        {answer?.kind === 'reading' && (
          <div role="status">
            <Progress percent={100} status="active" showInfo={false} aria-label={t('verify.reading', { file: answer.file })} />
            {t('verify.reading', { file: answer.file })}
          </div>
        )}
      </section>
      {answer?.kind === 'failed' && <Alert type="error" showIcon title={t('verify.failed')} description={answer.text} />}
      {answer?.kind === 'done' && <Judged report={answer.report} />}
    </div>
  )
}
