/** The lawful next steps of a request as its procedure table gives them; each says what follows and asks for its reason. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Checkbox, Form, Input, Modal, Radio, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  approveRequest,
  completeRequest,
  consentToOwnCopy,
  declineOwnCopy,
  refuseRequest,
  reportRequest,
  withdrawRequest,
  type AccessKind,
  type ApprovalForm,
  type RequestOut,
  type RequestStepOut,
} from '../api/generated'
import { requestQuery, requestsQuery } from '../api/queries'
import { ArticleChip, Problem } from '../frame/parts'
import { TimeRange } from '../frame/range'
import { dateOf } from '../frame/time'
import { isCopying, isLive, isOwn, matterOf } from './kinds'
import { missing } from './papers'
import { reasonOf } from './reason'

interface Words {
  kind?: AccessKind
  comment?: string
  reason?: string
  lacking?: string[]
  report?: string
  cameras?: string[]
  range?: [Dayjs, Dayjs]
}

/** What the server is told: a narrower scope only where it differs from the request. */
export function scope(request: RequestOut, words: Words): ApprovalForm {
  const body: ApprovalForm = {}
  if (words.comment !== undefined) body.comment = words.comment.trim()
  if (words.kind !== undefined && words.kind !== request.kind) body.kind = words.kind
  if (words.cameras !== undefined && words.cameras.length !== request.cameras.length) body.cameras = words.cameras
  const [from, to] = words.range ?? []
  if (from !== undefined && to !== undefined) {
    // the picker shows whole seconds: an untouched border keeps the request's own milliseconds
    const start_ms = Math.floor(request.start_ms / 1000) === Math.floor(from.valueOf() / 1000) ? request.start_ms : from.valueOf()
    const end_ms = Math.floor(request.end_ms / 1000) === Math.floor(to.valueOf() / 1000) ? request.end_ms : to.valueOf()
    if (start_ms !== request.start_ms || end_ms !== request.end_ms) Object.assign(body, { start_ms, end_ms })
  }
  return body
}

/** The steps that are asked for here; the others have places of their own on the request's page. */
const ASKED: Partial<Record<RequestStepOut['step'], (request: RequestOut, words: Words) => Promise<RequestOut>>> = {
  approve: (request, words) => (isOwn(request) ? consentToOwnCopy(request.id, scope(request, { ...words, kind: request.kind })) : approveRequest(request.id, scope(request, words))),
  refuse: (request, words) => {
    const reason = (words.reason ?? '').trim()
    return isOwn(request) ? declineOwnCopy(request.id, { reason }) : refuseRequest(request.id, { reason, lacking: words.lacking ?? [] })
  },
  withdraw: (request) => withdrawRequest(request.id),
  complete: (request) => completeRequest(request.id),
  report: (request, words) => reportRequest(request.id, { report: (words.report ?? '').trim() }),
}
const FORWARD = new Set<RequestStepOut['step']>(['approve', 'complete', 'report'])

/** Whether a step is what comes next. A request is completed when its visits are over, not before anything was had. */
function comesNext(request: RequestOut, step: RequestStepOut): boolean {
  const over = request.visits.length > 0 && (isLive(request.kind) || request.visits.every((visit) => !visit.open))
  return step.allowed && FORWARD.has(step.step) && (step.step !== 'complete' || over)
}

/** Why nothing can be done is told once, however many steps it closes. */
function closed(steps: RequestStepOut[], language: string): string[] {
  return [...new Set(steps.filter((step) => !step.allowed).map((step) => reasonOf(step, language)))]
}

