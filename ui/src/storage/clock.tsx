/** The clock jump for which expiry stands still: what the clock did, who has spoken, and what each person may do now. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { confirmClock, doubtClock, vouchForClock, type ClockForm, type ClockFreezeOut, type ClockOut, type FreezeStep } from '../api/generated'
import { clockQuery, healthQuery } from '../api/queries'
import { ArticleChip, Problem, StateMark } from '../frame/parts'
import { span, stamp } from '../frame/time'

const ASKED: Partial<Record<FreezeStep, (form: ClockForm) => Promise<ClockOut>>> = { vouch: vouchForClock, confirm: confirmClock, doubt: doubtClock }

/** By how much the clock went forward or back, in words. */
function Leap(props: { freeze: ClockFreezeOut }) {
  const { t } = useTranslation()
  const by_s = (props.freeze.found_ms - props.freeze.expected_ms) / 1000
  return <>{t(by_s < 0 ? 'clock.back' : 'clock.forward', { length: span(Math.abs(by_s)) })}</>
}

function Ask(props: { freeze: ClockFreezeOut; step: FreezeStep; server_ms: number; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const client = useQueryClient()
  const { freeze, step } = props
  const [form] = Form.useForm<{ how: string }>()
  const act = useMutation({
    mutationFn: (how: string) => ASKED[step]?.({ mark: freeze.mark, how }) ?? Promise.reject(new Error(step)),
    onSuccess: async () => {
      message.success(t(`clock.done.${step}`))
      props.onClose()
      await Promise.all([clockQuery, healthQuery].map(({ queryKey }) => client.invalidateQueries({ queryKey })))
    },
  })
  const title = t(`clock.step.${step}`)
  return (
    <Modal
      open
      title={title}
      okText={title}
      cancelText={t('common.cancel')}
      okButtonProps={{ danger: step === 'doubt' }}
      confirmLoading={act.isPending}
      onCancel={props.onClose}
      onOk={() => form.submit()}
    >
      <Alert type="info" className="spaced" title={t('clock.reads', { time: stamp(props.server_ms) })} description={<>{t(`clock.follows.${step}`)} <ArticleChip matter="storage" /></>} />
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ how }) => act.mutate(how.trim())}>
        <Form.Item name="how" label={t(step === 'doubt' ? 'clock.why' : 'clock.how')} rules={[{ required: true, whitespace: true, message: t('common.required') }, { min: 4, message: t('access.useShort') }]}>
          <Input.TextArea maxLength={200} autoSize={{ minRows: 2 }} placeholder={t('clock.example')} />
        </Form.Item>
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

/** Nothing at all while the clock is believed. */
export function ClockCard() {
  const { t } = useTranslation()
  const answer = useQuery(clockQuery)
  const [asking, setAsking] = useState<FreezeStep | null>(null)
  const freeze = answer.data?.freeze
  if (answer.data === undefined || freeze === null || freeze === undefined) return null
  const facts: [string, string][] = [
    ['found', stamp(freeze.found_ms)],
    ['expected', stamp(freeze.expected_ms)],
    ['now', stamp(answer.data.server_ms)],
  ]
  return (
    <section className="panel" aria-label={t('clock.title')}>
      <div className="panel-head"><h2>{t('clock.title')}</h2><ArticleChip matter="storage" /></div>
      <p><StateMark standing="overdue">{t('clock.frozen')}</StateMark> <Leap freeze={freeze} />{freeze.seen === 'running' ? '' : t(`clock.seen.${freeze.seen}`)}</p>
      <div className="figures spaced">
        {facts.map(([key, value]) => <div className="figure" key={key}><b>{value}</b><span>{t(`clock.${key}`)}</span></div>)}
      </div>
      <ol className="plain spaced">
        <li><StateMark standing={freeze.vouched_ms === null ? 'unknown' : 'met'}>{t('clock.first')}</StateMark> {freeze.vouched_ms === null ? t('clock.awaitsFirst') : t('clock.vouchedBy', { name: freeze.voucher_name, time: stamp(freeze.vouched_ms) })}</li>
        <li><StateMark standing="unknown">{t('clock.second')}</StateMark> {t('clock.awaitsSecond')}</li>
      </ol>
      <div className="row">
        {freeze.steps.map(({ step, may }) => (
          <Button key={step} type={may && step !== 'doubt' ? 'primary' : 'default'} danger={step === 'doubt'} disabled={!may} onClick={() => setAsking(step)}>{t(`clock.step.${step}`)}</Button>
        ))}
        {freeze.steps.every(({ may }) => !may) && <span className="secondary">{t(freeze.state === 'frozen' ? 'clock.onlyFirst' : 'clock.onlySecond')}</span>}
      </div>
      <p className="secondary">{t('clock.meanwhile')}</p>
      {asking !== null && <Ask freeze={freeze} step={asking} server_ms={answer.data.server_ms} onClose={() => setAsking(null)} />}
    </section>
  )
}
