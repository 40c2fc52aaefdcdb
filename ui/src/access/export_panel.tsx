/** The package being made: a bar that moves each second, the rest of the time, the hash; then its sealed hand-over. */
import { LockOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Popconfirm, Progress, Typography } from 'antd'
import { useTranslation } from 'react-i18next'

import { useCancelExport, useSealPackage, type ExportOut, type RequestOut } from '../api/generated'
import { exportQuery, requestQuery } from '../api/queries'
import { ArticleChip, Problem, StateMark, type Standing } from '../frame/parts'
import { bytes, span } from '../frame/time'
import { reasonOf } from './reason'
import { Sealing } from './sealing'

const STANDING: Partial<Record<ExportOut['state'], Standing>> = { done: 'met', failed: 'overdue', cancelled: 'unknown' }
const RUNNING = new Set<ExportOut['state']>(['queued', 'building', 'waiting-checkpoint'])

/** Whether something is being made that has a share to watch. */
const moves = (job: ExportOut): boolean => RUNNING.has(job.state) || job.sealing_share !== null

export function ExportState(props: { state: ExportOut['state'] }) {
  const { t } = useTranslation()
  return <StateMark standing={STANDING[props.state] ?? 'active'}>{t(`exportState.${props.state}`, { defaultValue: props.state })}</StateMark>
}

/** To a tenth of a percent, so that the bar of an hour-long build moves each few seconds and that of minutes each second. */
export function ExportBar(props: { job: ExportOut }) {
  const { t } = useTranslation()
  const { job } = props
  const share = job.state === 'done' ? 100 : job.total_bytes > 0 ? Math.floor((job.done_bytes / job.total_bytes) * 1000) / 10 : 0
  return (
    <div>
      <Progress percent={share} status={job.state === 'failed' ? 'exception' : job.state === 'done' ? 'success' : 'active'} aria-label={`${t('access.package')} ${share}%`} />
      <div className="secondary">
        {bytes(job.done_bytes)} / {bytes(job.total_bytes)}
        {RUNNING.has(job.state) && job.eta_s !== null && ` · ${t('access.eta', { time: span(job.eta_s) })}`}
        {job.missing_s !== null && job.missing_s > 0 && ` · ${t('access.missingSeconds', { time: span(job.missing_s) })}`}
      </div>
    </div>
  )
}

export function ExportPanel(props: { request: RequestOut }) {
  const { t, i18n } = useTranslation()
  const { request } = props
  const client = useQueryClient()
  const first = request.export
  const fresh = useQuery({ ...exportQuery(first?.id ?? ''), enabled: first !== null && moves(first) })
  const cancel = useCancelExport({
    onSuccess: () => client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey }),
  })
  const seal = useSealPackage({
    onSuccess: () => client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey }),
  })
  // the request is asked again too: once it says that the job ended, the job's own last answer is the older one
  const job = first !== null && moves(first) ? (fresh.data ?? first) : first
  if (job === null) return null
  const handOver = request.steps.find((step) => step.step === 'hand_over')
  const open = handOver?.allowed === true
  const sealing = seal.isPending || job.sealing_share !== null
  return (
    <section className="panel" aria-label={t('access.package')}>
      <div className="panel-head">
        <h2>{t('access.package')}</h2>
        <ArticleChip matter="form" />
      </div>
      <p><ExportState state={job.state} /></p>
      <ExportBar job={job} />
      {job.outcome !== null && job.outcome !== '' && <p>{t('access.outcome')}：{t(`outcome.${job.outcome.replaceAll(' ', '_')}`, { defaultValue: job.outcome })}</p>}
      {job.sha256 !== null && job.sha256 !== '' && (
        <p>
          <span className="secondary">SHA-256 </span>
          <Typography.Text className="mono" copyable>{job.sha256}</Typography.Text>
        </p>
      )}
      {job.error !== null && <p className="state-overdue">■ {job.error}</p>}
      {cancel.error !== null && <Problem problem={cancel.error} />}
      <div className="row">
        {RUNNING.has(job.state) && <Button onClick={() => cancel.mutate({ job: job.id })} loading={cancel.isPending}>{t('access.cancelExport')}</Button>}
      </div>
      {job.state === 'done' && (
        <>
          <h3>{t('sealing.title')}</h3>
          <p className="secondary">{t('sealing.hint')}</p>
          <div className="row">
            {job.sealing === null || job.sealing.over ? (
              <Button type="primary" icon={<LockOutlined />} disabled={!open} loading={sealing} onClick={() => seal.mutate({ job: job.id })}>{t('sealing.seal')}</Button>
            ) : (
              <Popconfirm title={t('sealing.sealAgainAsk')} disabled={!open} onConfirm={() => seal.mutate({ job: job.id })}>
                <Button icon={<LockOutlined />} disabled={!open} loading={sealing}>{t('sealing.sealAgain')}</Button>
              </Popconfirm>
            )}
            {!open && <span className="secondary">{handOver === undefined ? t('sealing.closed') : reasonOf(handOver, i18n.language)}</span>}
          </div>
          {job.sealing_share !== null && <Progress percent={Math.round(job.sealing_share * 100)} aria-label={t('sealing.making')} />}
          {seal.error !== null && <Problem problem={seal.error} />}
          {!sealing && job.sealing_problem !== '' && <Alert type="error" className="spaced" title={t('sealing.failed', { code: job.sealing_problem })} />}
          {job.sealing !== null && <Sealing job={job.id} request={request.id} sealing={job.sealing} {...(handOver === undefined ? {} : { counter: { request, open } })} />}
        </>
      )}
    </section>
  )
}