/** What cannot be completed yet says whose signatures lack and has no button. `big`: a head's two buttons under the thumb; on a narrow screen they stay at the lower edge. */
export function Acts(props: { request: RequestOut; big?: boolean }) {
  const { i18n } = useTranslation()
  const { request, big = false } = props
  const [asking, setAsking] = useState<RequestStepOut | null>(null)
  const steps = request.steps.filter((step) => step.step in ASKED)
  const shown = steps.filter((step) => step.allowed || (!big && step.step !== 'withdraw'))
  const buttons = shown.filter((step) => step.allowed || step.step !== 'complete')
  if (shown.length === 0) return null
  const name = (step: RequestStepOut): string => (i18n.language === 'en-US' ? step.label_en : step.label)
  return (
    <>
      {buttons.length > 0 && <div className={big ? 'decision' : 'row spaced'}>
        {buttons.map((step) => (
          <Button
            key={step.step}
            {...(big ? { size: 'large' as const, block: true } : {})}
            type={comesNext(request, step) ? 'primary' : 'default'}
            danger={step.step === 'refuse'}
            disabled={!step.allowed}
            onClick={() => setAsking(step)}
          >
            {name(step)}
          </Button>
        ))}
      </div>}
      {!big && closed(shown, i18n.language).map((why) => <p key={why} className="secondary">{why}</p>)}
      {asking !== null && <Ask request={request} step={asking} title={name(asking)} onClose={() => setAsking(null)} />}
    </>
  )
}

function Ask(props: { request: RequestOut; step: RequestStepOut; title: string; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const { request, step } = props
  const client = useQueryClient()
  const lack = missing(request)
  const [form] = Form.useForm<Words>()
  const act = useMutation({
    mutationFn: async (words: Words) => ASKED[step.step]?.(request, words),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: requestsQuery.queryKey })
      await client.invalidateQueries({ queryKey: requestQuery(request.id).queryKey })
      message.success(t('access.done', { step: props.title }))
      props.onClose()
    },
  })
  const required = { required: true, whitespace: true, message: t('common.required') }
  const decides = step.step === 'approve' || step.step === 'refuse'
  const own = isOwn(request)
  /** The words of a unit's own copy, where it has its own. */
  const say = (key: string): string => (own ? t(`ownCopy.${key}`, { defaultValue: t(`access.${key}`) }) : t(`access.${key}`))
  return (
    <Modal open title={`${props.title} · ${request.number}`} okText={props.title} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending} okButtonProps={{ danger: step.step === 'refuse' }}>
      <Form<Words>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(words) => act.mutate(words)}
        initialValues={{ kind: request.kind, cameras: request.cameras, range: [dayjs(request.start_ms), dayjs(request.end_ms)] }}
      >
        <Alert type="info" className="spaced" title={say(`effect.${step.step}`)} action={<ArticleChip matter={own ? matterOf(request.kind, own) : decides ? matterOf(request.kind) : step.step === 'report' ? 'report' : 'papers'} />} />
        {step.step === 'approve' && (
          <>
            {isCopying(request.kind) && !own && (
              <Form.Item name="kind" label={t('access.narrowKind')}>
                <Radio.Group options={[request.kind, 'view' as const].map((value) => ({ value, label: t(`accessKind.${value}`) }))} />
              </Form.Item>
            )}
            <Form.Item name="cameras" label={say('narrowCameras')} rules={[{ required: true, message: t('common.required') }]}>
              <Select mode="multiple" options={request.cameras.map((id, at) => ({ value: id, label: request.camera_names[at] || id }))} />
            </Form.Item>
            <Form.Item name="range" label={say('narrowPeriod')} rules={[{ required: true, message: t('common.required') }]}>
              <TimeRange minDate={dayjs(dateOf(request.start_ms))} maxDate={dayjs(request.end_ms)} />
            </Form.Item>
            <Form.Item name="comment" label={say('comment')} rules={[required]}>
              <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
            </Form.Item>
          </>
        )}
        {step.step === 'refuse' && lack.length > 0 && (
          <Form.Item name="lacking" label={t('access.lacking')} extra={t('access.lackingHint')}>
            <Checkbox.Group options={lack.map((paper) => ({ value: paper.paper, label: i18n.language === 'en-US' ? paper.name_en : paper.name }))} />
          </Form.Item>
        )}
        {step.step === 'refuse' && (
          <Form.Item name="reason" label={say('reason')} extra={own ? undefined : <>{t('access.refuseHint')} <ArticleChip matter="lawful_access" /></>} rules={[required, { min: 4, message: t('access.useShort') }]}>
            <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
          </Form.Item>
        )}
        {step.step === 'report' && (
          <Form.Item name="report" label={t('access.report')} extra={t('access.reportHint')} rules={[required, { min: 4, message: t('access.useShort') }]}>
            <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
          </Form.Item>
        )}
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}
